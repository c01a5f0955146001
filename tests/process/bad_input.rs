//! Invalid command lines: one clear error line, the right exit code, and no file written.

use crate::support::{APIM, APIM_ID, Azure, CENTER, Run};

const DEFINITION: &str = "--api-id swagger-petstore --version-id 1-0-0 --definition-id openapi";

/// Runs a command that must fail with `code` and an error that contains `names`, and must not change the folder.
fn assert_refused(azure: &Azure, code: i32, names: &str, line: &str) {
    let before = azure.files();
    let run = azure.run(line);
    let error = run.error(code);
    assert!(error.contains(names), "'{names}' is not named\n{run}");
    assert_eq!(azure.files(), before, "the files changed\n{run}");
}

/// Checks the error of the command-line parser: the error, and a hint.
fn assert_usage_error(run: &Run, names: &[&str]) {
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(2), 0), "{run}");
    assert!(run.stderr.starts_with("ERROR: ") && run.stderr.contains("\nHint: "), "{run}");
    for name in names {
        assert!(run.stderr.contains(name), "'{name}' is not named\n{run}");
    }
}

#[test]
fn unknown_commands_options_and_values() {
    let azure = Azure::start();
    for (line, names) in [
        ("apim show -g g -n n --colour red", &["--colour"][..]),
        ("apim show -g g -n n --resource-grop g", &["--resource-grop", "Did you mean --resource-group?"]),
        ("apim show -g g -n n --output nope", &["nope", "json", "table"]),
        ("apim show -g g", &["apim show requires --name", "Usage:", "azr apim show -g <GROUP> -n <NAME>"]),
        ("apim api export -g g -n n --api-id a --export-format OpenApi", &["OpenApi", "OpenApiJsonFile"]),
        ("apim show -g g -n", &["--name <NAME> requires a value"]),
        (
            "apic inventory -g g -n n --concurrency 99",
            &["'99' is not a valid value: it is not between 1 and 64"],
        ),
        (
            "apic inventory -g g -n n --html x --format csv",
            &["--html <FILE>", "cannot be used together with", "--format <FORMAT>"],
        ),
    ] {
        assert_usage_error(&azure.run(line), names);
    }
    for (line, unknown, suggestion) in [
        ("apic api creat", "'creat' is not a command of azr apic api", "Did you mean azr apic api create?"),
        ("apim apis list", "'apis' is not a command of azr apim", "Did you mean azr apim api?"),
        ("apci api list", "'apci' is not a command of azr", "Did you mean azr apic?"),
        ("apim show -g g -n n extra", "does not take the value 'extra'", "put the value in quotes"),
    ] {
        let run = azure.run(line);
        assert!(run.error(2).contains(unknown) && run.stderr.contains(suggestion), "{run}");
    }
    assert_usage_error(
        &azure.run(format!("apic api create {CENTER} --api-id a --title T --type nope")),
        &["nope", "graphql"],
    );
    // az checks this after parsing, and exits with 1.
    assert_refused(&azure, 1, "--max-items: '0'", &format!("apic api list {CENTER} --max-items 0"));
}

#[test]
fn invalid_queries() {
    let azure = Azure::start();
    for (code, query) in [(2, "[?"), (2, "a b"), (2, "[?a==`b`"), (2, "[].{a:}"), (1, "nofunction(@)")] {
        let run = azure.run(format!("apim list --query '{query}'"));
        assert!(run.error(code).contains("--query"), "{run}");
    }
}

#[test]
fn names_that_would_change_the_path() {
    let azure = Azure::start();
    for name in ["a/b", "..", "a/../../x", ".", "a?b", "a#b", "a%2Fb", "a\\b", "''"] {
        for line in [
            format!("apic api show {CENTER} --api-id {name}"),
            format!("apic show -g myResourceGroup -n {name}"),
            format!("apic api delete {CENTER} --api-id {name} --yes"),
            format!("apim show -g myResourceGroup -n {name}"),
            format!("apim api show {APIM} --api-id {name}"),
            format!("apim show -n myAPIManagement -g {name}"),
            format!("identity show -g myResourceGroup -n {name}"),
        ] {
            let option = line.split(' ').rev().find(|word| word.starts_with('-') && *word != "--yes");
            let option = option.expect("an option");
            let run = azure.run(&line);
            assert!(run.error(1).starts_with(&format!("{option}: ")), "{run}");
        }
    }
    assert_refused(
        &azure,
        1,
        "--api-id",
        &format!("apic api register {CENTER} -l x.json --api-id a/b").replace("x.json", &write_spec(&azure)),
    );
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(names.as_array().map(Vec::len), Some(1), "something was created");
}

