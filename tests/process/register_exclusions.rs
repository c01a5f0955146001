//! `apic api register -l FOLDER '!PATTERN'`: files that are excluded.

use serde_json::{Value, json};

use crate::support::{Azure, CENTER};

fn write_definition(azure: &Azure, file: &str, title: &str) {
    let definition = json!({"openapi": "3.0.1", "info": {"title": title, "version": "1"}, "paths": {}});
    azure.write(file, definition.to_string());
}

/// The files that a registration would register.
fn sources(azure: &Azure, locations: &str) -> Vec<String> {
    let plan = azure.ok(format!("apic api register {CENTER} -l {locations} --dry-run -o json")).json();
    let apis = plan["apis"].as_array().expect("a list").iter();
    let files = apis.flat_map(|api| api["sources"].as_array().expect("a list"));
    files.map(|file| file.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn files_and_folders_are_excluded() {
    let azure = Azure::start();
    std::fs::create_dir_all(azure.folder().join("specs/drafts")).expect("a folder");
    for (file, title) in [
        ("specs/chat.json", "Chat"),
        ("specs/chat-copy.json", "Chat"),
        ("specs/mail.json", "Mail"),
        ("specs/drafts/new.json", "New"),
    ] {
        write_definition(&azure, file, title);
    }
    let run = azure.run(format!("apic api register {CENTER} -l specs"));
    assert_eq!(run.code, Some(1), "the copy collides: {run}");
    assert!(run.stderr.contains("'!PATTERN'"), "{run}");
    let all_but_copy = ["specs/chat.json", "specs/drafts/new.json", "specs/mail.json"];
    let found = |locations: &str| {
        let mut files = sources(&azure, locations);
        files.sort_unstable();
        files
    };
    assert_eq!(found("specs '!*-copy.*' --recursive"), all_but_copy);
    assert_eq!(found("'!specs/chat-copy.json' 'specs/**/*.json'"), all_but_copy);
    assert_eq!(found("specs '!*-copy.*' '!drafts' --recursive"), ["specs/chat.json", "specs/mail.json"]);
    assert_eq!(found("specs/mail.json specs/chat.json specs/chat-copy.json '!chat*'"), ["specs/mail.json"]);
    azure.ok(format!("apic api register {CENTER} -l specs '!*-copy.*'"));
    let names: Value = azure.json(format!("apic api list {CENTER} --query sort([].name)"));
    assert_eq!(names, json!(["chat", "mail", "swagger-petstore"]));
}

#[test]
fn excluding_everything_is_an_error() {
    let azure = Azure::start();
    write_definition(&azure, "chat.json", "Chat");
    let run = azure.run(format!("apic api register {CENTER} -l '!*.json'"));
    assert_eq!(run.code, Some(2), "{run}");
    assert!(run.stderr.contains("only excludes files"), "{run}");
    for locations in ["chat.json '!*.json'", ". '!*'"] {
        let run = azure.run(format!("apic api register {CENTER} -l {locations}"));
        assert_ne!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains("excluded"), "{run}");
    }
    // A file with such a name is not a pattern.
    write_definition(&azure, "!chat.json", "Chat");
    azure.ok(format!("apic api register {CENTER} -l '!chat.json'"));
}
