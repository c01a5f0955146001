//! The bulk export: the definitions of many APIs into a folder, with a manifest of what came of each.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::pin::pin;

use bytes::Bytes;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::Format;
use super::choice::{self, Api};
use super::manifest::{End, Ends, FILE};
use super::pattern::{Pattern, Values};
use crate::commands::tree::Outcome;
use crate::session::asked_to_end;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::document;
use azr_catalog::identity::{self, Asked};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::glob::Selection;
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

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

/// Exports them all; `collection` is where the APIs of the service are.
///
/// On Ctrl-C no more is begun, what is under way is dropped, and the manifest says what was done.
pub async fn export(client: &Client, collection: &Target, many: Many<'_>) -> Result<Outcome> {
    let mut asked_to_end = pin!(asked_to_end());
    let folder = folder(many.folder)?;
    let progress = Progress::start("Reading the list of APIs");
    let listed = tokio::select! {
        biased;
        () = &mut asked_to_end => return Err(Error::Interrupted),
        listed = pager::list_counted(client, collection, many.concurrency) => listed?,
    };
    progress.finish();
    // Pages may shift while they are read, so that an API comes twice.
    let mut seen = HashSet::new();
    let all = listed.iter().map(Api::read).filter(|api| seen.insert(api.name.to_lowercase())).collect();
    let (chosen, unmatched) = choice::choose(all, &Selection::new(&many.words));
    if chosen.is_empty() {
        let asked = many.words.join(" ");
        return Err(Error::invalid(format!("--api-id: no API fits {asked}"))
            .with_hint("azr apim api list shows what is there; put patterns in single quotes."));
    }
    let mut ends = Ends::of(&chosen);
    let (fit, skipped) = sorted_out(chosen, many.format);
    let named = named(fit, &many)?;
    std::fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    for (place, why) in skipped {
        ends.set(place, End::Skipped(why));
    }
    let bar = Progress::bar("Exporting", named.len());
    let to = Destination { client, collection, format: many.format, folder: &folder };
    // Each group is a stream, in which one export follows the other; the streams run at once.
    let groups = choice::groups(named, |job| &job.api).into_iter();
    let groups = groups.map(|jobs| Box::pin(stream::iter(jobs).then(|job| to.exported(job))));
    let mut running = stream::iter(groups).flatten_unordered(many.concurrency);
    let interrupted = loop {
        tokio::select! {
            biased;
            () = &mut asked_to_end => break true,
            end = running.next() => match end {
                Some((place, end)) => {
                    bar.advance();
                    ends.set(place, end);
                }
                None => break false,
            },
        }
    };
    drop((running, bar));
    let outcome = ends.conclude(&folder, &unmatched)?;
    if interrupted { Err(Error::Interrupted) } else { Ok(outcome) }
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

type Skipped = Vec<(usize, String)>;

/// Those that have a document of the format, and those that have none, with the reason.
fn sorted_out(chosen: Vec<Api>, format: &Format) -> (Vec<(usize, Api)>, Skipped) {
    let (mut fit, mut skipped) = (Vec::new(), Vec::new());
    for (place, api) in chosen.into_iter().enumerate() {
        match choice::misfit(&api, format) {
            Some(why) => skipped.push((place, why)),
            None => fit.push((place, api)),
        }
    }
    (fit, skipped)
}

/// The files they go to; refused where two are the same on some file system.
fn named(apis: Vec<(usize, Api)>, many: &Many<'_>) -> Result<Vec<Job>> {
    let (format, ext) = many.format.ending.rsplit_once('.').unwrap_or((many.format.ending, ""));
    let mut taken: HashMap<String, String> = HashMap::new();
    taken.insert(FILE.to_owned(), "the manifest".to_owned());
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

/// Where documents come from and go to.
struct Destination<'a> {
    client: &'a Client,
    collection: &'a Target,
    format: &'static Format,
    folder: &'a Path,
}

impl Destination<'_> {
    /// Exports one API; says at once where that fails.
    async fn exported(&self, job: Job) -> (usize, End) {
        let Job { place, api, file } = job;
        let end = match self.written(&api, &file).await {
            Ok((bytes, hash)) => End::Exported { file, bytes, hash },
            Err(error) => {
                message::error(&named_error(&api.name, &error));
                End::Failed(error)
            }
        };
        (place, end)
    }

    async fn written(&self, api: &Api, file: &str) -> Result<(usize, String)> {
        let document = self.document(api).await?;
        files::write_file(&self.folder.join(file), &document)?;
        Ok((document.len(), document::digest(&document)))
    }

    /// The document of an API, which is made sure to be that API's.
    async fn document(&self, api: &Api) -> Result<Bytes> {
        let at = self.collection.clone().join(&api.name);
        let id: ResourceId = at.path.parse()?;
        let syntax = self.format.syntax();
        let operations = match syntax {
            Some(_) if api.has_siblings() => Some(identity::operations(self.client, &id).await?),
            _ => None,
        };
        let version = Some(api.version.as_str()).filter(|version| !version.is_empty());
        let asked = Asked { api: &api.name, title: &api.title, version };
        let check = |bytes: &Bytes| {
            let checked =
                syntax.map(|syntax| identity::check_openapi(&asked, bytes, syntax, operations.as_ref()));
            checked.map_or(Ok(()), |checked| checked.map(drop))
        };
        let at = at.query("format", self.format.service).query("export", "true");
        Ok(document::fetch_checked(self.client, &at, &asked, check).await?.0)
    }
}

/// An error of one API among many, in one line that names it.
fn named_error(api: &str, error: &Error) -> Error {
    Error::Unexpected(format!("{api}: {}", error.described()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
