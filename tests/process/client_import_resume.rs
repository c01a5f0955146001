//! A client-side import that is killed and resumed.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client_import::{counts, import, list_resources, without_times};
use crate::support::{Azure, CENTER, Sandbox};

/// How long the journal may take to grow.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The complete lines of a file; none while it does not exist.
fn read_lines(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.folder().join(name)).unwrap_or_default();
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    complete.lines().map(str::to_owned).collect()
}

/// How often the import is killed.
const KILLS: usize = 20;

/// Starts an import and kills it after this many requests; returns false if it ends earlier.
fn kill_import(azure: &Azure, requests: usize) -> bool {
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis api-* --journal j.jsonl --concurrency 4"
    );
    kill_after_requests(azure, &line, requests)
}

/// Starts azr and kills it after this many requests, which the emulator logs; returns false if it ends earlier.
pub(crate) fn kill_after_requests(azure: &Azure, line: &str, requests: usize) -> bool {
    let start = read_lines(azure, "log.jsonl").len();
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + TIMEOUT;
    while read_lines(azure, "log.jsonl").len() < start + requests {
        if process.try_wait().expect("the state of the process").is_some() {
            return false;
        }
        assert!(Instant::now() < deadline, "no requests are sent");
        std::thread::yield_now();
    }
    process.kill().expect("azr is killed");
    // Killed, it has no exit code, or 1 on Windows.
    !process.wait().expect("azr ends").success()
}

/// The steps that the journal has as done.
fn journal_steps(azure: &Azure) -> Vec<String> {
    let entries = read_lines(azure, "j.jsonl");
    let step = |line: &String| {
        let entry: Value = serde_json::from_str(line).expect("a complete line");
        entry["step"].as_str().expect("a step").to_ascii_lowercase()
    };
    entries.iter().skip(1).map(step).collect()
}

/// The step of a request that has written something.
fn step_of_request(request: &Value) -> Option<String> {
    let path = request["path"].as_str()?.to_ascii_lowercase();
    let is_done = request["status"].as_u64()? < 300 && request["method"] != "GET";
    is_done.then(|| match path.strip_suffix("/importspecification") {
        Some(definition) => format!("{definition}/document"),
        None => path,
    })
}

#[test]
fn an_import_killed_at_twenty_random_points_ends_like_an_uninterrupted_one() {
    let uninterrupted = Azure::start_with("--apis 30");
    import(&uninterrupted, "--apim-apis 'api-*'").expect_success();
    let expected = without_times(list_resources(&uninterrupted));

    // Wine needs longer to end a process.
    let latency = if cfg!(windows) { "--latency-ms 40" } else { "" };
    let azure = Azure::start_with(&format!("--apis 30 --log log.jsonl {latency}"));
    // Each `RandomState` has other keys, so that no crate for random numbers is needed.
    let random = || usize::try_from(RandomState::new().hash_one(0) % 70).expect("it fits") + 3;
    let mut points = Vec::new();
    // The steps in the journal after each kill, and the length of the log.
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        points.push(random());
        assert!(
            kill_import(&azure, points[points.len() - 1]),
            "the import ended before it was killed: {points:?}"
        );
        acknowledged.push((journal_steps(&azure), read_lines(&azure, "log.jsonl").len()));
    }
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    // An API that was created just before a kill, too late for the journal, counts as updated.
    let counts = counts(&run.json());
    assert_eq!(counts[..3].iter().sum::<u64>(), 30, "{run}");
    let requests = azure.log("log.jsonl");
    for (steps, length) in &acknowledged {
        let answered: HashSet<String> = requests[..*length].iter().filter_map(step_of_request).collect();
        let later: Vec<String> = requests[*length..].iter().filter_map(step_of_request).collect();
        for step in steps {
            assert!(answered.contains(step), "{step} is in the journal without a response: {points:?}");
            assert!(!later.contains(step), "{step} was sent again: {points:?}");
        }
    }
    assert!(acknowledged[KILLS - 1].0.len() > 20, "hardly anything was written: {points:?}");
    assert_eq!(without_times(list_resources(&azure)), expected, "{points:?}");
    assert!(
        !azure.files().contains(&"j.jsonl".to_owned()),
        "the journal of a complete import is still there"
    );
    let again = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    assert_eq!(crate::client_import::counts(&again.json()), [0, 0, 30, 0, 0], "{again}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_an_import_cleanly() {
    let azure = Azure::start_with("--apis 20 --latency-ms 5");
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis api-* --journal j.jsonl --concurrency 2 --report r.json"
    );
    let process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + TIMEOUT;
    while read_lines(&azure, "j.jsonl").len() < 5 {
        assert!(Instant::now() < deadline, "the journal does not grow");
        std::thread::yield_now();
    }
    crate::support::send_signal(&process, "-INT");
    let output = process.wait_with_output().expect("azr ends");
    assert_eq!(output.status.code(), Some(130));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    let report: Vec<Value> = serde_json::from_slice(&azure.read("r.json")).expect("a report");
    let done = report.iter().filter(|api| api["status"] == "created").count();
    assert!(report.len() == 20 && done < 20, "{report:?}");
    assert_eq!(summary["skipped"], 20 - done, "{summary}");
    assert!(azure.files().contains(&"j.jsonl".to_owned()));
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    assert!(run.stderr.contains("Resuming an import"), "{run}");
}

#[test]
fn the_journal_of_another_import_is_refused() {
    let azure = Azure::start();
    let header = r#"{"journal":1,"target":"/subscriptions/x/other","source":"/subscriptions/x/apim"}"#;
    azure.write("j.jsonl", format!("{header}\n"));
    let run = import(&azure, "--apim-apis weather --journal j.jsonl");
    assert!(run.error(1).contains("another import"), "{run}");
    assert_eq!(read_lines(&azure, "j.jsonl"), [header]);
    // Without --journal each pair of center and service has its own, which a complete run deletes.
    import(&azure, "--apim-apis weather").expect_success();
    let state = azure.folder().join("../home/azr/journals");
    assert_eq!(std::fs::read_dir(&state).map_or(0, Iterator::count), 0);
}
