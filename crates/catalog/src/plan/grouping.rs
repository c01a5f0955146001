//! Groups the APIs of a service into APIs of the center, and names them and their versions.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::matching::Matcher;
use super::runtime_uri::deployment_name;
use super::types::{OnCollision, PlanOptions};
use crate::filter::ApiFilter;
use crate::import_source::ImportSource;
use crate::service::{ApimApi, ServiceSnapshot, VersionSet};
use crate::snapshot::CenterSnapshot;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_definitions::names;

/// The title of the version of an API that does not have a version in API Management.
pub(crate) const UNVERSIONED_TITLE: &str = "Original";

/// The APIs of a service that become one API of the center.
#[derive(Debug)]
pub struct ApiGroup<'a> {
    /// The name in the center.
    pub name: Box<str>,
    /// The name that it would have if the center were empty.
    pub source_name: Box<str>,
    /// Whether the center's API with this name has lost its provenance, and its deployments tell that it is this one.
    pub has_lost_provenance: bool,
    /// The name in API Management, if a prefix or suffix of the environment was removed from it.
    pub environment_name: Option<Box<str>>,
    /// The version set that the APIs belong to; None for a single API.
    pub version_set: Option<&'a VersionSet>,
    /// The versions in ascending order; never empty.
    pub versions: Box<[ApiGroupVersion<'a>]>,
}

/// A version of an API of the center.
#[derive(Debug)]
pub struct ApiGroupVersion<'a> {
    /// The name in the center.
    pub name: Box<str>,
    /// The title, not yet checked against the limits of the center.
    pub title: Box<str>,
    /// The source API in API Management.
    pub api: &'a ApimApi,
    /// Whether the filter selects it for import.
    pub is_selected: bool,
}

impl<'a> ApiGroup<'a> {
    /// The versions to import, in ascending order.
    #[must_use]
    pub fn selected(&self) -> impl DoubleEndedIterator<Item = &ApiGroupVersion<'a>> {
        self.versions.iter().filter(|version| version.is_selected)
    }

    /// The version with this name.
    #[must_use]
    pub(super) fn version(&self, name: &str) -> Option<&ApiGroupVersion<'a>> {
        self.versions.iter().find(|version| version.name.eq_ignore_ascii_case(name))
    }

    /// The name of the deployment of a version on the gateway of the source.
    #[must_use]
    pub(super) fn deployment_name(&self, source: &ImportSource, version: &ApiGroupVersion<'_>) -> String {
        deployment_name(source, self.environment_name.as_deref(), &version.name)
    }

    /// Whether one of the versions has a deployment with this name on the gateway of the source.
    #[must_use]
    pub(super) fn has_deployment(&self, source: &ImportSource, name: &str) -> bool {
        self.versions.iter().any(|version| self.deployment_name(source, version).eq_ignore_ascii_case(name))
    }

    /// Whether any version is to be imported.
    #[must_use]
    pub fn is_selected(&self) -> bool {
        self.selected().next().is_some()
    }

    /// Whether API Management might confuse the documents of the group: it has several versions or revisions.
    #[must_use]
    pub fn has_siblings(&self) -> bool {
        self.versions.len() > 1 || self.versions.iter().any(|version| version.api.has_revisions)
    }
}

/// What a group is made from; a version set and an API may have the same name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey<'a> {
    name: &'a str,
    is_version_set: bool,
}

impl GroupKey<'_> {
    /// A name that no other group of the service has.
    fn qualified_name(&self) -> String {
        if self.is_version_set { format!("version set {}", self.name) } else { self.name.to_owned() }
    }
}

/// Groups the APIs of a service and names groups and versions; the groups are sorted by name.
///
/// All APIs get names, not only the selected ones, so that a filter never changes a name. A name is also taken if the
/// center has an API of that name that was not imported from this service.
pub fn group_into_apis<'a>(
    service: &'a ServiceSnapshot,
    center: &CenterSnapshot,
    filter: &ApiFilter,
    options: &PlanOptions,
) -> Result<Vec<ApiGroup<'a>>> {
    let mut apis_by_key: BTreeMap<GroupKey<'a>, Vec<&ApimApi>> = BTreeMap::new();
    for api in &service.apis {
        let key = match service.version_set(api) {
            Some(set) => GroupKey { name: &set.name, is_version_set: true },
            None => GroupKey { name: api.root_name(), is_version_set: false },
        };
        apis_by_key.entry(key).or_default().push(api);
    }
    let names = group_names(&apis_by_key, service, center, options)?;
    let mut groups = Vec::with_capacity(apis_by_key.len());
    for ((key, apis), name) in apis_by_key.into_iter().zip(names) {
        let version_set =
            apis.first().filter(|_| key.is_version_set).and_then(|api| service.version_set(api));
        groups.push(ApiGroup {
            name: name.name.into(),
            source_name: name.source_name.into(),
            has_lost_provenance: name.has_lost_provenance,
            environment_name: name.environment_name.map(Into::into),
            version_set,
            versions: group_versions(apis, filter, options)?,
        });
    }
    groups.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(groups)
}

