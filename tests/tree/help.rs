//! Every command has a summary, every option has help, and every example parses.

use crate::tree;

/// Splits an example into arguments, as a shell does; variables are not expanded.
fn split_args(line: &str) -> Vec<String> {
    let mut args = Vec::new();
    let mut arg: Option<String> = None;
    let mut quote = None;
    for char in line.chars() {
        match (quote, char) {
            (None, '\'' | '"') => {
                quote = Some(char);
                arg.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None, blank) if blank.is_whitespace() => args.extend(arg.take()),
            (_, char) => arg.get_or_insert_default().push(char),
        }
    }
    assert_eq!(quote, None, "an open quote in: {line}");
    args.extend(arg);
    args
}

/// The examples of a command, each in one line.
fn examples(command: &clap::Command) -> Vec<String> {
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut examples: Vec<String> = Vec::new();
    let mut is_continued = false;
    for line in after.lines() {
        let end = line.trim_end_matches([' ', '\\', '`']);
        if is_continued {
            let last = examples.last_mut().expect("the line before");
            last.push(' ');
            last.push_str(end.trim_start());
        } else if line.starts_with("    azr ") {
            examples.push(end.trim_start().to_owned());
        }
        is_continued = (is_continued || line.starts_with("    azr ")) && line.ends_with(['\\', '`']);
    }
    examples
}

#[test]
fn every_command_has_a_summary() {
    for entry in tree() {
        let about = entry.command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 3, "azr {} has no summary", entry.path);
        assert!(!about.ends_with('.'), "azr {}: a summary has no full stop: {about}", entry.path);
    }
}

#[test]
fn every_option_has_help() {
    let root = azr::cli::command_tree();
    let entries = tree();
    let all = entries.iter().map(|entry| (entry.path.as_str(), &entry.command)).chain([("", &root)]);
    for (path, command) in all {
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty(), "azr {path}: --{} has no help", arg.get_id());
            assert!(!help.ends_with('.'), "azr {path}: --{}: help has no full stop: {help}", arg.get_id());
        }
    }
}

#[test]
fn every_command_has_an_example_that_parses() {
    let root = azr::cli::command_tree();
    for entry in tree().into_iter().filter(super::Entry::is_leaf) {
        let examples = examples(&entry.command);
        assert!(!examples.is_empty(), "azr {} has no example", entry.path);
        for example in examples {
            if let Err(error) = root.clone().try_get_matches_from(split_args(&example)) {
                panic!("azr {}: the example '{example}' does not parse: {error}", entry.path);
            }
        }
    }
}

#[test]
fn an_example_is_about_its_own_command() {
    // A group with an older name shows the examples of the newer one.
    let current = |path: &str| path.replace("apic service ", "apic ");
    for entry in tree().into_iter().filter(super::Entry::is_leaf) {
        for example in examples(&entry.command) {
            let example = format!("{example} ");
            let is_own = example.starts_with(&format!("azr {} ", current(&entry.path)));
            assert!(is_own, "azr {} shows an example of another command: {example}", entry.path);
        }
    }
}

#[test]
fn examples_use_the_current_names_of_options() {
    let root = azr::cli::command_tree();
    for entry in tree().into_iter().filter(super::Entry::is_leaf) {
        let current: Vec<String> = (entry.command.get_arguments())
            .chain(root.get_arguments())
            .flat_map(|arg| arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default()))
            .map(|long| format!("--{long}"))
            .collect();
        for example in examples(&entry.command) {
            for word in split_args(&example).iter().filter(|word| word.starts_with("--")) {
                let option = word.split('=').next().unwrap_or(word).to_owned();
                assert!(current.contains(&option), "azr {}: {option} in '{example}'", entry.path);
            }
        }
    }
}
