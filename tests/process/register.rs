//! `apic api register` of definitions in many formats: they are exported again and compared with the file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, Sandbox, strings};

fn specs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort_unstable();
    assert!(paths.len() > 10, "{} has only {paths:?}", folder.display());
    paths
}

/// The document of a definition in the center.
pub(crate) fn export_document(azure: &Sandbox, api: &str, version: &str, definition: &str) -> Vec<u8> {
    let definition = format!("{CENTER} --api-id {api} --version-id {version} --definition-id {definition}");
    azure.ok(format!("apic api definition export-specification {definition} --file-name -")).stdout_bytes
}

/// The names of the API, version and definition in the message of a registration.
pub(crate) fn registered_names(stderr: &str) -> [String; 3] {
    let line = stderr.lines().find(|line| line.starts_with("Registered ")).expect("a message with the names");
    let words: Vec<&str> = line.trim_end_matches('.').split(' ').collect();
    [words[1], words[4], words[7]].map(str::to_owned)
}

#[test]
fn every_definition_is_exported_as_it_was_registered() {
    let azure = Azure::start();
    for path in specs() {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read(&path).expect("the file is read");
        azure.write(&name, &text);
        let run = azure.ok(format!("apic api register {CENTER} --api-location {name}"));
        assert!(run.stdout_bytes.is_empty(), "{run}");
        let [api, version, definition] = registered_names(&run.stderr);
        assert!(export_document(&azure, &api, &version, &definition) == text, "{name} was changed");

        let read = azr_definitions::read(&text, &name).unwrap_or_else(|e| panic!("{name}: {e}"));
        let shown = azure.json(format!("apic api show {CENTER} --api-id {api}"));
        let title = read.title.as_deref().unwrap_or_else(|| name.rsplit_once('.').expect("an ending").0);
        assert_eq!(shown["title"], title, "{name}");
        assert!(
            shown["kind"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case(read.kind.as_str())),
            "{name}: {shown}"
        );
        let options = format!("{CENTER} --api-id {api} --version-id {version}");
        let shown = azure.json(format!("apic api version show {options}"));
        assert_eq!(shown["lifecycleStage"], "design", "{name}");
        // az titles a version by its name: without full stops, and v1 where the document has none.
        let version = read.version.as_deref().unwrap_or("v1").replace('.', "-");
        assert_eq!(shown["title"], version, "{name}");
        let shown = azure.json(format!("apic api definition show {options} --definition-id {definition}"));
        let expected = json!(read.format_version);
        assert_eq!(
            shown["specification"].get("version").unwrap_or(&Value::Null),
            &expected,
            "{name}: {shown}"
        );
    }
}

#[test]
fn the_encoding_of_a_file_makes_no_difference() {
    let azure = Azure::start();
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/openapi30-handwritten.yaml"),
    )
    .expect("the specification");
    let with_mark = format!("\u{feff}{text}");
    let little: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = with_mark.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (number, bytes) in [with_mark.as_bytes(), &little, &big].into_iter().enumerate() {
        azure.write("spec.yaml", bytes);
        let run = azure.ok(format!("apic api register {CENTER} -l spec.yaml --api-id enc-{number}"));
        let [api, version, definition] = registered_names(&run.stderr);
        assert_eq!(String::from_utf8_lossy(&export_document(&azure, &api, &version, &definition)), text);
        let shown = azure.json(format!("apic api show {CENTER} --api-id {api} --query title"));
        assert_eq!(shown, "Café Orders — Bestellungen");
    }
}

