//! Recorded conversations with Azure API Management, held with the emulator. README.md in this folder describes the
//! files.

mod compare;
mod conversation;

use conversation::Conversation;

/// Makes a test of each file.
macro_rules! conversations {
    ($($name:ident)*) => {
        const FILES: &[&str] = &[$(stringify!($name)),*];
        $(#[test]
        fn $name() {
            let problems = Conversation::read(stringify!($name)).hold();
            assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
        })*
    };
}

conversations! {
    apis
    named_values
    openapi
    operations
    policies
    products
    releases
    schemas
    services
    swagger
    version_set_import
    version_sets
    wsdl
}

#[test]
fn every_file_is_a_test() {
    let entries = std::fs::read_dir(conversation::folder()).expect("the folder can be listed");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    files.sort_unstable();
    assert_eq!(files, FILES);
}
