//! What becomes what: version sets and single APIs as APIs of the center, and the names they get.

use std::collections::BTreeMap;

use super::{OnCollision, Options};
use crate::choice::Choice;
use crate::held::Held;
use crate::source::{Source, SourceApi, VersionSet};
use azr_core::error::{Error, Result};
use azr_definitions::names;

/// What API Management calls an API without a version.
const UNVERSIONED: &str = "Original";

/// One API of the center.
#[derive(Debug)]
pub struct Group<'a> {
    /// Its name in the center.
    pub name: String,
    /// The version set that it comes from; None for a single API.
    pub set: Option<&'a VersionSet>,
    /// Its versions, oldest name first; never empty.
    pub versions: Vec<GroupVersion<'a>>,
}

/// One version of an API of the center.
#[derive(Debug)]
pub struct GroupVersion<'a> {
    /// Its name in the center.
    pub name: String,
    /// Its title, not yet checked.
    pub title: String,
    /// The API of API Management that it comes from.
    pub api: &'a SourceApi,
    /// Whether it is to be imported.
    pub selected: bool,
}

impl<'a> Group<'a> {
    /// The versions that are to be imported, oldest name first.
    #[must_use]
    pub fn selected(&self) -> impl DoubleEndedIterator<Item = &GroupVersion<'a>> {
        self.versions.iter().filter(|version| version.selected)
    }

    /// Whether anything of it is to be imported.
    #[must_use]
    pub fn is_selected(&self) -> bool {
        self.selected().next().is_some()
    }

    /// Whether its documents could be taken for one another: it has several versions, or one with revisions.
    #[must_use]
    pub fn has_siblings(&self) -> bool {
        self.versions.len() > 1 || self.versions.iter().any(|version| version.api.has_revisions)
    }
}

/// What has a name: the key tells version sets and APIs of one name apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin<'a> {
    name: &'a str,
    is_set: bool,
}

impl Origin<'_> {
    /// What it is called apart from everything else of its service.
    fn whole(&self) -> String {
        if self.is_set { format!("version set {}", self.name) } else { self.name.to_owned() }
    }
}

/// Groups the APIs of a service and names groups and versions; the groups are in the order of their names.
///
/// All are named, not only those that are wanted, so that what is selected has no say in the names. A name that
/// the center has for something that was not brought from this service is a collision too.
pub fn design<'a>(
    source: &'a Source,
    held: &Held,
    choice: &Choice,
    options: &Options,
) -> Result<Vec<Group<'a>>> {
    let mut groups: BTreeMap<Origin<'a>, Vec<&SourceApi>> = BTreeMap::new();
    for api in &source.apis {
        let origin = match source.set_of(api) {
            Some(set) => Origin { name: &set.name, is_set: true },
            None => Origin { name: api.root(), is_set: false },
        };
        groups.entry(origin).or_default().push(api);
    }
    let names = named(&groups.keys().collect::<Vec<_>>(), source, held, options)?;
    let mut designed = Vec::with_capacity(groups.len());
    for ((origin, apis), name) in groups.into_iter().zip(names) {
        let set = apis.first().filter(|_| origin.is_set).and_then(|api| source.set_of(api));
        designed.push(Group { name, set, versions: versions(apis, choice, options)? });
    }
    designed.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(designed)
}

