//! The bulk export: the definitions of many APIs, written to a folder with a manifest.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Instant;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::file_name::{FileNamePattern, FileNameValues};
use super::format::ExportFormat;
use super::manifest::{ExportResults, MANIFEST, Status};
use super::selection::{self, ListedApi};
use crate::commands::tree::Outcome;
use crate::interrupt::wait_for_interrupt;
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::digest::sha256_hex;
use azr_catalog::export::{ExportRequest, export_document};
use azr_catalog::export_check::ExpectedApi;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::glob::Selection;
use azr_output::message;
use azr_output::progress::Progress;

/// What to export, and where to.
pub(super) struct BulkExport<'a> {
    /// The names and patterns of `--api-id`.
    pub words: Vec<String>,
    /// The format.
    pub format: ExportFormat,
    /// The folder, as the user typed it.
    pub folder: &'a str,
    /// The names of the files.
    pub file_name: FileNamePattern,
    /// The maximum number of concurrent exports.
    pub concurrency: usize,
}

/// Exports the APIs; `collection` is the collection of APIs in the service.
///
/// Ctrl-C starts no further export, drops those that are running, and writes a manifest of what is complete.
pub(super) async fn export(client: &Client, collection: &Target, bulk: BulkExport<'_>) -> Result<Outcome> {
    let started = Instant::now();
    let mut interrupt = pin!(wait_for_interrupt());
    let folder = check_folder(bulk.folder)?;
    let progress = Progress::spinner("Reading the list of APIs");
    let items = tokio::select! {
        biased;
        () = &mut interrupt => return Err(Error::interrupted()),
        items = pager::list_counted(client, collection, bulk.concurrency) => items?,
    };
    progress.finish();
    // The list may change between two pages, so that an API is in both.
    let mut names = HashSet::new();
    let listed =
        items.iter().map(ListedApi::read).filter(|api| names.insert(api.name.to_lowercase())).collect();
    let (selected, unmatched) = selection::select(listed, &Selection::new(&bulk.words));
    if selected.is_empty() {
        return Err(Error::no_match(format!("--api-id: no API matches {}", bulk.words.join(" ")))
            .with_hint("azr apim api list shows the APIs; put patterns in single quotes."));
    }
    let mut results = ExportResults::new(&selected);
    let (exportable, skipped) = split_by_format(selected, bulk.format);
    let jobs = assign_files(exportable, &bulk)?;
    std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    for (index, reason) in skipped {
        results.set(index, Status::Skipped(reason));
    }
    let bar = Progress::bar("Exporting", jobs.len()).with_details(&format!("to {}", folder.display()));
    let exporter = Exporter { client, collection, format: bulk.format, folder: &folder };
    // Each group is a stream of exports that run one after the other; the streams run concurrently.
    let groups = selection::group_by_version_set(jobs, |job| &job.api).into_iter();
    let groups = groups.map(|jobs| Box::pin(stream::iter(jobs).then(|job| run_task(exporter.export(job)))));
    let mut running = stream::iter(groups).flatten_unordered(bulk.concurrency);
    let is_interrupted = loop {
        tokio::select! {
            biased;
            () = &mut interrupt => break true,
            next = running.next() => match next {
                Some((index, status)) => {
                    match status {
                        Status::Failed(_) => bar.advance_failed(),
                        _ => bar.advance(),
                    }
                    results.set(index, status);
                }
                None => break false,
            },
        }
    };
    drop((running, bar));
    let outcome = results.finish(&folder, &unmatched, started.elapsed())?;
    if is_interrupted { Err(Error::interrupted()) } else { Ok(outcome) }
}

/// Checks that the path can be a folder.
fn check_folder(path: &str) -> Result<PathBuf> {
    let folder = Path::new(path);
    let reason = match path {
        "-" => "stdout takes a single definition",
        _ if folder.is_file() => "it is a file",
        _ => return Ok(folder.to_owned()),
    };
    Err(Error::invalid(format!("--file-path: '{path}' cannot hold several definitions: {reason}"))
        .with_hint("Give a folder; it is created if it does not exist."))
}

/// An API to export, its index in the results, and the name of its file.
struct Job {
    index: usize,
    api: ListedApi,
    file: String,
}

type IndexedApis = Vec<(usize, ListedApi)>;

/// The indexes of skipped APIs, with the reason.
type Skipped = Vec<(usize, String)>;

