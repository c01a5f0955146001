//! Every command with its options, compared with a golden file, so that a change of the tree is visible in a review.
//!
//! `AZR_UPDATE_GOLDEN=1 cargo test --test tree` updates the file.

use std::fmt::Write as _;

use clap::{Arg, Command};

use crate::tree;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tree.txt");

fn describe_tree() -> String {
    let root = azr::cli::command_tree();
    let mut text = String::from("azr: options of every command\n");
    describe_options(&root, &mut text);
    for entry in tree() {
        let hidden = if entry.command.is_hide_set() { " (hidden)" } else { "" };
        let about = entry.command.get_about().map(ToString::to_string).unwrap_or_default();
        write!(text, "\nazr {}{hidden}: {about}\n", entry.path).expect("writing to a string");
        describe_options(&entry.command, &mut text);
    }
    text
}

fn describe_options(command: &Command, text: &mut String) {
    for arg in command.get_arguments() {
        writeln!(text, "    {}", describe_option(arg)).expect("writing to a string");
    }
}

/// One option: its names, older ones in parentheses; its value, choices and help.
fn describe_option(arg: &Arg) -> String {
    let mut line = names(arg).join(" ");
    if arg.get_action().takes_values() {
        let value = arg.get_value_names().and_then(<[_]>::first).map(ToString::to_string).unwrap_or_default();
        let many = arg.get_num_args().map(|range| range.to_string()).filter(|range| range != "1");
        write!(line, " <{value}>{}", many.map(|range| format!("[{range}]")).unwrap_or_default())
            .expect("writing to a string");
    }
    if arg.is_required_set() {
        line.push_str(" required");
    }
    if arg.is_hide_set() {
        line.push_str(" hidden");
    }
    let choices: Vec<String> =
        arg.get_possible_values().iter().map(|choice| choice.get_name().to_owned()).collect();
    if !choices.is_empty() && arg.get_action().takes_values() {
        write!(line, " {{{}}}", choices.join(",")).expect("writing to a string");
    }
    write!(line, ": {}", arg.get_help().map(ToString::to_string).unwrap_or_default())
        .expect("writing to a string");
    line
}

fn names(arg: &Arg) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let visible = arg.get_visible_short_aliases().unwrap_or_default();
    names.extend(arg.get_short().map(|short| format!("-{short}")));
    for short in arg.get_all_short_aliases().unwrap_or_default() {
        names.push(if visible.contains(&short) { format!("-{short}") } else { format!("(-{short})") });
    }
    let visible = arg.get_visible_aliases().unwrap_or_default();
    names.extend(arg.get_long().map(|long| format!("--{long}")));
    for long in arg.get_all_aliases().unwrap_or_default() {
        names.push(if visible.contains(&long) { format!("--{long}") } else { format!("(--{long})") });
    }
    names
}

#[test]
fn the_tree_equals_the_golden_file() {
    let current = describe_tree();
    if std::env::var_os("AZR_UPDATE_GOLDEN").is_some() {
        std::fs::write(FILE, &current).unwrap_or_else(|e| panic!("{FILE}: {e}"));
        return;
    }
    let golden =
        std::fs::read_to_string(FILE).unwrap_or_else(|e| panic!("{FILE}: {e}")).replace("\r\n", "\n");
    let lines: Vec<(&str, &str)> = golden
        .lines()
        .map(|line| ("removed", line))
        .chain(current.lines().map(|line| ("added", line)))
        .collect();
    let differing: Vec<String> = lines
        .iter()
        .filter(|(change, line)| {
            let other = if *change == "removed" { &current } else { &golden };
            !other.lines().any(|l| l == *line)
        })
        .map(|(change, line)| format!("{change}: {line}"))
        .collect();
    assert!(
        golden == current,
        "the command tree differs from tests/golden/tree.txt (AZR_UPDATE_GOLDEN=1 updates it):\n{}",
        differing.join("\n")
    );
}
