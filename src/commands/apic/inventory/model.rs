//! The inventory of a center as data, in the form in which it is printed.

use serde::Serialize;
use serde_json::Value;

use super::contents::{Deployment, Version};

/// The lifecycle stages in the order in which an API goes through them.
const LIFECYCLE_ORDER: [&str; 7] =
    ["design", "development", "testing", "preview", "production", "deprecated", "retired"];

/// The version of the format of the data.
const FORMAT_VERSION: u32 = 1;

/// The contents of a center, with counts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Inventory {
    /// The version of the format, which its JSON schema has, too.
    pub version: u32,
    /// The center.
    pub center: Center,
    /// The counts.
    pub counts: Counts,
    /// The number of APIs of each kind, largest first.
    pub by_kind: Vec<KindCount>,
    /// The number of APIs in each stage, in lifecycle order; those without a stage are last, if there are any.
    pub by_stage: Vec<StageCount>,
    /// The environments by name, with the number of deployments in each.
    pub by_environment: Vec<Environment>,
    /// The APIs by name.
    pub apis: Vec<Api>,
}

/// The center itself.
#[derive(Debug, Serialize)]
pub(super) struct Center {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub location: Option<String>,
    /// Its plan, `Free` or `Standard`.
    pub plan: Option<String>,
}

/// The number of resources of each type, and of APIs with gaps.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counts {
    /// APIs.
    pub apis: usize,
    /// Their versions.
    pub versions: usize,
    /// The definitions of the versions.
    pub definitions: usize,
    /// Deployments of the APIs.
    pub deployments: usize,
    /// Environments of the center.
    pub environments: usize,
    /// APIs without gaps.
    pub complete: usize,
    /// APIs without a definition that has a document.
    pub without_definition: usize,
    /// APIs without a deployment.
    pub without_deployment: usize,
    /// APIs without an owner.
    pub without_owner: usize,
}

/// The number of APIs of a kind.
#[derive(Debug, Serialize)]
pub(super) struct KindCount {
    /// The kind.
    pub kind: String,
    /// The number of APIs.
    pub apis: usize,
}

/// The number of APIs in a lifecycle stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StageCount {
    /// The stage; None for APIs without a stage, which have no version.
    pub lifecycle_stage: Option<String>,
    /// The number of APIs.
    pub apis: usize,
}

/// An environment.
#[derive(Debug, Serialize)]
pub(super) struct Environment {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its kind, such as `production`.
    pub kind: Option<String>,
    /// The number of deployments in it.
    pub deployments: usize,
}

/// An API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Api {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind, in lower case.
    pub kind: String,
    /// Its lifecycle stage as the service reports it, else the latest stage of its versions.
    pub lifecycle_stage: Option<String>,
    /// The time of its last change, as the service reports it.
    pub updated: Option<String>,
    /// Its summary.
    pub summary: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its links to documentation.
    pub documentation: Vec<Link>,
    /// Its custom metadata.
    pub custom_properties: Value,
    /// Its owners.
    pub owners: Vec<String>,
    /// The number of definitions of its versions.
    pub definitions: usize,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
    /// What is missing.
    pub missing: Vec<Gap>,
}

/// A link to documentation.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Link {
    /// Its title.
    pub title: Option<String>,
    /// Its URL.
    pub url: String,
}

/// Something that an API should have and does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Gap {
    /// A definition with a document.
    Definition,
    /// A deployment.
    Deployment,
    /// An owner.
    Owner,
}

impl Gap {
    /// All gaps.
    pub(super) const ALL: [Self; 3] = [Self::Definition, Self::Deployment, Self::Owner];

    /// Its name in the output.
    #[must_use]
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Deployment => "deployment",
            Self::Owner => "owner",
        }
    }
}

impl Api {
    /// Determines the gaps, and the stage if the service reports none.
    pub(super) fn update_derived_fields(&mut self) {
        let has = |gap: &Gap| match gap {
            Gap::Definition => {
                self.versions.iter().flat_map(|v| &v.definitions).any(|d| d.specification.is_some())
            }
            Gap::Deployment => !self.deployments.is_empty(),
            Gap::Owner => !self.owners.is_empty(),
        };
        self.missing = Gap::ALL.into_iter().filter(|gap| !has(gap)).collect();
        if self.lifecycle_stage.is_none() {
            let stages = self.versions.iter().filter_map(|version| version.lifecycle_stage.as_deref());
            self.lifecycle_stage = stages.max_by_key(|stage| lifecycle_position(stage)).map(str::to_owned);
        }
    }
}

impl Inventory {
    /// Sorts the environments and APIs by name, and counts them.
    #[must_use]
    pub(super) fn new(center: Center, mut environments: Vec<Environment>, mut apis: Vec<Api>) -> Self {
        apis.sort_by(|a, b| a.name.cmp(&b.name));
        environments.sort_by(|a, b| a.name.cmp(&b.name));
        for deployment in apis.iter().flat_map(|api| &api.deployments) {
            let Some(name) = &deployment.environment else { continue };
            if let Some(environment) = environments.iter_mut().find(|e| e.name.eq_ignore_ascii_case(name)) {
                environment.deployments += 1;
            }
        }
        let count_missing = |gap| apis.iter().filter(|api| api.missing.contains(&gap)).count();
        let counts = Counts {
            apis: apis.len(),
            versions: apis.iter().map(|api| api.versions.len()).sum(),
            definitions: apis.iter().map(|api| api.definitions).sum(),
            deployments: apis.iter().map(|api| api.deployments.len()).sum(),
            environments: environments.len(),
            complete: apis.iter().filter(|api| api.missing.is_empty()).count(),
            without_definition: count_missing(Gap::Definition),
            without_deployment: count_missing(Gap::Deployment),
            without_owner: count_missing(Gap::Owner),
        };
        Self {
            by_kind: count_by_kind(&apis),
            by_stage: count_by_stage(&apis),
            version: FORMAT_VERSION,
            by_environment: environments,
            center,
            counts,
            apis,
        }
    }

