//! Resource ids: parsed once, compared without regard to case, printed as given.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// An absolute Azure resource id.
///
/// `/subscriptions/{id}[/resourceGroups/{name}][/providers/{namespace}/{type}/{name}[/{type}/{name}…]]…`; a
/// second `providers` part is an extension resource, such as a role assignment on an API Management service.
/// A leading slash may be missing (the how-to strips it from scopes), and a trailing one is dropped.
#[derive(Debug, Clone)]
pub struct ResourceId {
    text: String,
}

impl ResourceId {
    /// The id under the subscription or resource group `scope` of the type `namespace/types…` with these names.
    ///
    /// `types` and `names` go in step: `["services", "workspaces"]`, `["center", "default"]`. A name may hold
    /// `/` only where the type allows it (it does nowhere here), so the caller checks names first.
    #[must_use]
    pub fn build(scope: &str, namespace: &str, types: &[&str], names: &[&str]) -> Self {
        debug_assert_eq!(types.len(), names.len());
        let mut text = format!("{}/providers/{namespace}", scope.trim_end_matches('/'));
        for (kind, name) in types.iter().zip(names) {
            text.push('/');
            text.push_str(kind);
            text.push('/');
            text.push_str(name);
        }
        Self { text }
    }

    /// The id of a resource group.
    #[must_use]
    pub fn resource_group(subscription: &str, group: &str) -> Self {
        Self { text: format!("/subscriptions/{subscription}/resourceGroups/{group}") }
    }

    /// The id of a subscription.
    #[must_use]
    pub fn subscription_scope(subscription: &str) -> Self {
        Self { text: format!("/subscriptions/{subscription}") }
    }

    /// The id as text, with its leading slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn segments(&self) -> impl Iterator<Item = &str> {
        self.text.split('/').skip(1)
    }

    fn after(&self, key: &str) -> Option<&str> {
        let mut segments = self.segments();
        while let Some(segment) = segments.next() {
            if segment.eq_ignore_ascii_case("providers") {
                return None;
            }
            let value = segments.next()?;
            if segment.eq_ignore_ascii_case(key) {
                return Some(value);
            }
        }
        None
    }

    /// The subscription's id.
    #[must_use]
    pub fn subscription(&self) -> Option<&str> {
        self.after("subscriptions")
    }

    /// The resource group's name.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.after("resourceGroups")
    }

    /// The namespace of the last `providers` part, such as `Microsoft.ApiCenter`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        let segments: Vec<&str> = self.segments().collect();
        let at = segments.iter().rposition(|s| s.eq_ignore_ascii_case("providers"))?;
        segments.get(at + 1).copied()
    }

    /// The `(type, name)` pairs after the last `providers` part, outermost first.
    #[must_use]
    pub fn types_and_names(&self) -> Vec<(&str, &str)> {
        let segments: Vec<&str> = self.segments().collect();
        let Some(at) = segments.iter().rposition(|s| s.eq_ignore_ascii_case("providers")) else {
            return Vec::new();
        };
        segments.get(at + 2..).unwrap_or_default().chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// The name of the resource itself: the last segment.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }

    /// The full type, such as `Microsoft.ApiCenter/services/workspaces/apis`.
    #[must_use]
    pub fn resource_type(&self) -> Option<String> {
        let mut text = self.namespace()?.to_owned();
        for (kind, _) in self.types_and_names() {
            text.push('/');
            text.push_str(kind);
        }
        Some(text)
    }

    /// The parent resource, or for a top-level resource its resource group or subscription.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let pairs = self.types_and_names();
        let drop = if pairs.len() > 1 { 2 } else { 4 };
        let mut text = self.text.as_str();
        for _ in 0..drop {
            text = &text[..text.rfind('/')?];
        }
        (!text.is_empty()).then(|| Self { text: text.to_owned() })
    }

    /// The child of this resource of type `kind`.
    #[must_use]
    pub fn child(&self, kind: &str, name: &str) -> Self {
        Self { text: format!("{}/{kind}/{name}", self.text) }
    }
}

impl FromStr for ResourceId {
    type Err = Error;

