//! Every kind of command under every fault: the right exit code, one clear error, no partial file, no repeated write, no
//! token printed.
//!
//! [`kinds`] has the commands and the request of each that meets a fault, [`faults`] the faults and the expected results,
//! [`cell`] the checks. A fault has two emulators, as some commands read what others write. The output, files and writes
//! of a run without faults are the baseline.

mod cell;
mod faults;
mod kinds;

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::thread;

use crate::support::{Azure, Sandbox};
use cell::{Baseline, Cell};
use faults::{FAULTS, Fault, Tokens};
use kinds::{Group, KINDS, Kind};

/// How many emulators run concurrently.
const CONCURRENCY: usize = 4;

/// The options of every emulator: more than one page of APIs.
const EMULATOR_OPTIONS: &[&str] = &["--apis", "120", "--plan", "standard", "--log", "log.jsonl"];

/// Starts an emulator with these rules, and writes the files that the commands name.
fn prepare(rules: &str, group: Group) -> Azure {
    let mut azure = Azure::start_with_args(&[EMULATOR_OPTIONS, &["--faults", rules]].concat());
    azure.set("AZR_TEST_MAX_PAUSE_MS", "2");
    azure.set("AZR_OPERATION_TIMEOUT", "60");
    kinds::write_files(&azure);
    for kind in kinds::kinds_of(group) {
        for step in kind.preparation {
            step.run(&azure);
        }
    }
    azure
}

/// The rules without faults.
fn baseline_rules(group: Group) -> String {
    let rules: Vec<&str> = kinds::kinds_of(group).filter_map(|kind| kind.permanent_rule).collect();
    if rules.is_empty() { "seed=1".to_owned() } else { rules.join("; ") }
}

/// Runs all commands without faults.
fn record_baselines() -> HashMap<&'static str, Baseline> {
    let mut baselines = HashMap::new();
    for group in [Group::Single, Group::Bulk] {
        let azure = prepare(&baseline_rules(group), group);
        for kind in kinds::kinds_of(group) {
            baselines.insert(kind.name, Baseline::record(&azure, kind));
        }
    }
    baselines
}

/// What is wrong in the cells of a fault.
fn problems_of_row(fault: &Fault, group: Group, baselines: &HashMap<&'static str, Baseline>) -> Vec<String> {
    let kinds: Vec<&Kind> = kinds::kinds_of(group).filter(|kind| (fault.applies_to)(kind)).collect();
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut rules: Vec<String> = kinds.iter().map(|kind| fault.rule(kind)).collect();
    rules.extend(kinds::kinds_of(group).filter_map(|kind| kind.permanent_rule).map(str::to_owned));
    let mut azure = prepare(&rules.join("; "), group);
    for (name, value) in fault.variables {
        azure.set(name, value);
    }
    let problem = |sandbox: &Sandbox, kind: &Kind| {
        Cell { sandbox, fault, kind, baseline: &baselines[kind.name] }.problem()
    };
    if !fault.slow {
        let mut problems = Vec::new();
        for (number, kind) in kinds.into_iter().enumerate() {
            fault.tokens.apply(&mut azure, number);
            problems.extend(problem(&azure, kind));
        }
        return problems;
    }
    let (sandbox, problem): (&Sandbox, _) = (&azure, &problem);
    // These commands wait most of the time.
    thread::scope(|scope| {
        let running: Vec<_> =
            kinds.into_iter().map(|kind| scope.spawn(move || problem(sandbox, kind))).collect();
        running.into_iter().filter_map(|cell| cell.join().expect("a cell ends")).collect()
    })
}

#[test]
fn every_kind_of_command_handles_every_fault() {
    let baselines = record_baselines();
    let mut rows: Vec<(&Fault, Group)> =
        FAULTS.iter().flat_map(|fault| [(fault, Group::Single), (fault, Group::Bulk)]).collect();
    rows.retain(|(fault, _)| fault.tokens != Tokens::Renewable || cfg!(unix));
    // The slow ones first, so that none runs alone at the end.
    rows.sort_by_key(|(fault, _)| !fault.slow);
    let rows = Mutex::new(VecDeque::from(rows));
    let problems = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..CONCURRENCY {
            scope.spawn(|| {
                loop {
                    let Some((fault, group)) = rows.lock().expect("no row panicked").pop_front() else {
                        break;
                    };
                    let found = problems_of_row(fault, group, &baselines);
                    problems.lock().expect("no row panicked").extend(found);
                }
            });
        }
    });
    let problems = problems.into_inner().expect("no row panicked");
    let cells = FAULTS.iter().flat_map(|fault| KINDS.iter().filter(|kind| (fault.applies_to)(kind))).count();
    assert!(
        problems.is_empty(),
        "{} of {cells} cells are wrong:\n\n{}",
        problems.len(),
        problems.join("\n\n")
    );
    assert!(cells > 500, "only {cells} cells");
}

#[test]
fn no_request_is_sent_to_a_server_with_another_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json").display().to_string();
    let args = [EMULATOR_OPTIONS, &["--tls-name", "other.example", "--state", &state]].concat();
    let mut azure = Azure::start_with_args(&args);
    let certificate = folder.path().join("state.other.example.cert.pem");
    azure.set("SSL_CERT_FILE", &certificate.display().to_string());
    kinds::write_files(&azure);
    for kind in KINDS {
        let run = azure.run(kind.line());
        assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
        let error = run.stderr.lines().find_map(|line| line.strip_prefix("ERROR: ")).unwrap_or_default();
        assert!(error.contains("secure connection failed") && error.contains("other.example"), "{run}");
        assert!(run.stderr.contains("Hint: The certificate is for another host"), "{run}");
    }
    assert_eq!(azure.log("log.jsonl").len(), 0, "something was sent");
}