#[test]
fn every_server_becomes_a_deployment_with_a_stable_id() {
    let azure = Azure::start();
    azure
        .ok(format!("apic environment create {CENTER} --environment-id live --title Live --type production"));
    azure.write(
        "spec.json",
        json!({"openapi": "3.1.0", "info": {"title": "Many Servers", "version": "1.0"}, "paths": {},
               "servers": [{"url": "https://a.example/v1"}, {"url": "https://b.example/v1"}, {"url": "/v1"}]})
        .to_string(),
    );
    let register = format!("apic api register {CENTER} -l spec.json --environment-id live");
    let list = format!("apic api deployment list {CENTER} --api-id manyservers");
    let register_and_list = || {
        azure.ok(&register);
        azure.json(format!("{list} --query [].[name,server.runtimeUri[0],environmentId]"))
    };
    let deployments = register_and_list();
    let rows = deployments.as_array().expect("a list");
    let mut uris: Vec<&str> = rows.iter().filter_map(|row| row[1].as_str()).collect();
    uris.sort_unstable();
    assert_eq!(uris, ["/v1", "https://a.example/v1", "https://b.example/v1"], "{deployments}");
    assert!(rows.iter().all(|row| row[2] == "/workspaces/default/environments/live"), "{deployments}");
    assert_eq!(register_and_list(), deployments, "the second registration created others");
}

#[test]
fn options_take_precedence_over_the_document() {
    let azure = Azure::start();
    azure.write("spec.json", r#"{"info": {"title": "T", "version": "1"}, "paths": {}, "swagger": "2.0"}"#);
    azure.ok(format!(
        "apic api register {CENTER} --api-location spec.json --api-id mine --version-id v-two --definition-id def --title 'My own' --lifecycle-stage Production"
    ));
    let options = format!("{CENTER} --api-id mine --version-id v-two");
    assert_eq!(azure.json(format!("apic api show {CENTER} --api-id mine --query title")), "My own");
    assert_eq!(azure.json(format!("apic api version show {options} --query lifecycleStage")), "production");
    assert_eq!(
        azure.json(format!("apic api definition show {options} --definition-id def --query specification")),
        json!({"name": "openapi", "version": "2.0"})
    );
}

#[test]
fn a_partial_registration_is_reported_and_completed_by_the_same_command() {
    let azure = Azure::start_with_args(&[
        "--sample",
        "--faults",
        "PUT */deployments/halfdeployment* first=1 status=400",
    ]);
    azure.write(
        "spec.json",
        r#"{"openapi": "3.0.1", "info": {"title": "Half", "version": "1.0"}, "paths": {}, "servers": [{"url": "https://h.example"}]}"#,
    );
    azure.ok(format!("apic environment create {CENTER} --environment-id later --title L --type testing"));
    let register = format!("apic api register {CENTER} -l spec.json --environment-id later");
    let run = azure.run(&register);
    assert_eq!(run.code, Some(1), "{run}");
    let warning = run.stderr.lines().find(|l| l.starts_with("WARNING: Registered: ")).unwrap_or_default();
    let (registered, missing) = warning.split_once("Not registered: ").unwrap_or_else(|| panic!("{run}"));
    assert!(registered.contains("API half, version 1-0, definition openapi"), "{run}");
    assert!(missing.contains("deployment halfdeployment") && missing.contains("again"), "{run}");
    assert_eq!(run.stderr.matches("ERROR: ").count(), 1, "{run}");

    azure.ok(&register);
    let deployments = azure.json(format!("apic api deployment list {CENTER} --api-id half --query [].name"));
    assert_eq!(strings(&deployments), ["halfdeployment"]);
    let apis = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&apis).len(), 2, "{apis}");
}