    fn from_str(given: &str) -> Result<Self> {
        let bad = |why: &str| {
            Err(Error::invalid(format!("'{given}' is not a resource id: {why}")).with_hint(
                "A resource id looks like /subscriptions/ID/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME.",
            ))
        };
        let text = given.trim_end_matches('/');
        let text = if text.starts_with('/') { text.to_owned() } else { format!("/{text}") };
        if text.chars().any(|c| c.is_control() || matches!(c, '?' | '#' | '\\')) {
            return bad("it holds a character that no id has");
        }
        let segments: Vec<&str> = text.split('/').skip(1).collect();
        if segments.iter().any(|s| s.is_empty() || *s == "." || *s == "..") {
            return bad("a part of it is empty");
        }
        if !segments[0].eq_ignore_ascii_case("subscriptions")
            && !segments[0].eq_ignore_ascii_case("providers")
        {
            return bad("it does not start with /subscriptions/");
        }
        if segments[0].eq_ignore_ascii_case("subscriptions") && segments.len() < 2 {
            return bad("the subscription is missing");
        }
        Ok(Self { text })
    }
}

impl fmt::Display for ResourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for ResourceId {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for ResourceId {}

impl std::hash::Hash for ResourceId {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.to_ascii_lowercase().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const API: &str = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiCenter/services/c/workspaces/default/apis/echo";

    fn id(text: &str) -> ResourceId {
        text.parse().expect("a resource id")
    }

    #[test]
    fn takes_an_id_apart() {
        let api = id(API);
        assert_eq!(api.subscription(), Some("s1"));
        assert_eq!(api.group(), Some("rg"));
        assert_eq!(api.namespace(), Some("Microsoft.ApiCenter"));
        assert_eq!(api.name(), "echo");
        assert_eq!(api.resource_type().as_deref(), Some("Microsoft.ApiCenter/services/workspaces/apis"));
        assert_eq!(api.types_and_names()[0], ("services", "c"));
    }

    #[test]
    fn parents_go_up_to_the_subscription() {
        let mut at = Some(id(API));
        let mut seen = Vec::new();
        while let Some(id) = at {
            seen.push(id.name().to_owned());
            at = id.parent();
        }
        assert_eq!(seen, ["echo", "default", "c", "rg"]);
    }

    #[test]
    fn a_missing_or_trailing_slash_does_not_matter() {
        assert_eq!(id(&API[1..]), id(API));
        assert_eq!(id(&format!("{API}/")), id(&API.to_uppercase()));
    }

    #[test]
    fn an_extension_resource_keeps_its_own_type() {
        let role = id(&format!("{API}/providers/Microsoft.Authorization/roleAssignments/r1"));
        assert_eq!(role.resource_type().as_deref(), Some("Microsoft.Authorization/roleAssignments"));
        assert_eq!(role.subscription(), Some("s1"));
    }

    #[test]
    fn what_is_no_id_is_refused_with_the_reason() {
        for bad in [
            "",
            "x",
            "/a/b",
            "/subscriptions",
            "/subscriptions//x",
            "/subscriptions/a/../b",
            "/subscriptions/a?x",
        ] {
            let error = bad.parse::<ResourceId>().expect_err(bad);
            assert_eq!(error.code(), "InvalidInput", "{bad}");
            assert!(error.hint().is_some());
        }
    }

    proptest! {
        #[test]
        fn an_id_that_was_read_is_written_the_same(parts in prop::collection::vec("[^/?#\\\\\\pC.]{1,8}", 1..9)) {
            let text = format!("/subscriptions/{}", parts.join("/"));
            let id: ResourceId = text.parse().expect("an id");
            prop_assert_eq!(id.to_string(), text.clone());
            prop_assert_eq!(text[1..].parse::<ResourceId>().expect("an id"), id);
        }

        #[test]
        fn any_text_is_an_id_that_ends_at_its_root_or_none(text in "(/|\\PC|subscriptions|providers|resourceGroups|[.]){0,16}") {
            let Ok(id) = text.parse::<ResourceId>() else { return Ok(()) };
            prop_assert_eq!(&id.to_string().parse::<ResourceId>().expect("an id"), &id);
            let mut at = id;
            while let Some(parent) = at.parent() {
                prop_assert!(at.as_str().starts_with(parent.as_str()) && parent.as_str().len() < at.as_str().len());
                at = parent;
            }
        }
    }
}
