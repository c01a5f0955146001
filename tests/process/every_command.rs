//! Every command has a test that runs it as a process.
//!
//! Whether a test runs a command is not read off its text: some tests are run once more here, and what they run is
//! recorded.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::support::RECORD;

/// Tests that together run every command, by a part of their names.
const TESTS: &[&str] = &[
    "apic_",
    "apim_",
    "account_and_roles::",
    "client_import::a_lifecycle_stage",
    "doctor::each_suggested",
    "emulator::the_demo_succeeds",
    "inventory::a_filter",
    "login::get_access_token",
    "login::signing_out",
    "man_pages::",
    "backup::a_second",
    "restore::environments_and",
    "sync::the_plan_is_what",
    "saved_plan::a_saved_plan",
    "schema::the_schemas_are",
    "diff::the_differences_of",
    "report::the_reports_of_shards",
    "sync::a_definition_of",
    "settings::",
    "completion::every_shell_has",
    "help_topics::the_list",
    "help_pages::version",
    "emulator::reset_restores",
];

/// Commands that cannot succeed in a test: the emulator has no Amazon API Gateway.
const REFUSED: &[&str] = &["apic import aws"];

#[test]
fn every_command_has_a_test() {
    let folder = tempfile::tempdir().expect("a folder");
    let record = folder.path().join("commands");
    let output = Command::new(std::env::current_exe().expect("the path of this program"))
        .args(TESTS)
        .env(RECORD, &record)
        .stdin(Stdio::null())
        .output()
        .expect("the tests run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let text = std::fs::read_to_string(&record).expect("the record");
    let run: BTreeSet<&str> = text.lines().collect();
    let commands = commands(&azr::cli::command_tree());
    assert!(commands.len() > 130, "only {} commands were found", commands.len());
    let missing: Vec<&String> = commands.iter().filter(|command| !is_run(&run, command)).collect();
    assert_eq!(missing, REFUSED, "commands that none of {TESTS:?} runs with success");
}

/// The words of every command below a group.
fn commands(group: &clap::Command) -> Vec<String> {
    group
        .get_subcommands()
        .flat_map(|command| {
            let name = command.get_name();
            if command.has_subcommands() {
                commands(command).iter().map(|below| format!("{name} {below}")).collect()
            } else {
                vec![name.to_owned()]
            }
        })
        .collect()
}

/// Whether a command line that begins with these words was run.
fn is_run(lines: &BTreeSet<&str>, command: &str) -> bool {
    lines
        .iter()
        .any(|line| line.strip_prefix(command).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

#[test]
fn a_command_is_run_by_its_own_words_only() {
    let lines = BTreeSet::from(["apic api list -g g", "apim list"]);
    assert!(is_run(&lines, "apic api list") && is_run(&lines, "apim list"));
    assert!(!is_run(&lines, "apic api") || !is_run(&lines, "apic list"));
    assert!(!is_run(&lines, "apic api li") && !is_run(&lines, "list"));
}
