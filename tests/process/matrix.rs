//! Every kind of command through every fault: the right end, said in one line, with nothing lost, left behind, made
//! twice or given away.
//!
//! [`kinds`] has the commands and the request of each that is struck, [`faults`] what strikes it and what must come of
//! it, [`cell`] what is checked. A fault has two emulators, as some commands read what others do. What a calm run
//! prints, writes and sends is the measure of the others.

mod cell;
mod faults;
mod kinds;

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::thread;

use crate::support::{Azure, Sandbox};
use cell::{Calm, Cell};
use faults::{FAULTS, Fault, Tokens};
use kinds::{KINDS, Kind, World};

/// How many emulators are busy at once.
const AT_ONCE: usize = 4;

/// What every emulator serves: more than one page of APIs.
const SERVED: &[&str] = &["--apis", "120", "--plan", "standard", "--log", "log.jsonl"];

/// An emulator under these rules, with the files that the commands name.
fn prepared(rules: &str, world: World) -> Azure {
    let mut azure = Azure::start_with_args(&[SERVED, &["--faults", rules]].concat());
    azure.set("AZR_TEST_MAX_PAUSE_MS", "2");
    azure.set("AZR_OPERATION_TIMEOUT", "60");
    kinds::put_files(&azure);
    for kind in kinds::of(world) {
        for step in kind.before {
            step.take(&azure);
        }
    }
    azure
}

/// The rules under which nothing goes wrong.
fn calm_rules(world: World) -> String {
    let rules: Vec<&str> = kinds::of(world).filter_map(|kind| kind.always).collect();
    if rules.is_empty() { "seed=1".to_owned() } else { rules.join("; ") }
}

fn calm() -> HashMap<&'static str, Calm> {
    let mut all = HashMap::new();
    for world in [World::Single, World::Many] {
        let azure = prepared(&calm_rules(world), world);
        for kind in kinds::of(world) {
            all.insert(kind.name, Calm::of(&azure, kind));
        }
    }
    all
}

/// What is wrong in the cells of a fault.
fn row(fault: &Fault, world: World, calm: &HashMap<&'static str, Calm>) -> Vec<String> {
    let kinds: Vec<&Kind> = kinds::of(world).filter(|kind| (fault.only)(kind)).collect();
    if kinds.is_empty() {
        return Vec::new();
    }
    let mut rules: Vec<String> = kinds.iter().map(|kind| fault.rule(kind)).collect();
    rules.extend(kinds::of(world).filter_map(|kind| kind.always).map(str::to_owned));
    let mut azure = prepared(&rules.join("; "), world);
    for (name, value) in fault.variables {
        azure.set(name, value);
    }
    let wrong =
        |sandbox: &Sandbox, kind: &Kind| Cell { sandbox, fault, kind, calm: &calm[kind.name] }.wrong();
    if !fault.slow {
        let mut all = Vec::new();
        for (number, kind) in kinds.into_iter().enumerate() {
            fault.tokens.apply(&mut azure, number);
            all.extend(wrong(&azure, kind));
        }
        return all;
    }
    let (sandbox, wrong): (&Sandbox, _) = (&azure, &wrong);
    // They wait most of the time.
    thread::scope(|scope| {
        let running: Vec<_> =
            kinds.into_iter().map(|kind| scope.spawn(move || wrong(sandbox, kind))).collect();
        running.into_iter().filter_map(|cell| cell.join().expect("a cell ends")).collect()
    })
}

#[test]
fn every_kind_of_command_ends_well_under_every_fault() {
    let calm = calm();
    let mut rows: Vec<(&Fault, World)> =
        FAULTS.iter().flat_map(|fault| [(fault, World::Single), (fault, World::Many)]).collect();
    rows.retain(|(fault, _)| fault.tokens != Tokens::Renewable || cfg!(unix));
    // The longest first, so that none is left over at the end.
    rows.sort_by_key(|(fault, _)| !fault.slow);
    let rows = Mutex::new(VecDeque::from(rows));
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some((fault, world)) = rows.lock().expect("no row panicked").pop_front() else {
                        break;
                    };
                    let found = row(fault, world, &calm);
                    wrong.lock().expect("no row panicked").extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no row panicked");
    let cells = FAULTS.iter().flat_map(|fault| KINDS.iter().filter(|kind| (fault.only)(kind))).count();
    assert!(wrong.is_empty(), "{} of {cells} cells are wrong:\n\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(cells > 500, "only {cells} cells");
}

#[test]
fn a_server_of_another_name_is_told_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json").display().to_string();
    let words = [SERVED, &["--tls-name", "other.example", "--state", &state]].concat();
    let mut azure = Azure::start_with_args(&words);
    let certificate = folder.path().join("state.other.example.cert.pem");
    azure.set("SSL_CERT_FILE", &certificate.display().to_string());
    kinds::put_files(&azure);
    for kind in KINDS {
        let run = azure.run(kind.line());
        assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
        let error = run.stderr.lines().find_map(|line| line.strip_prefix("ERROR: ")).unwrap_or_default();
        assert!(error.contains("secure connection failed") && error.contains("other.example"), "{run}");
        assert!(run.stderr.contains("Hint: The server is not who it should be"), "{run}");
    }
    assert_eq!(azure.log("log.jsonl").len(), 0, "something was sent");
}
