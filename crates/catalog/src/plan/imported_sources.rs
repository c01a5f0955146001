//! Which APIs of the center have deployments that were imported from which APIs of the service.
//!
//! The name of an API in the center comes from its version set or its name in API Management. If it is put into a version
//! set, or the provenance of the API in the center was lost, the name does not find it any more, but the provenance of
//! its deployments does.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::grouping::ApiGroup;
use crate::import_source::ImportSource;
use crate::provenance::DeploymentProvenance;
use crate::snapshot::{CenterApi, CenterSnapshot};
use azr_core::id::ResourceId;

/// The APIs of the center by the APIs of the service that their deployments were imported from.
#[derive(Debug, Clone, Default)]
pub struct ImportedSources {
    /// The names, in lower case, of APIs in the center by the id, in lower case, of the source API.
    apis_by_source: HashMap<String, Vec<String>>,
}

impl ImportedSources {
    /// Adds what an API of the center and its deployments were imported from.
    pub fn add(&mut self, source: &ImportSource, api: &CenterApi, deployments: &[Value]) {
        for deployment in deployments {
            let name = deployment["name"].as_str().unwrap_or_default();
            let provenance = DeploymentProvenance::of_deployment(&api.name, name, &deployment["properties"]);
            if let Some(provenance) = provenance.filter(|provenance| provenance.is_from(source)) {
                self.insert(&provenance.source_api, &api.name);
            }
        }
        // An import may have been interrupted before it created the deployment.
        for (_, name) in api.provenance.iter().flat_map(|provenance| provenance.sources_of(source)) {
            self.insert(source.api(name).as_str(), &api.name);
        }
    }

    /// Adds everything that others contain.
    pub(crate) fn extend(&mut self, others: Self) {
        for (source, apis) in others.apis_by_source {
            self.apis_by_source.entry(source).or_default().extend(apis);
        }
    }

    fn insert(&mut self, source: &str, api: &str) {
        self.apis_by_source.entry(source.to_ascii_lowercase()).or_default().push(api.to_ascii_lowercase());
    }

    /// Whether an API of the center has a deployment of one of these sources.
    pub(super) fn has_deployment(&self, api: &str, sources: &[ResourceId]) -> bool {
        self.apis_of(sources).any(|name| name.eq_ignore_ascii_case(api))
    }

    /// The names, in lower case, of the APIs of the center that have deployments of these sources.
    pub(super) fn apis_of<'s>(&'s self, sources: &'s [ResourceId]) -> impl Iterator<Item = &'s str> {
        let apis = sources.iter().filter_map(|id| self.apis_by_source.get(&id.as_str().to_ascii_lowercase()));
        apis.flatten().map(String::as_str)
    }
}

/// The APIs of the center whose deployments have to be read before APIs of the service can be named.
///
/// `groups` are named without that knowledge. They are the APIs without provenance that take the name of a group, and, if
/// a group would become a new API, the imported APIs that no group becomes.
#[must_use]
pub fn find_apis_to_recognize<'c>(
    source: &ImportSource,
    center: &'c CenterSnapshot,
    groups: &[ApiGroup<'_>],
) -> Vec<&'c CenterApi> {
    let is_imported =
        |api: &CenterApi| api.provenance.as_ref().is_some_and(|provenance| provenance.is_from(source));
    let names: HashSet<String> = groups.iter().map(|group| group.name.to_ascii_lowercase()).collect();
    let wanted: HashSet<String> = groups.iter().map(|group| group.source_name.to_ascii_lowercase()).collect();
    let has_new = names.iter().any(|name| !center.apis.contains_key(name));
    let mut apis: Vec<&CenterApi> = center
        .apis
        .iter()
        .filter(|(name, api)| {
            let is_orphan = has_new && is_imported(api) && !names.contains(*name);
            is_orphan || (!is_imported(api) && wanted.contains(*name))
        })
        .map(|(_, api)| api)
        .collect();
    apis.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    apis
}
