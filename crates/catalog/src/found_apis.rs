//! How many APIs an import found in API Management.

use std::collections::{BTreeMap, HashSet};

use super::filter::ApiFilter;
use super::service::ServiceSnapshot;

/// The numbers of selected APIs; revisions that are not current do not count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FoundApis {
    /// How many there are of each type, by the name of the type.
    pub by_type: BTreeMap<String, usize>,
    /// How many become a version of another one, because both are in the same version set.
    pub further_versions: usize,
}

impl FoundApis {
    /// Counts the selected APIs of a source.
    pub(crate) fn count(service: &ServiceSnapshot, filter: &ApiFilter) -> Self {
        let mut counts = Self::default();
        let mut version_sets = HashSet::new();
        for api in service.apis.iter().filter(|api| api.revision().is_none() && filter.matches(api)) {
            *counts.by_type.entry(api.api_type.name().into_owned()).or_default() += 1;
            if service.version_set(api).is_some_and(|set| !version_sets.insert(&set.name)) {
                counts.further_versions += 1;
            }
        }
        counts
    }

    /// Adds the numbers of another source.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.by_type {
            *self.by_type.entry(name.clone()).or_default() += count;
        }
        self.further_versions += other.further_versions;
    }

    /// Whether no API was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_type.is_empty()
    }
}