/// The name of a group in the center.
struct GroupName {
    name: String,
    source_name: String,
    has_lost_provenance: bool,
    environment_name: Option<String>,
}

/// Names groups in the center.
///
/// A group whose name the center does not have, or has for an API from elsewhere, becomes the API that has a deployment
/// of one of its APIs.
fn group_names(
    groups: &BTreeMap<GroupKey<'_>, Vec<&ApimApi>>,
    service: &ServiceSnapshot,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<Vec<GroupName>> {
    let keys: Vec<&GroupKey<'_>> = groups.keys().collect();
    // Whether the API of this name was imported from the service; None if the center does not have it.
    let is_from_service = |name: &str| {
        let api = center.apis.get(&name.to_ascii_lowercase())?;
        Some(api.provenance.as_ref().is_some_and(|provenance| provenance.is_from(&service.source)))
    };
    let make_id = |name: &str| names::id_for_name(name, "api-");
    let source_names = logical_names(&keys, options, |name| is_from_service(&make_id(name)) == Some(true));
    let qualified_name = |index: usize| keys[index].qualified_name();
    let names = unique_ids(&source_names, &qualified_name, make_id, options.on_collision)?;
    let matcher = Matcher::new(&options.match_rules, center);
    let mut taken: HashSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let mut all = Vec::with_capacity(names.len());
    for ((index, source_name), apis) in names.into_iter().enumerate().zip(groups.values()) {
        let sources: Vec<ResourceId> = apis.iter().map(|api| service.source.api(&api.name)).collect();
        let environment_name = (source_names[index] != keys[index].name).then(|| keys[index].name.to_owned());
        let mut group = GroupName {
            name: source_name.clone(),
            source_name,
            has_lost_provenance: false,
            environment_name,
        };
        let is_imported = is_from_service(&group.name);
        if is_imported == Some(true) {
            all.push(group);
            continue;
        }
        let suffixed_name = {
            let source = service.source.key();
            names::id_with_hash(&group.name, &format!("{source}/{}", qualified_name(index)))
        };
        if is_imported == Some(false) && is_from_service(&suffixed_name) == Some(true) {
            // An API that was imported with a suffix keeps its name whatever the option is, or it would be duplicated.
            group.name = suffixed_name;
        } else if is_imported == Some(false) && center.imported_sources.has_deployment(&group.name, &sources)
        {
            group.has_lost_provenance = true;
        } else if let Some(moved) =
            center.imported_sources.apis_of(&sources).find(|name| !taken.contains(*name))
        {
            center.apis.get(moved).map_or(moved, |api| &api.name).clone_into(&mut group.name);
            group.has_lost_provenance = is_from_service(moved) == Some(false);
            taken.insert(moved.to_owned());
        } else if let Some(same) = find_same_api(&matcher, keys[index], apis, service)
            .filter(|same| group.name.eq_ignore_ascii_case(same) || !taken.contains(*same))
        {
            center.apis.get(same).map_or(same, |api| &api.name).clone_into(&mut group.name);
            taken.insert(same.to_owned());
        } else if is_imported == Some(false) {
            match options.on_collision {
                OnCollision::Suffix => group.name = suffixed_name,
                OnCollision::Merge => {}
                OnCollision::Fail => {
                    return Err(Error::conflict(format!(
                        "'{}' would be named '{}', and the center already has an API with that name that was not imported from {}",
                        qualified_name(index),
                        group.name,
                        service.source
                    ))
                    .with_hint(
                        "--on-collision suffix appends a hash to the name; --on-collision merge adds to the existing API.",
                    ));
                }
            }
        }
        all.push(group);
    }
    Ok(all)
}

/// The names of groups without the prefixes and suffixes of their environment.
///
/// A name stays whole if another group would have the same one, or if the API was imported with it before.
fn logical_names<'a>(
    keys: &[&GroupKey<'a>],
    options: &PlanOptions,
    is_imported: impl Fn(&str) -> bool,
) -> Vec<&'a str> {
    let rules = &options.match_rules;
    let logical = |key: &GroupKey<'a>| rules.logical_name(key.name, key.is_version_set);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for key in keys {
        *counts.entry(logical(key).to_lowercase()).or_default() += 1;
    }
    let name = |key: &&GroupKey<'a>| {
        let name = logical(key);
        let is_unique = counts.get(&name.to_lowercase()) == Some(&1);
        if name != key.name && is_unique && !is_imported(key.name) { name } else { key.name }
    };
    keys.iter().map(name).collect()
}

