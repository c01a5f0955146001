//! azr killed while it writes a file, and two runs at once: every file stays complete.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

use crate::credentials::with_secret;
use crate::file_permissions::write_specs;
use crate::support::{APIM, Azure, CENTER, InProcessAzure, Sandbox};

/// How often each writer is killed.
const ROUNDS: usize = 20;

fn start(sandbox: &Sandbox, line: &str) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_azr"));
    command.args(line.split(' ')).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("azr starts")
}

/// The number of temporary files of azr in a folder.
fn count_temporary_files(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".azr-")).count()
}

/// Runs azr and kills it once it has created a temporary file in `folder`; returns false if it ends without one.
fn kill_while_writing(sandbox: &Sandbox, line: &str, folder: &Path) -> bool {
    let before = count_temporary_files(folder);
    let mut child = start(sandbox, line);
    let is_writing = loop {
        if count_temporary_files(folder) > before {
            break true;
        }
        if child.try_wait().expect("the state of the process").is_some() {
            break false;
        }
        std::thread::yield_now();
    };
    // This fails where it has just ended.
    drop(child.kill());
    child.wait().expect("azr ends");
    is_writing
}

fn read_json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{} is not complete: {e}", path.display()))
}

#[test]
fn a_state_is_complete_after_a_kill() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apim show {APIM}"));
    let folder = azure.folder().join("..");
    let mut kills = 0;
    for round in 0..ROUNDS {
        let line = format!("apic api create {CENTER} --api-id a-{round} --title T --type rest");
        kills += usize::from(kill_while_writing(&azure, &line, &folder));
        read_json(&folder.join("state.json"));
    }
    assert!(kills > 0, "azr was never killed while it wrote");
    azure.ok(format!("apic api list {CENTER}"));
}

#[test]
fn a_cached_token_is_complete_after_a_kill() {
    let azure = with_secret(&[], "hush");
    let folder = azure.folder().join("../home/azr/tokens");
    let mut kills = 0;
    for _ in 0..ROUNDS {
        kills += usize::from(kill_while_writing(&azure, &format!("apim show {APIM}"), &folder));
        for entry in fs::read_dir(&folder).expect("the cache").flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "json") {
                read_json(&entry.path());
                fs::remove_file(entry.path()).expect("removed, so that the next round writes it");
            }
        }
    }
    assert!(kills > 0, "azr was never killed while it wrote");
    azure.ok(format!("apim show {APIM}"));
}

#[test]
fn an_export_is_the_old_or_the_new_after_a_kill() {
    let azure = Azure::start();
    let line = format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f spec.json");
    azure.ok(&line);
    let new = azure.read("spec.json");
    let mut kills = 0;
    for _ in 0..ROUNDS {
        azure.write("spec.json", "old");
        kills += usize::from(kill_while_writing(&azure, &line, &azure.folder()));
        let content = azure.read("spec.json");
        assert!(content == b"old" || content == new, "{}", String::from_utf8_lossy(&content));
    }
    assert!(kills > 0, "azr was never killed while it wrote");
}

#[test]
fn a_report_is_the_old_or_the_new_after_a_kill() {
    let azure = Azure::start();
    write_specs(&azure);
    let line = format!("apic api register {CENTER} -l a.json b.json --report r.json");
    azure.ok(&line);
    read_json(&azure.folder().join("r.json"));
    let mut kills = 0;
    for _ in 0..ROUNDS {
        kills += usize::from(kill_while_writing(&azure, &line, &azure.folder()));
        read_json(&azure.folder().join("r.json"));
    }
    assert!(kills > 0, "azr was never killed while it wrote");
}

/// Responses of one byte a second keep the first run busy.
#[test]
fn two_runs_do_not_share_a_journal() {
    let azure = Azure::start_with_args(&["--sample", "--faults", "PUT * drip=1"]);
    write_specs(&azure);
    let line = format!("apic api register {CENTER} -l a.json b.json --journal j.jsonl");
    let mut first = start(&azure, &line);
    let journal = azure.folder().join("j.jsonl");
    while fs::metadata(&journal).map_or(0, |metadata| metadata.len()) == 0 {
        assert!(
            first.try_wait().expect("the state of the process").is_none(),
            "azr ended before it wrote its journal"
        );
        std::thread::yield_now();
    }
    let run = azure.run(&line);
    let error = run.error(1).to_owned();
    drop(first.kill());
    first.wait().expect("azr ends");
    assert!(error.contains("another azr process is writing the journal j.jsonl"), "{error}");
    let content = fs::read_to_string(&journal).expect("the journal");
    for line in content.lines() {
        let entry: Result<Value, _> = serde_json::from_str(line);
        assert!(entry.is_ok(), "{line}");
    }
}
