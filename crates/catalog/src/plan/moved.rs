//! Versions whose source API has moved: API Management gives it another version, or another version set.
//!
//! The center names a version by the version of its source API, and resources cannot be renamed. A source API that has
//! moved is therefore imported as a new version, which takes over what people have entered; the previous one is left over.

use serde_json::Value;

use super::grouping::{ApiGroup, ApiGroupVersion};
use super::planner::Planner;
use super::stale::deployed_version;
use super::unfinished::unfinished_versions;
use crate::desired::{DesiredResource, FieldOwner};
use crate::provenance::{self, ApiProvenance, DeploymentProvenance};
use crate::service::{ApimApi, ServiceSnapshot};
use crate::snapshot::{ApiChildren, CenterVersion};

/// The end of a note about something that is left over.
const PRUNE: &str = "; --prune deletes it unless people added to it";

/// The deployment, with its name, that an earlier run created for the source API of a version under another name.
fn find_previous<'c>(
    service: &ServiceSnapshot,
    group: &ApiGroup<'_>,
    version: &ApiGroupVersion<'_>,
    children: &'c ApiChildren,
) -> Option<(&'c String, &'c Value)> {
    let source_api = service.api_id(version.api);
    let current_name = group.deployment_name(&service.source, version);
    let is_previous = |(name, deployment): &(&String, &Value)| {
        let provenance = DeploymentProvenance::of_deployment(&group.name, name, &deployment["properties"]);
        !current_name.eq_ignore_ascii_case(name)
            && provenance
                .is_some_and(|provenance| provenance.source_api.eq_ignore_ascii_case(source_api.as_str()))
    };
    // Any of them, but always the same.
    children.deployments.iter().filter(is_previous).min_by_key(|(name, _)| *name)
}

/// The deployment that an earlier run created for the source API of a version under another name.
pub(super) fn previous_deployment<'c>(
    service: &ServiceSnapshot,
    group: &ApiGroup<'_>,
    version: &ApiGroupVersion<'_>,
    children: &'c ApiChildren,
) -> Option<&'c Value> {
    find_previous(service, group, version, children).map(|(_, deployment)| deployment)
}

/// The version that an earlier run created for the source API of a version under another name.
pub(super) fn previous_version<'c>(
    service: &ServiceSnapshot,
    group: &ApiGroup<'_>,
    version: &ApiGroupVersion<'_>,
    children: &'c ApiChildren,
) -> Option<&'c CenterVersion> {
    let (name, deployment) = find_previous(service, group, version, children)?;
    deployed_version(&service.source, name, deployment, children).map(|(_, version)| version)
}

/// Sets for a new deployment what people have entered in the one that it replaces.
pub(super) fn copy_people_fields(desired: &mut DesiredResource, previous: &Value) {
    if let Some(description) = previous["description"].as_str().filter(|text| !text.is_empty()) {
        desired.set_initially("description", description.into());
    }
    for (name, value) in previous["customProperties"].as_object().into_iter().flatten() {
        if !name.eq_ignore_ascii_case(provenance::METADATA_NAME) && !value.is_null() {
            desired.set_metadata(name, value.clone(), FieldOwner::People);
        }
    }
}

/// Notes what is left over of source APIs that have moved, which a run with `--prune` deletes.
///
/// `provenance` is that of the API in the center.
pub(super) fn note_left_over(
    notes: &mut Vec<String>,
    planner: &Planner<'_>,
    provenance: &ApiProvenance,
    group: &ApiGroup<'_>,
    children: &ApiChildren,
) {
    let service = &planner.service.source;
    let mut left_over = Vec::new();
    let mut add = |subject: &str, source: &ApimApi| {
        let place = match group.versions.iter().find(|version| version.api.name == source.name) {
            Some(version) => format!("is now the version '{}'", version.title),
            None => "is now imported into another API".to_owned(),
        };
        left_over.push(format!("the {subject} is left over, because {} {place}{PRUNE}", source.name));
    };
    for (key, source_name) in unfinished_versions(service, provenance, Some(group), children) {
        let version = children.versions.get(key);
        if let Some((version, source)) = version.zip(planner.service.api(source_name)) {
            add(&format!("version {}", version.body["name"].as_str().unwrap_or(key)), source);
        }
    }
    for (name, deployment) in &children.deployments {
        let provenance = DeploymentProvenance::of_deployment(&group.name, name, &deployment["properties"]);
        let provenance = provenance.filter(|provenance| provenance.is_from(service));
        let Some(provenance) = provenance.filter(|_| !group.has_deployment(service, name)) else { continue };
        let source_name = provenance.source_name();
        let Some(source) = planner.service.api(source_name) else { continue };
        let version = deployed_version(service, name, deployment, children);
        let subject = match version {
            Some((key, version)) => format!("version {}", version.body["name"].as_str().unwrap_or(key)),
            None => format!("deployment {name}"),
        };
        add(&subject, source);
    }
    for version in group.selected() {
        if let Some(api) = planner.left_over.get(&version.api.name.to_lowercase()) {
            let source = &version.api.name;
            left_over.push(format!(
                "the API {api} is left over, because {source} is now imported into {}{PRUNE}",
                group.name
            ));
        }
    }
    left_over.sort_unstable();
    notes.append(&mut left_over);
}
