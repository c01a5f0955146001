//! Files of `azr apic sync`, and the errors of those that are not valid.

use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<SyncFile> {
    SyncFile::parse(text, Path::new("conf/azr.yaml"))
}

#[test]
fn a_file_has_services_and_folders_with_all_their_keys() {
    let text = r#"
version: 1
create-metadata: true
sources:
  - apim: eu
    resource-group: g
    subscription: s
    tenant: t
    workspace: w
    apis: ['*', '!internal-*']
    tags: public
    products: [starter]
    revisions: all
    environment: {id: production, title: Live, kind: Production}
    lifecycle-stage: production
    match: {by: [name, path], prefixes: prod-, suffixes: [-eu]}
    metadata: {team: "{tag:team}", tier: gold, size: 3}
    custom-properties: {n: 1}
    portal-links: true
    kinds: {'hooks-*': webhook}
    on-collision: merge
    on-invalid: skip
    require-documents: true
    beside-link: true
  - apim: us
    match: [title]
    environment: dev
    prune: true
  - folder: ../specs
    recursive: true
    exclude: ['*-draft.yaml']
    environment: test
    lifecycle-stage: testing
"#;
    let file = parse(text).expect("a file");
    let [SyncSource::Service(eu), SyncSource::Service(us), SyncSource::Folder(folder)] = &file.sources[..]
    else {
        panic!("{file:?}")
    };
    assert_eq!((eu.apim.as_str(), eu.workspace.as_deref(), eu.revisions), ("eu", Some("w"), Revisions::All));
    assert_eq!((&eu.tags[..], eu.apis.len()), (&["public".to_owned()][..], 2));
    assert_eq!(eu.plan.environment.kind.as_deref(), Some("production"));
    assert_eq!(eu.plan.match_rules.keys, [MatchKey::Name, MatchKey::Path]);
    assert_eq!(eu.plan.match_rules.prefixes, ["prod-"]);
    assert_eq!(eu.plan.metadata.len(), 3);
    assert_eq!((eu.plan.on_collision, eu.plan.on_invalid), (OnCollision::Merge, OnInvalid::Skip));
    assert!(eu.plan.create_metadata && eu.beside_link && !eu.prune && us.prune);
    assert_eq!(us.plan.environment.id.as_deref(), Some("dev"));
    assert_eq!(folder.folder, Path::new("conf/../specs"));
    assert!(folder.recursive);
}

#[test]
fn mistakes_are_errors_with_the_line_and_a_suggestion() {
    let source = |lines: &str| format!("version: 1\nsources:\n- apim: a\n{lines}");
    for (text, expected, hint) in [
        (
            source("  enviroment: dev\n"),
            "conf/azr.yaml:4: 'enviroment' is not a key of a service",
            "environment",
        ),
        (source("  life_cycle_stage: x\n"), "azr.yaml:4: 'life_cycle_stage'", "'lifecycle-stage'"),
        (source("  owner: x\n"), "azr.yaml:4: 'owner'", "The keys are"),
        (source("  prune: yes\n"), "azr.yaml:4: 'prune' must be true or false", ""),
        (source("  match: [names]\n"), "azr.yaml:4: 'names' is not one of name", ""),
        (source("  match: {by: []}\n"), "azr.yaml:4: 'match' needs at least one of name", ""),
        (source("  apis: []\n"), "azr.yaml:4: 'apis' is an empty list", "select all"),
        (source("  stage: live\n"), "azr.yaml:4: 'stage' is not a key", "'lifecycle-stage'"),
        (source("  environment-id: live\n"), "azr.yaml:4: 'environment-id' is not a key", "'environment'"),
        (source("  apim-name: live\n"), "azr.yaml:4: 'apim-name' is not a key", "'apim'"),
        (source("  match: {prefixes: dev-}\n"), "azr.yaml:4: prefixes and suffixes need", ""),
        (
            source("  metadata:\n    team: '{team}'\n"),
            "azr.yaml:5: '{team}' is not a placeholder",
            "{tag:NAME}",
        ),
        (source("  environment: {id: a b}\n"), "azr.yaml:4: 'a b' is not a valid name", ""),
        (source("  environment: {kind: live}\n"), "azr.yaml:4: 'kind' is one of", ""),
        (source("  kinds: {a: b c}\n"), "azr.yaml:4: 'b c' is not a kind", ""),
        (source("  prune: true\n  tags: x\n"), "azr.yaml:4: 'prune' cannot be combined", "apis"),
        (source("  folder: x\n"), "azr.yaml:3: a source has either", ""),
        (source("- name: x\n"), "azr.yaml:4: a source needs", ""),
        (source("- x\n"), "azr.yaml:4: a source is an object", ""),
        ("version: 2\nsources: []\n".to_owned(), "azr.yaml:1: version 2 is not supported", "version 1"),
        ("sources: []\n".to_owned(), "'version' is missing", "version: 1"),
        ("version: 1\nsources: []\n".to_owned(), "'sources' is missing or empty", ""),
        ("version: 1\nversion: 1\n".to_owned(), "line 2", ""),
        ("[]".to_owned(), "the file must be an object", ""),
    ] {
        let error = parse(&text).expect_err(&text);
        assert!(error.to_string().contains(expected), "{text}\n{error}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{text}\n{:?}", error.hint());
    }
}
