//! The option table of az against the command tree: azr accepts every option of az under the same names.

use std::collections::BTreeMap;

use clap::{Arg, Command};
use serde::Deserialize;

use crate::tree;

/// Options that az requires and azr does not: the how-to uses `--source-resource-ids` instead.
const OPTIONAL: &[(&str, &str)] =
    &[("apic import-from-apim", "--apim-name"), ("apic import-from-apim", "--apim-apis")];

#[derive(Deserialize)]
struct AzOption {
    names: Vec<String>,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    choices: Vec<String>,
}

/// az's commands with their options.
fn az_commands() -> BTreeMap<String, Vec<AzOption>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/az_commands.json");
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{file}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"))
}

/// The commands that both az and azr have: the path, az's options, azr's command.
fn common_commands() -> Vec<(String, Vec<AzOption>, Command)> {
    let mut own: BTreeMap<String, Command> =
        tree().into_iter().map(|entry| (entry.path, entry.command)).collect();
    let commands: Vec<_> = az_commands()
        .into_iter()
        .filter_map(|(path, options)| own.remove(&path).map(|command| (path, options, command)))
        .collect();
    assert!(commands.len() > 100, "only {} commands are compared", commands.len());
    commands
}

/// The option of a command, or the global one, with this name.
fn find_option<'a>(command: &'a Command, root: &'a Command, name: &str) -> Option<&'a Arg> {
    let has_name = |arg: &&Arg| {
        if let Some(long) = name.strip_prefix("--") {
            return arg.get_long() == Some(long)
                || arg.get_all_aliases().is_some_and(|all| all.contains(&long));
        }
        let mut shorts = arg.get_all_short_aliases().unwrap_or_default().into_iter().chain(arg.get_short());
        shorts.any(|short| name == format!("-{short}"))
    };
    command.get_arguments().chain(root.get_arguments()).find(has_name)
}

#[test]
fn every_command_of_az_exists() {
    let az = az_commands();
    let paths: Vec<String> = tree().into_iter().map(|entry| entry.path).collect();
    let missing: Vec<&String> = az.keys().filter(|path| !paths.contains(path)).collect();
    assert!(missing.is_empty(), "azr does not have {missing:?}");
}

#[test]
fn every_option_of_az_is_accepted_under_each_of_its_names() {
    let root = azr::cli::command_tree();
    let mut problems = Vec::new();
    for (path, options, command) in common_commands() {
        for option in options {
            let args: Vec<Option<&Arg>> =
                option.names.iter().map(|name| find_option(&command, &root, name)).collect();
            for (name, arg) in option.names.iter().zip(&args) {
                match (arg, args[0]) {
                    (None, _) => problems.push(format!("azr {path} does not accept {name}")),
                    (Some(arg), Some(first)) if arg.get_id() != first.get_id() => {
                        problems.push(format!("azr {path}: {name} is not {}", option.names[0]));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_choice_of_az_is_a_choice() {
    let root = azr::cli::command_tree();
    let mut problems = Vec::new();
    for (path, options, command) in common_commands() {
        for option in options.iter().filter(|option| !option.choices.is_empty()) {
            let Some(arg) = find_option(&command, &root, &option.names[0]) else { continue };
            let choices = arg.get_possible_values();
            // An option without a list of choices parses its value itself.
            if choices.is_empty() || !arg.get_action().takes_values() {
                continue;
            }
            for choice in &option.choices {
                if !choices.iter().any(|value| value.matches(choice, true)) {
                    problems.push(format!("azr {path} {}: '{choice}' is not accepted", option.names[0]));
                }
            }
            if !arg.is_ignore_case_set() {
                problems.push(format!("azr {path} {}: the case of a choice matters", option.names[0]));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn azr_requires_what_az_requires_and_no_more() {
    let root = azr::cli::command_tree();
    let mut problems = Vec::new();
    for (path, options, command) in common_commands() {
        for option in &options {
            let Some(arg) = find_option(&command, &root, &option.names[0]) else { continue };
            let name = &option.names[0];
            let is_excepted = OPTIONAL.contains(&(path.as_str(), name.as_str()));
            match (option.required, arg.is_required_set()) {
                (true, false) if !is_excepted => problems.push(format!("azr {path} does not require {name}")),
                (false, true) => problems.push(format!("azr {path} requires {name}, az does not")),
                _ => {}
            }
        }
        let known = |arg: &Arg| {
            options.iter().any(|o| {
                find_option(&command, &root, &o.names[0]).is_some_and(|a| a.get_id() == arg.get_id())
            })
        };
        for arg in command.get_arguments().filter(|arg| arg.is_required_set() && !known(arg)) {
            problems.push(format!("azr {path} requires --{}, which az does not have", arg.get_id()));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
