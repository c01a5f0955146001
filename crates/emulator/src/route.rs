//! The path of a request, parsed the way Azure Resource Manager routes it.

/// The namespaces of the resource providers that the emulator has.
pub(crate) const NAMESPACES: &[&str] = &[
    "Microsoft.ApiCenter",
    "Microsoft.ApiManagement",
    "Microsoft.Authorization",
    "Microsoft.ManagedIdentity",
    "Microsoft.Resources",
];

/// A parsed path.
///
/// The last `providers` segment decides which provider handles it: a role assignment on a service goes to `Microsoft.Authorization`.
#[derive(Debug, Default)]
pub(crate) struct Route<'a> {
    /// All segments.
    pub all: Vec<&'a str>,
    /// The subscription id.
    pub subscription: Option<&'a str>,
    /// The resource group name.
    pub group: Option<&'a str>,
    /// The path before the last `providers`, with its leading slash; empty for the tenant.
    pub scope: &'a str,
    /// The namespace after the last `providers`.
    pub namespace: Option<&'a str>,
    /// The segments after the namespace: alternating types and names, and possibly an action.
    pub rest: Vec<&'a str>,
}

impl<'a> Route<'a> {
    /// Parses a decoded path.
    #[must_use]
    pub(crate) fn parse(path: &'a str) -> Self {
        let path = path.trim_end_matches('/');
        let all: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
        let value = |index: usize, key: &str| {
            all.get(index).filter(|s| s.eq_ignore_ascii_case(key)).and_then(|_| all.get(index + 1)).copied()
        };
        let subscription = value(0, "subscriptions");
        let group = subscription.and_then(|_| value(2, "resourceGroups"));
        let providers = all.iter().rposition(|s| s.eq_ignore_ascii_case("providers"));
        // A segment is a slice of the path, so its address tells where the scope ends.
        let scope = match providers {
            Some(index) => {
                let start = all[index].as_ptr() as usize - path.as_ptr() as usize;
                path[..start].trim_end_matches('/')
            }
            None => path,
        };
        let namespace = providers.and_then(|index| all.get(index + 1)).copied();
        let rest = providers.and_then(|index| all.get(index + 2..)).unwrap_or_default().to_vec();
        Self { all, subscription, group, scope, namespace, rest }
    }

    /// Whether the namespace is that of a provider the emulator has.
    #[must_use]
    pub(crate) fn has_known_namespace(&self) -> bool {
        NAMESPACES.iter().any(|namespace| self.is(namespace))
    }

    /// Whether the namespace is this one.
    #[must_use]
    pub(crate) fn is(&self, namespace: &str) -> bool {
        self.namespace.is_some_and(|n| n.eq_ignore_ascii_case(namespace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_provider_decides() {
        let route = Route::parse(
            "/subscriptions/s/resourcegroups/g/providers/A.B/c/d/providers/Microsoft.Authorization/roleAssignments/x",
        );
        assert_eq!((route.subscription, route.group), (Some("s"), Some("g")));
        assert_eq!(route.scope, "/subscriptions/s/resourcegroups/g/providers/A.B/c/d");
        assert!(route.is("microsoft.authorization"));
        assert_eq!(route.rest, ["roleAssignments", "x"]);
    }

    #[test]
    fn a_path_without_provider_is_its_own_scope() {
        let route = Route::parse("/subscriptions/s/resourcegroups/g/");
        assert_eq!(route.scope, "/subscriptions/s/resourcegroups/g");
        assert!(route.namespace.is_none() && route.rest.is_empty());
    }
}
