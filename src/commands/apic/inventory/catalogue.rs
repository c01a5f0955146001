//! The inventory of a center as data, as it is printed.

use serde::Serialize;

use super::contents::{Deployment, Version};

/// The order of an API's life, which that of the choices on the command line is not.
const LIFE: [&str; 7] =
    ["design", "development", "testing", "preview", "production", "deprecated", "retired"];

/// Everything in a center, counted.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// The center.
    pub center: Center,
    /// How many there are of what.
    pub counts: Counts,
    /// The APIs by kind, the most first.
    pub by_kind: Vec<OfKind>,
    /// The APIs by stage, in the order of an API's life; those without a stage come last, if there are any.
    pub by_stage: Vec<OfStage>,
    /// The environments by name, with their deployments.
    pub by_environment: Vec<Environment>,
    /// The APIs by name.
    pub apis: Vec<Api>,
}

/// The center itself.
#[derive(Debug, Serialize)]
pub struct Center {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub location: Option<String>,
    /// Its plan, `Free` or `Standard`.
    pub plan: Option<String>,
}

/// How many there are of what.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// APIs.
    pub apis: usize,
    /// Their versions.
    pub versions: usize,
    /// The definitions of these.
    pub definitions: usize,
    /// Deployments of the APIs.
    pub deployments: usize,
    /// Environments of the center.
    pub environments: usize,
    /// APIs that are missing nothing.
    pub complete: usize,
    /// APIs of which no version has a definition with a document.
    pub without_definition: usize,
    /// APIs that are deployed nowhere.
    pub without_deployment: usize,
    /// APIs that nobody owns.
    pub without_owner: usize,
}

/// The APIs of one kind.
#[derive(Debug, Serialize)]
pub struct OfKind {
    /// The kind.
    pub kind: String,
    /// How many APIs.
    pub apis: usize,
}

/// The APIs in one stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OfStage {
    /// The stage; none for APIs that are in none, having no version.
    pub lifecycle_stage: Option<String>,
    /// How many APIs.
    pub apis: usize,
}

/// An environment.
#[derive(Debug, Serialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// `production` or the like.
    pub kind: Option<String>,
    /// How many deployments are in it.
    pub deployments: usize,
}

/// An API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// Its resource id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind, in lower case.
    pub kind: String,
    /// Its stage: the service's word, or else the furthest of its versions.
    pub lifecycle_stage: Option<String>,
    /// When it was changed last, as the service says it.
    pub updated: Option<String>,
    /// Who owns it.
    pub owners: Vec<String>,
    /// How many definitions its versions have.
    pub definitions: usize,
    /// Its versions.
    pub versions: Vec<Version>,
    /// Its deployments.
    pub deployments: Vec<Deployment>,
    /// What it lacks.
    pub missing: Vec<Lack>,
}

/// Something an API should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Lack {
    /// A definition with a document.
    Definition,
    /// A deployment.
    Deployment,
    /// An owner.
    Owner,
}

impl Lack {
    /// All that can be missing.
    pub const ALL: [Self; 3] = [Self::Definition, Self::Deployment, Self::Owner];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Definition => "definition",
            Self::Deployment => "deployment",
            Self::Owner => "owner",
        }
    }
}

impl Api {
    /// Notes what it lacks, and its stage where the service says none.
    pub fn settle(&mut self) {
        let has = |lack: &Lack| match lack {
            Lack::Definition => {
                self.versions.iter().flat_map(|v| &v.definitions).any(|d| d.specification.is_some())
            }
            Lack::Deployment => !self.deployments.is_empty(),
            Lack::Owner => !self.owners.is_empty(),
        };
        self.missing = Lack::ALL.into_iter().filter(|lack| !has(lack)).collect();
        if self.lifecycle_stage.is_none() {
            let stages = self.versions.iter().filter_map(|version| version.lifecycle_stage.as_deref());
            self.lifecycle_stage = stages.max_by_key(|stage| place(stage)).map(str::to_owned);
        }
    }
}

