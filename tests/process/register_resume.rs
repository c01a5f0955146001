//! A registration of many definitions that is killed, and goes on where it was.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client_import::list_resources;
use crate::support::{Azure, CENTER};

/// How long the journal may take to grow.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many APIs are registered.
const APIS: usize = 12;

fn journal(azure: &Azure) -> Vec<Value> {
    let text = std::fs::read_to_string(azure.folder().join("j.jsonl")).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(|line| serde_json::from_str(line).expect("a whole line")).collect()
}

fn prepared() -> (Azure, String) {
    let azure = Azure::start_with("--apis 1 --latency-ms 15");
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    for number in 0..APIS {
        let text = json!({"openapi": "3.0.1", "info": {"title": format!("Number {number}"), "version": "1.0"}, "paths": {}});
        azure.write(&format!("specs/{number}.json"), text.to_string());
    }
    (azure, format!("apic api register {CENTER} -l specs --journal j.jsonl --concurrency 3"))
}

/// Starts azr and gives it once its journal has so many lines.
fn begun(azure: &Azure, line: &str, count: usize) -> std::process::Child {
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + PATIENCE;
    while journal(azure).len() < count {
        assert!(process.try_wait().expect("its state").is_none(), "it was done before it could be stopped");
        assert!(Instant::now() < deadline, "the journal does not grow");
        std::thread::yield_now();
    }
    process
}

/// When each of these resources was last written.
fn times(azure: &Azure, ids: &[&str]) -> Vec<Option<Value>> {
    let all = list_resources(azure);
    let time =
        |id: &&str| all.iter().find(|entry| entry["id"] == **id).map(|entry| entry["systemData"].clone());
    ids.iter().map(time).collect()
}

#[test]
fn killed_it_goes_on_and_does_nothing_again_that_was_done() {
    let (azure, line) = prepared();
    let mut process = begun(&azure, &line, 15);
    process.kill().expect("it is killed");
    process.wait().expect("it has ended");
    let done = journal(&azure);
    assert!(done.len() < 1 + 4 * APIS, "there is something left to do");
    let steps: Vec<&str> = done[1..].iter().map(|line| line["step"].as_str().expect("a step")).collect();
    // A definition is written once more by its document, which may not have been there yet.
    let settled: Vec<&str> = steps
        .iter()
        .map(|step| step.trim_end_matches("/importSpecification"))
        .filter(|id| {
            !id.contains("/definitions/") || steps.contains(&format!("{id}/importSpecification").as_str())
        })
        .collect();
    let before = times(&azure, &settled);
    assert!(before.iter().all(Option::is_some), "what was acknowledged is there");

    let run = azure.ok(&line);
    assert!(run.stderr.contains(&format!("{} steps are done", steps.len())), "{run}");
    let result = run.json();
    assert_eq!(
        result["created"].as_u64().zip(result["updated"].as_u64()).map(|(a, b)| a + b),
        Some(APIS as u64)
    );
    assert_eq!(times(&azure, &settled), before);
    assert!(!azure.files().contains(&"j.jsonl".to_owned()), "the journal of a complete run is gone");
    assert_eq!(azure.json(&line)["updated"], APIS, "a further run begins anew");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let (azure, line) = prepared();
    let process = begun(&azure, &line, 5);
    let sent = std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "azr cannot be interrupted");
    let output = process.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
    let run = azure.ok(&line);
    assert!(run.stderr.contains("Going on"), "{run}");
}

#[test]
fn without_a_name_the_journal_is_one_of_azrs_own_and_goes_when_all_is_done() {
    let (azure, _) = prepared();
    azure.ok(format!("apic api register {CENTER} -l specs"));
    let state = azure.folder().join("../home/azr/journals");
    assert_eq!(std::fs::read_dir(state).map_or(0, Iterator::count), 0);
    azure
        .write("j.jsonl", "{\"journal\":1,\"target\":\"/subscriptions/x/other\",\"source\":\"elsewhere\"}\n");
    let run = azure.run(format!("apic api register {CENTER} -l specs --journal j.jsonl"));
    assert!(run.error(1).contains("another import"), "{run}");
}
