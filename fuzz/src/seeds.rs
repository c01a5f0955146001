//! Runs every target on its seeds, and on nothing at all.

use std::fs;
use std::panic;
use std::path::Path;

use crate::{
    answer, archive, arguments, backup, bundle, definition, import, query, rules, settings, shorthand, sync,
    terminal, yaml,
};

/// Runs a target on every file of a folder beside `Cargo.toml`.
fn run_on_files_of(folder: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files: Vec<_> =
        fs::read_dir(&folder).expect("a folder of seeds").map(|file| file.expect("a file").path()).collect();
    assert!(!files.is_empty(), "{} has no seeds", folder.display());
    for file in files.into_iter().filter(|file| file.is_file()) {
        let seed = fs::read(&file).expect("a seed");
        let result = panic::catch_unwind(|| run(&seed));
        assert!(result.is_ok(), "{} fails", file.display());
    }
}

macro_rules! replay_seeds {
    ($($target:ident),+) => {$(
        #[test]
        fn $target() {
            $target::run(b"");
            run_on_files_of(concat!("seeds/", stringify!($target)), $target::run);
        }
    )+};
}

replay_seeds!(
    answer, archive, arguments, backup, bundle, definition, import, query, rules, settings, shorthand, sync,
    terminal, yaml
);

/// The tests of the definitions have files of every format.
#[test]
fn definition_on_the_files_of_the_tests() {
    run_on_files_of("../tests/specs", definition::run);
}

/// A target without seeds, or seeds without a target, would be left out without a word.
#[test]
fn every_target_has_a_program_and_seeds() {
    let names = |folder: &str| {
        let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder");
        let mut names: Vec<_> =
            files.map(|file| file.expect("a file").path().file_stem().map(ToOwned::to_owned)).collect();
        names.sort();
        names
    };
    assert_eq!(names("targets"), names("seeds"));
    assert_eq!(names("targets"), names("dictionaries"));
}
