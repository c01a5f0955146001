//! Resource ids: parsed once, compared ignoring case, printed as they were given.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// An absolute Azure resource id.
///
/// `/subscriptions/{id}[/resourceGroups/{name}][/providers/{namespace}/{type}/{name}[/{type}/{name}…]]…`; a
/// second `providers` segment is an extension resource, such as a role assignment on an API Management service.
/// The leading slash may be missing (some guides strip it from scopes), and a trailing slash is dropped.
#[derive(Debug, Clone)]
pub struct ResourceId {
    text: String,
}

impl ResourceId {
    /// The id of the resource of type `namespace/types…` with these names, in the subscription or resource group `scope`.
    ///
    /// There is one name for each type: `["services", "workspaces"]`, `["center", "default"]`. Names are not checked.
    #[must_use]
    pub fn build(scope: &str, namespace: &str, types: &[&str], names: &[&str]) -> Self {
        debug_assert_eq!(types.len(), names.len());
        let mut text = format!("{}/providers/{namespace}", scope.trim_end_matches('/'));
        for (type_name, name) in types.iter().zip(names) {
            text.push('/');
            text.push_str(type_name);
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

    fn value_after(&self, key: &str) -> Option<&str> {
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
        self.value_after("subscriptions")
    }

    /// The resource group's name.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        self.value_after("resourceGroups")
    }

    /// The namespace after the last `providers` segment, such as `Microsoft.ApiCenter`.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        let segments: Vec<&str> = self.segments().collect();
        let providers = segments.iter().rposition(|s| s.eq_ignore_ascii_case("providers"))?;
        segments.get(providers + 1).copied()
    }

    /// The `(type, name)` pairs after the last `providers` segment, outermost first.
    #[must_use]
    pub fn types_and_names(&self) -> Vec<(&str, &str)> {
        let segments: Vec<&str> = self.segments().collect();
        let Some(providers) = segments.iter().rposition(|s| s.eq_ignore_ascii_case("providers")) else {
            return Vec::new();
        };
        segments
            .get(providers + 2..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| (pair[0], pair[1]))
            .collect()
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
        for (type_name, _) in self.types_and_names() {
            text.push('/');
            text.push_str(type_name);
        }
        Some(text)
    }

    /// The parent resource, or for a top-level resource its resource group or subscription.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let pairs = self.types_and_names();
        let segments_to_drop = if pairs.len() > 1 { 2 } else { 4 };
        let mut text = self.text.as_str();
        for _ in 0..segments_to_drop {
            text = &text[..text.rfind('/')?];
        }
        (!text.is_empty()).then(|| Self { text: text.to_owned() })
    }

    /// The id in the form in which resources of an API center refer to each other: from `/workspaces` on.
    #[must_use]
    pub fn relative_to_center(&self) -> &str {
        let start = self.text.to_ascii_lowercase().find("/workspaces/");
        start.map_or(&self.text, |start| &self.text[start..])
    }

    /// The child resource with this type and name.
    #[must_use]
    pub fn child(&self, type_name: &str, name: &str) -> Self {
        Self { text: format!("{}/{type_name}/{name}", self.text) }
    }
}

impl FromStr for ResourceId {
    type Err = Error;

    fn from_str(input: &str) -> Result<Self> {
        let invalid = |reason: &str| {
            Err(Error::invalid(format!("'{input}' is not a valid resource id: {reason}")).with_hint(
                "A resource id looks like /subscriptions/ID/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME.",
            ))
        };
        let text = input.trim_end_matches('/');
        let text = if text.starts_with('/') { text.to_owned() } else { format!("/{text}") };
        if text.chars().any(|c| c.is_control() || matches!(c, '?' | '#' | '\\')) {
            return invalid("it contains a character that is not allowed");
        }
        let segments: Vec<&str> = text.split('/').skip(1).collect();
        if segments.iter().any(|s| s.is_empty() || *s == "." || *s == "..") {
            return invalid("a segment is empty, '.' or '..'");
        }
        if !segments[0].eq_ignore_ascii_case("subscriptions")
            && !segments[0].eq_ignore_ascii_case("providers")
        {
            return invalid("it does not start with /subscriptions/");
        }
        if segments[0].eq_ignore_ascii_case("subscriptions") && segments.len() < 2 {
            return invalid("the subscription is missing");
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
    fn an_id_is_split_into_its_parts() {
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
        let mut next = Some(id(API));
        let mut names = Vec::new();
        while let Some(id) = next {
            names.push(id.name().to_owned());
            next = id.parent();
        }
        assert_eq!(names, ["echo", "default", "c", "rg"]);
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
    fn an_invalid_id_is_an_error_with_the_reason() {
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
        fn the_parents_of_any_valid_id_end_at_its_root(text in "(/|\\PC|subscriptions|providers|resourceGroups|[.]){0,16}") {
            let Ok(id) = text.parse::<ResourceId>() else { return Ok(()) };
            prop_assert_eq!(&id.to_string().parse::<ResourceId>().expect("an id"), &id);
            let mut current = id;
            while let Some(parent) = current.parent() {
                prop_assert!(current.as_str().starts_with(parent.as_str()) && parent.as_str().len() < current.as_str().len());
                current = parent;
            }
        }
    }
}