#[test]
fn registering_again_keeps_what_people_entered() {
    let azure = Azure::start();
    azure.write("a.json", r#"{"openapi":"3.0.3","info":{"title":"Pets","version":"1"},"paths":{}}"#);
    let register = format!("apic api register {CENTER} -l a.json");
    azure.ok(&register);
    azure.ok(format!(
        "apic api update {CENTER} --api-id pets --summary Ours --description Ours --contacts '[{{name:Anna,email:anna@bank.example}}]'"
    ));
    azure.ok(format!(
        "apic api version update {CENTER} --api-id pets --version-id version-1 --lifecycle-stage production"
    ));
    let show = || {
        let api = azure.json(format!("apic api show {CENTER} --api-id pets"));
        let version =
            azure.json(format!("apic api version show {CENTER} --api-id pets --version-id version-1"));
        (
            api["summary"].clone(),
            api["description"].clone(),
            api["contacts"].clone(),
            version["lifecycleStage"].clone(),
        )
    };
    let before = show();
    assert_eq!((&before.0, &before.3), (&json!("Ours"), &json!("production")));
    azure.ok(&register);
    assert_eq!(show(), before, "one definition");
    azure.ok(format!("{register} --report r.json"));
    assert_eq!(show(), before, "several definitions");
    azure.ok(format!("{register} --lifecycle-stage testing"));
    assert_eq!(show().3, json!("testing"));
    // What the document specifies belongs to the document.
    azure.write(
        "a.json",
        r#"{"openapi":"3.0.3","info":{"title":"Pets","version":"1","description":"New"},"paths":{}}"#,
    );
    azure.ok(&register);
    assert_eq!(show().1, json!("New"));
}

#[test]
fn an_unknown_environment_is_an_error_before_anything_is_registered() {
    let azure = Azure::start();
    azure.write(
        "spec.json",
        r#"{"openapi": "3.0.1", "info": {"title": "Half", "version": "1.0"}, "paths": {}, "servers": [{"url": "https://h.example"}]}"#,
    );
    for more in ["", "--dry-run", "--report r.json"] {
        let run = azure.run(format!("apic api register {CENTER} -l spec.json --environment-id gone {more}"));
        assert!(run.error(1).contains("does not have an environment 'gone'"), "{run}");
    }
    let apis = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&apis).len(), 1, "{apis}");
}

#[test]
fn required_metadata_is_asked_for_before_anything_is_registered() {
    let azure = Azure::start();
    azure.ok(format!(
        "apic metadata create {CENTER} --metadata-name team --schema '{{\"type\":\"string\",\"title\":\"Team\"}}' --assignments '[{{entity:api,required:true}}]'"
    ));
    azure.write("a.json", r#"{"openapi":"3.0.3","info":{"title":"Pets","version":"1"},"paths":{}}"#);
    azure.write("b.json", r#"{"openapi":"3.0.3","info":{"title":"Birds","version":"1"},"paths":{}}"#);
    for files in ["a.json", "a.json b.json"] {
        let run = azure.run(format!("apic api register {CENTER} -l {files}"));
        assert!(run.error(1).contains("requires the metadata 'team' of every API"), "{run}");
        assert!(run.stderr.contains("--custom-properties team="), "{run}");
    }
    assert_eq!(azure.json(format!("apic api list {CENTER} --query length(@)")), 1);
    azure.ok(format!(
        "apic api register {CENTER} -l a.json --custom-properties team=pay --summary Ours --kind webhook"
    ));
    // The metadata that is there satisfies the center, and stays.
    let run = azure.ok(format!("apic api register {CENTER} -l a.json --kind webhook"));
    assert!(run.stderr.contains("nothing changed"), "{run}");
    let query = "[customProperties.team,summary,kind]";
    let shown = azure.json(format!("apic api show {CENTER} --api-id pets --query {query}"));
    assert_eq!(shown, json!(["pay", "Ours", "webhook"]));
    let run = azure.run(format!("apic api register {CENTER} -l a.json --custom-properties unknown=x"));
    assert!(run.error(1).contains("does not have a metadata schema 'unknown'"), "{run}");
}

#[test]
fn an_update_names_what_it_changed() {
    let azure = Azure::start();
    let write = |description: &str| {
        let text = format!(
            r#"{{"openapi":"3.0.3","info":{{"title":"Pets","version":"1","description":"{description}"}},"paths":{{}}}}"#
        );
        azure.write("a.json", text);
    };
    write("One");
    let register = format!("apic api register {CENTER} -l a.json");
    azure.ok(&register);
    write("Two");
    let dry_run = azure.json(format!("{register} --dry-run"));
    assert_eq!(dry_run["apis"][0]["action"], "update", "{dry_run}");
    let notes = dry_run["apis"][0]["notes"].to_string();
    assert!(notes.contains("description of API pets updated"), "{notes}");
    assert!(notes.contains("document of definition openapi replaced"), "{notes}");
    let run = azure.ok(&register);
    assert!(run.stderr.contains("Updated pets"), "{run}");
    assert!(run.stderr.contains("document of definition openapi replaced"), "{run}");
    assert_eq!(azure.json(format!("{register} --dry-run"))["unchanged"], 1);
}