    /// The number of APIs with this gap.
    #[must_use]
    pub(super) fn count_missing(&self, gap: Gap) -> usize {
        match gap {
            Gap::Definition => self.counts.without_definition,
            Gap::Deployment => self.counts.without_deployment,
            Gap::Owner => self.counts.without_owner,
        }
    }
}

fn count_by_kind(apis: &[Api]) -> Vec<KindCount> {
    let mut counts: Vec<KindCount> = Vec::new();
    for api in apis {
        match counts.iter_mut().find(|count| count.kind == api.kind) {
            Some(count) => count.apis += 1,
            None => counts.push(KindCount { kind: api.kind.clone(), apis: 1 }),
        }
    }
    counts.sort_by(|a, b| b.apis.cmp(&a.apis).then_with(|| a.kind.cmp(&b.kind)));
    counts
}

fn count_by_stage(apis: &[Api]) -> Vec<StageCount> {
    let mut counts: Vec<StageCount> = LIFECYCLE_ORDER
        .iter()
        .map(|stage| StageCount { lifecycle_stage: Some((*stage).to_owned()), apis: 0 })
        .collect();
    for api in apis {
        match counts.iter_mut().find(|count| count.lifecycle_stage == api.lifecycle_stage) {
            Some(count) => count.apis += 1,
            None => counts.push(StageCount { lifecycle_stage: api.lifecycle_stage.clone(), apis: 1 }),
        }
    }
    counts
}

/// The position of a stage in the lifecycle, from 1; 0 for an unknown stage.
pub(super) fn lifecycle_position(stage: &str) -> usize {
    let position = LIFECYCLE_ORDER.iter().position(|known| known.eq_ignore_ascii_case(stage));
    position.map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::apic::inventory::contents::Definition;
    use crate::commands::apic::shapes::STAGES;

    fn version(stage: &str, specification: Option<&str>) -> Version {
        let definition = Definition {
            name: "d".into(),
            specification: specification.map(str::to_owned),
            operations: None,
        };
        Version {
            name: stage.into(),
            title: None,
            lifecycle_stage: Some(stage.into()),
            definitions: vec![definition],
        }
    }

    fn api(name: &str, kind: &str, versions: Vec<Version>) -> Api {
        let mut api = Api {
            id: String::new(),
            name: name.into(),
            title: name.into(),
            kind: kind.into(),
            lifecycle_stage: None,
            updated: None,
            summary: None,
            description: None,
            documentation: Vec::new(),
            custom_properties: Value::Null,
            owners: Vec::new(),
            definitions: versions.len(),
            versions,
            deployments: Vec::new(),
            missing: Vec::new(),
        };
        api.update_derived_fields();
        api
    }

    #[test]
    fn the_lifecycle_has_every_stage() {
        let mut sorted = LIFECYCLE_ORDER;
        sorted.sort_unstable();
        assert_eq!(sorted, STAGES);
    }

    #[test]
    fn a_definition_without_a_document_is_missing() {
        assert!(api("a", "rest", Vec::new()).missing.contains(&Gap::Definition));
        assert!(api("a", "rest", vec![version("design", None)]).missing.contains(&Gap::Definition));
        let one = api("a", "rest", vec![version("design", None), version("preview", Some("openapi 3.0.1"))]);
        assert_eq!(one.missing, [Gap::Deployment, Gap::Owner]);
    }

    #[test]
    fn the_stage_is_the_latest_of_the_versions() {
        let one = api("a", "rest", vec![version("production", None), version("design", None)]);
        assert_eq!(one.lifecycle_stage.as_deref(), Some("production"));
    }

    #[test]
    fn apis_are_counted_by_kind_and_by_stage() {
        let apis = vec![
            api("b", "soap", Vec::new()),
            api("a", "rest", vec![version("design", None)]),
            api("c", "rest", vec![version("design", None)]),
        ];
        let center = Center { id: String::new(), name: "c".into(), location: None, plan: None };
        let inventory = Inventory::new(center, Vec::new(), apis);
        let kinds: Vec<_> = inventory.by_kind.iter().map(|count| (count.kind.as_str(), count.apis)).collect();
        assert_eq!(kinds, [("rest", 2), ("soap", 1)]);
        let stages: Vec<_> =
            inventory.by_stage.iter().map(|count| (count.lifecycle_stage.as_deref(), count.apis)).collect();
        assert_eq!(stages.len(), 8);
        assert_eq!((stages[0], stages[7]), ((Some("design"), 2), (None, 1)));
        let names: Vec<_> = inventory.apis.iter().map(|api| api.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
