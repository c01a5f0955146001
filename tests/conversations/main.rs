//! Conversations of the Azure CLI with Azure, replayed: azr must send the same requests, print and write the same,
//! and end with the same exit code. README.md in this folder says what the files contain.
//!
//! Every conversation has a server on a port of its own and a folder of its own.

mod answer;
mod case;
mod compare;
mod replay;
mod script;
mod server;
mod tampered;

use std::collections::BTreeSet;

/// The number of conversations; fewer would mean that some are not replayed.
const CONVERSATIONS: usize = 239;

/// Makes a test of each file of conversations, so that they run at the same time and can be named one by one.
macro_rules! groups {
    ($($group:ident)*) => {
        const GROUPS: &[&str] = &[$(stringify!($group)),*];
        $(#[test]
        fn $group() {
            replay_group(stringify!($group));
        })*
    };
}

groups! {
    account
    apic_analysis
    apic_api
    apic_definition
    apic_environment
    apic_import
    apic_metadata
    apic_outputs
    apic_register
    apic_service
    apic_shorthand
    apic_version
    apim_api
    apim_api_export
    apim_api_import
    apim_backend
    apim_graphql
    apim_named_value
    apim_operation
    apim_outputs
    apim_product
    apim_release_revision
    apim_schema
    apim_service
    apim_versionset
    identity
    role
}

fn replay_group(group: &str) {
    let cases = case::read_group(group);
    assert!(!cases.is_empty(), "{group} has no conversations");
    let mut reports = Vec::new();
    for (name, case) in &cases {
        let problems = replay::replay(case);
        if !problems.is_empty() {
            reports.push(format!("{name}: azr {}\n\n{}", case["argv"], problems.join("\n\n")));
        }
    }
    assert!(reports.is_empty(), "\n{}\n", reports.join("\n\n"));
}

#[test]
fn every_file_is_replayed() {
    let entries = std::fs::read_dir(case::folder()).expect("the folder can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let names: BTreeSet<String> =
        files.map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned()).collect();
    assert_eq!(names, GROUPS.iter().map(|group| (*group).to_owned()).collect());

    let names: BTreeSet<String> =
        GROUPS.iter().flat_map(|group| case::read_group(group)).map(|(name, _)| name).collect();
    assert_eq!(names.len(), CONVERSATIONS);
}
