//! Client-side imports from and into services that misbehave.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};

use crate::client_import::{counts, import};
#[cfg(unix)]
use crate::client_import::{list_resources, without_times};
use crate::support::{APIM, APIM_ID, Azure, CENTER, Run, Sandbox};

/// The faults that a busy client meets, each with a probability of some percent.
#[cfg(unix)]
const FAULT_RULES: &str = "seed=11; * * status=429 retry-after=20ms p=0.04; * * status=500 p=0.02; \
    * * status=500 after p=0.02; * * status=503 retry-after=20ms p=0.04; * * status=503 p=0.02; \
    * * reset=before p=0.02; * * reset=after p=0.02; * * truncate p=0.01; \
    PUT,POST */workspaces/* status=409 code=PessimisticConcurrencyConflict p=0.06";

/// The faults in the log, each with the path of the request.
fn logged_faults(azure: &Sandbox) -> Vec<(String, String)> {
    let log = azure.log("log.jsonl");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    log.iter().filter_map(|entry| Some((text(&entry["fault"])?, text(&entry["path"])?))).collect()
}

#[cfg(unix)]
#[test]
fn every_api_is_imported_despite_faults() {
    let undisturbed = Azure::start_with("--apis 30");
    import(&undisturbed, "--apim-apis '*'").expect_success();
    let expected = without_times(list_resources(&undisturbed));

    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("state.json").display().to_string();
    let args = ["--apis", "30", "--log", "log.jsonl", "--state", &state, "--faults", FAULT_RULES];
    let mut azure = Azure::start_with_args(&args);
    azure.set("AZR_TEST_MAX_PAUSE_MS", "100");
    let run = import(&azure, "--apim-apis '*' --concurrency 32").expect_success();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{run}");
    let faults = logged_faults(&azure);
    for kind in ["429", "500", "503", "409", "reset=before", "reset=after"] {
        assert!(faults.iter().any(|(fault, _)| fault.contains(kind)), "no {kind} among {faults:?}");
    }
    assert!(faults.len() > 30, "{} faults", faults.len());
    // The result is read without faults.
    assert_eq!(azure.terminate(), Some(0));
    let azure = Azure::start_with_args(&["--state", &state]);
    assert_eq!(without_times(list_resources(&azure)), expected);
}

/// Runs `work` while four clients export the first version of the orders over and over, as long as `is_wanted`.
fn during_exports<T>(azure: &Azure, is_wanted: impl Fn() -> bool + Sync, work: impl FnOnce() -> T) -> T {
    let path = format!("{APIM_ID}/apis/orders-v1?export=true&format=openapi%2Bjson-link");
    let done = AtomicBool::new(false);
    let start = Barrier::new(5);
    thread::scope(|scope| {
        for delay in 0..4 {
            let (azure, path, done, start, is_wanted) = (&azure, &path, &done, &start, &is_wanted);
            scope.spawn(move || {
                start.wait();
                // They start at different moments, so that one export is in flight at any time.
                for _ in 0..delay {
                    azure.request_ok("GET", APIM_ID, "");
                }
                while !done.load(Ordering::Relaxed) && is_wanted() {
                    azure.request_ok("GET", path, "");
                }
            });
        }
        start.wait();
        let result = work();
        done.store(true, Ordering::Relaxed);
        result
    })
}

/// Whether the emulator has returned the first version in place of the second.
fn is_mixed_up(azure: &Sandbox) -> bool {
    logged_faults(azure).iter().any(|(fault, path)| fault == "export-mix-up" && path.ends_with("/orders-v2"))
}

/// Runs `work` until the emulator has mixed up two documents, ten times at most.
fn repeat_until_mixed_up(azure: &Sandbox, work: impl Fn() -> Run) -> Run {
    let mut run = work();
    for _ in 0..9 {
        if is_mixed_up(azure) {
            break;
        }
        run = work();
    }
    run
}

/// The version in a document of the center; none where there is no document.
fn version_in_center(azure: &Sandbox, version: &str) -> Option<Value> {
    let definition =
        format!("{CENTER} --api-id orders --version-id version-{version} --definition-id openapi");
    let run = azure.run(format!("apic api definition export-specification {definition} --file-name -"));
    (run.code == Some(0)).then(|| run.json()["info"]["version"].clone())
}

#[test]
fn the_document_of_another_version_is_requested_again() {
    let azure = Azure::start_with("--sample --quirks --latency-ms 20 --log log.jsonl");
    let run_import = || import(&azure, "--apim-apis 'orders-*' --verbose").expect_success();
    let run = during_exports(&azure, || !is_mixed_up(&azure), || repeat_until_mixed_up(&azure, run_import));
    assert!(is_mixed_up(&azure), "nothing was mixed up");
    assert!(run.stderr.contains("exporting it again"), "{run}");
    for version in ["v1", "v2"] {
        assert_eq!(version_in_center(&azure, version), Some(json!(version)));
    }
}

#[test]
fn the_document_of_another_version_is_never_imported() {
    let azure = Azure::start_with("--sample --quirks --latency-ms 20 --log log.jsonl");
    let run_import = || import(&azure, "--apim-apis 'orders-*'");
    let run = during_exports(&azure, || true, || repeat_until_mixed_up(&azure, run_import));
    assert!(is_mixed_up(&azure), "nothing was mixed up");
    // It is imported, perhaps by an earlier run, or reported as failed.
    match version_in_center(&azure, "v2") {
        Some(version) => assert_eq!(version, json!("v2"), "{run}"),
        None => assert!(run.code == Some(4) && run.stderr.contains("orders-v2"), "{run}"),
    }
    assert_eq!(version_in_center(&azure, "v1"), Some(json!("v1")));

    let run = during_exports(
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
    let has_second = names.contains(&"orders-v2.yaml".to_owned());
    assert_eq!(run.code, Some(if has_second { 0 } else { 4 }), "{run}");
    for name in names.iter().filter(|name| name.starts_with("orders")) {
        let text = String::from_utf8(azure.read(&format!("out/{name}"))).expect("text");
        let version = &name["orders-".len().."orders-v1".len()];
        assert!(text.contains(&format!("\n  version: {version}\n")), "{name}: {text}");
    }
}

#[test]
fn conflicting_writes_are_repeated() {
    let azure = Azure::start_with("--apis 60 --quirks --log log.jsonl");
    let run = import(&azure, "--apim-apis '*' --concurrency 32").expect_success();
    assert_eq!(counts(&run.json())[3..], [0, 0], "{run}");
    let conflicts = logged_faults(&azure).iter().filter(|(fault, _)| fault == "conflict").count();
    assert!(conflicts > 0, "no write was refused");
}

#[test]
fn permanent_failures_do_not_stop_the_others() {
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
        problems[0]["reason"].as_str().is_some_and(
            |reason| reason.contains("version original") && reason.contains("AuthorizationFailed")
        ),
        "{problems}"
    );
    assert_eq!(problems[1]["status"], json!("failed"));
}
