//! At a terminal, commands end with a sentence or a table, while pipes receive the result.

use crate::credentials::{CLIENT, TENANT};
use crate::progress::start_slow;
use crate::support::{APIM, Azure, CENTER, InProcessAzure, Run, Sandbox, run_at_terminal};

fn import(options: &str) -> String {
    format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --mode client {options}"
    )
}

fn at_terminal(azure: &InProcessAzure, line: &str) -> Run {
    run_at_terminal(azure, 80, line, &[])
}

#[test]
fn a_dry_run_shows_what_would_change_and_its_totals() {
    let azure = InProcessAzure::new();
    azure.ok(import("").replace("'*'", "weather"));
    let run = at_terminal(&azure, &import("--dry-run"));
    assert!(run.stdout().contains("create  museum"), "{run}");
    assert!(!run.stdout().contains("unchanged  weather"), "{run}");
    let apis = azure.json(format!("apim api list {APIM}")).as_array().map_or(0, Vec::len);
    assert!(apis > 2);
    let totals = run.stdout().lines().find(|line| line.starts_with("Plan: ")).expect("totals");
    assert!(totals.ends_with("to create, 1 unchanged."), "{run}");
    assert!(run.stdout().contains("run the same command without --dry-run"), "{run}");
    assert!(run.stdout().lines().all(|line| line.chars().count() <= 80), "{run}");
    // Without a mode, the service would import, which has other results than shown.
    let run = at_terminal(&azure, &import("--dry-run").replace("--mode client ", ""));
    assert!(run.stdout().contains("with --mode client in place of --dry-run."), "{run}");
    // The versions of an API are APIs of their own in API Management.
    assert!(run.stdout().contains(".\n  Version sets combine them into 11 APIs with versions.\n"), "{run}");
    let run = at_terminal(&azure, &import("--dry-run --verbose"));
    assert!(run.stdout().contains("unchanged  weather"), "{run}");
    // A pipe receives the plan, and the totals on stderr.
    let run = azure.ok(import("--dry-run"));
    assert_eq!(run.json()["unchanged"], 1);
    assert!(run.stderr.contains(totals) && !run.stderr.contains("--verbose"), "{run}");
}

#[test]
fn an_import_ends_with_a_sentence() {
    let azure = InProcessAzure::new();
    let run = at_terminal(&azure, &import(""));
    assert!(!run.stdout().contains('{'), "{run}");
    let sentence = run.stdout().lines().find(|line| line.starts_with("Imported ")).expect("a sentence");
    assert!(sentence.contains(" APIs into myAPICenter in ") && sentence.ends_with(" created."), "{run}");
    assert!(run.stdout().contains("NOTE: ticker"), "{run}");
    assert!(
        run.stdout()
            .ends_with("To see the APIs:\n  azr apic api list -g myResourceGroup -n myAPICenter -o wide\n"),
        "{run}"
    );
    let run = at_terminal(&azure, &import("-o json"));
    assert!(run.stdout().contains("\"unchanged\": "), "the format was requested: {run}");
    let run = azure.ok(import(""));
    assert!(run.json()["unchanged"].as_u64() > Some(2), "{run}");
    assert!(run.stderr.contains(" unchanged.") && !run.stderr.contains("To see"), "{run}");
}

#[test]
fn failures_are_named_with_their_cause_and_the_next_command() {
    let azure = InProcessAzure::new();
    azure.write("a.json", r#"{"openapi": "3.0.0", "info": {"title": "A", "version": "1"}, "paths": {}}"#);
    azure.write("b.json", "{ openapi");
    let run = at_terminal(&azure, &format!("apic api register {CENTER} -l a.json b.json"));
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stdout().contains("ERROR: b.json"), "{run}");
    assert!(run.stdout().contains("Registered 1 of 2 APIs in myAPICenter in "), "{run}");
    assert!(run.stdout().contains(": 1 created, 1 failed.\n"), "{run}");
    assert!(run.stdout().ends_with("what is registered is only updated.\n"), "{run}");
}

#[test]
fn an_export_ends_with_a_sentence() {
    let azure = InProcessAzure::new();
    let export = format!("apim api export {APIM} --api-id '*' --ef OpenApiJsonFile -f out");
    let run = at_terminal(&azure, &export);
    assert!(!run.stdout().contains('{'), "{run}");
    assert!(run.stdout().contains(" skipped: A WebSocket API"), "{run}");
    assert!(run.stdout().contains(" APIs to out in "), "{run}");
    assert!(
        run.stdout().ends_with("a center:\n  azr apic api register -g GROUP -n CENTER -l out\n"),
        "{run}"
    );
    assert!(azure.ok(&export).json().as_array().is_some_and(|list| list.len() > 2));
}

