//! `azr apic api-analysis import-ruleset|export-ruleset`: the rules of a configuration.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use clap::{ArgMatches, Args};
use serde_json::json;

use super::analysis_resource::ANALYZER;
use super::{exported_document, ruleset_zip};
use crate::commands::args::{self, NoWaitArg};
use crate::commands::tree::{Example, Leaf, Outcome, read_options};
use crate::commands::verbs;
use crate::session::Session;
use azr_arm::plan::{Action, Job, Plan};
use azr_core::error::{Error, Result};
use azr_output::message;

/// `import-ruleset`.
pub(super) fn import() -> Leaf {
    Leaf::plan(
        "import-ruleset",
        "Replace the ruleset of a configuration with the files of a folder",
        || {
            let mut all = verbs::name_args(&ANALYZER, true);
            all.extend(args::derived::<ImportOptions>());
            all
        },
        import_plan,
    )
    .details(
        "A folder that does not exist is an error, unless its path ends in a separator: then, as in az, it is treated \
         as an empty folder, with a warning.",
    )
    .examples(&[Example {
        summary: "Import a ruleset",
        command: "azr apic api-analysis import-ruleset -g myResourceGroup -n myAPICenter -c spectral-openapi --path ruleset",
    }])
}

/// `export-ruleset`.
pub(super) fn export() -> Leaf {
    Leaf::run_with_matches(
        "export-ruleset",
        "Export the ruleset of a configuration to a folder",
        || {
            let mut all = verbs::name_args(&ANALYZER, true);
            all.extend(args::derived::<ExportOptions>());
            all.push(args::no_wait().hide(true));
            all
        },
        run_export,
    )
    .examples(&[Example {
        summary: "Export a ruleset",
        command: "azr apic api-analysis export-ruleset -g myResourceGroup -n myAPICenter -c spectral-openapi --path ruleset",
    }])
}

/// The options of `import-ruleset`, besides those that name the configuration.
#[derive(Args)]
struct ImportOptions {
    #[arg(long, value_name = "FOLDER", help = "Folder with the ruleset and its functions")]
    path: String,
    #[command(flatten)]
    no_wait: NoWaitArg,
}

/// The options of `export-ruleset`, besides those that name the configuration.
#[derive(Args)]
struct ExportOptions {
    #[arg(long, value_name = "FOLDER", help = "Folder to write to; created if it does not exist")]
    path: String,
}

fn import_plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let options: ImportOptions = read_options(matches)?;
    let archive = BASE64_STANDARD.encode(pack_folder(&parse_option(&options.path)?)?);
    let body = json!({"format": "inline-zip", "value": archive});
    let jobs = verbs::targets(session, &ANALYZER, matches)?
        .into_iter()
        .map(|analyzer| {
            let action = Action::Post { body: Some(body.clone()), location_from_group: None };
            let mut job = Job::new(analyzer.join("importRuleset"), action, None);
            job.no_wait = options.no_wait.is_set();
            job
        })
        .collect();
    Ok(Plan { jobs, confirm: None })
}

/// Packs the files of a folder into an archive.
fn pack_folder(folder: &FolderPath) -> Result<Vec<u8>> {
    let path = &folder.path;
    let members = if path.is_dir() {
        ruleset_zip::collect(path)?
    } else if path.exists() {
        return Err(Error::invalid(format!("--path: {} is not a folder", path.display()))
            .with_hint("Give the folder with the ruleset."));
    } else if folder.has_separator {
        Vec::new()
    } else {
        return Err(Error::invalid(format!("--path: folder {} does not exist", path.display()))
            .with_hint("Check the path."));
    };
    if members.is_empty() {
        let reason = if path.exists() { "has no files" } else { "does not exist" };
        message::warn(&format!("{} {reason}; importing an empty ruleset", path.display()));
    }
    ruleset_zip::pack(&members)
}

async fn run_export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let options: ExportOptions = read_options(matches)?;
    let folder = parse_option(&options.path)?.path;
    let targets = verbs::targets(session, &ANALYZER, matches)?;
    let [target] = &targets[..] else {
        return Err(Error::usage("--ids: a single ruleset is exported to a folder; give one id"));
    };
    let client = session.client()?;
    let answer = exported_document::export(client, target.clone().join("exportRuleset"), None).await?;
    let Some(document) = exported_document::read_document(client, &answer).await? else {
        return Err(Error::missing_prerequisite("the configuration has no ruleset")
            .with_hint("Import one: azr apic api-analysis import-ruleset"));
    };
    let archive = if document.starts_with(b"PK") {
        document
    } else {
        BASE64_STANDARD.decode(document).map_err(|e| {
            Error::invalid_response(format!("the ruleset that the service sent is not valid base64: {e}"))
        })?
    };
    ruleset_zip::write(&ruleset_zip::unpack(&archive)?, &folder)?;
    message::status(&format!("Ruleset written to {}", folder.display()));
    Ok(Outcome::value(answer))
}

/// The value of `--path`.
struct FolderPath {
    path: PathBuf,
    /// Whether it ends in a separator.
    has_separator: bool,
}

/// Parses the value of `--path`.
fn parse_option(path: &str) -> Result<FolderPath> {
    if path.is_empty() {
        return Err(Error::invalid("--path: the path is empty"));
    }
    Ok(parse_folder(path))
}

/// Parses a path; it may end in the separator of another system, as in a script written on Windows.
fn parse_folder(text: &str) -> FolderPath {
    let trimmed = text.trim_end_matches(['/', '\\']);
    // A path of separators only is the root.
    let path =
        if trimmed.is_empty() || trimmed.ends_with(':') || Path::new(text).exists() { text } else { trimmed };
    FolderPath { path: path.into(), has_separator: trimmed.len() < text.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_at_the_end_marks_a_folder_on_every_system() {
        let parse = |path| {
            let folder = parse_folder(path);
            (folder.path.to_string_lossy().into_owned(), folder.has_separator)
        };
        assert_eq!(parse("no such/rules\\"), ("no such/rules".to_owned(), true));
        assert_eq!(parse("no such/rules/"), ("no such/rules".to_owned(), true));
        assert_eq!(parse("no such/rules"), ("no such/rules".to_owned(), false));
        assert_eq!(parse("/").0, "/");
    }

    #[test]
    fn a_missing_folder_is_refused_unless_its_path_ends_in_a_separator() {
        let error = pack_folder(&parse_folder("no such/rules")).expect_err("refused");
        assert!(error.to_string().starts_with("--path: folder no such/rules does not exist"), "{error}");
        let empty = BASE64_STANDARD.encode(pack_folder(&parse_folder("no such/rules\\")).expect("empty"));
        assert_eq!(empty, "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==");
    }

    #[test]
    fn a_file_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let path = file.path().to_string_lossy().into_owned();
        assert!(pack_folder(&parse_folder(&path)).is_err());
    }
}
