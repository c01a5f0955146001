//! SECURITY.md names a test for each promise; each of them exists and is run by `cargo test --workspace`.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of all Rust files that cargo compiles of this workspace, with their tests.
fn sources() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut packages = vec![root.to_owned()];
    // A packaged root crate has no other crates beside it.
    packages.extend(entries(&root.join("crates")));
    let mut files = Vec::new();
    for package in packages {
        files.extend(["src/lib.rs", "src/main.rs"].map(|name| package.join(name)));
        for entry in entries(&package.join("tests")) {
            files.extend([entry.join("main.rs"), entry]);
        }
    }
    let is_rust = |path: &PathBuf| path.is_file() && path.extension().is_some_and(|ending| ending == "rs");
    files.iter().filter(|path| is_rust(path)).map(|path| module_text(path)).collect()
}

/// The files and folders in a folder; none where it does not exist.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

/// The text of a file and of the modules that it declares. A file that no module declares is not compiled.
fn module_text(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let folder = file.parent().expect("a folder");
    let stem = file.file_stem().unwrap_or_default();
    let below = if ["lib", "main", "mod"].iter().any(|name| stem == *name) {
        folder.to_owned()
    } else {
        folder.join(stem)
    };
    let mut all = format!("{text}\n\n");
    for name in declared_modules(&text) {
        // One with a `#[path]` of its own is in none of these places; no promise names a test of it.
        let places = [below.join(format!("{name}.rs")), below.join(name).join("mod.rs")];
        all.extend(places.iter().filter(|place| place.is_file()).map(|place| module_text(place)));
    }
    all
}

/// The names of the modules that a text declares as files of their own.
fn declared_modules(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let declaration = line.strip_suffix(';')?;
        let (visibility, name) = declaration.split_once("mod ")?;
        let is_visibility = visibility.is_empty() || visibility.starts_with("pub");
        (is_visibility && !name.contains(' ')).then_some(name)
    })
}

/// The rows of the table of promises: each promise with the names of its tests.
fn promises(document: &str) -> Vec<(&str, Vec<&str>)> {
    let table = document.split("| Promise | Test |").nth(1).expect("a table of promises");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let [_, promise, tests, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("not a row with two cells: {row}")
        };
        (promise.trim(), tests.split('`').skip(1).step_by(2).collect())
    })
    .collect()
}

/// Whether a function of this name has `#[test]`, or its like for asynchronous ones, among its attributes, and is not
/// ignored.
fn is_test(sources: &str, name: &str) -> bool {
    sources.match_indices(&format!("fn {name}()")).any(|(start, _)| {
        let above = sources[..start].rsplit("\n\n").next().unwrap_or_default();
        (above.contains("#[test]") || above.contains("#[tokio::test")) && !above.contains("#[ignore")
    })
}

#[test]
fn every_promise_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("SECURITY.md")).expect("SECURITY.md");
    let sources = sources();
    let promises = promises(&document);
    assert!(promises.len() >= 15, "only {} promises were found", promises.len());
    let without: Vec<&str> =
        promises.iter().filter(|(_, tests)| tests.is_empty()).map(|(promise, _)| *promise).collect();
    assert!(without.is_empty(), "promises without a test: {without:#?}");
    let missing: Vec<&str> = promises
        .iter()
        .flat_map(|(_, tests)| tests)
        .filter(|test| !is_test(&sources, test))
        .copied()
        .collect();
    assert!(missing.is_empty(), "SECURITY.md names tests that are not run: {missing:#?}");
}

/// A secret in the message of a panic, which must not be shown.
const SECRET: &str = "the-secret-in-the-message";

#[test]
#[ignore = "it panics: a_panic_says_where_and_not_what runs it"]
fn panics_with_a_secret() {
    azr_output::panic::install_hook();
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
    let printed =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success() && !printed.contains(SECRET), "{printed}");
    assert!(printed.contains("ERROR: azr has a bug at tests/security.rs:"), "{printed}");
    assert!(printed.contains("Hint: Please report it"), "{printed}");
}

#[test]
fn a_name_alone_is_no_test() {
    let text = "#[test]\nfn one() {}\n\nfn two() {}\n\n#[tokio::test]\nasync fn three() {}\n\n\
                #[test]\n#[ignore = \"slow\"]\nfn four() {}\n";
    assert!(is_test(text, "one") && is_test(text, "three"));
    assert!(!is_test(text, "two") && !is_test(text, "four") && !is_test(text, "five"));
}

#[test]
fn modules_are_found_by_their_declarations() {
    let text =
        "mod one;\npub(crate) mod two;\nmod inline {}\n// a mod of the past;\n#[cfg(unix)]\nmod three;\n";
    assert_eq!(declared_modules(text).collect::<Vec<_>>(), ["one", "two", "three"]);
}
