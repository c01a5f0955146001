//! What came of each API of a bulk export: `manifest.json`, the result, and what is said.

use std::path::Path;

use serde_json::{Value, json};

use super::choice::Api;
use crate::commands::tree::Outcome;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// The file that says what came of each API.
pub const FILE: &str = "manifest.json";

/// What came of an API.
pub enum End {
    /// Its document is in the file.
    Exported {
        /// The file's name in the folder.
        file: String,
        /// The length of the document.
        bytes: usize,
        /// Its SHA-256 in hexadecimal digits.
        hash: String,
    },
    /// It has no document of the format, for this reason.
    Skipped(String),
    /// It could not be exported or written.
    Failed(Error),
    /// The export was interrupted before.
    NotDone,
}

/// What has come of each API so far, in the order of the service's list.
pub struct Ends(Vec<(Api, End)>);

impl Ends {
    /// Those that are to be exported.
    pub fn of(chosen: &[Api]) -> Self {
        Self(chosen.iter().map(|api| (api.clone(), End::NotDone)).collect())
    }

    /// Says what came of the one at this place.
    pub fn set(&mut self, place: usize, end: End) {
        if let Some((_, there)) = self.0.get_mut(place) {
            *there = end;
        }
    }

    fn count(&self, which: fn(&End) -> bool) -> usize {
        self.0.iter().filter(|(_, end)| which(end)).count()
    }

    /// Writes the manifest, says what was skipped and what is missing, and gives the list for stdout.
    pub fn conclude(&self, folder: &Path, unmatched: &[String]) -> Result<Outcome> {
        let mut manifest: Vec<Value> = self.0.iter().map(|(api, end)| entry(api, end)).collect();
        for word in unmatched {
            let why = format!("There is no API '{word}'.");
            message::error(&Error::Unexpected(why.clone()));
            manifest.push(json!({"apiId": word, "status": "failed", "reason": why}));
        }
        for (api, end) in &self.0 {
            if let End::Skipped(why) = end {
                message::warn(&format!("{} is skipped: {why}", api.name));
            }
        }
        let file = folder.join(FILE);
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|e| Error::Unexpected(format!("the manifest cannot be written: {e}")))?;
        files::write_file(&file, format!("{text}\n").as_bytes())?;
        let failed = self.count(|end| matches!(end, End::Failed(_))) + unmatched.len();
        let not_done = match self.count(|end| matches!(end, End::NotDone)) {
            0 => String::new(),
            count => format!(", {count} not done"),
        };
        message::note(&format!(
            "{} exported, {} skipped, {failed} failed{not_done}; {} says which",
            self.count(|end| matches!(end, End::Exported { .. })),
            self.count(|end| matches!(end, End::Skipped(_))),
            file.display()
        ));
        let code = if failed == 0 { 0 } else { Error::Partial { failed, total: manifest.len() }.exit_code() };
        Ok(Outcome { code, ..Outcome::value(Value::Array(manifest)) })
    }
}

/// The result as a table, which has no room for hashes.
pub fn table(result: &Value) -> Value {
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

/// What the manifest says of an API.
fn entry(api: &Api, end: &End) -> Value {
    let mut entry = json!({
        "apiId": api.name,
        "displayName": api.title,
        "version": api.version,
        "revision": api.revision,
        "kind": api.kind,
    });
    let rest = match end {
        End::Exported { file, bytes, hash } => {
            json!({"status": "exported", "file": file, "bytes": bytes, "sha256": hash})
        }
        End::Skipped(why) => json!({"status": "skipped", "reason": why}),
        End::Failed(error) => json!({"status": "failed", "reason": error.to_string()}),
        End::NotDone => json!({"status": "interrupted"}),
    };
    if let (Some(entry), Value::Object(rest)) = (entry.as_object_mut(), rest) {
        entry.extend(rest);
    }
    entry
}