/// Separates the APIs that have a definition in the format from those that have none.
fn split_by_format(selected: Vec<ListedApi>, format: ExportFormat) -> (IndexedApis, Skipped) {
    let (mut exportable, mut skipped) = (Vec::new(), Vec::new());
    for (index, api) in selected.into_iter().enumerate() {
        match selection::reason_to_skip(&api, format) {
            Some(reason) => skipped.push((index, reason)),
            None => exportable.push((index, api)),
        }
    }
    (exportable, skipped)
}

/// Gives each API a file; refuses names that are equal on a case-insensitive file system.
fn assign_files(apis: IndexedApis, bulk: &BulkExport<'_>) -> Result<Vec<Job>> {
    let (format, extension) = bulk.format.file_name_parts();
    let mut owners: HashMap<String, String> = HashMap::new();
    owners.insert(MANIFEST.to_owned(), "the manifest".to_owned());
    let mut jobs = Vec::new();
    for (index, api) in apis {
        let file = bulk.file_name.expand(FileNameValues {
            api: &api.name,
            version: &api.version,
            revision: &api.revision,
            format,
            extension,
        });
        if let Some(other) = owners.insert(file.to_lowercase(), api.name.clone()) {
            return Err(Error::conflict(format!(
                "--file-name: {other} and {} would both be written to {file}",
                api.name
            ))
            .with_hint("Use {api}, {version} or {revision} to tell them apart. Nothing was exported."));
        }
        jobs.push(Job { index, api, file });
    }
    Ok(jobs)
}

/// Exports single APIs into the folder.
struct Exporter<'a> {
    client: &'a Client,
    collection: &'a Target,
    format: ExportFormat,
    folder: &'a Path,
}

impl Exporter<'_> {
    /// Exports one API, and prints an error as soon as it fails.
    async fn export(&self, job: Job) -> (usize, Status) {
        let Job { index, api, file } = job;
        let status = match self.write_document(&api, &file).await {
            Ok((bytes, hash)) => Status::Exported { file, bytes, hash },
            Err(error) => {
                message::error(&name_api(&api.name, &error));
                Status::Failed(error)
            }
        };
        (index, status)
    }

    /// Writes the document; returns its length and hash.
    async fn write_document(&self, api: &ListedApi, file: &str) -> Result<(usize, String)> {
        let document = self.fetch_document(api).await?;
        files::write_file(&self.folder.join(file), &document)?;
        Ok((document.len(), sha256_hex(&document)))
    }

    /// The document of an API, checked to be that API's.
    async fn fetch_document(&self, api: &ListedApi) -> Result<Bytes> {
        let target = self.collection.clone().join(&api.name);
        let version = Some(api.version.as_str()).filter(|version| !version.is_empty());
        let request = ExportRequest {
            api: &target,
            expected: ExpectedApi {
                name: &api.name,
                title: Some(&api.title),
                version,
                has_siblings: api.has_siblings(),
            },
            format: self.format.exported_format(),
            query_value: self.format.query_value(),
            checked_digest: None,
        };
        Ok(export_document(self.client, &request).await?.bytes)
    }
}

/// The error of one API among many, in one line that names the API.
fn name_api(api: &str, error: &Error) -> Error {
    Error::unexpected(format!("{api}: {}", error.described()))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use serde_json::json;

    use super::super::file_name::DEFAULT;
    use super::*;

    fn listed_api(name: &str, version: &str) -> ListedApi {
        ListedApi::read(&json!({"name": name, "properties": {"apiVersion": version}}))
    }

    fn file_names(pattern: &str, apis: &[(&str, &str)]) -> Result<Vec<String>> {
        let bulk = BulkExport {
            words: Vec::new(),
            format: ExportFormat::from_str("OpenApiJsonFile", false).expect("a format"),
            folder: ".",
            file_name: FileNamePattern::parse(pattern)?,
            concurrency: 1,
        };
        let apis = apis.iter().map(|(name, version)| listed_api(name, version)).enumerate().collect();
        Ok(assign_files(apis, &bulk)?.into_iter().map(|job| job.file).collect())
    }

    #[test]
    fn two_files_of_the_same_name_are_refused() {
        let orders = [("orders-v1", "v1"), ("orders-v2", "v2")];
        let files = file_names(DEFAULT, &orders).expect("names");
        assert_eq!(files, ["orders-v1_openapi+json.json", "orders-v2_openapi+json.json"]);
        assert_eq!(file_names("{version}.{ext}", &orders).expect("names"), ["v1.json", "v2.json"]);
        assert!(file_names("x-{version}", &[("a", "V1"), ("b", "v1")]).is_err(), "equal but for case");
        assert!(file_names("{version}.{ext}", &[("a", "Manifest")]).is_err(), "the name of the manifest");
    }
}
