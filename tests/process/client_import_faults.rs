//! Client-side imports from and into services that misbehave.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::client_import::{counts, everything, import, timeless};
use crate::support::{APIM, APIM_ID, Azure, CENTER, Shell};

/// All that is known to happen to a busy client, each of it often.
const WEATHER: &str = "seed=11; * * status=429 retry-after=20ms p=0.04; * * status=500 p=0.02; \
    * * status=500 after p=0.02; * * status=503 retry-after=20ms p=0.04; * * status=503 p=0.02; \
    * * reset=before p=0.02; * * reset=after p=0.02; * * truncate p=0.01; \
    PUT,POST */workspaces/* status=409 code=PessimisticConcurrencyConflict p=0.06";

/// The faults that the log tells of, each with the path it met.
fn faults(azure: &Shell) -> Vec<(String, String)> {
    let log = azure.log("log.jsonl");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    log.iter().filter_map(|entry| Some((text(&entry["fault"])?, text(&entry["path"])?))).collect()
}

#[cfg(unix)]
#[test]
fn every_api_arrives_in_bad_weather() {
    let whole = Azure::start_with("--apis 30");
    import(&whole, "--apim-apis '*'").good();
    let want = timeless(everything(&whole));

    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json").display().to_string();
    let words = ["--apis", "30", "--log", "log.jsonl", "--state", &state, "--faults", WEATHER];
    let mut azure = Azure::start_with_words(&words);
    let run = import(&azure, "--apim-apis '*' --concurrency 32").good();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{}", run.story());
    let met = faults(&azure);
    for kind in ["429", "500", "503", "409", "reset=before", "reset=after"] {
        assert!(met.iter().any(|(fault, _)| fault.contains(kind)), "no {kind} among {met:?}");
    }
    assert!(met.len() > 30, "{} faults", met.len());
    // What has come of it is looked at when the sky is clear.
    assert_eq!(azure.terminate(), Some(0));
    let azure = Azure::start_with_words(&["--state", &state]);
    assert_eq!(timeless(everything(&azure)), want);
}

#[test]
fn the_document_of_another_version_is_never_let_through() {
    let azure = Azure::start_with("--sample --quirks --log log.jsonl");
    let documents = |azure: &Shell| {
        ["v1", "v2"].map(|version| {
            let of =
                format!("{CENTER} --api-id orders --version-id version-{version} --definition-id openapi");
            let run = azure.ok(format!("apic api definition export-specification {of} --file-name -"));
            run.json()["info"]["version"].clone()
        })
    };
    let path = format!("{APIM_ID}/apis/orders-v1?export=true&format=openapi%2Bjson-link");
    let is_mixed = |azure: &Shell| {
        faults(azure).iter().any(|(fault, path)| fault == "export-mix-up" && path.ends_with("/orders-v2"))
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // Others export the first version all the time, until the second was mistaken for it once.
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) && !is_mixed(&azure) {
                    azure.fine("GET", &path, "");
                }
            });
        }
        let run = import(&azure, "--apim-apis 'orders-*' --verbose");
        done.store(true, Ordering::Relaxed);
        assert_eq!(run.code, Some(0), "{}", run.story());
        assert!(run.stderr.contains("asking again"), "{}", run.story());
    });
    assert!(is_mixed(&azure), "nothing was mixed up");
    assert_eq!(documents(&azure), ["v1", "v2"]);
}

#[test]
fn a_document_that_stays_another_ones_is_a_failure_and_no_import() {
    let azure = Azure::start();
    // The record says another version than the document: as if the other version had been exported each time.
    azure.ok(format!(
        "apim api operation create {APIM} --api-id orders-v2 --operation-id extra --url-template /extra --method GET --display-name Extra"
    ));
    let run = import(&azure, "--apim-apis 'orders-*'").good();
    assert_eq!(counts(&run.json()), [1, 0, 0, 0, 0], "an operation more is in both: {}", run.story());
}

#[test]
fn writes_that_get_in_each_others_way_are_repeated() {
    let azure = Azure::start_with("--apis 60 --quirks --log log.jsonl");
    let run = import(&azure, "--apim-apis '*' --concurrency 32").good();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{}", run.story());
    let conflicts = faults(&azure).iter().filter(|(fault, _)| fault == "conflict").count();
    assert!(conflicts > 0, "no write was refused");
}

#[test]
fn what_fails_for_good_fails_alone() {
    let azure = Azure::start_with_words(&[
        "--apis",
        "20",
        "--faults",
        "PUT */apis/api-00007/versions/* status=403 code=AuthorizationFailed; GET */apis/api-00009 status=400",
    ]);
    let run = import(&azure, "--apim-apis 'api-*' --report r.json");
    assert_eq!((run.code, counts(&run.json())), (Some(4), [18, 0, 0, 0, 2]), "{}", run.story());
    let report: Vec<Value> = serde_json::from_slice(&azure.read("r.json")).expect("a report");
    let failed: Vec<&Value> =
        report.iter().filter(|api| api["status"] == "failed").map(|api| &api["name"]).collect();
    assert_eq!(failed, ["api-00007", "api-00009"]);
    let problems = run.json()["problems"].clone();
    assert!(
        problems[0]["reason"]
            .as_str()
            .is_some_and(|why| why.contains("version original") && why.contains("AuthorizationFailed")),
        "{problems}"
    );
    assert_eq!(problems[1]["status"], json!("failed"));
}
