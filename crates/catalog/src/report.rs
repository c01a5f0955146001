//! What came of an import: a value to print, and files for other programs.

mod json;
mod junit;
mod markdown;
mod merge;
mod read;
mod writer;

use std::path::Path;

use serde::{Deserialize, Serialize, Serializer};

use super::plan::PlannedApi;
use azr_core::error::{Error, Result};

pub use merge::merge;
pub use read::{parse, read};
pub use writer::Writer;

/// What came of an API.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was not there.
    Created,
    /// Something of it differed.
    Updated,
    /// It was there as wanted.
    Unchanged,
    /// It was there and is no longer wanted.
    Deleted,
    /// Nothing was done.
    #[default]
    Skipped,
    /// A step failed.
    Failed,
}

impl Status {
    /// All, in the order of reports.
    pub const ALL: [Self; 6] =
        [Self::Created, Self::Updated, Self::Unchanged, Self::Deleted, Self::Skipped, Self::Failed];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
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

/// What came of one API.
///
/// Its JSON form, in reports and in what is printed, has the members by these names and in this order; `status` is
/// the word of [`Status`], `seconds` has three decimals at most, `reason` and `notes` are there only where there is
/// something to say. Programs read it: a member may be added, but none changes its name or its meaning.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiResult {
    /// Its name in the center.
    #[serde(deserialize_with = "read::name")]
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// What came of it.
    pub status: Status,
    /// The APIs of API Management that it comes from.
    pub sources: Vec<String>,
    /// The titles of its versions.
    pub versions: Vec<String>,
    /// How long it took; 0 where that is not known.
    #[serde(default, serialize_with = "to_milliseconds", deserialize_with = "read::seconds")]
    pub seconds: f64,
    /// Why it failed or was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was shortened or left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn to_milliseconds<S: Serializer>(seconds: &f64, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_f64((seconds * 1000.0).round() / 1000.0)
}

impl ApiResult {
    /// The result of an API for which nothing has been done yet.
    #[must_use]
    pub fn of(api: &PlannedApi) -> Self {
        Self {
            name: api.name.clone(),
            title: api.title.clone(),
            kind: api.kind.to_owned(),
            status: Status::Skipped,
            sources: api.sources.clone(),
            versions: api.versions.clone(),
            seconds: 0.0,
            reason: None,
            notes: api.notes.clone(),
        }
    }

    /// Says what came of it.
    pub fn end(&mut self, status: Status, reason: Option<String>) {
        self.status = status;
        self.reason = reason;
    }

    /// Why it failed or was skipped; for one that was neither, what was shortened or left out.
    fn remark(&self) -> String {
        self.reason.clone().unwrap_or_else(|| self.notes.join("; "))
    }
}

/// The form of a report, told by the ending of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A JSON list, one API a line.
    Json,
    /// `JUnit` XML, one API a test case.
    Junit,
    /// A Markdown table, one API a row.
    Markdown,
}

impl Form {
    /// The form for a file.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("json") => Ok(Self::Json),
            Some("xml") => Ok(Self::Junit),
            Some("md") => Ok(Self::Markdown),
            _ => Err(Error::invalid(format!("--report: {} has no ending that azr knows", path.display()))
                .with_hint("A report is .json, .xml (JUnit) or .md.")),
        }
    }
}

#[cfg(test)]
mod tests;
