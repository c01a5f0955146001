//! Matches the APIs of API Management with synchronized ones, and compares them.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::rule::LinkedApi;
use super::url_path::normalize;
use crate::api_type::is_known_kind;
use crate::service::{ApimApi, ServiceSnapshot, VersionSet, VersioningScheme};
use azr_definitions::limits::{DESCRIPTION, TITLE, truncate};

/// How an API of API Management and its copy in the center relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiState {
    /// The copy is as API Management has it.
    UpToDate,
    /// The copy differs.
    Late,
    /// There is no copy.
    Missing,
    /// There is a copy of an API that API Management does not have.
    Stale,
    /// azr does not know how the service represents such an API.
    NotCompared,
}

impl ApiState {
    /// The states in the order in which they are counted.
    pub const ALL: [Self; 5] = [Self::UpToDate, Self::Late, Self::Missing, Self::Stale, Self::NotCompared];

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UpToDate => "upToDate",
            Self::Late => "late",
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::NotCompared => "notCompared",
        }
    }

    /// The words in messages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::UpToDate => "up to date",
            Self::NotCompared => "not compared",
            other => other.as_str(),
        }
    }

    /// Whether it is a difference between API Management and the center.
    #[must_use]
    pub fn is_difference(self) -> bool {
        matches!(self, Self::Late | Self::Missing | Self::Stale)
    }
}

/// What differs between an API and its copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The title.
    Title,
    /// The kind.
    Kind,
    /// The description.
    Description,
    /// The copy does not have the version.
    Version,
    /// The copy has another URL.
    RuntimeUri,
    /// The copy has a deployment with a URL that API Management does not have.
    RemovedDeployment,
}

impl Difference {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Kind => "kind",
            Self::Description => "description",
            Self::Version => "version",
            Self::RuntimeUri => "runtimeUri",
            Self::RemovedDeployment => "removedDeployment",
        }
    }
}

/// The result for an API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiComparison {
    /// The name in API Management; None for an API that it does not have.
    pub name: Option<String>,
    /// The title: in API Management, else in the center.
    pub title: String,
    /// The state.
    pub state: ApiState,
    /// The name of the copy in the center.
    pub center_api: Option<String>,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// Which copies belong to which APIs.
#[derive(Debug, Clone)]
pub struct Matching {
    /// For each API of the service the index of its copy.
    copies: Vec<Option<usize>>,
    /// The copies that belong to some API.
    matched: HashSet<usize>,
    /// The copies with a path of their own that no API has.
    with_removed_paths: HashSet<usize>,
    /// The APIs whose copy only has the same title.
    by_title: HashSet<usize>,
}

/// Finds the copy of each API of a service: by the path of its URL, else by its title.
#[must_use]
pub fn match_apis(service: &ServiceSnapshot, linked: &[LinkedApi]) -> Matching {
    let mut by_path: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, copy) in linked.iter().enumerate() {
        for path in &copy.paths {
            by_path.entry(path).or_default().push(index);
        }
    }
    let mut matching = Matching {
        copies: vec![None; service.apis.len()],
        matched: HashSet::new(),
        with_removed_paths: HashSet::new(),
        by_title: HashSet::new(),
    };
    let mut known_paths: HashSet<String> = HashSet::new();
    for (api_index, api) in service.apis.iter().enumerate() {
        let set = service.version_set(api);
        for path in expected_paths(api, set) {
            let copies = by_path.get(path.as_str()).map_or(&[][..], Vec::as_slice);
            matching.matched.extend(copies);
            // Of several copies at one path, the one with the title.
            let copy = copies.iter().find(|copy| has_title(api, set, &linked[**copy].api.title));
            if let Some(copy) = copy.or(copies.first()) {
                matching.copies[api_index].get_or_insert(*copy);
            }
            known_paths.insert(path);
        }
    }
    let mut by_title: HashMap<&str, usize> = HashMap::new();
    for (index, copy) in linked.iter().enumerate() {
        if matching.matched.contains(&index) {
            if copy.paths.iter().any(|path| !known_paths.contains(path)) {
                matching.with_removed_paths.insert(index);
            }
        } else {
            by_title.entry(&copy.api.title).or_insert(index);
        }
    }
    for (api_index, api) in service.apis.iter().enumerate() {
        let set = service.version_set(api);
        if matching.copies[api_index].is_some() {
            continue;
        }
        let copy = titles(api, set).find_map(|title| by_title.get(title).copied());
        if let Some(copy) = copy {
            matching.copies[api_index] = Some(copy);
            matching.matched.insert(copy);
            matching.by_title.insert(api_index);
        }
    }
    matching
}

impl Matching {
    /// The copies of APIs with versions, whose titles of versions have to be compared.
    #[must_use]
    pub fn copies_with_versions(&self, service: &ServiceSnapshot) -> Vec<usize> {
        let has_version = |api: &ApimApi| api.version.is_some() && service.version_set(api).is_some();
        let apis = service.apis.iter().zip(&self.copies).filter(|(api, _)| has_version(api));
        let mut copies: Vec<usize> = apis.filter_map(|(_, copy)| *copy).collect();
        copies.sort_unstable();
        copies.dedup();
        copies
    }
}

