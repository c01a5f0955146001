//! The shape of the code: who may use whom, how large a file may grow, and who may print.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The longest a file may be.
const LONGEST: usize = 600;

/// What each part of the crate may use, besides itself and what is common.
///
/// Data flows one way: argv -> cli -> commands (a plan) -> arm (executed) -> output (rendered).
const MAY_USE: &[(&str, &[&str])] = &[
    ("main", &["cli", "output"]),
    // It executes the plans that commands make, and prints what comes of them.
    ("cli", &["commands", "arm", "output", "session"]),
    ("commands", &["arm", "files", "glob", "import", "output", "session", "spec"]),
    // The commands that serve the emulator are the only ones to know it; they lend it a way to this machine.
    // The commands that sign in and out, or hand out a token, are the only ones to know what the session hides.
    ("commands::login", &["arm", "auth", "output", "session"]),
    ("commands::logout", &["auth", "output", "session"]),
    ("commands::account", &["auth", "output", "session"]),
    ("commands::emulator", &["arm", "emulator", "files", "output", "session", "spec", "transport"]),
    ("session", &["arm", "auth", "emulator", "transport"]),
    ("import", &["arm", "files", "glob", "spec"]),
    ("arm", &["auth", "transport"]),
    ("auth", &["files", "transport"]),
    ("transport", &[]),
    // Shared body structs would hide a misspelt name: the emulator knows ids and types of the client, no more.
    // Its fault rules pick requests by the patterns that the commands pick names by.
    ("emulator", &["arm::id", "arm::resource", "files", "glob", "transport"]),
    ("spec", &[]),
    ("output", &[]),
    ("files", &[]),
    ("glob", &[]),
    ("context", &["files"]),
    ("error", &[]),
    ("python", &[]),
    // It forwards to what reads foreign input, wherever that is, and is built for fuzzing only.
    ("fuzzing", &["commands", "import"]),
    // A list of the modules.
    ("lib", &[]),
];

/// What everything may use.
const COMMON: &[&str] = &["context", "error", "python"];

/// Files that print, and so may say so: the one writer of stdout, and the one of stderr.
const PRINTERS: &[&str] = &["output"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file of the crate, as its path below `src` and its text.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, String)>) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text =
                    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let below =
                    path.strip_prefix(source()).expect("below src").to_string_lossy().replace('\\', "/");
                found.push((below, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&source(), &mut found);
    found.sort_unstable();
    found
}

/// The module of a file: `arm/id.rs` is `arm::id`.
fn module(file: &str) -> String {
    file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::")
}

/// The part of the crate that a module belongs to: the longest in the table.
fn part(module: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    MAY_USE.iter().filter(|(part, _)| is_in(module, part)).max_by_key(|(part, _)| part.len())
}

fn is_in(module: &str, part: &str) -> bool {
    module.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// The modules that a text names after `crate::` or, in the binary, `azr::`.
fn used(text: &str) -> BTreeSet<String> {
    let code = text.lines().map(without_comment).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for root in ["crate::", "azr::"] {
        for (at, _) in code.match_indices(root) {
            let inside = code[..at].ends_with(|c: char| c.is_alphanumeric() || "_:".contains(c));
            if !inside {
                paths(&code[at + root.len()..], "", &mut found);
            }
        }
    }
    found
}

/// The line without what follows `//`; a URL in a text is cut as well, which hides no path.
fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// Reads `a::b::C`, or `{a, b::{c, D}}`, from the start of a text, two modules deep.
fn paths(text: &str, before: &str, found: &mut BTreeSet<String>) {
    if let Some(inner) = text.strip_prefix('{') {
        let mut depth = 0;
        let mut start = 0;
        for (at, char) in inner.char_indices() {
            match char {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    let item = inner[start..at].trim();
                    if !item.is_empty() {
                        paths(item, before, found);
                    }
                    start = at + 1;
                    if char == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name == "self" || !name.starts_with(|c: char| c.is_lowercase()) {
        found.insert(before.trim_end_matches("::").to_owned());
        return;
    }
    let path = format!("{before}{name}");
    match rest.strip_prefix("::") {
        Some(rest) if before.is_empty() => paths(rest, &format!("{path}::"), found),
        _ => drop(found.insert(path)),
    }
}

#[test]
fn every_arrow_is_allowed() {
    let mut wrong = Vec::new();
    for (file, text) in files() {
        let module = module(&file);
        let Some((part, allowed)) = part(&module) else {
            wrong.push(format!("src/{file} is in no part that this test knows"));
            continue;
        };
        let top = part.split("::").next().unwrap_or(part);
        for used in used(&text) {
            let known = COMMON.iter().chain(*allowed).chain([&top]).any(|allowed| is_in(&used, allowed));
            if !known {
                wrong.push(format!("src/{file}: {part} must not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_commands_of_the_emulator_know_it() {
    for (file, text) in files() {
        let known = text.contains("crate::emulator") || text.contains("azr::emulator");
        let may =
            ["commands/emulator", "emulator/", "session.rs"].iter().any(|start| file.starts_with(start));
        assert!(may || !known, "src/{file} uses the emulator");
    }
}

#[test]
fn no_file_is_too_long() {
    for (file, text) in files() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "src/{file} has {lines} lines; {LONGEST} are the most, 300 are plenty");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (file, text) in files() {
        let tests = file.ends_with("tests.rs") || file.contains("/tests/");
        assert!(tests || text.starts_with("//! "), "src/{file} does not begin with what it is for");
    }
}

#[test]
fn only_output_prints() {
    let macros = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    let handles = ["io::stdout()", "io::stderr()"];
    for (file, text) in files() {
        if PRINTERS.iter().any(|printer| is_in(&module(&file), printer)) {
            continue;
        }
        for line in text.lines().map(without_comment) {
            for word in macros.iter().chain(&handles) {
                let own = |at: usize| {
                    !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    // Asking what it is is not printing.
                    && !line[at + word.len()..].starts_with(".is_terminal()")
                };
                let found = line.match_indices(word).any(|(at, _)| own(at));
                assert!(!found, "src/{file} prints by itself: {}", line.trim());
            }
        }
    }
}

#[test]
fn paths_are_read_however_they_are_written() {
    let text = "use crate::{arm::{self, plan::Plan}, error::Error};\nlet a = crate::spec::json::read(x); // crate::no\n\
                pub(crate) fn f() {}\nuse crate::auth;\nuse azr::cli::{self, Parsed};";
    let want = ["arm", "arm::plan", "auth", "cli", "error", "spec::json"];
    assert_eq!(used(text).iter().map(String::as_str).collect::<Vec<_>>(), want);
}
