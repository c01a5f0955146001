//! `azr apic inventory`: counts, missing parts, and the HTML page.

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, CENTER_ID, InProcessAzure, strings};

/// Creates three APIs besides the sample's: one that is complete, one without anything, one with an empty definition.
fn create_apis(azure: &Azure) {
    for line in [
        "environment create --environment-id live --title Live --type production",
        "api create --api-id complete --title Complete --type graphql --contacts [{name:Ada,email:ada@example.com}]",
        "api version create --api-id complete --version-id v1-0 --title v1 --lifecycle-stage production",
        "api definition create --api-id complete --version-id v1-0 --definition-id schema --title Schema",
        "api definition import-specification --api-id complete --version-id v1-0 --definition-id schema \
         --format inline --value 'type Query { a: Int }' --specification {name:graphql}",
        "api deployment create --api-id complete --deployment-id live --title Live --server {runtimeUri:[https://w.example.com]} \
         --environment-id /workspaces/default/environments/live \
         --definition-id /workspaces/default/apis/complete/versions/v1-0/definitions/schema",
        "api create --api-id bare --title Bare --type rest",
        "api create --api-id empty --title Empty --type soap",
        "api version create --api-id empty --version-id v1-0 --title v1 --lifecycle-stage design",
        "api definition create --api-id empty --version-id v1-0 --definition-id wsdl --title WSDL",
    ] {
        azure.ok(format!("apic {line} {CENTER} -o none"));
    }
}

fn missing_parts<'a>(inventory: &'a Value, name: &str) -> Vec<&'a str> {
    let apis = inventory["apis"].as_array().expect("the APIs");
    strings(&apis.iter().find(|api| api["name"] == name).expect(name)["missing"])
}

#[test]
fn resources_and_missing_parts_are_counted() {
    let azure = Azure::start();
    create_apis(&azure);
    let inventory = azure.json(format!("apic inventory {CENTER}"));
    assert_eq!(inventory["center"]["id"], CENTER_ID);
    assert_eq!(
        inventory["counts"],
        json!({
            "apis": 4, "versions": 3, "definitions": 3, "deployments": 1, "environments": 1, "complete": 1,
            "withoutDefinition": 2, "withoutDeployment": 3, "withoutOwner": 2,
        })
    );
    assert!(missing_parts(&inventory, "complete").is_empty());
    assert_eq!(missing_parts(&inventory, "bare"), ["definition", "deployment", "owner"]);
    assert_eq!(missing_parts(&inventory, "empty"), ["definition", "deployment", "owner"]);
    assert_eq!(missing_parts(&inventory, "swagger-petstore"), ["deployment"]);
    assert_eq!(inventory["byKind"][0], json!({"kind": "rest", "apis": 2}));
    let stage = |name: Value| {
        let stages = inventory["byStage"].as_array().expect("the stages");
        stages.iter().find(|entry| entry["lifecycleStage"] == name).map(|entry| entry["apis"].clone())
    };
    assert_eq!((stage(json!("production")), stage(json!("design"))), (Some(json!(1)), Some(json!(1))));
    assert_eq!(
        inventory["byEnvironment"],
        json!([{"name": "live", "title": "Live", "kind": "production", "deployments": 1}])
    );
    let without_owner =
        azure.ok(format!("apic inventory {CENTER} --query apis[?contains(missing,`owner`)].name -o tsv"));
    assert_eq!(without_owner.text(), "bare\nempty", "{without_owner}");
    let table = azure.ok(format!("apic inventory {CENTER} -o table"));
    let lines: Vec<&str> = table.stdout().lines().collect();
    assert_eq!(lines.len(), 6, "{table}");
    assert!(lines[0].starts_with("Name ") && lines[0].ends_with("Missing"), "{table}");
    assert!(lines[2].contains("definition, deployment, owner"), "{table}");
}

#[test]
fn an_owner_can_be_in_the_custom_properties() {
    let azure = Azure::start();
    for name in ["owning-team", "cost-center"] {
        azure.ok(format!(
            "apic metadata create {CENTER} --metadata-name {name} --schema '{{\"type\":\"string\"}}' \
             --assignments [{{entity:api,required:false}}] -o none"
        ));
    }
    azure.ok(format!(
        "apic api create {CENTER} --api-id one --title One --type rest --custom-properties owning-team=Blue cost-center=north -o none"
    ));
    let filter = "--query apis[?name==`one`].owners[] -o tsv";
    assert_eq!(azure.ok(format!("apic inventory {CENTER} {filter}")).text(), "Blue");
    let by_option = azure.ok(format!("apic inventory {CENTER} --owner-property cost-center {filter}"));
    assert_eq!(by_option.text(), "north");
}

#[test]
fn a_filter_selects_the_apis() {
    let azure = Azure::start();
    create_apis(&azure);
    let args =
        ["apic", "inventory", "-g", "myResourceGroup", "-n", "myAPICenter", "--filter", "kind eq 'soap'"];
    let run = azure.run_args(&args.map(str::to_owned)).expect_success();
    assert_eq!(run.json()["counts"]["apis"], 1, "{run}");
}

