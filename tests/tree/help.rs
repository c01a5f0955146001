//! Every command says what it is for, every option what it means, and every example is a line that parses.

use crate::tree;

/// The words of an example as a shell splits them; a variable stays a word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for char in line.chars() {
        match (quote, char) {
            (None, '\'' | '"') => {
                quote = Some(char);
                word.get_or_insert_default();
            }
            (Some(open), close) if open == close => quote = None,
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (_, char) => word.get_or_insert_default().push(char),
        }
    }
    assert_eq!(quote, None, "an open quote in: {line}");
    words.extend(word);
    words
}

#[test]
fn every_command_says_what_it_is_for() {
    for entry in tree() {
        let about = entry.command.get_about().map(ToString::to_string).unwrap_or_default();
        assert!(about.len() > 3, "azr {} has no summary", entry.path);
        assert!(!about.ends_with('.'), "azr {}: a summary has no full stop: {about}", entry.path);
    }
}

#[test]
fn every_option_says_what_it_means() {
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
        let after = entry.command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let examples: Vec<&str> = after.lines().filter_map(|line| line.strip_prefix("    azr ")).collect();
        assert!(!examples.is_empty(), "azr {} has no example", entry.path);
        for example in examples {
            let words = words(&format!("azr {example}"));
            if let Err(error) = root.clone().try_get_matches_from(words) {
                panic!("azr {}: the example 'azr {example}' does not parse: {error}", entry.path);
            }
        }
    }
}

#[test]
fn an_example_is_about_its_own_command() {
    // A group under an older name shows the examples of the newer one.
    let own = |path: &str| path.replace("apic service ", "apic ");
    for entry in tree().into_iter().filter(super::Entry::is_leaf) {
        let after = entry.command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for example in after.lines().filter_map(|line| line.strip_prefix("    azr ")) {
            let example = format!("{} ", own(example));
            let there = example.starts_with(&format!("{} ", own(&entry.path)));
            assert!(there, "azr {} shows an example of another command: {example}", entry.path);
        }
    }
}
