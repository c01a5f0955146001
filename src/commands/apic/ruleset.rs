//! `azr apic api-analysis import-ruleset|export-ruleset`: the rules of a configuration.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::{Arg, ArgMatches};
use serde_json::json;

use super::analysis::ANALYZER;
use super::{exported, ruleset_zip};
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::commands::{args, verbs};
use crate::session::Session;
use azr_arm::plan::{Action, Job, Plan};
use azr_core::error::{Error, Result};
use azr_output::message;

/// `import-ruleset`.
pub fn import() -> Leaf {
    Leaf::plan(
        "import-ruleset",
        "Replace the ruleset of a configuration by the files of a folder",
        || {
            let mut all = options("Folder with the ruleset and its functions");
            all.push(args::no_wait());
            all
        },
        import_plan,
    )
    .details(
        "A folder that does not exist is refused, unless its path ends in a separator: then, as in az, it counts \
         as one without files, and azr says so.",
    )
    .examples(&[Example {
        what: "Import a ruleset",
        line: "azr apic api-analysis import-ruleset -g myResourceGroup -n myAPICenter -c spectral-openapi --path ruleset",
    }])
}

/// `export-ruleset`.
pub fn export() -> Leaf {
    Leaf::run(
        "export-ruleset",
        "Write the ruleset of a configuration to a folder",
        || {
            let mut all = options("Folder to write to; made if it is not there");
            all.push(args::no_wait().hide(true));
            all
        },
        |session, matches| Box::pin(run_export(session, matches)),
    )
    .examples(&[Example {
        what: "Export a ruleset",
        line: "azr apic api-analysis export-ruleset -g myResourceGroup -n myAPICenter -c spectral-openapi --path ruleset",
    }])
}

fn options(path: &'static str) -> Vec<Arg> {
    let mut all = verbs::naming(&ANALYZER, true);
    all.push(args::text("path").required(true).value_name("FOLDER").help(path));
    all
}

fn import_plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let archive = BASE64_STANDARD.encode(archive_of(&folder(matches)?)?);
    let body = json!({"format": "inline-zip", "value": archive});
    let no_wait = args::bool_of(matches, "no-wait")? == Some(true);
    let jobs = verbs::targets(session, &ANALYZER, matches)?
        .into_iter()
        .map(|at| {
            let action = Action::Post { body: Some(body.clone()), location_of: None };
            let mut job = Job::new(at.join("importRuleset"), action, None);
            job.no_wait = no_wait;
            job
        })
        .collect();
    Ok(Plan { jobs, confirm: None })
}

/// The archive of a folder's files.
fn archive_of(folder: &Folder) -> Result<Vec<u8>> {
    let path = &folder.path;
    let members = if path.is_dir() {
        ruleset_zip::collect(path)?
    } else if path.exists() {
        return Err(Error::invalid(format!("--path: {} is not a folder", path.display()))
            .with_hint("Give the folder that the ruleset is in."));
    } else if folder.explicit {
        Vec::new()
    } else {
        return Err(Error::invalid(format!("--path: there is no folder {}", path.display()))
            .with_hint("Check the path."));
    };
    if members.is_empty() {
        let why = if path.exists() { "has no files" } else { "does not exist" };
        message::warn(&format!("{} {why}: an empty ruleset is imported.", path.display()));
    }
    ruleset_zip::pack(&members)
}

async fn run_export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let folder = folder(matches)?.path;
    let targets = verbs::targets(session, &ANALYZER, matches)?;
    let [at] = &targets[..] else {
        return Err(Error::usage("--ids: one ruleset goes into one folder; give one id"));
    };
    let client = session.client()?;
    let answer = exported::ask(client, at.clone().join("exportRuleset"), None).await?;
    let Some(document) = exported::document(client, &answer).await? else {
        return Err(Error::missing_prerequisite("the configuration has no ruleset")
            .with_hint("Import one: azr apic api-analysis import-ruleset"));
    };
    let archive = if document.starts_with(b"PK") {
        document
    } else {
        BASE64_STANDARD
            .decode(document)
            .map_err(|e| Error::invalid_response(format!("the service's ruleset is not base64: {e}")))?
    };
    ruleset_zip::write(&ruleset_zip::unpack(&archive)?, &folder)?;
    message::status(&format!("Ruleset written to {}", folder.display()));
    Ok(Outcome::value(answer))
}

/// A folder that `--path` names.
struct Folder {
    path: PathBuf,
    /// Whether a separator at its end says that a folder is meant.
    explicit: bool,
}

fn folder(matches: &ArgMatches) -> Result<Folder> {
    let given = matches.get_one::<String>("path").map_or("", String::as_str);
    if given.is_empty() {
        return Err(Error::invalid("--path: the path is empty"));
    }
    Ok(parse_folder(given))
}

/// Reads a path whose last separator may be that of another system, as in a script written on Windows.
fn parse_folder(given: &str) -> Folder {
    let trimmed = given.trim_end_matches(['/', '\\']);
    // Nothing but separators is the root.
    let path = if trimmed.is_empty() || trimmed.ends_with(':') || Path::new(given).exists() {
        given
    } else {
        trimmed
    };
    Folder { path: path.into(), explicit: trimmed.len() < given.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_at_the_end_means_a_folder_on_every_system() {
        let of = |given| {
            let folder = parse_folder(given);
            (folder.path.to_string_lossy().into_owned(), folder.explicit)
        };
        assert_eq!(of("no such/rules\\"), ("no such/rules".to_owned(), true));
        assert_eq!(of("no such/rules/"), ("no such/rules".to_owned(), true));
        assert_eq!(of("no such/rules"), ("no such/rules".to_owned(), false));
        assert_eq!(of("/").0, "/");
    }

    #[test]
    fn a_missing_folder_is_refused_unless_a_folder_was_clearly_meant() {
        let error = archive_of(&parse_folder("no such/rules")).expect_err("refused");
        assert!(error.to_string().starts_with("--path: there is no folder"), "{error}");
        let empty = BASE64_STANDARD.encode(archive_of(&parse_folder("no such/rules\\")).expect("empty"));
        assert_eq!(empty, "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==");
    }

    #[test]
    fn a_file_is_no_folder() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_string_lossy().into_owned();
        assert!(archive_of(&parse_folder(&path)).is_err());
    }
}