/// Writes a small definition into the folder and returns its name.
fn write_spec(azure: &Azure) -> String {
    azure
        .write("spec.json", r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#);
    "spec.json".to_owned()
}

#[test]
fn invalid_ids_and_ids_of_another_type() {
    let azure = Azure::start();
    for (names, line) in [
        ("nonsense", "apic show --ids nonsense".to_owned()),
        ("/subscriptions/x", "apic show --ids /subscriptions/x".to_owned()),
        ("--ids", format!("apic show --ids {APIM_ID}")),
        ("--ids", format!("apic api show --ids {APIM_ID}/apis/my-api")),
        ("--source-resource-ids", format!("apic import-from-apim {CENTER} --source-resource-ids {APIM_ID}")),
        ("nonsense", format!("apic import-from-apim {CENTER} --source-resource-ids nonsense")),
        ("--azure-apim", format!("apic import apim {CENTER} --azure-apim {APIM_ID}/apis/my-api --apim-apis x")),
        ("nonsense", "role assignment create --role Reader --assignee-object-id 71522526-b88f-4d52-b57f-d31fc3546d0d --scope nonsense".to_owned()),
    ] {
        assert_refused(&azure, 1, names, &line);
    }
}

#[test]
fn resources_that_do_not_exist() {
    let azure = Azure::start();
    for (names, line) in [
        ("nobody", "apic show -g myResourceGroup -n nobody".to_owned()),
        ("nowhere", "apic show -g nowhere -n myAPICenter".to_owned()),
        ("(404", format!("apic api show {CENTER} --api-id nobody")),
        ("(404", format!("apic api update {CENTER} --api-id nobody --summary x")),
        ("nobody", "apic api list -g myResourceGroup -n nobody".to_owned()),
        (
            "(404",
            format!(
                "apic api definition export-specification {CENTER} --api-id swagger-petstore --version-id 1-0-0 --definition-id none --file-name out.json"
            ),
        ),
        ("(ResourceNotFound", format!("apim api show {APIM} --api-id nobody")),
        (
            "99999999-0000-0000-0000-000000000000",
            format!("apim show {APIM} --subscription 99999999-0000-0000-0000-000000000000"),
        ),
        (
            "nobody",
            "apic import-from-apim -g myResourceGroup -n nobody --apim-name x --apim-apis x".to_owned(),
        ),
    ] {
        assert_refused(&azure, 3, names, &line);
    }
}

#[test]
fn documents_that_cannot_be_registered() {
    let azure = Azure::start();
    azure.write("broken.json", "{\"openapi\": \"3.0.1\", ");
    azure.write("broken.yaml", "openapi: 3.0.1\n\t- x\n");
    azure.write("other.json", "{\"name\": \"package\", \"version\": \"1\"}");
    azure.write("empty.json", "");
    azure.write("list.json", "[1, 2]");
    azure.write("binary.json", [0_u8, 159, 146, 150, 255, 254, 0, 1]);
    std::fs::create_dir(azure.folder().join("folder")).expect("a folder");
    for name in [
        "missing.json",
        "broken.json",
        "broken.yaml",
        "other.json",
        "empty.json",
        "list.json",
        "binary.json",
        "folder",
    ] {
        assert_refused(&azure, 1, name, &format!("apic api register {CENTER} --api-location {name}"));
    }
    assert_refused(
        &azure,
        1,
        "cannot read '': the path is empty",
        &format!("apic api register {CENTER} -l ''"),
    );
    write_spec(&azure);
    assert_refused(
        &azure,
        1,
        "--title",
        &format!("apic api register {CENTER} -l spec.json --title {}", "x".repeat(51)),
    );
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(names.as_array().map(Vec::len), Some(1), "something was created");
}

#[test]
fn invalid_links() {
    let azure = Azure::start();
    let import = format!(
        "apic api definition import-specification {CENTER} {DEFINITION} --format link --specification name=openapi"
    );
    assert_refused(&azure, 1, "$link", &format!("{import} --value $link"));
    for value in ["nonsense", "ftp://x/y", "https://", "@missing/file.json", "''"] {
        assert_refused(&azure, 1, "--value", &format!("{import} --value {value}"));
    }
    let expired = format!("{}/api-export/apiexport/x.json?sv=2017-04-17&sig=expired", azure.endpoint());
    assert_refused(&azure, 1, "link", &format!("{import} --value {expired}"));
    let run = azure.run(format!("apic api register {CENTER} -l {expired}"));
    run.error(1);
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(names.as_array().map(Vec::len), Some(1), "something was created");
}

#[test]
fn invalid_values() {
    let azure = Azure::start();
    azure.write("broken.json", "{\"type\": ");
    for (code, names, line) in [
        (1, "--identity", format!("apic update {CENTER} --identity @./missing.json")),
        (1, "--identity", format!("apic update {CENTER} --identity @broken.json")),
        (1, "--body", format!("rest -m put -u {APIM_ID} --body @./missing.json")),
        (1, "--body", format!("rest -m put -u {APIM_ID} --body @broken.json")),
        (
            1,
            "--title",
            format!("apic api update {CENTER} --api-id swagger-petstore --title {}", "x".repeat(51)),
        ),
        (
            1,
            "api-version",
            "rest -u /subscriptions/x/resourceGroups/y/providers/Some.Thing/things/z".to_owned(),
        ),
        (
            1,
            "--assignee",
            format!("role assignment create --role Reader --assignee-object-id me --scope {APIM_ID}"),
        ),
        (
            1,
            "Nobody",
            format!(
                "role assignment create --role Nobody --assignee-object-id 71522526-b88f-4d52-b57f-d31fc3546d0d --scope {APIM_ID}"
            ),
        ),
        (
            1,
            "empty",
            format!("role assignment create --role Reader --assignee-object-id '' --scope {APIM_ID}"),
        ),
    ] {
        assert_refused(&azure, code, names, &line);
    }
}

#[test]
fn deleting_without_a_terminal_needs_yes() {
    let azure = Azure::start();
    for (delete, show) in [
        (
            format!("apic api delete {CENTER} --api-id swagger-petstore"),
            format!("apic api show {CENTER} --api-id swagger-petstore"),
        ),
        (format!("apic delete {CENTER}"), format!("apic show {CENTER}")),
        (format!("apim api delete {APIM} --api-id my-api"), format!("apim api show {APIM} --api-id my-api")),
        (format!("apim delete {APIM}"), format!("apim show {APIM}")),
    ] {
        let run = azure.run(&delete);
        run.error(1);
        assert!(run.stderr.contains("--yes"), "{run}");
        azure.ok(&show);
    }
}

#[test]
fn results_that_cannot_be_written() {
    let azure = Azure::start();
    let export = format!("apic api definition export-specification {CENTER} {DEFINITION} --file-name");
    assert_refused(&azure, 1, "out.json", &format!("{export} no/such/folder/out.json"));
    assert_refused(&azure, 1, "cannot write .:", &format!("{export} ."));
}

#[test]
fn graphql_is_not_imported_from_a_file_as_if_its_text_were_a_link() {
    let azure = Azure::start();
    azure.write("films.graphql", "type Query { films: [String] }");
    let import =
        "--api-id films --path films --specification-format GraphQL --specification-path films.graphql";
    assert_refused(&azure, 1, "only from a URL", &format!("apim api import {APIM} {import}"));
    let listed = azure.ok(format!("apim api list {APIM} --query [].name -o tsv"));
    assert!(!listed.text().contains("films"), "{listed}");
}

#[test]
fn a_path_that_means_stdin_or_stdout_elsewhere_is_explained() {
    let azure = Azure::start();
    let center = format!("{CENTER} --apim-name myAPIManagement --apim-apis my-api --mode client");
    for line in [
        format!("apic backup {CENTER} --path -"),
        format!("apic restore {CENTER} --path x --journal -"),
        format!("apic api register {CENTER} -l x --journal -"),
        format!("apic import-from-apim {center} --journal -"),
        format!("apic import-from-apim {center} --dry-run --out -"),
        format!("apic sync {CENTER} -f azr.yaml --dry-run --out -"),
        "man --folder -".to_owned(),
        "emulator start --state -".to_owned(),
        "emulator start --log -".to_owned(),
    ] {
        assert_refused(&azure, 2, "'-' is not a valid value: it cannot be written to stdout", &line);
    }
    for line in [
        format!("apic api register {CENTER} -l -"),
        format!("apic restore {CENTER} --path -"),
        format!("apic sync {CENTER} -f -"),
        "apic apply -".to_owned(),
        format!("apim api import {APIM} --path p --specification-format OpenApiJson --specification-path -"),
    ] {
        let run = azure.run(&line);
        assert!(run.error(1).ends_with("cannot read -: no such file or folder"), "{run}");
        assert!(run.stderr.contains("Hint: '-' is the name of a file here"), "{run}");
    }
}

#[test]
fn a_revision_is_not_the_name_of_an_api_to_import() {
    let azure = Azure::start();
    for name in ["weather;rev=2", "Weather;REV=1"] {
        let run = azure.run(format!(
            "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '{name}' --mode client --dry-run"
        ));
        assert!(run.error(1).contains(&format!("--apim-apis: '{name}' is a revision")), "{run}");
        assert!(run.stderr.contains("--revisions all"), "{run}");
    }
}
