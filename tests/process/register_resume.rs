//! A registration of several definitions that is killed and resumed.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client_import::list_resources;
use crate::support::{Azure, CENTER};

/// How long the journal may take to grow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How many APIs are registered.
const APIS: usize = 12;

fn read_journal(azure: &Azure) -> Vec<Value> {
    let text = std::fs::read_to_string(azure.folder().join("j.jsonl")).unwrap_or_default();
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    complete.lines().map(|line| serde_json::from_str(line).expect("a complete line")).collect()
}

/// Starts an emulator and writes the definitions; returns the command line too.
fn prepare() -> (Azure, String) {
    let azure = Azure::start_with("--apis 1 --latency-ms 15");
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    for number in 0..APIS {
        let text = json!({"openapi": "3.0.1", "info": {"title": format!("Number {number}"), "version": "1.0"}, "paths": {}});
        azure.write(&format!("specs/{number}.json"), text.to_string());
    }
    (azure, format!("apic api register {CENTER} -l specs --journal j.jsonl --concurrency 3"))
}

/// Starts azr and returns once its journal has `count` lines.
fn start_until_journal_has(azure: &Azure, line: &str, count: usize) -> std::process::Child {
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + TIMEOUT;
    while read_journal(azure).len() < count {
        assert!(process.try_wait().expect("the state of the process").is_none(), "azr ended too early");
        assert!(Instant::now() < deadline, "the journal does not grow");
        std::thread::yield_now();
    }
    process
}

/// The times at which these resources were last written.
fn write_times(azure: &Azure, ids: &[&str]) -> Vec<Option<Value>> {
    let resources = list_resources(azure);
    let time = |id: &&str| {
        resources.iter().find(|entry| entry["id"] == **id).map(|entry| entry["systemData"].clone())
    };
    ids.iter().map(time).collect()
}

#[test]
fn a_killed_registration_is_resumed_without_repeating_steps() {
    let (azure, line) = prepare();
    let mut process = start_until_journal_has(&azure, &line, 15);
    process.kill().expect("azr is killed");
    process.wait().expect("azr ends");
    let journal = read_journal(&azure);
    assert!(journal.len() < 1 + 4 * APIS, "nothing is left to do");
    let steps: Vec<&str> = journal[1..].iter().map(|line| line["step"].as_str().expect("a step")).collect();
    // The import of a document writes the definition once more, so that only imported ones are final.
    let finished: Vec<&str> = steps
        .iter()
        .map(|step| step.trim_end_matches("/document"))
        .filter(|id| !id.contains("/definitions/") || steps.contains(&format!("{id}/document").as_str()))
        .collect();
    let before = write_times(&azure, &finished);
    assert!(before.iter().all(Option::is_some), "a step in the journal had no effect");

    let run = azure.ok(&line);
    assert!(run.stderr.contains(&format!("; {} steps were done before.", steps.len())), "{run}");
    let result = run.json();
    assert_eq!(
        result["created"].as_u64().zip(result["updated"].as_u64()).map(|(a, b)| a + b),
        Some(APIS as u64)
    );
    assert_eq!(write_times(&azure, &finished), before);
    assert!(!azure.files().contains(&"j.jsonl".to_owned()), "the journal of a complete run is still there");
    assert_eq!(azure.json(&line)["unchanged"], APIS, "the next run writes something");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_registration_cleanly() {
    let (azure, line) = prepare();
    let process = start_until_journal_has(&azure, &line, 5);
    crate::support::send_signal(&process, "-INT");
    let output = process.wait_with_output().expect("azr ends");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
    let run = azure.ok(&line);
    assert!(run.stderr.contains("were done before"), "{run}");
}

#[test]
fn the_default_journal_is_deleted_after_a_complete_run() {
    let (azure, _) = prepare();
    azure.ok(format!("apic api register {CENTER} -l specs"));
    let state = azure.folder().join("../home/azr/journals");
    assert_eq!(std::fs::read_dir(state).map_or(0, Iterator::count), 0);
    azure
        .write("j.jsonl", "{\"journal\":1,\"target\":\"/subscriptions/x/other\",\"source\":\"elsewhere\"}\n");
    let run = azure.run(format!("apic api register {CENTER} -l specs --journal j.jsonl"));
    assert!(run.error(1).contains("another import"), "{run}");
}
