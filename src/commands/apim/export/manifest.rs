//! The results of a bulk export: `manifest.json`, the printed result, and the summary on stderr.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::selection::ListedApi;
use crate::commands::tree::{Outcome, TerminalView};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::{counted, format_duration, list_names, message};

/// The file that lists the status of each API.
pub(super) const MANIFEST: &str = "manifest.json";

/// The status of an API's export.
pub(super) enum Status {
    /// Its document was written.
    Exported {
        /// The file's name in the folder.
        file: String,
        /// The length of the document.
        bytes: usize,
        /// The SHA-256 of the document, in hexadecimal.
        hash: String,
    },
    /// It has no definition in the format, for this reason.
    Skipped(String),
    /// It could not be exported or written.
    Failed(Error),
    /// The export was interrupted before it was complete.
    Interrupted,
}

/// The status of each API, in the order of the service's list.
pub(super) struct ExportResults(Vec<(ListedApi, Status)>);

impl ExportResults {
    /// Results for these APIs, none of which is exported yet.
    pub(super) fn new(selected: &[ListedApi]) -> Self {
        Self(selected.iter().map(|api| (api.clone(), Status::Interrupted)).collect())
    }

    /// Sets the status of the API at this index.
    pub(super) fn set(&mut self, index: usize, status: Status) {
        if let Some((_, current)) = self.0.get_mut(index) {
            *current = status;
        }
    }

    fn count(&self, predicate: fn(&Status) -> bool) -> usize {
        self.0.iter().filter(|(_, status)| predicate(status)).count()
    }

    /// Writes the manifest, reports skipped and missing APIs on stderr, and returns the list to print.
    pub(super) fn finish(&self, folder: &Path, unmatched: &[String], elapsed: Duration) -> Result<Outcome> {
        let mut manifest: Vec<Value> = self.0.iter().map(|(api, status)| entry(api, status)).collect();
        for word in unmatched {
            let reason = format!("API '{word}' does not exist.");
            message::error(&Error::unexpected(reason.clone()));
            manifest.push(json!({"apiId": word, "status": "failed", "reason": reason}));
        }
        for (names, reason) in self.skipped_by_reason() {
            message::warn(&format!("{} skipped: {reason}", list_names(&names)));
        }
        let file = folder.join(MANIFEST);
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|e| Error::unexpected(format!("the manifest cannot be written: {e}")))?;
        files::write_file(&file, format!("{text}\n").as_bytes())?;
        let failed = self.count(|status| matches!(status, Status::Failed(_))) + unmatched.len();
        message::status(&self.sentence(folder, failed, manifest.len(), elapsed));
        message::status(&format!("List: {}", file.display()));
        let code = if failed == 0 { 0 } else { Error::partial(failed, manifest.len()).exit_code() };
        let mut outcome = Outcome { exit_code: code, ..Outcome::value(Value::Array(manifest)) };
        outcome.view = Some(TerminalView::Nothing);
        outcome.closing.next = vec![format!(
            "To register them in a center:\n  azr apic api register -g GROUP -n CENTER -l {}",
            shlex::try_quote(&folder.display().to_string()).unwrap_or_default()
        )];
        Ok(outcome)
    }

    /// The sentence at the end: how many APIs were exported where, in how much time, and the other counts.
    fn sentence(&self, folder: &Path, failed: usize, total: usize, elapsed: Duration) -> String {
        let exported = self.count(|status| matches!(status, Status::Exported { .. }));
        let others = [
            (self.count(|status| matches!(status, Status::Skipped(_))), "skipped"),
            (failed, "failed"),
            (self.count(|status| matches!(status, Status::Interrupted)), "not reached"),
        ];
        let others: Vec<String> = others
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let apis = if exported == total {
            counted(total, "API")
        } else {
            format!("{exported} of {}", counted(total, "API"))
        };
        let others = if others.is_empty() { String::new() } else { format!(": {}", others.join(", ")) };
        format!("Exported {apis} to {} in {}{others}.", folder.display(), format_duration(elapsed))
    }

    /// The names of the skipped APIs with each reason, in the order in which the reasons first appear.
    fn skipped_by_reason(&self) -> Vec<(Vec<&str>, &str)> {
        let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
        for (api, status) in &self.0 {
            let Status::Skipped(reason) = status else { continue };
            match groups.iter_mut().find(|(_, known)| known == reason) {
                Some((names, _)) => names.push(&api.name),
                None => groups.push((vec![&api.name], reason)),
            }
        }
        groups
    }
}

/// The columns of the result in a table; hashes are too wide for one.
pub(super) fn table(result: &Value) -> Value {
    let columns = ["apiId", "version", "kind", "status", "file", "reason"];
    match result {
        Value::Array(entries) => entries
            .iter()
            .map(|entry| {
                columns.iter().map(|name| ((*name).to_owned(), entry[*name].clone())).collect::<Value>()
            })
            .collect(),
        link => link.clone(),
    }
}

/// The entry of an API in the manifest.
fn entry(api: &ListedApi, status: &Status) -> Value {
    let mut entry = json!({
        "apiId": api.name,
        "displayName": api.title,
        "version": api.version,
        "revision": api.revision,
        "kind": api.kind,
    });
    if let Some(set) = api.version_set_name() {
        entry["versionSet"] = json!(set);
    }
    let details = match status {
        Status::Exported { file, bytes, hash } => {
            json!({"status": "exported", "file": file, "bytes": bytes, "sha256": hash})
        }
        Status::Skipped(reason) => json!({"status": "skipped", "reason": reason}),
        Status::Failed(error) => json!({"status": "failed", "reason": error.to_string()}),
        Status::Interrupted => json!({"status": "interrupted"}),
    };
    if let (Some(entry), Value::Object(details)) = (entry.as_object_mut(), details) {
        entry.extend(details);
    }
    entry
}
