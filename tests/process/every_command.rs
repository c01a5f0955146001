//! A command without a test of it as a process does not go unnoticed.

use std::fs;
use std::path::Path;

#[test]
fn every_command_has_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/process");
    let mut sources = fs::read_to_string(folder.join("../seed/walk.sh")).expect("the how-to's commands");
    for entry in fs::read_dir(&folder).expect("the folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "rs") {
            sources
                .push_str(&fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())));
        }
    }
    let mut leaves = Vec::new();
    collect(&azr::cli::whole(), "", &mut leaves);
    assert!(leaves.len() > 130, "{} commands are not all", leaves.len());
    let missing: Vec<&String> = leaves.iter().filter(|words| !is_run(&sources, words)).collect();
    assert!(missing.is_empty(), "no test under tests/process runs: {missing:#?}");
}

/// The words of every command below a group.
fn collect(group: &clap::Command, above: &str, leaves: &mut Vec<String>) {
    for command in group.get_subcommands() {
        let words = format!("{above}{}", command.get_name());
        if command.has_subcommands() {
            collect(command, &format!("{words} "), leaves);
        } else {
            leaves.push(words);
        }
    }
}

/// Whether the words are somewhere as the start of a command line.
fn is_run(sources: &str, words: &str) -> bool {
    sources.match_indices(words).any(|(at, _)| {
        let (before, after) = (&sources[..at], &sources[at + words.len()..]);
        (before.ends_with('"') || before.ends_with("$ ") || before.ends_with("azr "))
            && after.starts_with([' ', '\n', '"', '\\'])
    })
}
