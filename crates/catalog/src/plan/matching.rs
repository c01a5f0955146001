//! Recognizes the same API in several services, whose names have prefixes and suffixes of their environments.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use crate::import_source::ImportSource;
use crate::service::{ApimApi, VersionSet};
use crate::snapshot::{CenterApi, CenterSnapshot};
use azr_core::error::Error;
use azr_definitions::limits::{TITLE, truncate};

/// What two APIs must have in common to be the same API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKey {
    /// The name of the API or version set.
    Name,
    /// The name or the title of the version set; an API without a version set does not match.
    VersionSet,
    /// The title.
    Title,
    /// The path below the gateway.
    Path,
}

impl MatchKey {
    /// The keys and their names in options and files.
    pub const NAMES: [(&str, Self); 4] = [
        ("name", Self::Name),
        ("version-set", Self::VersionSet),
        ("title", Self::Title),
        ("path", Self::Path),
    ];
}

impl FromStr for MatchKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let key = Self::NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
        key.map(|(_, key)| *key).ok_or_else(|| {
            let names = Self::NAMES.map(|(name, _)| name).join(", ");
            Error::invalid(format!("'{text}' is not one of {names}"))
        })
    }
}

/// Which APIs of other services an API of the service is the same as.
///
/// Prefixes and suffixes of an environment, such as `dev-`, are removed from names, titles and paths before they are
/// compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatchRules {
    /// What is compared; the first key with a match counts. Empty to match nothing.
    pub keys: Vec<MatchKey>,
    /// The prefixes to remove, whatever their case.
    pub prefixes: Vec<String>,
    /// The suffixes to remove, whatever their case.
    pub suffixes: Vec<String>,
}

impl MatchRules {
    /// Whether a key is compared.
    #[must_use]
    pub fn has(&self, key: MatchKey) -> bool {
        self.keys.contains(&key)
    }

    /// Checks that the rules can match anything; the error is the reason.
    pub fn check(&self) -> Result<(), String> {
        let affixes = || self.prefixes.iter().chain(&self.suffixes);
        if self.keys.is_empty() && affixes().next().is_some() {
            return Err("prefixes and suffixes need name, version-set, title or path".to_owned());
        }
        if affixes().any(|affix| affix.is_empty() || !affix.is_ascii()) {
            return Err("a prefix or suffix has one or more ASCII characters".to_owned());
        }
        Ok(())
    }

    /// A text without the longest of the prefixes and of the suffixes; the text itself if nothing else would remain.
    #[must_use]
    pub fn strip<'t>(&self, text: &'t str) -> &'t str {
        let starts = |prefix: &&String| {
            text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        let prefix = self.prefixes.iter().filter(starts).map(String::len).max().unwrap_or(0);
        let rest = &text[prefix..];
        let ends = |suffix: &&String| {
            let start = rest.len().checked_sub(suffix.len());
            start.and_then(|start| rest.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(suffix))
        };
        let suffix = self.suffixes.iter().filter(ends).map(String::len).max().unwrap_or(0);
        let stripped = rest[..rest.len() - suffix].trim();
        if stripped.is_empty() { text } else { stripped }
    }

    /// The name that the API would have without its environment.
    pub(super) fn logical_name<'n>(&self, name: &'n str, is_version_set: bool) -> &'n str {
        let is_compared = self.has(MatchKey::Name) || (is_version_set && self.has(MatchKey::VersionSet));
        if is_compared { self.strip(name) } else { name }
    }

    /// The title that the API would have without its environment.
    pub(super) fn logical_title<'t>(&self, title: &'t str) -> &'t str {
        let is_compared = self.has(MatchKey::Title) || self.has(MatchKey::VersionSet);
        if is_compared { self.strip(title) } else { title }
    }
}

/// The APIs of the center that were imported, by what they have in common with APIs of the service.
pub(super) struct Matcher<'a> {
    rules: &'a MatchRules,
    by_name: HashMap<String, BTreeSet<String>>,
    by_title: HashMap<String, BTreeSet<String>>,
    by_path: HashMap<String, BTreeSet<String>>,
}

