//! The names of a backup's files: valid on every system, and different also where case does not count.

use std::collections::HashMap;

use crate::digest::sha256_hex;
use azr_core::files::names::is_device;

/// The longest name of a resource that is used as it is.
const MAX_LENGTH: usize = 100;

/// How much of an unusual name is kept for people to recognise it.
const MAX_KEPT: usize = 40;

/// Separates a name from the digest that makes it unique; no name of an Azure resource contains it.
const SEPARATOR: char = '~';

/// The names of the files of these resources, in the same order.
///
/// A usual name stays as it is. An unusual one, and names that differ only in case, get a part of their digest; the file
/// itself has the name of the resource.
pub(super) fn assign_file_names(names: &[&str]) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in names {
        *counts.entry(name.to_lowercase()).or_default() += 1;
    }
    let file_name = |name: &&str| {
        let is_unique = counts.get(&name.to_lowercase()) == Some(&1);
        if is_unique && is_portable(name) { (*name).to_owned() } else { name_with_digest(name) }
    };
    names.iter().map(file_name).collect()
}

/// Whether every system accepts a name for a file, and keeps it as it is.
pub(super) fn is_portable(name: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=MAX_LENGTH).contains(&name.len())
        && name.chars().all(is_usual)
        && !name.starts_with(['.', '-'])
        && !name.ends_with('.')
        && !is_device(name)
}

/// The name of the file of a resource whose own name cannot be used.
pub(super) fn name_with_digest(name: &str) -> String {
    let usual = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let kept: String = name.chars().take(MAX_KEPT).map(usual).collect();
    let kept = kept.trim_start_matches('-');
    format!("{kept}{SEPARATOR}{}", &sha256_hex(name.as_bytes())[..12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_usual_name_stays_and_an_unusual_one_is_valid_everywhere() {
        assert_eq!(assign_file_names(&["orders", "Orders-v2", "a.b_c"]), ["orders", "Orders-v2", "a.b_c"]);
        for name in
            ["..", ".", "../../etc", "a/b", "a\\b", "con", "COM1.x", "x.", "x ", "a:b", "é", "a\nb", "-x", ""]
        {
            let file = &assign_file_names(&[name])[0];
            assert!(is_portable(&file.replace(SEPARATOR, "_")), "{name:?}: {file}");
            assert!(file.contains(SEPARATOR), "{name:?}: {file}");
        }
        let long = "x".repeat(300);
        assert!(assign_file_names(&[&long])[0].len() < MAX_LENGTH);
    }

    #[test]
    fn names_that_differ_only_in_case_have_different_files() {
        let files = assign_file_names(&["orders", "Orders", "other"]);
        assert_ne!(files[0].to_lowercase(), files[1].to_lowercase());
        assert_eq!(files[2], "other");
        // The names do not depend on the order.
        let reversed = assign_file_names(&["other", "Orders", "orders"]);
        assert_eq!([&reversed[2], &reversed[1]], [&files[0], &files[1]]);
    }
}
