//! Groups definitions into APIs, before anything is written and without any request.
//!
//! Definitions of the same API are its versions. The highest version describes the API: its document provides title,
//! kind and contacts.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::types::{DesiredApi, DesiredVersion};
use azr_core::error::Error;

/// Groups versions into APIs, in the order of their first locations.
///
/// Fails with all collisions if several definitions are the same version of an API, because one would replace the other.
pub fn group_into_apis(versions: Vec<DesiredVersion>) -> Result<Vec<DesiredApi>, Vec<Collision>> {
    let collisions = find_collisions(&versions);
    if !collisions.is_empty() {
        return Err(collisions);
    }
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<DesiredVersion>> = HashMap::new();
    for version in versions {
        let key = key(&version);
        let group = groups.entry(key.clone()).or_default();
        if group.is_empty() {
            order.push(key);
        }
        group.push(version);
    }
    Ok(order.iter().filter_map(|key| api(groups.remove(key)?)).collect())
}

fn api(mut versions: Vec<DesiredVersion>) -> Option<DesiredApi> {
    versions.sort_by(|a, b| ascending(a.version_name(), b.version_name()));
    let mut highest = versions.pop()?;
    for version in &versions {
        if version.title != highest.title {
            highest.notes.push(format!(
                "the API's title is the title of its highest version, {}, not '{}'",
                highest.version_title, version.title
            ));
        }
    }
    Some(DesiredApi { earlier: versions, highest })
}

fn key(version: &DesiredVersion) -> String {
    version.api_id().name().to_ascii_lowercase()
}

/// Definitions that would all be the same version of an API.
#[derive(Debug)]
pub struct Collision {
    /// The definitions: their locations, each with its index.
    pub definitions: Vec<(usize, String)>,
    /// The version: `version v1 of the API pet`.
    pub version: String,
}

impl Collision {
    /// What would happen, in one sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let names: Vec<&str> = self.definitions.iter().map(|(_, name)| name.as_str()).collect();
        match &names[..] {
            [one, other] => format!("{one} and {other} would both be {}", self.version),
            names => format!("{} would all be {}", names.join(", "), self.version),
        }
    }
}

/// The error for collisions, all of which it names.
#[must_use]
pub fn collision_error(collisions: &[Collision]) -> Error {
    let reasons: Vec<String> = collisions.iter().map(Collision::reason).collect();
    Error::conflict(reasons.join("; ")).with_hint(
        "Change the titles or versions, or exclude files with --api-location … '!PATTERN'; nothing was registered.",
    )
}

fn find_collisions(versions: &[DesiredVersion]) -> Vec<Collision> {
    let key = |version: &DesiredVersion| version.version.id.as_str().to_ascii_lowercase();
    let mut order: Vec<String> = Vec::new();
    let mut by_id: HashMap<String, Vec<&DesiredVersion>> = HashMap::new();
    for version in versions {
        let same = by_id.entry(key(version)).or_default();
        if same.is_empty() {
            order.push(key(version));
        }
        same.push(version);
    }
    let colliding = order.iter().filter_map(|key| by_id.remove(key)).filter(|same| same.len() > 1);
    colliding
        .map(|same| Collision {
            version: format!("version {} of the API {}", same[0].version_name(), same[0].api_id().name()),
            definitions: same.iter().map(|version| (version.index, version.name.clone())).collect(),
        })
        .collect()
}

/// The order of versions by their ids: `1-9-0` before `1-10-0`, and `2-0-0-beta` before `2-0-0`.
fn ascending(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (parts(one).into_iter(), parts(other).into_iter());
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return one.cmp(other),
            // An additional word marks a preview.
            (Some(Part::Word(_)), None) | (None, Some(Part::Number(_))) => Ordering::Less,
            (Some(Part::Number(_)), None) | (None, Some(Part::Word(_))) => Ordering::Greater,
            (Some(part), Some(other)) => part.cmp(&other),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// A part of a version.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    Number(u64),
}

/// The words and numbers of a version's id, without a leading `version-` or `v`.
fn parts(id: &str) -> Vec<Part> {
    let id = id.to_ascii_lowercase();
    let id = id.strip_prefix("version-").unwrap_or(&id);
    let id = id.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(id);
    let runs = id.split('-').flat_map(|part| {
        let same = |a: &u8, b: &u8| a.is_ascii_digit() == b.is_ascii_digit();
        part.as_bytes().chunk_by(same).map(String::from_utf8_lossy)
    });
    let part = |run: &str| match run.parse() {
        Ok(number) => Part::Number(number),
        // Letters, or a number that is too large.
        Err(_) => Part::Word(run.to_owned()),
    };
    runs.map(|run| part(&run)).collect()
}

#[cfg(test)]
mod tests;
