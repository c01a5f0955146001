//! A client-side import that is killed, and goes on where it was.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client_import::{counts, everything, import, timeless};
use crate::support::{Azure, CENTER, Sandbox};

/// How long the journal may take to grow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whole lines of a file; none while it is not there.
fn lines(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(sandbox.folder().join(name)).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(str::to_owned).collect()
}

/// How often the import is killed.
const KILLS: usize = 20;

/// Starts an import, and kills it once so many more requests have been answered; false where it was done before that.
fn killed_after(azure: &Azure, requests: usize) -> bool {
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis api-* --journal j.jsonl --concurrency 4"
    );
    let start = lines(azure, "log.jsonl").len();
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + PATIENCE;
    while lines(azure, "log.jsonl").len() < start + requests {
        if process.try_wait().expect("its state").is_some() {
            return false;
        }
        assert!(Instant::now() < deadline, "no requests come");
        std::thread::yield_now();
    }
    process.kill().expect("it is killed");
    process.wait().expect("it has ended").code().is_none()
}

/// The steps that a journal says are done.
fn steps(azure: &Azure) -> Vec<String> {
    let text = lines(azure, "j.jsonl");
    let step = |line: &String| {
        let done: Value = serde_json::from_str(line).expect("a whole line");
        done["step"].as_str().expect("a step").to_ascii_lowercase()
    };
    text.iter().skip(1).map(step).collect()
}

/// The step that an answered request did, if it wrote something.
fn step_of(request: &Value) -> Option<String> {
    let path = request["path"].as_str()?.to_ascii_lowercase();
    let is_done = request["status"].as_u64()? < 300 && request["method"] != "GET";
    is_done.then(|| match path.strip_suffix("/importspecification") {
        Some(definition) => format!("{definition}/document"),
        None => path,
    })
}

#[test]
fn killed_at_twenty_random_points_it_ends_like_an_uninterrupted_run() {
    let whole = Azure::start_with("--apis 30");
    import(&whole, "--apim-apis 'api-*'").expect_success();
    let want = timeless(everything(&whole));

    let azure = Azure::start_with("--apis 30 --log log.jsonl");
    // Random without a crate: each of these has keys of its own.
    let random = || usize::try_from(RandomState::new().hash_one(0) % 70).expect("it fits") + 3;
    let mut points = Vec::new();
    // What the journal said after each kill, and how long the log was.
    let mut acknowledged = Vec::new();
    for _ in 0..KILLS {
        points.push(random());
        assert!(killed_after(&azure, points[points.len() - 1]), "it was done too soon: {points:?}");
        acknowledged.push((steps(&azure), lines(&azure, "log.jsonl").len()));
    }
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    // An API that was created just before a kill, too late for the journal, counts as updated.
    let counts = counts(&run.json());
    assert_eq!(counts[..3].iter().sum::<u64>(), 30, "{run}");
    let requests = azure.log("log.jsonl");
    for (steps, length) in &acknowledged {
        let answered: HashSet<String> = requests[..*length].iter().filter_map(step_of).collect();
        let later: Vec<String> = requests[*length..].iter().filter_map(step_of).collect();
        for step in steps {
            assert!(answered.contains(step), "{step} was acknowledged and never answered: {points:?}");
            assert!(!later.contains(step), "{step} was sent again: {points:?}");
        }
    }
    assert!(acknowledged[KILLS - 1].0.len() > 20, "nothing came of it: {points:?}");
    assert_eq!(timeless(everything(&azure)), want, "{points:?}");
    assert!(!azure.files().contains(&"j.jsonl".to_owned()), "the journal of a complete import is gone");
    let again = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    assert_eq!(crate::client_import::counts(&again.json()), [0, 0, 30, 0, 0], "{again}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
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
    let deadline = Instant::now() + PATIENCE;
    while lines(&azure, "j.jsonl").len() < 5 {
        assert!(Instant::now() < deadline, "the journal does not grow");
        std::thread::yield_now();
    }
    let sent = std::process::Command::new("kill").args(["-INT", &process.id().to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "azr cannot be interrupted");
    let output = process.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("a summary");
    let report: Vec<Value> = serde_json::from_slice(&azure.read("r.json")).expect("a report");
    let done = report.iter().filter(|api| api["status"] == "created").count();
    assert!(report.len() == 20 && done < 20, "{report:?}");
    assert_eq!(summary["skipped"], 20 - done, "{summary}");
    assert!(azure.files().contains(&"j.jsonl".to_owned()));
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").expect_success();
    assert!(run.stderr.contains("Going on"), "{run}");
}

#[test]
fn the_journal_of_another_import_is_refused() {
    let azure = Azure::start();
    let header = r#"{"journal":1,"target":"/subscriptions/x/other","source":"/subscriptions/x/apim"}"#;
    azure.write("j.jsonl", format!("{header}\n"));
    let run = import(&azure, "--apim-apis weather --journal j.jsonl");
    assert!(run.error(1).contains("another import"), "{run}");
    assert_eq!(lines(&azure, "j.jsonl"), [header]);
    // Without --journal each pair of center and service has its own, which is gone after a complete run.
    import(&azure, "--apim-apis weather").expect_success();
    let state = azure.folder().join("../home/azr/journals");
    assert_eq!(std::fs::read_dir(&state).map_or(0, Iterator::count), 0);
}