#[test]
fn the_page_is_complete_and_escapes_titles() {
    let azure = Azure::start();
    create_apis(&azure);
    let args = [
        "apic",
        "api",
        "update",
        "-g",
        "myResourceGroup",
        "-n",
        "myAPICenter",
        "--api-id",
        "bare",
        "--title",
        "<script>alert(1)</script>\"'",
        "-o",
        "none",
    ];
    azure.run_args(&args.map(str::to_owned)).expect_success();
    azure.write("page.html", "an older one");
    let run = azure.ok(format!("apic inventory {CENTER} --html page.html -o none"));
    assert!(run.stdout_bytes.is_empty() && run.stderr.contains("Page written to page.html"), "{run}");
    let page = String::from_utf8(azure.read("page.html")).expect("text");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !page.contains("<script>alert"));
    assert_eq!(page.matches("<tr data-kind=").count(), 4);
    assert_eq!(azure.files(), ["page.html"], "there are other files");
    let printed = azure.ok(format!("apic inventory {CENTER} --html -"));
    assert!(printed.stdout().starts_with("<!DOCTYPE html>"), "{printed}");
}

#[test]
fn operations_are_read_from_the_documents() {
    let azure = Azure::start();
    create_apis(&azure);
    azure.ok(format!(
        "apic api definition create --api-id empty --version-id v1-0 --definition-id broken --title Broken {CENTER} -o none"
    ));
    azure.ok(format!(
        "apic api definition import-specification --api-id empty --version-id v1-0 --definition-id broken \
         --format inline --value 'no definition' --specification {{name:other}} {CENTER} -o none"
    ));
    let inventory = azure.json(format!("apic inventory {CENTER} --operations --html page.html"));
    let definition = |api: &str, index: usize| {
        let apis = inventory["apis"].as_array().expect("the APIs");
        let api = apis.iter().find(|a| a["name"] == api).expect(api);
        api["versions"][0]["definitions"][index].clone()
    };
    assert_eq!(
        definition("complete", 0),
        json!({
            "name": "schema", "specification": "graphql", "operationCount": 1,
            "operations": [{"verb": "query", "name": "a", "summary": null}],
        })
    );
    let broken = definition("empty", 0);
    assert!(broken["operationsError"].as_str().is_some_and(|reason| !reason.is_empty()), "{broken}");
    assert!(definition("empty", 1).get("operations").is_none(), "{inventory}");
    let page = String::from_utf8(azure.read("page.html")).expect("text");
    assert!(page.contains("1 operation in ") && page.contains("The operations of "), "{page}");
    let without = azure.json(format!("apic inventory {CENTER}"));
    assert!(!without.to_string().contains("operationCount"), "{without}");
}

#[test]
fn other_tools_have_their_formats() {
    let azure = Azure::start();
    create_apis(&azure);
    azure.ok(format!("apic api update {CENTER} --api-id bare --title '=1+1' -o none"));
    let csv = azure.ok(format!("apic inventory {CENTER} --format csv"));
    let lines: Vec<&str> = csv.stdout().lines().collect();
    assert_eq!(lines.len(), 5, "{csv}");
    assert_eq!(
        lines[1],
        "\"bare\",\"'=1+1\",\"rest\",\"\",\"0\",\"0\",\"0\",\"\",\"definition deployment owner\""
    );
    let markdown = azure.ok(format!("apic inventory {CENTER} --format markdown"));
    assert!(
        markdown.stdout().contains("| complete | Complete | graphql | production | 1 | 1 | 1 | Ada"),
        "{markdown}"
    );
    assert!(markdown.stdout().contains("| without a definition | 2 |"), "{markdown}");
    let backstage = azure.ok(format!("apic inventory {CENTER} --format backstage"));
    let entities: Vec<&str> = backstage.stdout().split("---\n").skip(1).collect();
    assert_eq!(entities.len(), 4, "{backstage}");
    for text in [
        "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata:\n  name: \"complete\"\n",
        "spec:\n  type: \"graphql\"\n  lifecycle: \"production\"\n  owner: \"ada\"\n",
        "--version-id v1-0 --definition-id schema --file-name FILE",
    ] {
        assert!(entities[1].contains(text), "{text}: {}", entities[1]);
    }
    assert_eq!(azure.run(format!("apic inventory {CENTER} --format csv --html x.html")).code, Some(2));
}

#[test]
fn an_unwritable_path_is_refused_before_anything_is_read() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    let run = azure.run(format!("apic inventory {CENTER} --html no/folder/page.html"));
    assert!(run.error(1).contains("page.html"), "{run}");
    assert!(azure.log("log.jsonl").is_empty());
}

#[test]
fn a_failed_run_does_not_change_an_existing_page() {
    let azure =
        Azure::start_with_args(&["--sample", "--faults", "GET */deployments* status=403 code=Forbidden"]);
    azure.write("page.html", "an older one");
    let run = azure.run(format!("apic inventory {CENTER} --html page.html"));
    run.error(1);
    assert_eq!(azure.read("page.html"), b"an older one");
    assert_eq!(azure.files(), ["page.html"]);
    assert_eq!(azure.run("apic inventory -g myResourceGroup -n nobody").code, Some(3));
}

#[test]
fn an_api_deleted_during_the_run_is_left_out() {
    let rule = "GET */apis/swagger-petstore/versions* status=404 code=ResourceNotFound";
    let azure = Azure::start_with_args(&["--sample", "--faults", rule]);
    let inventory = azure.json(format!("apic inventory {CENTER}"));
    assert_eq!(inventory["counts"]["apis"], 0);
}

#[test]
fn invalid_options_are_refused() {
    let azure = InProcessAzure::new();
    assert_eq!(azure.run(format!("apic inventory {CENTER} --concurrency 0")).code, Some(2));
    assert_eq!(azure.run("apic inventory --ids /subscriptions/s/resourceGroups/g").code, Some(1));
    assert_eq!(azure.run("apic inventory").code, Some(1));
    let by_id = azure.json(format!("apic inventory --ids {CENTER_ID}"));
    assert_eq!(by_id["counts"]["apis"], 1);
}
