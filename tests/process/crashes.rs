//! Killed while it writes, and two at once: no file is ever torn.

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

/// The names in a folder that begin as azr's temporaries do.
fn temporaries(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(".azr-")).count()
}

/// Runs azr and kills it once a temporary of its appears in a folder; says whether it was caught at that.
///
/// It is not waited for longer than it runs.
fn killed_while_writing(sandbox: &Sandbox, line: &str, folder: &Path) -> bool {
    let before = temporaries(folder);
    let mut child = start(sandbox, line);
    let caught = loop {
        if temporaries(folder) > before {
            break true;
        }
        if child.try_wait().expect("its state").is_some() {
            break false;
        }
        std::thread::yield_now();
    };
    // It may have ended in between.
    drop(child.kill());
    child.wait().expect("it ends");
    caught
}

fn parsed(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|e| panic!("{} is torn: {e}", path.display()))
}

#[test]
fn a_state_is_whole_after_a_kill() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apim show {APIM}"));
    let folder = azure.folder().join("..");
    let mut caught = 0;
    for round in 0..ROUNDS {
        let line = format!("apic api create {CENTER} --api-id a-{round} --title T --type rest");
        caught += usize::from(killed_while_writing(&azure, &line, &folder));
        parsed(&folder.join("state.json"));
    }
    assert!(caught > 0, "it was never killed while it wrote");
    azure.ok(format!("apic api list {CENTER}"));
}

#[test]
fn a_kept_token_is_whole_after_a_kill() {
    let azure = with_secret(&[], "hush");
    let folder = azure.folder().join("../home/azr/tokens");
    let mut caught = 0;
    for _ in 0..ROUNDS {
        caught += usize::from(killed_while_writing(&azure, &format!("apim show {APIM}"), &folder));
        for entry in fs::read_dir(&folder).expect("the cache").flatten() {
            if entry.path().extension().is_some_and(|ending| ending == "json") {
                parsed(&entry.path());
                fs::remove_file(entry.path()).expect("forgotten, so that the next round writes it");
            }
        }
    }
    assert!(caught > 0, "it was never killed while it wrote");
    azure.ok(format!("apim show {APIM}"));
}

#[test]
fn an_export_is_the_old_or_the_new_after_a_kill() {
    let azure = Azure::start();
    let line = format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f spec.json");
    azure.ok(&line);
    let new = azure.read("spec.json");
    let mut caught = 0;
    for _ in 0..ROUNDS {
        azure.write("spec.json", "old");
        caught += usize::from(killed_while_writing(&azure, &line, &azure.folder()));
        let now = azure.read("spec.json");
        assert!(now == b"old" || now == new, "{}", String::from_utf8_lossy(&now));
    }
    assert!(caught > 0, "it was never killed while it wrote");
}

#[test]
fn a_report_is_the_old_or_the_new_after_a_kill() {
    let azure = Azure::start();
    write_specs(&azure);
    let line = format!("apic api register {CENTER} -l a.json b.json --report r.json");
    azure.ok(&line);
    parsed(&azure.folder().join("r.json"));
    let mut caught = 0;
    for _ in 0..ROUNDS {
        caught += usize::from(killed_while_writing(&azure, &line, &azure.folder()));
        parsed(&azure.folder().join("r.json"));
    }
    assert!(caught > 0, "it was never killed while it wrote");
}

/// An answer that comes a byte a second holds the first run in the middle of its work.
#[test]
fn two_runs_do_not_share_a_journal() {
    let azure = Azure::start_with_args(&["--sample", "--faults", "PUT * drip=1"]);
    write_specs(&azure);
    let line = format!("apic api register {CENTER} -l a.json b.json --journal j.jsonl");
    let mut first = start(&azure, &line);
    let journal = azure.folder().join("j.jsonl");
    while fs::metadata(&journal).map_or(0, |about| about.len()) == 0 {
        assert!(first.try_wait().expect("its state").is_none(), "it ended before it wrote its journal");
        std::thread::yield_now();
    }
    let run = azure.run(&line);
    let said = run.error(1).to_owned();
    drop(first.kill());
    first.wait().expect("it ends");
    assert!(said.contains("another azr is writing j.jsonl"), "{said}");
    let left = fs::read_to_string(&journal).expect("the journal");
    for line in left.lines() {
        let read: Result<Value, _> = serde_json::from_str(line);
        assert!(read.is_ok(), "{line}");
    }
}