impl<'a> Matcher<'a> {
    /// Indexes the APIs of a center; only those that azr imported can match.
    pub(super) fn new(rules: &'a MatchRules, center: &CenterSnapshot) -> Self {
        let mut matcher =
            Self { rules, by_name: HashMap::new(), by_title: HashMap::new(), by_path: HashMap::new() };
        if rules.keys.is_empty() {
            return matcher;
        }
        let needs_titles = rules.has(MatchKey::Title) || rules.has(MatchKey::VersionSet);
        for (key, api) in center.apis.iter().filter(|(_, api)| api.provenance.is_some()) {
            let mut insert = |index: fn(&mut Self) -> &mut HashMap<String, BTreeSet<String>>,
                              text: String| {
                index(&mut matcher).entry(text).or_default().insert(key.clone());
            };
            insert(|matcher| &mut matcher.by_name, comparable(rules.strip(&api.name)));
            if needs_titles && let Some(title) = api.properties()["title"].as_str() {
                insert(|matcher| &mut matcher.by_title, comparable(rules.strip(title)));
            }
            for path in center.deployment_paths.get(key).into_iter().flatten() {
                for path in path_variants(path) {
                    insert(|matcher| &mut matcher.by_path, comparable(rules.strip(path)));
                }
            }
        }
        matcher
    }

    /// The name, in lower case, of the API of the center that is the same API; None if none or several are.
    pub(super) fn find(
        &self,
        name: &str,
        version_set: Option<&VersionSet>,
        newest: &ApimApi,
    ) -> Option<&str> {
        let strip = |text: &str| comparable(self.rules.strip(text));
        let title = version_set.map_or(&*newest.title, |set| &set.title);
        let title = truncate(title.trim(), TITLE);
        self.rules.keys.iter().find_map(|key| {
            let candidates: Vec<&BTreeSet<String>> = match key {
                MatchKey::Name => self.by_name.get(&strip(name)).into_iter().collect(),
                MatchKey::VersionSet => {
                    let set = version_set?;
                    let by_name = self.by_name.get(&strip(&set.name));
                    by_name.into_iter().chain(self.by_title.get(&strip(&set.title))).collect()
                }
                MatchKey::Title => self.by_title.get(&strip(title)).into_iter().collect(),
                MatchKey::Path => {
                    let path = newest.path.trim_matches('/');
                    let path = Some(path).filter(|path| !path.is_empty())?;
                    self.by_path.get(&strip(path)).into_iter().collect()
                }
            };
            let names: BTreeSet<&String> = candidates.into_iter().flatten().collect();
            let mut names = names.into_iter();
            names.next().filter(|_| names.next().is_none()).map(String::as_str)
        })
    }
}

/// The APIs of the center that were imported from other services, whose runtime URIs may match.
pub(crate) fn find_apis_to_match<'c>(
    source: &ImportSource,
    center: &'c CenterSnapshot,
) -> Vec<&'c CenterApi> {
    let is_elsewhere =
        |api: &&CenterApi| api.provenance.as_ref().is_some_and(|provenance| !provenance.is_only_from(source));
    let mut apis: Vec<&CenterApi> = center.apis.values().filter(is_elsewhere).collect();
    apis.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    apis
}

/// A text for comparison: whatever its case and white space.
fn comparable(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// The path of a runtime URI, and the path without its last segment if that looks like a version.
fn path_variants(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_matches('/');
    let without_version = path.rsplit_once('/').and_then(|(base, last)| {
        let digits = last.strip_prefix(['v', 'V']).unwrap_or(last);
        digits.starts_with(|c: char| c.is_ascii_digit()).then_some(base)
    });
    std::iter::once(path).chain(without_version).filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(prefixes: &[&str], suffixes: &[&str]) -> MatchRules {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        MatchRules { keys: vec![MatchKey::Name], prefixes: owned(prefixes), suffixes: owned(suffixes) }
    }

    #[test]
    fn the_longest_prefix_and_suffix_are_removed_whatever_their_case() {
        let rules = rules(&["dev-", "dev-eu-"], &["-int", " (Dev)"]);
        for (text, expected) in [
            ("DEV-EU-orders-int", "orders"),
            ("dev-orders", "orders"),
            ("Orders (dev)", "Orders"),
            ("orders", "orders"),
            ("dev-", "dev-"),
            ("dev--int", "dev--int"),
            ("é", "é"),
        ] {
            assert_eq!(rules.strip(text), expected, "{text}");
        }
    }

    #[test]
    fn a_path_is_compared_with_and_without_its_version() {
        let variants = |path| path_variants(path).collect::<Vec<_>>();
        assert_eq!(variants("/shop/orders/v2"), ["shop/orders/v2", "shop/orders"]);
        assert_eq!(variants("shop/orders"), ["shop/orders"]);
        assert_eq!(variants("v1"), ["v1"]);
        assert_eq!(variants("/"), [""; 0]);
    }

    #[test]
    fn a_key_that_does_not_exist_is_refused_with_the_keys() {
        let error = MatchKey::from_str("names").expect_err("not a key").to_string();
        assert!(error.contains("name, version-set, title, path"), "{error}");
    }
}