/// The names of groups in the center.
fn named(origins: &[&Origin<'_>], source: &Source, held: &Held, options: &Options) -> Result<Vec<String>> {
    let own: Vec<&str> = origins.iter().map(|origin| origin.name).collect();
    let whole = |at: usize| origins[at].whole();
    let mut names = settle(&own, &whole, |name| names::id_for_name(name, "api-"), options.on_collision)?;
    let of_service = |name: &str| {
        let there = held.apis.get(&name.to_ascii_lowercase());
        there.map(|api| api.mark.as_ref().is_some_and(|mark| mark.is_from(&source.id)))
    };
    for (at, name) in names.iter_mut().enumerate() {
        if of_service(name) != Some(false) {
            continue;
        }
        let apart =
            names::id_with_hash(name, &format!("{}/{}", source.id.name().to_ascii_lowercase(), whole(at)));
        // What once was told apart keeps its name, whatever is said now: else it would be there twice.
        match options.on_collision {
            _ if of_service(&apart) == Some(true) => *name = apart,
            OnCollision::Suffix => *name = apart,
            OnCollision::Merge => {}
            OnCollision::Fail => {
                return Err(Error::conflict(format!(
                    "the center has an API '{name}' that was not imported from {}, and '{}' would have the same name",
                    source.id.name(),
                    whole(at)
                ))
                .with_hint("--on-collision suffix gives it a name of its own, --on-collision merge adds to the one that is there."));
            }
        }
    }
    Ok(names)
}

fn versions<'a>(
    mut apis: Vec<&'a SourceApi>,
    choice: &Choice,
    options: &Options,
) -> Result<Vec<GroupVersion<'a>>> {
    apis.sort_by_cached_key(|api| natural(api));
    let titles: Vec<String> = apis.iter().map(|api| version_title(api)).collect();
    let own: Vec<&str> = titles.iter().map(String::as_str).collect();
    let whole = |at: usize| apis[at].name.to_string();
    let names = settle(&own, &whole, names::version_id, options.on_collision)?;
    Ok(apis
        .into_iter()
        .zip(names)
        .zip(titles)
        .map(|((api, name), title)| GroupVersion { name, title, selected: choice.holds(api), api })
        .collect())
}

/// The title of a version; a revision that is not current says which it is.
fn version_title(api: &SourceApi) -> String {
    let version = api.version.as_deref().unwrap_or(UNVERSIONED);
    match api.revision() {
        Some(revision) => format!("{version} revision {revision}"),
        None => version.to_owned(),
    }
}

/// Makes ids of names, no two alike; what `whole` says of each is a hash away from all others.
///
/// Where several names have one id, the name that is its own id keeps it, and each of the others has a hash
/// behind it: which others there are has no say in it.
fn settle(
    own: &[&str],
    whole: &dyn Fn(usize) -> String,
    make: impl Fn(&str) -> String,
    on_collision: OnCollision,
) -> Result<Vec<String>> {
    let mut ids: Vec<String> = own.iter().map(|name| make(name)).collect();
    if ids.len() < 2 {
        return Ok(ids);
    }
    let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, id) in ids.iter().enumerate() {
        alike.entry(id.to_ascii_lowercase()).or_default().push(at);
    }
    for (id, places) in alike.into_iter().filter(|(_, places)| places.len() > 1) {
        if on_collision == OnCollision::Fail {
            let names: Vec<String> = places.iter().map(|at| format!("'{}'", whole(*at))).collect();
            return Err(Error::conflict(format!("{} would all be '{id}' in the center", names.join(", ")))
                .with_hint("--on-collision suffix tells them apart."));
        }
        let keeper = places.iter().copied().find(|at| own[*at] == ids[*at]);
        for at in places.into_iter().filter(|at| Some(*at) != keeper) {
            ids[at] = names::id_with_hash(&ids[at], &whole(at));
        }
    }
    Ok(ids)
}

/// A key that sorts `v2` before `v10`.
fn natural(api: &SourceApi) -> Vec<(u64, String)> {
    let mut parts = Vec::new();
    let mut rest = api.version.as_deref().unwrap_or_default();
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(words);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        parts.push((0, word.to_lowercase()));
        parts.push((number.parse().unwrap_or(u64::MAX), String::new()));
        rest = tail;
    }
    // The current revision is the newest of its version.
    let revision = api.revision().map_or(u64::MAX, |revision| revision.parse().unwrap_or(0));
    parts.push((revision, api.root().to_owned()));
    parts
}
