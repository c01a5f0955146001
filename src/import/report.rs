//! What came of an import: a value to print, and files for other programs.

mod junit;
mod markdown;

use std::path::Path;

use serde_json::{Value, json};

use super::plan::{Plan, PlannedApi};
use crate::error::{Error, Result};

/// What came of an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone)]
pub struct ApiResult {
    /// Its name in the center.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: String,
    /// The APIs of API Management that it comes from.
    pub sources: Vec<String>,
    /// The titles of its versions.
    pub versions: Vec<String>,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// What came of it.
    pub status: Status,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

impl ApiResult {
    /// The result of an API for which nothing has been done yet.
    #[must_use]
    pub fn of(api: &PlannedApi) -> Self {
        Self {
            name: api.name.clone(),
            title: api.title.clone(),
            kind: api.kind.to_owned(),
            sources: api.sources.clone(),
            versions: api.versions.clone(),
            notes: api.notes.clone(),
            status: Status::Skipped,
            reason: None,
            seconds: 0.0,
        }
    }

    /// Says what came of it.
    pub fn end(&mut self, status: Status, reason: Option<String>) {
        self.status = status;
        self.reason = reason;
    }

    fn value(&self) -> Value {
        let mut value = json!({
            "name": self.name,
            "title": self.title,
            "kind": self.kind,
            "status": self.status.word(),
            "sources": self.sources,
            "versions": self.versions,
        });
        complete(&mut value, self.reason.as_ref(), &self.notes);
        value
    }
}

/// Why something failed; for an answer of the service also its code and request, to give to support.
#[must_use]
pub fn reason(error: &Error) -> String {
    let Error::Service(service) = error else { return error.to_string() };
    let request = service.request_id.as_ref().map_or(String::new(), |id| format!(", request id {id}"));
    format!("{} ({}{request})", service.message, service.code)
}

/// How many APIs ended so.
#[must_use]
pub fn count(results: &[ApiResult], status: Status) -> usize {
    results.iter().filter(|result| result.status == status).count()
}

/// The result to print: counts, and every API.
#[must_use]
pub fn summary(results: &[ApiResult]) -> Value {
    let mut summary = json!({});
    for status in Status::ALL {
        summary[status.word()] = json!(count(results, status));
    }
    summary["apis"] = results.iter().map(ApiResult::value).collect();
    summary
}

/// A plan to print: counts, and every API with what would happen to it.
#[must_use]
pub fn planned(plan: &Plan) -> Value {
    let mut shown = json!({"create": 0, "update": 0, "unchanged": 0, "refused": 0, "apis": []});
    let mut apis = Vec::with_capacity(plan.apis.len());
    for api in &plan.apis {
        let action = if api.refused.is_some() { "refused" } else { api.change().word() };
        shown[action] = json!(shown[action].as_u64().unwrap_or_default() + 1);
        let mut value = json!({
            "action": action,
            "name": api.name,
            "title": api.title,
            "kind": api.kind,
            "sources": api.sources,
            "versions": api.versions,
        });
        complete(&mut value, api.refused.as_ref(), &api.notes);
        apis.push(value);
    }
    shown["apis"] = Value::Array(apis);
    shown
}

fn complete(value: &mut Value, reason: Option<&String>, notes: &[String]) {
    if let Some(reason) = reason {
        value["reason"] = json!(reason);
    }
    if !notes.is_empty() {
        value["notes"] = json!(notes);
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

    /// The report of an import.
    #[must_use]
    pub fn render(self, results: &[ApiResult]) -> Vec<u8> {
        self.render_of("azr import-from-apim", results)
    }

    /// The report of what the command `command` did.
    #[must_use]
    pub fn render_of(self, command: &str, results: &[ApiResult]) -> Vec<u8> {
        match self {
            Self::Json => {
                let lines: Vec<String> = results.iter().map(|result| result.value().to_string()).collect();
                format!("[\n{}\n]\n", lines.join(",\n")).into_bytes()
            }
            Self::Junit => junit::render(command, results).into_bytes(),
            Self::Markdown => markdown::render(results).into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