#[test]
fn a_list_is_a_table_and_a_write_is_a_sentence() {
    let azure = InProcessAzure::new();
    let run = at_terminal(&azure, &format!("apim api list {APIM}"));
    assert!(run.stdout().starts_with("Name ") && !run.stdout().contains('{'), "{run}");
    assert!(run.stdout().lines().all(|line| line.chars().count() <= 80), "{run}");
    assert!(at_terminal(&azure, "cloud list").stdout().contains("\nAzureEmulator      yes"), "the clouds");
    assert_eq!(at_terminal(&azure, "role assignment list").stdout(), "The list is empty.\n");
    let run = at_terminal(&azure, &format!("apic api list {CENTER}"));
    assert!(run.stdout().contains("  rest  "), "the kind is in capitals: {run}");
    let run = at_terminal(&azure, &format!("apim api list {APIM} -o json"));
    assert!(run.stdout().starts_with('[') && run.stdout().ends_with("]\n"), "{run}");
    let create = format!("apic api create {CENTER} --api-id one --title One --type rest");
    assert!(
        at_terminal(&azure, &create)
            .stdout()
            .ends_with("}\nCreated API 'one' in API center 'myAPICenter'.\n")
    );
    assert!(azure.ok(&create).stderr.is_empty());
    let run = at_terminal(&azure, &format!("apic api delete {CENTER} --api-id one --yes"));
    assert_eq!(run.stdout(), "Deleted API 'one' from API center 'myAPICenter'.\n");
}

#[test]
fn an_empty_account_list_says_what_to_do() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.ok("account list");
    assert_eq!(
        (run.stdout(), run.stderr.as_str()),
        ("[]\n", "WARNING: Nobody is signed in. Run azr login, or az login.\n")
    );
}

#[test]
fn tables_of_azr_fit_the_terminal() {
    let azure = InProcessAzure::new();
    azure.ok(import("--no-wait").replace(" --no-wait", ""));
    for line in [
        format!("apic api list {CENTER} -o wide"),
        format!("apim api list {APIM} -o wide"),
        format!("apic inventory {CENTER}"),
    ] {
        let run = at_terminal(&azure, &line);
        // The wide characters of one title take two columns each.
        let width = |line: &str| line.chars().map(|c| if c > '\u{2fff}' { 2 } else { 1 }).sum::<usize>();
        let lines: Vec<&str> = run.stdout().lines().collect();
        assert!(lines.iter().all(|line| width(line) <= 80), "{run}");
        assert!(lines.iter().any(|line| line.starts_with("warehouse  ") && line.contains('…')), "{run}");
        assert!(azure.ok(&line).stdout().contains("replenishment and returns"), "a pipe receives all");
    }
    let run = at_terminal(&azure, &format!("apic inventory {CENTER}"));
    assert!(
        run.stdout().contains(" APIs, 1 complete. Missing: ") && run.stdout().ends_with("--html FILE.\n"),
        "{run}"
    );
}

#[test]
fn doctor_shows_states_and_commands_to_copy() {
    let azure = InProcessAzure::new();
    let line = format!("doctor {CENTER} --apim-name myAPIManagement");
    let run = run_at_terminal(&azure, 80, &line, &[("NO_COLOR", "")]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stdout().contains("\u{1b}[32m✓ ok\u{1b}[39m"), "{run}");
    assert!(run.stdout().contains("\u{1b}[31m✗ not ok\u{1b}[39m     center's identity"), "{run}");
    let fix = "\n  azr apic update -g myResourceGroup -n myAPICenter --identity type=SystemAssigned\n";
    assert!(run.stdout().contains(fix), "{run}");
    assert!(run.stdout().ends_with("1 check failed; the line below each says what fixes it.\n"), "{run}");
}

#[test]
fn login_and_logout_name_the_user() {
    let azure = Azure::start_with("--sample --sign-in");
    let mut sandbox = Sandbox::new(&[]);
    for name in ["AZURE_AUTHORITY_HOST", "AZR_ARM_ENDPOINT"] {
        sandbox.set(name, azure.endpoint());
    }
    let line = format!("login --service-principal -u {CLIENT} -p secret --tenant {TENANT} --store file");
    let run = run_at_terminal(&sandbox, 120, &line, &[]);
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout().starts_with("Name ") && !run.stdout().contains('{'), "{run}");
    let welcome = format!("Signed in as {CLIENT}; the subscription is ");
    assert!(run.stdout().lines().last().is_some_and(|line| line.starts_with(&welcome)), "{run}");
    let run = run_at_terminal(&sandbox, 120, "logout", &[]);
    assert_eq!(run.stdout(), format!("Signed out {CLIENT}.\n"));
}

#[test]
fn a_spinner_appears_when_azure_is_slow() {
    let azure = Azure::start_with("--sample --latency-ms 800");
    let run = run_at_terminal(&azure, 80, &format!("apim show {APIM} --query name"), &[]);
    assert_eq!(run.stdout(), "\"myAPIManagement\"\n", "it is removed again");
    assert!(run.stderr.contains("Waiting for Azure"), "{:?}", run.stderr);
    let line = format!("apim show {APIM} --query name --only-show-errors");
    let run = run_at_terminal(&azure, 80, &line, &[]);
    assert!(!run.stderr.contains("Waiting"), "{:?}", run.stderr);
}

#[test]
fn a_bar_shows_the_rate_limit_and_failures() {
    let azure = start_slow();
    let run = run_at_terminal(&azure, 100, &import("").replace("'*'", "'api-*'"), &[]);
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("1 failed  waiting for Azure's rate limit"), "{:?}", run.stderr);
    assert!(run.stdout().contains("ERROR: api-00003 failed: "), "{run}");
    assert!(!run.stdout().contains("waiting for"), "the bar is removed again: {run}");
}
