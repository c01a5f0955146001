//! The bulk export: the definitions of many APIs into a folder, with a manifest of what came of each.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::choice::{self, Api};
use super::pattern::{Pattern, Values};
use super::{Format, fetched};
use crate::arm::client::Client;
use crate::arm::pager;
use crate::arm::plan::Target;
use crate::commands::tree::Outcome;
use crate::error::{Error, Result};
use crate::files;
use crate::glob::Selection;
use crate::output::message;
use crate::output::progress::Progress;

/// The file that says what came of each API.
const MANIFEST: &str = "manifest.json";

/// The exit code of a run in which some APIs failed.
fn partial(failed: usize, total: usize) -> u8 {
    if failed == 0 { 0 } else { Error::Partial { failed, total }.exit_code() }
}

/// What to export, and where to.
pub struct Many<'a> {
    /// The names and patterns of `--api-id`.
    pub words: Vec<String>,
    /// The format.
    pub format: &'static Format,
    /// The folder, as it was given.
    pub folder: &'a str,
    /// How files are called.
    pub pattern: Pattern,
    /// How many exports are under way at once.
    pub concurrency: usize,
}

/// What came of an API.
enum End {
    Exported { file: String, bytes: usize, hash: String },
    Skipped(String),
    Failed(Error),
}

/// Exports them all; `collection` is where the APIs of the service are.
pub async fn export(client: &Client, collection: &Target, many: Many<'_>) -> Result<Outcome> {
    let folder = folder(many.folder)?;
    let listed = pager::list(client, collection, None, None).await?;
    let all = listed.items.iter().map(Api::read).collect();
    let (chosen, unmatched) = choice::choose(all, &Selection::new(&many.words));
    if chosen.is_empty() {
        let asked = many.words.join(" ");
        return Err(Error::invalid(format!("--api-id: no API fits {asked}"))
            .with_hint("azr apim api list shows what is there; put patterns in single quotes."));
    }
    let (fit, skipped) = sorted_out(chosen, many.format);
    let named = named(fit, &many)?;
    std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    let progress = Progress::start("Exporting");
    let total = named.len();
    let mut ends: Vec<(usize, Api, End)> =
        skipped.into_iter().map(|(place, api, why)| (place, api, End::Skipped(why))).collect();
    let mut running = stream::iter(choice::groups(named, |job| &job.api))
        .map(|jobs| one_by_one(client, collection, many.format, &folder, jobs))
        .buffer_unordered(many.concurrency);
    let mut done = 0;
    while let Some(group) = running.next().await {
        done += group.len();
        progress.set(format!("Exported {done} of {total}"));
        ends.extend(group);
    }
    drop((running, progress));
    ends.sort_by_key(|(place, ..)| *place);
    reported(&folder, &ends, &unmatched)
}

/// The folder to write to, which is no file.
fn folder(given: &str) -> Result<PathBuf> {
    let path = Path::new(given);
    if given == "-" || path.is_file() {
        let what = if given == "-" { "stdout takes one definition only" } else { "it is a file" };
        return Err(Error::invalid(format!(
            "--file-path: '{given}' cannot hold several definitions: {what}"
        ))
        .with_hint("Give a folder; it is made if it is not there."));
    }
    Ok(path.to_owned())
}

/// An API to export, its place in the list, and the file it goes to.
struct Job {
    place: usize,
    api: Api,
    file: String,
}

type Skipped = Vec<(usize, Api, String)>;

/// Those that have a document of the format, and those that have none, with the reason.
fn sorted_out(chosen: Vec<Api>, format: &Format) -> (Vec<(usize, Api)>, Skipped) {
    let (mut fit, mut skipped) = (Vec::new(), Vec::new());
    for (place, api) in chosen.into_iter().enumerate() {
        match choice::misfit(&api, format) {
            Some(why) => skipped.push((place, api, why)),
            None => fit.push((place, api)),
        }
    }
    (fit, skipped)
}

/// The files they go to; refused where two are the same on some file system.
fn named(apis: Vec<(usize, Api)>, many: &Many<'_>) -> Result<Vec<Job>> {
    let (format, ext) = many.format.ending.rsplit_once('.').unwrap_or((many.format.ending, ""));
    let mut taken: HashMap<String, String> = HashMap::new();
    taken.insert(MANIFEST.to_owned(), "the manifest".to_owned());
    let mut jobs = Vec::new();
    for (place, api) in apis {
        let (version, revision) = (api.version.as_str(), api.revision.as_str());
        let file = many.pattern.name(Values { api: &api.name, version, revision, format, ext });
        if let Some(other) = taken.insert(file.to_lowercase(), api.name.clone()) {
            return Err(Error::invalid(format!(
                "--file-name: {other} and {} would both be written to {file}",
                api.name
            ))
            .with_hint("Tell them apart by {api}, {version} or {revision}; nothing was exported."));
        }
        jobs.push(Job { place, api, file });
    }
    Ok(jobs)
}

