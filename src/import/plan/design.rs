//! What becomes what: version sets and single APIs as APIs of the center, and the names they get.

use std::collections::BTreeMap;

use super::{OnCollision, Options};
use crate::error::{Error, Result};
use crate::import::source::{Source, SourceApi, VersionSet};
use crate::spec::names;

/// What API Management calls an API without a version.
const UNVERSIONED: &str = "Original";

/// The APIs that the center is to have.
#[derive(Debug)]
pub struct Design<'a> {
    /// Those with something selected in them, by name.
    pub groups: Vec<Group<'a>>,
}

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
}

/// What has a name: the key tells version sets and APIs of one name apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    name: String,
    is_set: bool,
}

/// Groups the selected APIs and names the groups and versions.
///
/// Names are settled over all that the service holds, so that what is selected has no say in them.
pub fn design<'a>(
    source: &'a Source,
    selected: impl Fn(&str) -> bool,
    options: &Options,
) -> Result<Design<'a>> {
    let mut groups: BTreeMap<Origin, Vec<&SourceApi>> = BTreeMap::new();
    for api in &source.apis {
        let set = source.set_of(api);
        let name = set.map_or(&api.name, |set| &set.name).clone();
        groups.entry(Origin { name, is_set: set.is_some() }).or_default().push(api);
    }
    let origins: Vec<&Origin> = groups.keys().collect();
    let own: Vec<&str> = origins.iter().map(|origin| origin.name.as_str()).collect();
    let wholes: Vec<String> = origins
        .iter()
        .map(
            |origin| if origin.is_set { format!("version set {}", origin.name) } else { origin.name.clone() },
        )
        .collect();
    let names = settle(&own, &wholes, |name| names::id_of_name(name, "api-"), options)?;
    let mut designed = Vec::new();
    for ((origin, mut apis), name) in groups.iter().map(|(o, a)| (o, a.clone())).zip(names) {
        apis.sort_by_cached_key(|api| natural(api));
        let titles: Vec<&str> =
            apis.iter().map(|api| api.version.as_deref().unwrap_or(UNVERSIONED)).collect();
        let wholes: Vec<String> = apis.iter().map(|api| api.name.clone()).collect();
        let version_names = settle(&titles, &wholes, names::version_id, options)?;
        let versions: Vec<GroupVersion<'_>> = apis
            .iter()
            .zip(version_names)
            .zip(titles)
            .filter(|((api, _), _)| selected(&api.name))
            .map(|((api, name), title)| GroupVersion { name, title: title.to_owned(), api })
            .collect();
        if !versions.is_empty() {
            let set = apis.first().filter(|_| origin.is_set).and_then(|api| source.set_of(api));
            designed.push(Group { name, set, versions });
        }
    }
    designed.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Design { groups: designed })
}

/// Makes ids of names, no two alike; what `wholes` says of each is a hash away from all others.
///
/// Where several names have one id, the name that is its own id keeps it, and each of the others has a hash
/// behind it: which others there are has no say in it.
fn settle(
    own: &[&str],
    wholes: &[String],
    make: impl Fn(&str) -> String,
    options: &Options,
) -> Result<Vec<String>> {
    let mut ids: Vec<String> = own.iter().map(|name| make(name)).collect();
    let mut alike: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, id) in ids.iter().enumerate() {
        alike.entry(id.to_ascii_lowercase()).or_default().push(at);
    }
    for (id, places) in alike.into_iter().filter(|(_, places)| places.len() > 1) {
        if options.on_collision == OnCollision::Fail {
            let names: Vec<String> = places.iter().map(|at| format!("'{}'", wholes[*at])).collect();
            return Err(Error::invalid(format!("{} would all be '{id}' in the center", names.join(", ")))
                .with_hint("--on-collision suffix tells them apart."));
        }
        let keeper = places.iter().copied().find(|at| own[*at] == ids[*at]);
        for at in places.into_iter().filter(|at| Some(*at) != keeper) {
            ids[at] = names::distinct(&ids[at], &wholes[at]);
        }
    }
    Ok(ids)
}

/// A key that sorts `v2` before `v10`.
fn natural(api: &SourceApi) -> Vec<(u64, String)> {
    let text = api.version.as_deref().unwrap_or_default();
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let words = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(words);
        let digits = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        let (number, tail) = tail.split_at(digits);
        parts.push((0, word.to_lowercase()));
        parts.push((number.parse().unwrap_or(u64::MAX), String::new()));
        rest = tail;
    }
    parts.push((0, api.name.clone()));
    parts
}