/// The name, in lower case, of the imported API of the center that is the same as a group.
fn find_same_api<'m>(
    matcher: &'m Matcher<'_>,
    key: &GroupKey<'_>,
    apis: &[&ApimApi],
    service: &ServiceSnapshot,
) -> Option<&'m str> {
    let newest = apis.iter().max_by_key(|api| version_sort_key(api))?;
    let version_set = service.version_set(newest).filter(|_| key.is_version_set);
    matcher.find(key.name, version_set, newest)
}

fn group_versions<'a>(
    mut apis: Vec<&'a ApimApi>,
    filter: &ApiFilter,
    options: &PlanOptions,
) -> Result<Box<[ApiGroupVersion<'a>]>> {
    apis.sort_by_cached_key(|api| version_sort_key(api));
    let titles: Vec<String> = apis.iter().map(|api| version_title(api)).collect();
    let source_names: Vec<&str> = titles.iter().map(String::as_str).collect();
    let qualified_name = |index: usize| apis[index].name.to_string();
    let names = unique_ids(&source_names, &qualified_name, names::version_id, options.on_collision)?;
    Ok(apis
        .into_iter()
        .zip(names)
        .zip(titles)
        .map(|((api, name), title)| ApiGroupVersion {
            name: name.into(),
            title: title.into(),
            is_selected: filter.matches(api),
            api,
        })
        .collect())
}

/// The title of a version, with the revision if it is not current.
fn version_title(api: &ApimApi) -> String {
    let version = api.version.as_deref().unwrap_or(UNVERSIONED_TITLE);
    match api.revision() {
        Some(revision) => format!("{version} revision {revision}"),
        None => version.to_owned(),
    }
}

/// Turns names into unique ids.
///
/// If several names have the same id, the name that equals its id keeps it, and the ids of the others get a hash of
/// their qualified name. The result for a name does not depend on which other names collide with it.
fn unique_ids(
    names: &[&str],
    qualified_name: &dyn Fn(usize) -> String,
    make_id: impl Fn(&str) -> String,
    on_collision: OnCollision,
) -> Result<Vec<String>> {
    let mut ids: Vec<String> = names.iter().map(|name| make_id(name)).collect();
    if ids.len() < 2 {
        return Ok(ids);
    }
    let mut indexes_by_id: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, id) in ids.iter().enumerate() {
        indexes_by_id.entry(id.to_ascii_lowercase()).or_default().push(index);
    }
    for (id, indexes) in indexes_by_id.into_iter().filter(|(_, indexes)| indexes.len() > 1) {
        if on_collision == OnCollision::Fail {
            let names: Vec<String> =
                indexes.iter().map(|index| format!("'{}'", qualified_name(*index))).collect();
            return Err(Error::conflict(format!("{} would all be named '{id}'", names.join(", ")))
                .with_hint("--on-collision suffix gives them different names."));
        }
        let unsuffixed = indexes.iter().copied().find(|index| names[*index] == ids[*index]);
        for index in indexes.into_iter().filter(|index| Some(*index) != unsuffixed) {
            ids[index] = names::id_with_hash(&ids[index], &qualified_name(index));
        }
    }
    Ok(ids)
}

/// A key that sorts `v2` before `v10`, and the original without a version before both.
fn version_sort_key(api: &ApimApi) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    if api.version.is_none() {
        parts.push((0, String::new()));
    }
    let mut rest = api.version.as_deref().unwrap_or_default();
    while !rest.is_empty() {
        let word_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(word_end);
        let number_end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(number_end);
        parts.push((0, word.to_lowercase()));
        parts.push((number.parse().unwrap_or(u64::MAX), String::new()));
        rest = tail;
    }
    // The current revision is the newest of its version.
    let revision = api.revision().map_or(u64::MAX, |revision| revision.parse().unwrap_or(0));
    parts.push((revision, api.root_name().to_owned()));
    parts
}
