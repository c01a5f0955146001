//! A client-side import that is killed, and goes on where it was.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::client_import::{counts, everything, import, timeless};
use crate::support::{Azure, CENTER, Shell};

/// How long the journal may take to grow.
const PATIENCE: Duration = Duration::from_secs(60);

/// Whole lines of a file; none while it is not there.
fn lines(shell: &Shell, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(shell.folder().join(name)).unwrap_or_default();
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    whole.lines().map(str::to_owned).collect()
}

/// Starts an import, and kills it once its journal has so many lines; false where it was done before that.
fn killed_at(azure: &Azure, count: usize) -> bool {
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis api-* --journal j.jsonl --concurrency 4"
    );
    let mut process = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(line.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("azr starts");
    let deadline = Instant::now() + PATIENCE;
    while lines(azure, "j.jsonl").len() < count {
        if process.try_wait().expect("its state").is_some() {
            return false;
        }
        assert!(Instant::now() < deadline, "the journal does not grow");
        std::thread::yield_now();
    }
    process.kill().expect("it is killed");
    process.wait().expect("it has ended").code().is_none()
}

/// When each resource below the center was last written.
fn times(azure: &Shell) -> HashMap<String, Value> {
    let entries = everything(azure).into_iter();
    entries.map(|e| (e["id"].as_str().expect("an id").to_owned(), e["systemData"].clone())).collect()
}

#[test]
fn killed_again_and_again_it_ends_like_an_uninterrupted_run() {
    let whole = Azure::start_with("--apis 30");
    import(&whole, "--apim-apis 'api-*'").good();
    let want = timeless(everything(&whole));

    let azure = Azure::start_with("--apis 30 --latency-ms 2");
    let mut kills = 0;
    for count in [2, 20, 61, 100] {
        if !killed_at(&azure, count) {
            break;
        }
        kills += 1;
        // What the journal says is done is there, and is not written again.
        let journal = lines(&azure, "j.jsonl");
        assert!(journal.len() >= count);
        let before = times(&azure);
        for line in &journal[1..] {
            let done: Value = serde_json::from_str(line).expect("a whole line");
            let step = done["step"].as_str().expect("a step").trim_end_matches("/document").to_owned();
            assert!(before.contains_key(&step), "{step} was acknowledged and is not there");
        }
        let count = journal.len();
        if killed_at(&azure, count + 10) {
            kills += 1;
            let after = times(&azure);
            let documents: Vec<&String> = journal.iter().filter(|line| line.contains("/document")).collect();
            for (id, time) in &before {
                // A definition is written by its document too, which may not have been there yet.
                let is_definition = id.contains("/definitions/");
                let settled =
                    !is_definition || documents.iter().any(|line| line.contains(&format!("{id}/document")));
                let acknowledged = journal.iter().any(|line| line.contains(id.as_str()));
                if settled && acknowledged {
                    // An API's stage follows from its versions, which does not touch its time.
                    assert_eq!(&after[id], time, "{id} was written again");
                }
            }
        }
    }
    assert!(kills > 2, "the import was too quick to be killed");
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").good();
    let counts = counts(&run.json());
    // An API that was created just before a kill, too late for the journal, counts as updated.
    assert_eq!(counts[..3].iter().sum::<u64>(), 30, "{}", run.story());
    assert_eq!(timeless(everything(&azure)), want);
    assert!(!azure.files().contains(&"j.jsonl".to_owned()), "the journal of a complete import is gone");
    let again = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").good();
    assert_eq!(crate::client_import::counts(&again.json()), [0, 0, 30, 0, 0], "{}", again.story());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_cleanly() {
    let azure = Azure::start_with("--apis 20 --latency-ms 5");
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client --apim-apis api-* --journal j.jsonl --concurrency 2"
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
    assert_eq!((output.status.code(), output.stdout.len()), (Some(130), 0));
    assert!(azure.files().contains(&"j.jsonl".to_owned()));
    let run = import(&azure, "--apim-apis 'api-*' --journal j.jsonl").good();
    assert!(run.stderr.contains("Going on"), "{}", run.story());
}

#[test]
fn the_journal_of_another_import_is_refused() {
    let azure = Azure::start();
    let header = r#"{"journal":1,"target":"/subscriptions/x/other","source":"/subscriptions/x/apim"}"#;
    azure.write("j.jsonl", format!("{header}\n"));
    let run = import(&azure, "--apim-apis weather --journal j.jsonl");
    assert!(run.error(1).contains("another import"), "{}", run.story());
    assert_eq!(lines(&azure, "j.jsonl"), [header]);
    // Without --journal each pair of center and service has its own, which is gone after a complete run.
    import(&azure, "--apim-apis weather").good();
    let state = azure.folder().join("../home/azr/journals");
    assert_eq!(std::fs::read_dir(&state).map_or(0, Iterator::count), 0);
}
