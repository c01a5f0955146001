//! The log of a pipeline: a start line, lines from time to time, failures as they happen, and the commands of CI systems.

use std::time::{Duration, Instant};

use crate::support::{APIM, Azure, CENTER};

/// An emulator on which an import takes a few seconds, and one API fails.
pub(crate) fn start_slow() -> Azure {
    Azure::start_with_args(&[
        "--apis",
        "12",
        "--throttle",
        "writes=12:9",
        "--faults",
        "PUT */apis/api-00003 status=400 code=Refused",
    ])
}

fn import() -> String {
    format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis 'api-*' --mode client")
}

#[test]
fn a_log_on_github_has_a_group_with_progress_and_failures() {
    let mut azure = start_slow();
    azure.set("GITHUB_ACTIONS", "true");
    let run = azure.run(import());
    assert_eq!(run.code, Some(4), "{run}");
    let lines: Vec<&str> = run.stderr.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("::group::Importing 12 APIs"));
    let end = lines.iter().position(|line| *line == "::endgroup::");
    let sentence = lines.iter().position(|line| line.starts_with("Imported 11 of 12 APIs into myAPICenter"));
    assert!(start < end && end < sentence && start.is_some(), "{run}");
    assert_eq!(
        lines[start.unwrap_or_default()],
        "::group::Importing 12 APIs from myAPIManagement into myAPICenter"
    );
    assert!(run.stderr.contains("waiting for Azure's rate limit\n"), "{run}");
    assert_eq!(run.stderr.matches("::error::api-00003 failed: ").count(), 1, "{run}");
    assert!(run.stderr.contains("::error::1 of 12 failed%0AHint: "), "{run}");
    assert!(run.json()["failed"] == 1, "stdout has the result only");
}

#[test]
fn a_log_of_azure_pipelines_has_its_commands() {
    let mut azure = start_slow();
    azure.set("TF_BUILD", "True");
    let run = azure.run(import());
    assert!(run.stderr.contains("##[group]Importing 12 APIs"), "{run}");
    assert!(run.stderr.contains("##vso[task.logissue type=error]api-00003 failed: "), "{run}");
    assert!(run.stderr.contains("##vso[task.setprogress value="), "{run}");
    assert!(run.stderr.contains("\n##[endgroup]\n"), "{run}");
}

#[test]
fn short_commands_have_no_progress_in_a_log() {
    let mut azure = Azure::start();
    azure.set("CI", "true");
    let started = Instant::now();
    let run = azure.ok(format!("apim api export {APIM} --api-id museum weather --ef OpenApiJsonFile -f out"));
    // On a machine under load even this takes long enough.
    assert!(!run.stderr.contains("Exporting") || started.elapsed() > Duration::from_secs(1), "{run}");
}