/// Compares the APIs of a service with their copies.
///
/// `version_titles` are the titles of the versions of some copies, by the index of the copy.
#[must_use]
pub fn compare(
    service: &ServiceSnapshot,
    linked: &[LinkedApi],
    mut matching: Matching,
    version_titles: &BTreeMap<usize, Vec<String>>,
) -> Vec<ApiComparison> {
    let mut results = Vec::new();
    let originals = originals(service, &matching);
    for (index, api) in service.apis.iter().enumerate() {
        let set = service.version_set(api);
        let copy_index = matching.copies[index];
        let copy = copy_index.map(|copy| &linked[copy].api);
        let mut differences = Vec::new();
        if let (Some(copy), Some(originals)) = (copy, copy_index.and_then(|copy| originals.get(&copy))) {
            // Which of the versions of an API it has the texts of is not known.
            let has_any = |is_same: fn(&ApimApi, Option<&VersionSet>, &str) -> bool, text: &str| {
                originals.iter().any(|original| is_same(original, service.version_set(original), text))
            };
            if !has_any(has_title, &copy.title) {
                differences.push(Difference::Title);
            }
            let kind = api.api_type.center_kind().filter(|kind| is_known_kind(kind));
            if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case(&copy.kind)) {
                differences.push(Difference::Kind);
            }
            if !has_any(has_description, &copy.description) {
                differences.push(Difference::Description);
            }
        }
        let versions = copy_index.and_then(|copy| version_titles.get(&copy));
        if let (Some(versions), Some(version), Some(_)) = (versions, &api.version, set) {
            let version = truncate(version, TITLE).trim();
            if !versions.iter().any(|title| title.trim().eq_ignore_ascii_case(version)) {
                differences.push(Difference::Version);
            }
        }
        if matching.by_title.contains(&index) {
            differences.push(Difference::RuntimeUri);
        }
        if copy_index.is_some_and(|copy| matching.with_removed_paths.remove(&copy)) {
            differences.push(Difference::RemovedDeployment);
        }
        let state = match copy {
            None if is_agent(api) => ApiState::NotCompared,
            None => ApiState::Missing,
            Some(_) if differences.is_empty() => ApiState::UpToDate,
            Some(_) => ApiState::Late,
        };
        results.push(ApiComparison {
            name: Some(api.name.to_string()),
            title: api.title.to_string(),
            state,
            center_api: copy.map(|copy| copy.name.to_string()),
            differences,
        });
    }
    let has_mcp_servers = service.apis.iter().any(is_mcp_server);
    let unmatched = linked.iter().enumerate().filter(|(index, _)| !matching.matched.contains(index));
    results.extend(unmatched.map(|(_, copy)| ApiComparison {
        name: None,
        title: copy.api.title.to_string(),
        // API Management lists MCP servers in its newest versions only.
        state: if copy.api.kind.eq_ignore_ascii_case("mcp") && !has_mcp_servers {
            ApiState::NotCompared
        } else {
            ApiState::Stale
        },
        center_api: Some(copy.api.name.to_string()),
        differences: Vec::new(),
    }));
    results
}

/// The APIs of the service that each copy stands for, by the index of the copy.
fn originals<'a>(service: &'a ServiceSnapshot, matching: &Matching) -> HashMap<usize, Vec<&'a ApimApi>> {
    let mut originals: HashMap<usize, Vec<&ApimApi>> = HashMap::new();
    for (api, copy) in service.apis.iter().zip(&matching.copies) {
        if let Some(copy) = copy {
            originals.entry(*copy).or_default().push(api);
        }
    }
    originals
}

/// Whether an API is an MCP server.
fn is_mcp_server(api: &ApimApi) -> bool {
    api.api_type.name().eq_ignore_ascii_case("mcp")
}

/// Whether an API is an A2A agent; the resource type of agents in API Center is not published.
fn is_agent(api: &ApimApi) -> bool {
    api.api_type.name().eq_ignore_ascii_case("a2a")
}

/// The paths below the gateway at which an API may be deployed.
fn expected_paths(api: &ApimApi, set: Option<&VersionSet>) -> Vec<String> {
    let mut path = api.path.to_string();
    if let (Some(VersionSet { scheme: VersioningScheme::Segment, .. }), Some(version)) = (set, &api.version) {
        path = format!("{path}/{version}");
    }
    let path = normalize(&path);
    if !is_mcp_server(api) {
        return vec![path];
    }
    // The service writes the first, which clients cannot use (https://github.com/Azure/api-center/issues/77).
    let endpoints = ["mcp/messages", "mcp", "sse"].map(|endpoint| normalize(&format!("{path}/{endpoint}")));
    std::iter::once(path).chain(endpoints).collect()
}

/// The titles that a copy of the API may have: a version may have that of its version set.
fn titles<'a>(api: &'a ApimApi, set: Option<&'a VersionSet>) -> impl Iterator<Item = &'a str> {
    let titles = [set.map(|set| set.title.as_str()), Some(&*api.title)];
    titles.into_iter().flatten().map(|title| truncate(title.trim(), TITLE).trim_end())
}

fn has_title(api: &ApimApi, set: Option<&VersionSet>, copied: &str) -> bool {
    titles(api, set).any(|title| title == copied.trim())
}

/// Whether a copy has the description of the API, or of its version set.
///
/// White space does not count, nor does the end of a description that is longer than a center allows.
fn has_description(api: &ApimApi, set: Option<&VersionSet>, copied: &str) -> bool {
    let of_set = set.and_then(|set| set.description.as_deref());
    let copied = words(copied);
    let is_same = |description: &str| {
        let description = words(description);
        // What the service appends to a shortened text is not known.
        let kept = copied.trim_end_matches(['…', '.']).trim_end();
        description == copied
            || (description.chars().count() >= DESCRIPTION
                && !kept.is_empty()
                && description.starts_with(kept))
    };
    let own = api.description.as_deref();
    match (own, of_set) {
        (None, None) => copied.is_empty(),
        _ => [own, of_set].into_iter().flatten().any(is_same),
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
