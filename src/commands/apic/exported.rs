//! What the export actions of API Center answer with, and where it goes.

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

/// Carries out an export action, which changes nothing.
pub async fn ask(client: &Client, at: Target, body: Option<Value>) -> Result<Value> {
    let job = Job::new(at.idempotent(), Action::Post { body, location_from_group: None }, None);
    Ok(execute::execute(client, &job.into(), &mut LogObserver).await?.unwrap_or(Value::Null))
}

/// The document in the answer of an export action: its value, or what its link leads to; None if there is none.
pub async fn document(client: &Client, answer: &Value) -> Result<Option<Vec<u8>>> {
    let value = answer.get("value").and_then(Value::as_str).unwrap_or_default();
    if value.is_empty() {
        return Ok(None);
    }
    if answer.get("format").and_then(Value::as_str) != Some("link") {
        return Ok(Some(value.as_bytes().to_vec()));
    }
    let url = Url::parse(value)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a URL: {e}")))?;
    Ok(Some(client.fetch(&url).await?.to_vec()))
}

/// Writes a document to a file, `-` meaning stdout.
pub fn deliver(document: Vec<u8>, file: &str, what: &str) -> Result<Outcome> {
    if file == "-" {
        return Ok(Outcome::raw(document));
    }
    files::write_file(Path::new(file), &document)?;
    message::status(&format!("{what} written to {file}"));
    Ok(Outcome::empty())
}
