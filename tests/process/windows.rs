//! What differs on Windows: paths, the user's folders, files in use, and the login of az.
//!
//! The console is tested by `tests/platforms/console.py`, what every command does with files by `windows_files`.

use std::fs::{self, File};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::credentials::{TENANT, access_token, install_program, signed_out};
use crate::support::{APIM, Azure, CENTER, InProcessAzure};

const SPEC: &str = r#"{"openapi": "3.0.1", "info": {"title": "Pets", "version": "1.0"}, "paths": {}}"#;

/// A subscription of az's login that is not its default.
const OTHER: &str = "aaaaaaaa-0000-0000-0000-000000000000";

fn export_to(path: &str) -> String {
    format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile --file-path '{path}'")
}

/// Writes a profile of az with two subscriptions, of which the second has this id and tenant.
fn write_az_profile(azure: &Azure, id: &str, tenant: &str) {
    let folder = azure.folder().join("../home/config");
    fs::create_dir_all(&folder).expect("az's folder");
    let entry = |id: &str, name: &str, tenant: &str, is_default: bool| {
        json!({"id": id, "name": name, "state": "Enabled", "tenantId": tenant, "isDefault": is_default,
               "environmentName": "AzureCloud", "user": {"name": "me", "type": "user"}})
    };
    let default = entry("bbbbbbbb-0000-0000-0000-000000000000", "Default", TENANT, true);
    let profile =
        json!({"installationId": "i", "subscriptions": [default, entry(id, "Other", tenant, false)]});
    fs::write(folder.join("azureProfile.json"), profile.to_string()).expect("az's profile");
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

/// Puts az and azd in a folder that is named like that of its installer, and worse.
fn with_az_installed() -> Azure {
    let mut azure = signed_out(&[]);
    let token =
        json!({"accessToken": access_token(&azure), "expires_on": 4_102_444_800_i64, "tokenType": "Bearer"});
    install_program(&azure, "az", &token.to_string());
    let token = json!({"token": token["accessToken"], "expiresOn": "2999-01-01T00:00:00Z"});
    install_program(&azure, "azd", &token.to_string());
    let folder = azure.folder().join("Program Files (x86) & more");
    fs::rename(azure.folder().join("bin"), &folder).expect("renamed");
    let system = Path::new(&std::env::var("SYSTEMROOT").expect("set on Windows")).join("System32");
    let path = std::env::join_paths([&folder, &system]).expect("a path");
    azure.set("PATH", &path.to_string_lossy());
    azure
}

#[test]
fn az_receives_the_subscription_as_it_is_named() {
    let azure = with_az_installed();
    write_az_profile(&azure, OTHER, TENANT);
    let run = azure.ok("rest -u /subscriptions?api-version=2022-12-01 --verbose --subscription other");
    assert!(run.stderr.contains("signed in: login of az"), "{run}");
    let calls = String::from_utf8(azure.read("calls")).expect("text");
    // A batch file sees the line as cmd.exe has read it. A backslash would make the quotes a part of the name.
    assert!(calls.contains(&format!(" --subscription \"{OTHER}\"")), "{calls}");
}

#[test]
fn az_is_not_taken_from_the_current_folder() {
    let azure = with_az_installed();
    write_az_profile(&azure, OTHER, TENANT);
    azure.write("az.cmd", "@echo off\r\necho {} > planted-was-run\r\n");
    azure.ok("rest -u /subscriptions?api-version=2022-12-01 --subscription other");
    assert!(!azure.files().contains(&"planted-was-run".to_owned()), "{:?}", azure.files());
}

#[test]
fn what_a_profile_names_is_no_command_of_the_shell() {
    for (id, tenant) in [
        ("x\" & echo x> planted & rem \"", TENANT),
        ("x%PATH%", TENANT),
        ("x^\"|echo x>planted", TENANT),
        (OTHER, "a&echo x>planted"),
        (OTHER, "a%PATH%"),
    ] {
        let azure = with_az_installed();
        write_az_profile(&azure, id, tenant);
        let run = azure.run("rest -u /subscriptions?api-version=2022-12-01 --subscription other");
        assert!(!azure.files().contains(&"planted".to_owned()), "{id}: {run}");
        let system = std::env::var("SYSTEMROOT").expect("set on Windows");
        assert!(!Path::new(&system).join("planted").exists(), "{id}: {run}");
        if azure.files().contains(&"calls".to_owned()) {
            let calls = String::from_utf8_lossy(&azure.read("calls")).into_owned();
            assert!(!calls.contains(id) || id == OTHER, "{id}: {calls}");
            assert!(!calls.contains("System32"), "{id}: {calls}");
        }
    }
}
