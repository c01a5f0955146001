//! Client-side imports from and into services that misbehave.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::client_import::{counts, everything, import, timeless};
use crate::support::{APIM, APIM_ID, Azure, CENTER, Run, Sandbox};

/// All that is known to happen to a busy client, each of it often.
const WEATHER: &str = "seed=11; * * status=429 retry-after=20ms p=0.04; * * status=500 p=0.02; \
    * * status=500 after p=0.02; * * status=503 retry-after=20ms p=0.04; * * status=503 p=0.02; \
    * * reset=before p=0.02; * * reset=after p=0.02; * * truncate p=0.01; \
    PUT,POST */workspaces/* status=409 code=PessimisticConcurrencyConflict p=0.06";

/// The faults that the log tells of, each with the path it met.
fn faults(azure: &Sandbox) -> Vec<(String, String)> {
    let log = azure.log("log.jsonl");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    log.iter().filter_map(|entry| Some((text(&entry["fault"])?, text(&entry["path"])?))).collect()
}

#[cfg(unix)]
#[test]
fn every_api_arrives_in_bad_weather() {
    let whole = Azure::start_with("--apis 30");
    import(&whole, "--apim-apis '*'").expect_success();
    let want = timeless(everything(&whole));

    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json").display().to_string();
    let words = ["--apis", "30", "--log", "log.jsonl", "--state", &state, "--faults", WEATHER];
    let mut azure = Azure::start_with_args(&words);
    let run = import(&azure, "--apim-apis '*' --concurrency 32").expect_success();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{run}");
    let met = faults(&azure);
    for kind in ["429", "500", "503", "409", "reset=before", "reset=after"] {
        assert!(met.iter().any(|(fault, _)| fault.contains(kind)), "no {kind} among {met:?}");
    }
    assert!(met.len() > 30, "{} faults", met.len());
    // What has come of it is looked at when the sky is clear.
    assert_eq!(azure.terminate(), Some(0));
    let azure = Azure::start_with_args(&["--state", &state]);
    assert_eq!(timeless(everything(&azure)), want);
}

/// Does something while others export the first version of the orders all the time, for as long as `going` says.
fn beside_others<T>(azure: &Azure, going: impl Fn() -> bool + Sync, work: impl FnOnce() -> T) -> T {
    let path = format!("{APIM_ID}/apis/orders-v1?export=true&format=openapi%2Bjson-link");
    let done = AtomicBool::new(false);
    let begun = Barrier::new(5);
    thread::scope(|scope| {
        for late in 0..4 {
            let (azure, path, done, begun, going) = (&azure, &path, &done, &begun, &going);
            scope.spawn(move || {
                begun.wait();
                // Not all at the same moment: one of them is to be under way at any time.
                for _ in 0..late {
                    azure.request_ok("GET", APIM_ID, "");
                }
                while !done.load(Ordering::Relaxed) && going() {
                    azure.request_ok("GET", path, "");
                }
            });
        }
        begun.wait();
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

/// Whether the second version was mistaken for the first.
fn is_mixed(azure: &Sandbox) -> bool {
    faults(azure).iter().any(|(fault, path)| fault == "export-mix-up" && path.ends_with("/orders-v2"))
}

/// Does something, and does it again as long as nothing was mixed up by chance.
fn until_mixed(azure: &Sandbox, work: impl Fn() -> Run) -> Run {
    let mut run = work();
    for _ in 0..9 {
        if is_mixed(azure) {
            break;
        }
        run = work();
    }
    run
}

/// The version that a document in the center says it is; None where there is no document.
fn version_in_center(azure: &Sandbox, version: &str) -> Option<Value> {
    let of = format!("{CENTER} --api-id orders --version-id version-{version} --definition-id openapi");
    let run = azure.run(format!("apic api definition export-specification {of} --file-name -"));
    (run.code == Some(0)).then(|| run.json()["info"]["version"].clone())
}

#[test]
fn a_document_that_was_mistaken_for_another_is_asked_for_again() {
    let azure = Azure::start_with("--sample --quirks --latency-ms 20 --log log.jsonl");
    let again = || import(&azure, "--apim-apis 'orders-*' --verbose").expect_success();
    let run = beside_others(&azure, || !is_mixed(&azure), || until_mixed(&azure, again));
    assert!(is_mixed(&azure), "nothing was mixed up");
    assert!(run.stderr.contains("asking again"), "{run}");
    for version in ["v1", "v2"] {
        assert_eq!(version_in_center(&azure, version), Some(json!(version)));
    }
}

#[test]
fn the_document_of_another_version_is_never_let_through() {
    let azure = Azure::start_with("--sample --quirks --latency-ms 20 --log log.jsonl");
    let again = || import(&azure, "--apim-apis 'orders-*'");
    let run = beside_others(&azure, || true, || until_mixed(&azure, again));
    assert!(is_mixed(&azure), "nothing was mixed up");
    // It arrives, or it is said that it did not.
    match version_in_center(&azure, "v2") {
        Some(version) => assert_eq!((run.code, version), (Some(0), json!("v2")), "{run}"),
        None => assert!(run.code == Some(4) && run.stderr.contains("orders-v2"), "{run}"),
    }
    assert_eq!(version_in_center(&azure, "v1"), Some(json!("v1")));

    let run = beside_others(
        &azure,
        || true,
        || {
            azure.run(format!(
                "apim api export {APIM} --api-id 'orders-*' --export-format OpenApiYamlFile -f out --file-name '{{api}}.{{ext}}'"
            ))
        },
    );
    let files = std::fs::read_dir(azure.folder().join("out")).expect("a folder");
    let names: Vec<String> =
        files.map(|f| f.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    assert!(names.contains(&"orders-v1.yaml".to_owned()), "{run}");
    let second = names.contains(&"orders-v2.yaml".to_owned());
    assert_eq!(run.code, Some(if second { 0 } else { 4 }), "{run}");
    for name in names.iter().filter(|name| name.starts_with("orders")) {
        let text = String::from_utf8(azure.read(&format!("out/{name}"))).expect("text");
        let version = &name["orders-".len().."orders-v1".len()];
        assert!(text.contains(&format!("\n  version: {version}\n")), "{name}: {text}");
    }
}

#[test]
fn writes_that_get_in_each_others_way_are_repeated() {
    let azure = Azure::start_with("--apis 60 --quirks --log log.jsonl");
    let run = import(&azure, "--apim-apis '*' --concurrency 32").expect_success();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{run}");
    let conflicts = faults(&azure).iter().filter(|(fault, _)| fault == "conflict").count();
    assert!(conflicts > 0, "no write was refused");
}

#[test]
fn what_fails_for_good_fails_alone() {
    let azure = Azure::start_with_args(&[
        "--apis",
        "20",
        "--faults",
        "PUT */apis/api-00007/versions/* status=403 code=AuthorizationFailed; GET */apis/api-00009 status=400",
    ]);
    let run = import(&azure, "--apim-apis 'api-*' --report r.json");
    assert_eq!((run.code, counts(&run.json())), (Some(4), [18, 0, 0, 0, 2]), "{run}");
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
