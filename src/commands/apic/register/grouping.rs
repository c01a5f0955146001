//! Groups definitions into APIs, before anything is written and without any request.
//!
//! Definitions of the same API are its versions. The highest version describes the API: its document provides title,
//! kind and contacts, and its deployments have the names they would have without other versions.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::locations::DefinitionFile;
use crate::commands::apic::register_plan::RegisterPlan;
use azr_core::error::{Error, Result};

/// How to get the document of a version when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DocumentText {
    /// The file is read again, and must still have this SHA-256.
    OnDisk {
        /// The file.
        file: DefinitionFile,
        /// In hexadecimal digits.
        digest: String,
    },
    /// The text, because the file cannot be read twice.
    InMemory(String),
    /// The service reads the document itself.
    Linked,
}

/// A definition that can be registered.
#[derive(Debug)]
pub(super) struct VersionToRegister {
    /// The file or URL of the definition.
    pub name: String,
    /// The document.
    pub text: DocumentText,
    /// The steps.
    pub plan: RegisterPlan,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// The index of its location.
    pub index: usize,
}

/// An API of the center with its versions, in ascending order.
#[derive(Debug)]
pub(super) struct ApiToRegister {
    /// The versions before the highest.
    earlier: Vec<VersionToRegister>,
    /// The highest version.
    highest: VersionToRegister,
}

impl ApiToRegister {
    /// The highest version, which describes the API.
    #[must_use]
    pub(super) fn highest(&self) -> &VersionToRegister {
        &self.highest
    }

    /// The versions in ascending order.
    pub(super) fn versions(&self) -> impl DoubleEndedIterator<Item = &VersionToRegister> {
        self.earlier.iter().chain([&self.highest])
    }

    /// The index of the first of its locations.
    #[must_use]
    pub(super) fn index(&self) -> usize {
        self.versions().map(|version| version.index).min().unwrap_or(self.highest.index)
    }

    /// The name in lower case; the center compares names case-insensitively.
    #[must_use]
    pub(super) fn key(&self) -> String {
        key(&self.highest)
    }
}

fn key(version: &VersionToRegister) -> String {
    version.plan.api.name().to_ascii_lowercase()
}

/// Groups versions into APIs, in the order of their first locations.
///
/// Fails if two definitions are the same version of the same API, because one would replace the other.
pub(super) fn group_into_apis(versions: Vec<VersionToRegister>) -> Result<Vec<ApiToRegister>> {
    check_collisions(&versions)?;
    let mut order: Vec<String> = Vec::new();
    let mut groups: HashMap<String, Vec<VersionToRegister>> = HashMap::new();
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

fn api(mut versions: Vec<VersionToRegister>) -> Option<ApiToRegister> {
    versions.sort_by(|a, b| ascending(a.plan.version.name(), b.plan.version.name()));
    let mut highest = versions.pop()?;
    for version in &mut versions {
        version.plan.name_deployments_by_version();
        if version.plan.title != highest.plan.title {
            highest.notes.push(format!(
                "the API's title is the title of its highest version, {}, not '{}'",
                highest.plan.version_title, version.plan.title
            ));
        }
    }
    Some(ApiToRegister { earlier: versions, highest })
}

fn check_collisions(versions: &[VersionToRegister]) -> Result<()> {
    let mut known: HashMap<String, &VersionToRegister> = HashMap::new();
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
    .with_hint("Change the title or version of one of them, or leave it out; nothing was registered."))
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