/// Exports what must not be exported at once.
async fn one_by_one(
    client: &Client,
    collection: &Target,
    format: &'static Format,
    folder: &Path,
    jobs: Vec<Job>,
) -> Vec<(usize, Api, End)> {
    let mut ends = Vec::with_capacity(jobs.len());
    for Job { place, api, file } in jobs {
        let end = match written(client, collection, format, folder, &api, &file).await {
            Ok((bytes, hash)) => End::Exported { file, bytes, hash },
            Err(error) => {
                message::error(&named_error(&api.name, &error));
                End::Failed(error)
            }
        };
        ends.push((place, api, end));
    }
    ends
}

/// An error of one API among many, in one line that names it.
fn named_error(api: &str, error: &Error) -> Error {
    Error::Unexpected(format!("{api}: {error}"))
}

async fn written(
    client: &Client,
    collection: &Target,
    format: &Format,
    folder: &Path,
    api: &Api,
    file: &str,
) -> Result<(usize, String)> {
    let document = fetched(client, collection.clone().join(&api.name), format, &api.name).await?;
    files::write(&folder.join(file), &document)?;
    let hash = Sha256::digest(&document).iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    Ok((document.len(), hash))
}

/// Writes the manifest, says what was skipped, and gives the list for stdout.
fn reported(folder: &Path, ends: &[(usize, Api, End)], unmatched: &[String]) -> Result<Outcome> {
    let mut manifest: Vec<Value> = ends.iter().map(|(_, api, end)| entry(api, end)).collect();
    for word in unmatched {
        let why = format!("There is no API '{word}'.");
        message::error(&Error::Unexpected(why.clone()));
        manifest.push(json!({"apiId": word, "status": "failed", "reason": why}));
    }
    for (_, api, end) in ends {
        if let End::Skipped(why) = end {
            message::warn(&format!("{} is skipped: {why}", api.name));
        }
    }
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|e| Error::Unexpected(format!("the manifest cannot be written: {e}")))?;
    files::write(&folder.join(MANIFEST), format!("{text}\n").as_bytes())?;
    let count = |which: fn(&End) -> bool| ends.iter().filter(|(_, _, end)| which(end)).count();
    let failed = count(|end| matches!(end, End::Failed(_))) + unmatched.len();
    message::note(&format!(
        "{} exported, {} skipped, {failed} failed; {} says which",
        count(|end| matches!(end, End::Exported { .. })),
        count(|end| matches!(end, End::Skipped(_))),
        folder.join(MANIFEST).display()
    ));
    let code = partial(failed, manifest.len());
    Ok(Outcome { code, ..Outcome::value(Value::Array(manifest)) })
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
    };
    if let (Some(entry), Value::Object(rest)) = (entry.as_object_mut(), rest) {
        entry.extend(rest);
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &str, version: &str) -> Api {
        Api::read(&json!({"name": name, "properties": {"apiVersion": version}}))
    }

    fn names(pattern: &str, apis: &[(&str, &str)]) -> Result<Vec<String>> {
        let many = Many {
            words: Vec::new(),
            format: super::super::find("OpenApiJsonFile").expect("a format"),
            folder: ".",
            pattern: Pattern::parse(pattern)?,
            concurrency: 1,
        };
        let apis = apis.iter().map(|(name, version)| job(name, version)).enumerate().collect();
        Ok(named(apis, &many)?.into_iter().map(|job| job.file).collect())
    }

    #[test]
    fn two_of_the_same_name_are_refused() {
        let some = [("orders-v1", "v1"), ("orders-v2", "v2")];
        let files = names(super::super::pattern::DEFAULT, &some).expect("names");
        assert_eq!(files, ["orders-v1_openapi+json.json", "orders-v2_openapi+json.json"]);
        assert_eq!(names("{version}.{ext}", &some).expect("names"), ["v1.json", "v2.json"]);
        assert!(names("x-{version}", &[("a", "V1"), ("b", "v1")]).is_err(), "alike but for case");
        assert!(names("{version}.{ext}", &[("a", "Manifest")]).is_err(), "the manifest's own name");
    }
}
