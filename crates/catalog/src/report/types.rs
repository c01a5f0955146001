//! The result of an import for each API, as it is printed and written to reports.

use std::path::Path;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use azr_core::error::{Error, Result};

/// The longest duration that is accepted: over thirty years. Anything longer was not measured.
const MAX_SECONDS: f64 = 1e9;

/// The outcome for an API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The API was created.
    Created,
    /// The API or something below it was updated.
    Updated,
    /// The API was already in the desired state.
    Unchanged,
    /// The API was deleted.
    Deleted,
    /// Nothing was done.
    #[default]
    Skipped,
    /// A step failed.
    Failed,
}

impl Status {
    /// All statuses, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Updated, Self::Unchanged, Self::Deleted, Self::Skipped, Self::Failed];

    /// The word for the status in output and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Deleted => "deleted",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// The result of one API.
///
/// In JSON, in reports and in printed output, its members have these names and this order. `status` is the word of
/// [`Status`], `seconds` has at most three decimals, and `reason` and `notes` are present only if they say something.
/// Other programs read it: members may be added, but none may change its name or its meaning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiResult {
    /// The name in the center.
    #[serde(deserialize_with = "api_name")]
    pub name: String,
    /// The title.
    pub title: String,
    /// The kind.
    pub kind: String,
    /// The outcome.
    pub status: Status,
    /// The names of the source APIs, or the files.
    pub sources: Vec<String>,
    /// The titles of the versions.
    pub versions: Vec<String>,
    /// The duration in seconds; 0 if it is not known.
    #[serde(default, serialize_with = "serialize_seconds", deserialize_with = "deserialize_seconds")]
    pub seconds: f64,
    /// Why the API failed or was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was shortened, left out or deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The source, if the run has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl ApiResult {
    /// Sets the outcome.
    pub fn finish(&mut self, status: Status, reason: Option<String>) {
        self.status = status;
        self.reason = reason;
    }

    /// The reason, or without one the notes.
    pub(super) fn remark(&self) -> String {
        self.reason.clone().unwrap_or_else(|| self.notes.join("; "))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn serialize_seconds<S: Serializer>(seconds: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((seconds * 1000.0).round() / 1000.0)
}

fn deserialize_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    if (0.0..=MAX_SECONDS).contains(&seconds) {
        return Ok(seconds);
    }
    Err(D::Error::custom(format!("{seconds} is not a valid duration in seconds")))
}

fn api_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name.is_empty() { Err(D::Error::custom("an API without a name")) } else { Ok(name) }
}

/// The format of a report file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// A JSON list.
    Json,
    /// `JUnit` XML.
    Junit,
    /// A Markdown table.
    Markdown,
}

impl ReportFormat {
    /// The format for the extension of a file.
    pub fn for_path(path: &Path) -> Result<Self> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        match extension.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("xml") => Ok(Self::Junit),
            Some("md") => Ok(Self::Markdown),
            _ => Err(Error::invalid(format!(
                "--report: the extension of '{}' is not a known report format",
                path.display()
            ))
            .with_hint("Use .json, .xml (JUnit) or .md (Markdown).")),
        }
    }
}
