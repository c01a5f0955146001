//! Selects APIs of an API Management service by name, tag and product.

use std::collections::HashSet;

use super::service::ApimApi;
use azr_core::glob::Selection;

/// Selects APIs by name, and by the tags and products they belong to.
#[derive(Debug, Clone)]
pub struct ApiFilter {
    names: Selection,
    /// The names, in lower case, of the APIs with the given tags and products; None if no tags or products are given.
    members: Option<HashSet<String>>,
}

impl ApiFilter {
    /// Creates a filter from name patterns and, if given, the names of the APIs to choose from.
    #[must_use]
    pub fn new(names: Selection, members: Option<HashSet<String>>) -> Self {
        Self { names, members }
    }

    /// Whether an API is selected; all revisions of an API are selected together.
    #[must_use]
    pub fn matches(&self, api: &ApimApi) -> bool {
        self.matches_name(api.root_name())
    }

    /// Whether an API with this name is selected.
    #[must_use]
    pub fn matches_name(&self, name: &str) -> bool {
        self.names.matches(name) && self.members.as_ref().is_none_or(|m| m.contains(&name.to_lowercase()))
    }
}
