//! The file of `azr apic sync`: what is refused, and how the error names it.

use crate::support::{Azure, CENTER, Run};

fn plan(azure: &Azure, sources: &str) -> Run {
    azure.write("azr.yaml", format!("version: 1\nsources:\n{sources}"));
    azure.run(format!("apic sync {CENTER} --file azr.yaml --dry-run -o json"))
}

#[test]
fn what_the_services_and_the_center_do_not_have_is_named_by_the_key_of_the_file() {
    let azure = Azure::start();
    let service = "  - apim: myAPIManagement\n";
    for (lines, expected) in [
        ("    apis: [nope]\n", "--file: azr.yaml: 'apis': myAPIManagement does not have an API 'nope'"),
        ("    tags: nope\n", "--file: azr.yaml: 'tags': no API of myAPIManagement has the tag 'nope'"),
        (
            "    products: nope\n",
            "--file: azr.yaml: 'products': myAPIManagement does not have a product 'nope'",
        ),
        (
            "    metadata: {team: x}\n",
            "--file: azr.yaml: 'metadata': myAPICenter does not have a metadata schema",
        ),
        (
            "    custom-properties: {team: x}\n",
            "--file: azr.yaml: 'custom-properties': myAPICenter does not have",
        ),
        ("    subscription: nope\n", "--file: azr.yaml: 'subscription': subscription 'nope' does not exist"),
        ("    workspace: nope\n", "the workspace nope of myAPIManagement does not exist"),
        (
            "    workspace: 'nope*'\n",
            "--file: myAPIManagement does not have a workspace that matches 'nope*'",
        ),
    ] {
        let run = plan(&azure, &format!("{service}{lines}"));
        assert!(run.error(1).starts_with(expected), "{lines}\n{run}");
    }
    let run = plan(&azure, &format!("{service}    metadata: {{team: x}}\n"));
    assert!(run.stderr.contains("Hint: create-metadata: true creates it"), "{run}");
    let run = plan(&azure, "  - folder: ~/specs\n");
    assert!(
        run.error(1).contains("~/specs does not exist") && run.stderr.contains("Hint: ~ does not"),
        "{run}"
    );
    let run = plan(&azure, &format!("{service}    apis: [weather]\n    kinds: {{weather: odd}}\n"));
    assert!(run.expect_success().stderr.contains("azr does not know the kind 'odd' of 'weather'"));
}

#[test]
fn two_sources_must_not_import_the_same_api() {
    let azure = Azure::start();
    let two = |first: &str, second: &str| {
        format!("  - {{apim: myAPIManagement, {first}}}\n  - {{apim: MYAPIMANAGEMENT, {second}}}\n")
    };
    let run = plan(&azure, &two("apis: [weather]", "apis: 'w*', environment: other"));
    let expected =
        "two sources import the API 'weather' of MYAPIMANAGEMENT: myAPIManagement and MYAPIMANAGEMENT";
    assert!(run.error(1).starts_with(expected), "{run}");
    // Nothing is written either.
    let run = azure.run(format!("apic sync {CENTER} --file azr.yaml"));
    assert!(run.error(1).starts_with(expected), "{run}");
    assert_eq!(azure.json(format!("apic api list {CENTER} --query length(@)")), 1);
    plan(&azure, &two("apis: [weather]", "apis: ['w*', '!weather'], environment: other")).expect_success();
    // An anchor is a copy.
    let run = plan(&azure, "  - &a {apim: myAPIManagement, apis: [weather]}\n  - *a\n");
    assert!(run.error(1).contains("myAPIManagement and myAPIManagement (2)"), "{run}");
}

#[test]
fn the_first_folder_with_an_api_registers_it() {
    let azure = Azure::start();
    for (folder, summary) in [("a", "first"), ("b", "second")] {
        std::fs::create_dir(azure.folder().join(folder)).expect("a folder");
        let definition = format!(
            "openapi: 3.0.0\ninfo: {{title: Zoo, version: '1', description: {summary}}}\npaths: {{}}\n"
        );
        azure.write(&format!("{folder}/zoo.yaml"), definition);
    }
    let planned = plan(&azure, "  - folder: a\n  - folder: b\n").expect_success();
    assert_eq!([&planned.json()["create"], &planned.json()["refused"]], [1, 1], "{planned}");
    for _ in 0..2 {
        let run = azure.run(format!("apic sync {CENTER} --file azr.yaml -o json"));
        assert_eq!(run.code, Some(4), "{run}");
        assert_eq!(run.json()["skipped"], 1, "{run}");
        let shown = azure.json(format!("apic api show {CENTER} --api-id zoo"));
        assert_eq!(shown["description"], "first", "{run}");
    }
}
