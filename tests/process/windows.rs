//! What differs on Windows: paths, the user's folders, files in use, and the login of az.
//!
//! The console is tested by `tests/platforms/console.py`.

use std::fs::{self, File};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::support::{APIM, Azure, CENTER, InProcessAzure};

const SPEC: &str = r#"{"openapi": "3.0.1", "info": {"title": "Pets", "version": "1.0"}, "paths": {}}"#;

fn export_to(path: &str) -> String {
    format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile --file-path '{path}'")
}

/// A path without its drive: `C:` and `\folder`.
fn split_drive(path: &Path) -> (String, String) {
    let text = path.display().to_string();
    let (drive, rest) = text.split_at(2);
    (drive.to_owned(), rest.to_owned())
}

#[test]
fn a_document_is_exported_to_every_kind_of_path() {
    let azure = InProcessAzure::new();
    let folder = azure.folder();
    fs::create_dir(folder.join("with spaces")).expect("created");
    let (drive, rest) = split_drive(&folder);
    for (path, file) in [
        (r"with spaces\a.json".to_owned(), "with spaces/a.json"),
        ("with spaces/b.json".to_owned(), "with spaces/b.json"),
        // Below the root of the current drive, and relative to the current folder of a drive.
        (format!(r"{rest}\c.json"), "c.json"),
        (format!("{drive}d.json"), "d.json"),
        (format!(r"\\?\{}\e.json", folder.display()), "e.json"),
        (r"~\f.json".to_owned(), "../home/f.json"),
        ("~/g.json".to_owned(), "../home/g.json"),
    ] {
        azure.ok(export_to(&path));
        assert!(azure.read(file).starts_with(b"{"), "{path}");
    }
    assert!(!folder.join("~").exists());
}

#[test]
fn paths_of_more_than_260_characters_are_written_and_read() {
    let azure = InProcessAzure::new();
    let deep: PathBuf = std::iter::repeat_n("a folder with a long name of forty chars", 8).collect();
    fs::create_dir_all(azure.folder().join(&deep)).expect("created");
    let file = azure.folder().join(&deep).join("pets.json");
    assert!(file.as_os_str().len() > 300);
    azure.ok(export_to(&file.display().to_string()));
    assert!(fs::read(&file).expect("exported").starts_with(b"{"));
    // Wine 8 cannot resolve such a path (error 234).
    if file.canonicalize().is_err() {
        return;
    }
    let registered = azure.json(format!("apic api register {CENTER} --api-location '{}'", file.display()));
    assert_eq!(registered["name"], "myapi", "{registered}");
    azure
        .ok(format!("apic backup {CENTER} --path '{}'", azure.folder().join(&deep).join("backup").display()));
}

#[test]
fn home_is_the_profile_of_the_user_whatever_the_shell_says() {
    let mut azure = InProcessAzure::new();
    let profile = azure.folder().join("profile");
    fs::create_dir_all(profile.join(".azure")).expect("created");
    fs::write(profile.join(".azure/config"), "[defaults]\ngroup = myResourceGroup\n").expect("written");
    azure.set("AZURE_CONFIG_DIR", "");
    azure.set("USERPROFILE", &profile.display().to_string());
    // As Git Bash sets it, and as it would be on a network drive.
    for home in ["/c/Users/ada", r"H:\"] {
        azure.set("HOME", home);
        let run = azure.ok("apim show -n myAPIManagement --query name -o tsv");
        assert_eq!(run.text(), "myAPIManagement");
    }
}

#[test]
fn a_file_that_another_program_has_open_is_not_damaged() {
    let azure = InProcessAzure::new();
    azure.write("out.json", "old");
    // As a program opens a file that lets others read it, but not replace it.
    let open =
        File::options().read(true).share_mode(1).open(azure.folder().join("out.json")).expect("opened");
    let run = azure.run(export_to("out.json"));
    assert!(run.error(1).contains("out.json"), "{run}");
    assert!(run.stderr.contains("Close the program that has the file open."), "{run}");
    assert_eq!(azure.read("out.json"), b"old");
    drop(open);
    azure.ok(export_to("out.json"));
    assert!(azure.read("out.json").starts_with(b"{"));
    assert_eq!(azure.files(), ["out.json"]);
}

#[test]
fn a_journal_that_another_run_writes_is_refused_and_used_later() {
    let azure = Azure::start();
    azure.write("a.json", SPEC);
    azure.write("b.json", SPEC.replace("Pets", "Toys"));
    azure.write("j.jsonl", "");
    let register = format!("apic api register {CENTER} -l a.json b.json --journal j.jsonl");
    let journal =
        File::options().read(true).write(true).open(azure.folder().join("j.jsonl")).expect("opened");
    journal.lock().expect("locked");
    let run = azure.run(&register);
    assert!(run.error(1).contains("another azr process is writing"), "{run}");
    drop(journal);
    azure.ok(&register);
}

#[test]
fn the_files_of_azr_are_for_the_user_alone() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apim show {APIM}"));
    // Wine's icacls prints nothing.
    let output = azure.command("icacls").arg(r"..\state.json").output().expect("icacls runs");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    for group in ["Everyone", "BUILTIN\\Users", "Authenticated Users"] {
        assert!(!shown.contains(group), "{shown}");
    }
}
