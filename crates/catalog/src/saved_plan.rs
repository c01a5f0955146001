//! Saved plans: a file that says exactly what a run would do, so that it can be reviewed and then carried out.
//!
//! The file has the center, the sources as in the file of `azr apic sync`, and for every API the steps with digests of what
//! would be written and of what is there. `azr apic apply` plans again, and refuses if any step differs.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::approved_steps::ApprovedSteps;
use crate::digest::sha256_hex;
use crate::planned_step::PlannedStep;
use crate::sync_file::SyncFile;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// The version of the file format.
pub const FORMAT_VERSION: u64 = 1;

/// The largest plan that is read, in bytes.
pub const MAX_BYTES: u64 = 256 << 20;

/// A saved plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SavedPlan {
    /// The version of the file format.
    pub version: u64,
    /// The version of azr that made the plan.
    pub azr: String,
    /// The SHA-256 of everything else, by which a plan that was edited or damaged is found.
    #[serde(default)]
    pub digest: String,
    /// The resource id of the center.
    pub center: String,
    /// How many APIs, versions, definitions and deployments may be deleted.
    pub max_delete: usize,
    /// Whether missing metadata schemas are created.
    #[serde(default)]
    pub create_metadata: bool,
    /// The sources, as in the file of `azr apic sync`.
    pub sources: Vec<Value>,
    /// What the APIs of each source need.
    pub prerequisites: Vec<Vec<PlannedStep>>,
    /// The APIs of all sources.
    pub apis: Vec<SavedApi>,
}

/// An API in a saved plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedApi {
    /// The index of its source.
    pub source: usize,
    /// The name of its source.
    pub origin: String,
    /// What happens: create, update, unchanged, delete or refused.
    pub action: String,
    /// The name in the center.
    pub name: String,
    /// The title.
    #[serde(default)]
    pub title: String,
    /// The kind.
    #[serde(default)]
    pub kind: String,
    /// The names of the source APIs, or the files.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The titles of the versions.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Why the API is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What would be shortened, left out or deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What would be written.
    pub steps: Vec<PlannedStep>,
}

impl SavedPlan {
    /// Parses a saved plan; `path` is for messages.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let invalid = |reason: String| {
            Error::invalid(format!("{} is not a plan that can be applied: {reason}", path.display()))
                .with_hint("Save a plan with --dry-run --out FILE.")
        };
        let value: Value = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        match value["version"].as_u64() {
            Some(FORMAT_VERSION) => {}
            Some(version) => {
                return Err(invalid(format!("it has version {version}, and azr reads {FORMAT_VERSION}")));
            }
            None => return Err(invalid("it has no version".to_owned())),
        }
        let mut plan: Self = serde_json::from_value(value).map_err(|error| invalid(error.to_string()))?;
        let digest = std::mem::take(&mut plan.digest);
        plan.set_digest()?;
        if plan.digest != digest {
            return Err(invalid("it was changed after it was saved, because its digest differs".to_owned()));
        }
        Ok(plan)
    }

    /// The text of the file.
    pub fn to_text(mut self) -> Result<String> {
        self.set_digest()?;
        let text = serde_json::to_string_pretty(&self).map_err(|error| not_writable(&error))?;
        Ok(text + "\n")
    }

    /// Sets the digest: that of the plan without a digest.
    fn set_digest(&mut self) -> Result<()> {
        self.digest.clear();
        let text = serde_json::to_vec(self).map_err(|error| not_writable(&error))?;
        self.digest = sha256_hex(&text);
        Ok(())
    }

    /// The id of the center.
    pub fn center_id(&self) -> Result<ResourceId> {
        self.center.parse()
    }

    /// The sources.
    pub fn sync_file(&self, path: &Path) -> Result<SyncFile> {
        let file = serde_json::json!({
            "version": crate::sync_file::FORMAT_VERSION,
            "create-metadata": self.create_metadata,
            "sources": self.sources,
        });
        // Folders are relative to the current folder, whatever the folder of the plan.
        SyncFile::parse(&file.to_string(), Path::new(path.file_name().unwrap_or(path.as_os_str())))
    }

    /// The approved steps of a source.
    #[must_use]
    pub fn approved_steps(&self, source: usize) -> ApprovedSteps {
        let apis = self.apis.iter().filter(|api| api.source == source);
        ApprovedSteps::new(apis.map(|api| (api.name.as_str(), api.steps.clone())))
    }
}

fn not_writable(error: &serde_json::Error) -> Error {
    Error::unexpected(format!("the plan cannot be written: {error}"))
}

#[cfg(test)]
mod tests;
