//! The manifest of a backup: what it is a backup of, and the hash of each file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layout::ResourceKind;
use azr_core::error::{Error, Result};
use azr_core::text::without_byte_order_mark;

/// The name of the manifest.
pub const MANIFEST: &str = "manifest.json";

/// The version of the format.
pub(super) const FORMAT_VERSION: u32 = 1;

/// What no backup has, because azr cannot read or write it back.
const NOT_INCLUDED: [&str; 5] = [
    "the center itself: location, plan, identity and tags",
    "role assignments",
    "results of API analysis",
    "workspaces other than default",
    "what only unpublished API versions have: agents, skills, plugins, models and portals",
];

/// The manifest of a backup.
///
/// It has no time and no name of a user, so that a second backup of an unchanged center is the same. Later versions of azr
/// may add members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The version of the format.
    pub version: u32,
    /// The resource id of the center.
    pub center: String,
    /// How many resources there are.
    pub counts: Counts,
    /// What was left out of this backup.
    pub omitted: Vec<Omission>,
    /// What no backup has.
    #[serde(default)]
    pub not_included: Vec<String>,
    /// The files by their paths, without the manifest.
    pub files: BTreeMap<String, FileEntry>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// The SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// The length in bytes.
    pub bytes: u64,
}

/// What a backup does not contain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Omission {
    /// The resource: `API source aws`.
    pub resource: String,
    /// The reason, with the members that are missing.
    pub reason: String,
}

/// How many resources a backup has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub struct Counts {
    pub metadata_schemas: usize,
    pub environments: usize,
    pub apis: usize,
    pub versions: usize,
    pub definitions: usize,
    pub documents: usize,
    pub deployments: usize,
    pub analyzers: usize,
    pub api_sources: usize,
}

/// The member of a manifest that says how to read the others.
#[derive(Deserialize)]
struct VersionOnly {
    #[serde(default)]
    version: serde_json::Value,
}

impl Counts {
    /// Counts the resources that have these files.
    pub(super) fn of_files<'a>(paths: impl Iterator<Item = &'a String>) -> Self {
        let mut counts = Self::default();
        for path in paths {
            let count = match ResourceKind::of_path(path) {
                Some(ResourceKind::MetadataSchema) => &mut counts.metadata_schemas,
                Some(ResourceKind::Environment) => &mut counts.environments,
                Some(ResourceKind::Api) => &mut counts.apis,
                Some(ResourceKind::Version) => &mut counts.versions,
                Some(ResourceKind::Definition) => &mut counts.definitions,
                Some(ResourceKind::Deployment) => &mut counts.deployments,
                Some(ResourceKind::Analyzer) => &mut counts.analyzers,
                Some(ResourceKind::ApiSource) => &mut counts.api_sources,
                None if path.starts_with("apis/") => &mut counts.documents,
                None => continue,
            };
            *count += 1;
        }
        counts
    }
}

impl Manifest {
    /// The manifest of these files.
    pub(super) fn new(center: &str, omitted: Vec<Omission>, files: BTreeMap<String, FileEntry>) -> Self {
        let counts = Counts::of_files(files.keys());
        let not_included = NOT_INCLUDED.map(str::to_owned).to_vec();
        Self { version: FORMAT_VERSION, center: center.to_owned(), counts, omitted, not_included, files }
    }

    /// Parses a manifest; `path` is its path for messages.
    pub(super) fn parse(bytes: &[u8], path: &str) -> Result<Self> {
        let invalid = |reason: &str| Error::invalid(format!("{path} is not a valid manifest: {reason}"));
        let bytes = without_byte_order_mark(bytes);
        // Without a parsed value of the whole manifest, which needs ten times the memory of its text.
        let VersionOnly { version } = serde_json::from_slice(bytes).map_err(|e| invalid(&e.to_string()))?;
        if version.as_u64() != Some(u64::from(FORMAT_VERSION)) {
            return Err(Error::unsupported(format!(
                "{path} has version {version} of the format, and this azr reads version {FORMAT_VERSION}"
            ))
            .with_hint("Use the version of azr that wrote the backup, or a later one."));
        }
        let manifest: Self = serde_json::from_slice(bytes).map_err(|e| invalid(&e.to_string()))?;
        let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        for (name, entry) in &manifest.files {
            check_path(name).map_err(|reason| invalid(&reason))?;
            if !is_hash(&entry.sha256) {
                return Err(invalid(&format!("the hash of {name} is not a SHA-256")));
            }
        }
        Ok(manifest)
    }

    /// The bytes of the manifest.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| Error::unexpected(format!("the manifest cannot be converted to JSON: {e}")))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// Checks that a path stays in the backup on every system.
pub(super) fn check_path(path: &str) -> Result<(), String> {
    let is_valid = |part: &str| {
        !matches!(part, "" | "." | "..") && !part.chars().any(|c| c.is_control() || matches!(c, '\\' | ':'))
    };
    if path.split('/').all(is_valid) {
        return Ok(());
    }
    Err(format!("the path '{}' would leave the backup", path.escape_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(path: &str) -> Manifest {
        let entry = FileEntry { sha256: "0".repeat(64), bytes: 1 };
        Manifest::new("/c", Vec::new(), BTreeMap::from([(path.to_owned(), entry)]))
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let manifest = manifest("apis/a/api.json");
        assert_eq!(manifest.counts.apis, 1);
        assert_eq!(Manifest::parse(&manifest.to_bytes().expect("bytes"), "m").expect("parsed"), manifest);
    }

    #[test]
    fn a_path_that_leaves_the_backup_is_refused() {
        for path in ["../x", "/x", "a//b", "a/../../b", "C:/x", "a\\..\\b", "a\nb", ""] {
            let bytes = manifest(path).to_bytes().expect("bytes");
            let error = Manifest::parse(&bytes, "m").expect_err(path);
            assert!(error.to_string().contains("would leave the backup"), "{path}: {error}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        let error = Manifest::parse(br#"{"version": 2}"#, "m").expect_err("refused");
        assert!(error.to_string().contains("version 2"), "{error}");
        assert!(Manifest::parse(b"{}", "m").is_err());
        assert!(Manifest::parse(b"", "m").is_err());
    }
}
