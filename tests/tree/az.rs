//! az's own option table against the tree: whatever az takes, azr takes under the same names.

use std::collections::BTreeMap;

use clap::{Arg, Command};
use serde::Deserialize;

use crate::tree;

/// Options that az requires and azr does not: the how-to gives `--source-resource-ids` in their place.
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

/// az's commands that azr has, with both sides.
fn both() -> Vec<(String, Vec<AzOption>, Command)> {
    let mut own: BTreeMap<String, Command> =
        tree().into_iter().map(|entry| (entry.path, entry.command)).collect();
    let both: Vec<_> = az_commands()
        .into_iter()
        .filter_map(|(path, options)| own.remove(&path).map(|command| (path, options, command)))
        .collect();
    assert!(both.len() > 100, "only {} commands are compared", both.len());
    both
}

/// The argument that a command, or azr as a whole, takes under this name.
fn find<'a>(command: &'a Command, root: &'a Command, name: &str) -> Option<&'a Arg> {
    let is_called = |arg: &&Arg| {
        if let Some(long) = name.strip_prefix("--") {
            return arg.get_long() == Some(long)
                || arg.get_all_aliases().is_some_and(|all| all.contains(&long));
        }
        let mut shorts = arg.get_all_short_aliases().unwrap_or_default().into_iter().chain(arg.get_short());
        shorts.any(|short| name == format!("-{short}"))
    };
    command.get_arguments().chain(root.get_arguments()).find(is_called)
}

#[test]
fn every_command_of_az_is_there() {
    let az = az_commands();
    let own: Vec<String> = tree().into_iter().map(|entry| entry.path).collect();
    let missing: Vec<&String> = az.keys().filter(|path| !own.contains(path)).collect();
    assert!(missing.is_empty(), "azr does not have {missing:?}");
}

#[test]
fn every_option_of_az_is_taken_under_each_of_its_names() {
    let root = azr::cli::command_tree();
    let mut wrong = Vec::new();
    for (path, options, command) in both() {
        for option in options {
            let found: Vec<Option<&Arg>> =
                option.names.iter().map(|name| find(&command, &root, name)).collect();
            for (name, arg) in option.names.iter().zip(&found) {
                match (arg, found[0]) {
                    (None, _) => wrong.push(format!("azr {path} does not take {name}")),
                    (Some(arg), Some(first)) if arg.get_id() != first.get_id() => {
                        wrong.push(format!("azr {path}: {name} is not {}", option.names[0]));
                    }
                    _ => {}
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_choice_of_az_is_a_choice() {
    let root = azr::cli::command_tree();
    let mut wrong = Vec::new();
    for (path, options, command) in both() {
        for option in options.iter().filter(|option| !option.choices.is_empty()) {
            let Some(arg) = find(&command, &root, &option.names[0]) else { continue };
            let own = arg.get_possible_values();
            // An option without a list of choices reads its value itself.
            if own.is_empty() || !arg.get_action().takes_values() {
                continue;
            }
            for choice in &option.choices {
                if !own.iter().any(|value| value.matches(choice, true)) {
                    wrong.push(format!("azr {path} {}: no choice '{choice}'", option.names[0]));
                }
            }
            if !arg.is_ignore_case_set() {
                wrong.push(format!("azr {path} {}: the case of a choice matters", option.names[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn azr_requires_what_az_requires_and_no_more() {
    let root = azr::cli::command_tree();
    let mut wrong = Vec::new();
    for (path, options, command) in both() {
        for option in &options {
            let Some(arg) = find(&command, &root, &option.names[0]) else { continue };
            let name = &option.names[0];
            let excused = OPTIONAL.contains(&(path.as_str(), name.as_str()));
            match (option.required, arg.is_required_set()) {
                (true, false) if !excused => wrong.push(format!("azr {path} does not require {name}")),
                (false, true) => wrong.push(format!("azr {path} requires {name}, az does not")),
                _ => {}
            }
        }
        let known = |arg: &Arg| {
            options
                .iter()
                .any(|o| find(&command, &root, &o.names[0]).is_some_and(|a| a.get_id() == arg.get_id()))
        };
        for arg in command.get_arguments().filter(|arg| arg.is_required_set() && !known(arg)) {
            wrong.push(format!("azr {path} requires --{}, which az does not have", arg.get_id()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
