//! The shape of the code that cargo does not enforce: how large a file may grow, who may print, and which files may use
//! each other.

mod cycles;

use std::path::{Path, PathBuf};

/// The most lines a file may have.
const MAX_LINES: usize = 500;

/// The crate that may print: it has the one writer of stdout, and the one of stderr.
const PRINTER: &str = "crates/output/";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folders with the source code of the root package and of each crate.
fn source_folders() -> Vec<PathBuf> {
    let mut folders = vec![root().join("src")];
    let crates = root().join("crates");
    // A packaged root crate has no other crates beside it.
    if crates.is_dir() {
        for entry in std::fs::read_dir(&crates).expect("crates can be listed") {
            folders.push(entry.expect("an entry").path().join("src"));
        }
    }
    folders
}

/// Every Rust file, as its path below the repository and its text.
fn files() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<(String, String)>) {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text =
                    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let name = path.strip_prefix(root()).expect("below the repository");
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    let mut files = Vec::new();
    for folder in source_folders() {
        walk(&folder, &mut files);
    }
    files.sort_unstable();
    assert!(files.len() > 50, "only {} source files were found", files.len());
    files
}

/// The line without what follows `//`; a URL in a text is cut as well, which hides no call.
fn without_comment(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

/// The printing macro or stream that a line uses, if it uses one.
fn printing(line: &str) -> Option<&'static str> {
    const MACROS: [&str; 5] = ["println!", "eprintln!", "print!", "eprint!", "dbg!"];
    const STREAMS: [&str; 2] = ["io::stdout()", "io::stderr()"];
    let line = without_comment(line);
    MACROS.into_iter().chain(STREAMS).find(|word| {
        line.match_indices(word).any(|(start, _)| {
            let is_whole_word = !line[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            // Asking whether a stream is a terminal is not printing.
            is_whole_word && !line[start + word.len()..].starts_with(".is_terminal()")
        })
    })
}

#[test]
fn no_file_is_too_long() {
    for (file, text) in files() {
        let lines = text.lines().count();
        assert!(lines <= MAX_LINES, "{file} has {lines} lines; the limit is {MAX_LINES}");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (file, text) in files() {
        let is_test = file.ends_with("tests.rs") || file.contains("/tests/");
        assert!(is_test || text.starts_with("//! "), "{file} does not begin with a doc comment");
    }
}

#[test]
fn only_output_prints() {
    for (file, text) in files() {
        if file.starts_with(PRINTER) {
            continue;
        }
        for line in text.lines() {
            assert_eq!(printing(line), None, "{file} prints: {}", line.trim());
        }
    }
}

#[test]
fn printing_is_recognised() {
    assert_eq!(printing("    println!(\"x\");"), Some("println!"));
    assert_eq!(printing("let out = std::io::stderr();"), Some("io::stderr()"));
    assert_eq!(printing("io::stdout().is_terminal()"), None);
    assert_eq!(printing("my_println!(x); // println!"), None);
}
