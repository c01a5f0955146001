//! Runs the export actions of API Center and writes the exported documents.

use std::path::Path;

use serde_json::Value;
use url::Url;

use crate::commands::tree::Outcome;
use crate::session::LogObserver;
use azr_arm::client::Client;
use azr_arm::execute;
use azr_arm::plan::{Action, Job, Target};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// Runs an export action, which changes nothing.
pub(super) async fn export(client: &Client, target: Target, body: Option<Value>) -> Result<Value> {
    let job = Job::new(target.idempotent(), Action::Post { body, location_from_group: None }, None);
    Ok(execute::execute(client, &job.into(), &mut LogObserver).await?.unwrap_or(Value::Null))
}

/// Reads the document from the response of an export action: its value or the target of its link; None if it has none.
pub(super) async fn read_document(client: &Client, response: &Value) -> Result<Option<Vec<u8>>> {
    let value = response.get("value").and_then(Value::as_str).unwrap_or_default();
    if value.is_empty() {
        return Ok(None);
    }
    if response.get("format").and_then(Value::as_str) != Some("link") {
        return Ok(Some(value.as_bytes().to_vec()));
    }
    let url = Url::parse(value)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a valid URL: {e}")))?;
    Ok(Some(client.fetch(&url).await?.to_vec()))
}

/// Writes a document to a file, or to stdout if the file is `-`.
pub(super) fn write_document(document: Vec<u8>, file: &str, description: &str) -> Result<Outcome> {
    if file == "-" {
        return Ok(Outcome::raw(document));
    }
    files::write_file(Path::new(file), &document)?;
    message::status(&format!("{description} written to {file}"));
    Ok(Outcome::empty())
}