impl Catalogue {
    /// Counts these APIs and environments; those are sorted by name.
    #[must_use]
    pub fn of(center: Center, mut environments: Vec<Environment>, mut apis: Vec<Api>) -> Self {
        apis.sort_by(|a, b| a.name.cmp(&b.name));
        environments.sort_by(|a, b| a.name.cmp(&b.name));
        for deployment in apis.iter().flat_map(|api| &api.deployments) {
            let Some(name) = &deployment.environment else { continue };
            if let Some(of) = environments.iter_mut().find(|e| e.name.eq_ignore_ascii_case(name)) {
                of.deployments += 1;
            }
        }
        let lacking = |lack| apis.iter().filter(|api| api.missing.contains(&lack)).count();
        let counts = Counts {
            apis: apis.len(),
            versions: apis.iter().map(|api| api.versions.len()).sum(),
            definitions: apis.iter().map(|api| api.definitions).sum(),
            deployments: apis.iter().map(|api| api.deployments.len()).sum(),
            environments: environments.len(),
            complete: apis.iter().filter(|api| api.missing.is_empty()).count(),
            without_definition: lacking(Lack::Definition),
            without_deployment: lacking(Lack::Deployment),
            without_owner: lacking(Lack::Owner),
        };
        Self {
            by_kind: by_kind(&apis),
            by_stage: by_stage(&apis),
            by_environment: environments,
            center,
            counts,
            apis,
        }
    }

    /// How many APIs lack something.
    #[must_use]
    pub fn lacking(&self, lack: Lack) -> usize {
        match lack {
            Lack::Definition => self.counts.without_definition,
            Lack::Deployment => self.counts.without_deployment,
            Lack::Owner => self.counts.without_owner,
        }
    }
}

fn by_kind(apis: &[Api]) -> Vec<OfKind> {
    let mut all: Vec<OfKind> = Vec::new();
    for api in apis {
        match all.iter_mut().find(|of| of.kind == api.kind) {
            Some(of) => of.apis += 1,
            None => all.push(OfKind { kind: api.kind.clone(), apis: 1 }),
        }
    }
    all.sort_by(|a, b| b.apis.cmp(&a.apis).then_with(|| a.kind.cmp(&b.kind)));
    all
}

fn by_stage(apis: &[Api]) -> Vec<OfStage> {
    let mut all: Vec<OfStage> =
        LIFE.iter().map(|stage| OfStage { lifecycle_stage: Some((*stage).to_owned()), apis: 0 }).collect();
    for api in apis {
        match all.iter_mut().find(|of| of.lifecycle_stage == api.lifecycle_stage) {
            Some(of) => of.apis += 1,
            None => all.push(OfStage { lifecycle_stage: api.lifecycle_stage.clone(), apis: 1 }),
        }
    }
    all
}

/// How far in its life a stage is; one that is not known is before all others.
pub fn place(stage: &str) -> usize {
    LIFE.iter().position(|known| known.eq_ignore_ascii_case(stage)).map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::apic::inventory::contents::Definition;
    use crate::commands::apic::shapes::STAGES;

    fn version(stage: &str, specification: Option<&str>) -> Version {
        let definition = Definition { name: "d".into(), specification: specification.map(str::to_owned) };
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
            owners: Vec::new(),
            definitions: versions.len(),
            versions,
            deployments: Vec::new(),
            missing: Vec::new(),
        };
        api.settle();
        api
    }

    #[test]
    fn life_has_every_stage() {
        let mut sorted = LIFE;
        sorted.sort_unstable();
        assert_eq!(sorted, STAGES);
    }

    #[test]
    fn a_definition_without_a_document_is_missing() {
        assert!(api("a", "rest", Vec::new()).missing.contains(&Lack::Definition));
        assert!(api("a", "rest", vec![version("design", None)]).missing.contains(&Lack::Definition));
        let one = api("a", "rest", vec![version("design", None), version("preview", Some("openapi 3.0.1"))]);
        assert_eq!(one.missing, [Lack::Deployment, Lack::Owner]);
    }

    #[test]
    fn the_stage_is_the_furthest_of_the_versions() {
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
        let all = Catalogue::of(center, Vec::new(), apis);
        let kinds: Vec<_> = all.by_kind.iter().map(|of| (of.kind.as_str(), of.apis)).collect();
        assert_eq!(kinds, [("rest", 2), ("soap", 1)]);
        let stages: Vec<_> = all.by_stage.iter().map(|of| (of.lifecycle_stage.as_deref(), of.apis)).collect();
        assert_eq!(stages.len(), 8);
        assert_eq!((stages[0], stages[7]), ((Some("design"), 2), (None, 1)));
        let names: Vec<_> = all.apis.iter().map(|api| api.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
    }
}
