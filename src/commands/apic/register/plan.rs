//! What becomes of several definitions, decided before anything is written, and without any network.
//!
//! Definitions that come to the same API are its versions. The highest version speaks for the API: title, kind and
//! contacts are those of its document, and its deployments keep the names that they would have alone.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::locations::SpecFile;
use crate::commands::apic::register_plan::RegisterPlan;
use azr_core::error::{Error, Result};

/// The document of a version, as far as it is needed before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// It is read again when it is sent, and must then still have this SHA-256.
    OnDisk {
        /// The file.
        file: SpecFile,
        /// In hexadecimal digits.
        digest: String,
    },
    /// It cannot be read twice.
    Held(String),
    /// The service reads it itself.
    Linked,
}

/// A definition that can be registered.
#[derive(Debug)]
pub struct Version {
    /// The file or URL it comes from.
    pub name: String,
    /// Its document.
    pub text: Text,
    /// What to send.
    pub plan: RegisterPlan,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Its place among all that was found.
    pub place: usize,
}

/// An API of the center with its versions, in ascending order.
#[derive(Debug)]
pub struct Api {
    /// The versions before the highest.
    earlier: Vec<Version>,
    /// The highest version.
    lead: Version,
}

impl Api {
    /// The version that speaks for the API.
    #[must_use]
    pub fn lead(&self) -> &Version {
        &self.lead
    }

    /// The versions in ascending order.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.earlier.iter().chain([&self.lead])
    }

    /// The place of the first of its files.
    #[must_use]
    pub fn place(&self) -> usize {
        self.versions().map(|version| version.place).min().unwrap_or(self.lead.place)
    }

    /// Its name in lower case, as the center tells names.
    #[must_use]
    pub fn key(&self) -> String {
        key(&self.lead)
    }
}

fn key(version: &Version) -> String {
    version.plan.api.name().to_ascii_lowercase()
}

/// Puts the versions of an API together; the APIs are in the order of their first files.
///
/// Fails where two definitions would be the same version of the same API: one would replace the other.
pub fn grouped(versions: Vec<Version>) -> Result<Vec<Api>> {
    check_collisions(&versions)?;
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<Version>> = HashMap::new();
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

fn api(mut versions: Vec<Version>) -> Option<Api> {
    versions.sort_by(|a, b| ascending(a.plan.version.name(), b.plan.version.name()));
    let mut lead = versions.pop()?;
    for version in &mut versions {
        version.plan.name_deployments_by_version();
        if version.plan.title != lead.plan.title {
            lead.notes.push(format!(
                "the API's title is that of its highest version, {}, not '{}'",
                lead.plan.version_title, version.plan.title
            ));
        }
    }
    Some(Api { earlier: versions, lead })
}

fn check_collisions(versions: &[Version]) -> Result<()> {
    let mut known: HashMap<String, &Version> = HashMap::new();
    let mut collisions = Vec::new();
    for version in versions {
        match known.get(&version.plan.version.as_str().to_ascii_lowercase()) {
            Some(first) => collisions.push((*first, version)),
            None => drop(known.insert(version.plan.version.as_str().to_ascii_lowercase(), version)),
        }
    }
    let Some((first, second)) = collisions.first() else { return Ok(()) };
    let more = match collisions.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more collisions)"),
    };
    Err(Error::conflict(format!(
        "{} and {} would both be version {} of the API {}{more}",
        first.name,
        second.name,
        first.plan.version.name(),
        first.plan.api.name(),
    ))
    .with_hint("Give one of them another title or version, or leave it out; nothing was registered."))
}

/// The order of versions by their ids: `1-9-0` before `1-10-0`, and `2-0-0-beta` before `2-0-0`.
fn ascending(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (parts(one).into_iter(), parts(other).into_iter());
    loop {
        let order = match (ones.next(), others.next()) {
            (None, None) => return one.cmp(other),
            // A word more is a preview of what has it not.
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

/// The words and numbers of a version's id, without the `v` and the `version-` that may stand in front.
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
        // Letters, or digits beyond any version.
        Err(_) => Part::Word(run.to_owned()),
    };
    runs.map(|run| part(&run)).collect()
}

#[cfg(test)]
mod tests;
