//! SECURITY.md names a test for each promise; each of them is there.

use std::fs;
use std::path::Path;

/// Every Rust file below a folder, as one text.
fn sources(folder: &Path) -> String {
    let mut all = String::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all += &sources(&path);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all += &fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        }
    }
    all
}

/// The rows of the table of promises: a promise, and its tests.
fn promises(document: &str) -> Vec<(&str, Vec<&str>)> {
    let table = document.split("| Promise | Test |").nth(1).expect("a table of promises");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let [_, promise, tests, _] = row.split('|').collect::<Vec<_>>()[..] else { panic!("no row: {row}") };
        (promise.trim(), tests.split('`').skip(1).step_by(2).collect())
    })
    .collect()
}

/// Whether a function of this name has `#[test]`, or its like for asynchronous ones, among its attributes.
fn is_test(sources: &str, name: &str) -> bool {
    sources.match_indices(&format!("fn {name}()")).any(|(at, _)| {
        let above = sources[..at].rsplit("\n\n").next().unwrap_or_default();
        above.contains("#[test]") || above.contains("#[tokio::test")
    })
}

#[test]
fn every_promise_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("SECURITY.md")).expect("SECURITY.md");
    let sources: String = ["src", "crates", "tests"].map(|folder| sources(&root.join(folder))).concat();
    let promises = promises(&document);
    assert!(promises.len() >= 15, "{} promises are not all", promises.len());
    for (promise, tests) in promises {
        assert!(!tests.is_empty(), "nothing tests: {promise}");
        for test in tests {
            assert!(is_test(&sources, test), "there is no test {test}: {promise}");
        }
    }
}

/// What a panic holds here that must not be shown.
const SECRET: &str = "the-secret-that-was-being-worked-on";

#[test]
#[ignore = "it panics: a_panic_says_where_and_not_what runs it"]
fn panics_with_a_secret() {
    azr_output::panic::tell_without_message();
    panic!("{SECRET}");
}

#[test]
fn a_panic_says_where_and_not_what() {
    let this = std::env::current_exe().expect("this program");
    let output = std::process::Command::new(this)
        .args(["--exact", "panics_with_a_secret", "--ignored", "--nocapture", "--test-threads=1"])
        .env("RUST_BACKTRACE", "1")
        .output()
        .expect("it runs");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && !said.contains(SECRET), "{said}");
    assert!(said.contains("ERROR: azr has a bug, which shows in tests/security.rs:"), "{said}");
    assert!(said.contains("Hint: Please report it"), "{said}");
}

#[test]
fn a_name_alone_is_no_test() {
    let text = "#[test]\nfn one() {}\n\nfn two() {}\n\n#[tokio::test]\nasync fn three() {}\n";
    assert!(is_test(text, "one") && is_test(text, "three"));
    assert!(!is_test(text, "two") && !is_test(text, "four"));
}
