//! `import-from-apim --mode client` of APIs in workspaces of API Management.

use serde_json::{Value, json};

use crate::client_import::{counts, import, list_resources, without_times};
use crate::support::{APIM_ID, Azure, CENTER, Proxy, Run, strings};

const VERSION: &str = "2024-05-01";

/// Creates a resource of API Management in a workspace.
fn put(azure: &Azure, path: &str, properties: &Value) {
    let path = format!("{APIM_ID}/workspaces/{path}?api-version={VERSION}");
    let response = azure.request("PUT", &path, &json!({"properties": properties}).to_string());
    assert!(response.status < 300, "{path} {}", response.status);
}

fn delete(azure: &Azure, path: &str) {
    let path = format!("{APIM_ID}/workspaces/{path}?api-version={VERSION}");
    assert!(azure.request("DELETE", &path, "").status < 300, "{path}");
}

/// A second workspace, with an API of the same name as in the first and one of a version set.
fn second_workspace(azure: &Azure) {
    put(azure, "sales", &json!({"displayName": "Sales"}));
    put(azure, "sales/apis/invoices", &json!({"displayName": "Sales invoices", "path": "sales-invoices"}));
    put(
        azure,
        "sales/apiVersionSets/offers",
        &json!({"displayName": "Offers", "versioningScheme": "Segment"}),
    );
    let offers = json!({"displayName": "Offers", "path": "offers", "apiVersion": "v1",
        "apiVersionSetId": format!("{APIM_ID}/workspaces/sales/apiVersionSets/offers")});
    put(azure, "sales/apis/offers-v1", &offers);
}

fn import_workspaces(azure: &Azure, rest: &str) -> Run {
    import(azure, &format!("--apim-apis '*' {rest}"))
}

fn names(azure: &Azure) -> Vec<String> {
    let mut names = strings(&azure.json(format!("apic api list {CENTER} --query [].name")))
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    names.sort();
    names
}

#[test]
fn the_apis_of_a_workspace_are_imported_with_their_documents_and_addresses() {
    let azure = Azure::start();
    second_workspace(&azure);
    let run = import_workspaces(&azure, "--workspace sales").expect_success();
    assert_eq!((&run.json()["created"], &run.json()["found"]), (&json!(2), &json!({"http": 2})), "{run}");
    assert_eq!(names(&azure)[..2], ["invoices", "offers"]);
    let offers = format!("{CENTER} --api-id offers");
    assert_eq!(azure.json(format!("apic api version list {offers} --query [].name")), json!(["version-v1"]));
    let deployments = azure.json(format!("apic api deployment list {offers}"));
    assert!(
        deployments[0]["server"]["runtimeUri"][0].as_str().is_some_and(|uri| uri.ends_with("/offers/v1")),
        "{deployments}"
    );
    assert_eq!(deployments[0]["environmentId"], "/workspaces/default/environments/myAPIManagement");
    let invoices = format!("{CENTER} --api-id invoices --version-id original --definition-id openapi");
    let document =
        azure.ok(format!("apic api definition export-specification {invoices} --file-name -")).json();
    assert_eq!(document["info"]["title"], "Sales invoices");
    let again = import_workspaces(&azure, "--workspace sales").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 2, 0, 0], "{again}");

    // The same API by its id.
    let id = format!("{APIM_ID}/workspaces/sales/apis/offers-v1");
    let run =
        azure.ok(format!("apic import-from-apim {CENTER} --source-resource-ids {id} --mode client -o json"));
    assert_eq!(counts(&run.json()), [0, 0, 1, 0, 0], "{run}");
    let run = azure.run(format!("apic import-from-apim {CENTER} --source-resource-ids {id}"));
    assert!(run.error(1).contains("is in a workspace"), "{run}");
}

#[cfg(unix)]
#[test]
fn a_dry_run_of_all_workspaces_says_at_a_terminal_how_to_carry_it_out() {
    let azure = Azure::start();
    second_workspace(&azure);
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --workspace '*' --dry-run"
    );
    let run = crate::support::run_at_terminal(&azure, 80, &line, &[]);
    assert!(run.stdout().ends_with("with --mode client in place of --dry-run.\n"), "{run}");
}

#[test]
fn all_workspaces_are_imported_with_one_plan_and_one_report() {
    let azure = Azure::start();
    second_workspace(&azure);
    import_workspaces(&azure, "").expect_success();
    let before = names(&azure).len();
    let plan = import_workspaces(&azure, "--workspace '*' --dry-run").expect_success().json();
    assert_eq!((&plan["create"], &plan["found"]), (&json!(3), &json!({"http": 3})), "{plan}");
    let planned: Vec<String> =
        plan["apis"].as_array().expect("a list").iter().map(|api| api["name"].to_string()).collect();
    let run = import_workspaces(&azure, "--workspace '*' --report all.json").expect_success();
    assert_eq!(counts(&run.json()), [3, 0, 0, 0, 0], "{run}");
    let report: Vec<Value> = serde_json::from_slice(&azure.read("all.json")).expect("a list");
    let mut reported: Vec<String> = report.iter().map(|api| api["name"].to_string()).collect();
    reported.sort();
    let mut sorted = planned.clone();
    sorted.sort();
    assert_eq!(reported, sorted, "the plan names the APIs as the import does");
    // The workspaces have an API of the same name.
    assert_eq!(names(&azure).len(), before + 3);
    assert_eq!(names(&azure).iter().filter(|name| name.starts_with("invoices")).count(), 2);
    let again = import_workspaces(&azure, "--workspace billing sales").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 3, 0, 0], "{again}");
    let service = import_workspaces(&azure, "").expect_success();
    assert_eq!(counts(&service.json())[2], 11, "{service}");
    let ids = format!(
        "{APIM_ID}/workspaces/billing/apis/* {APIM_ID}/workspaces/sales/apis/invoices {APIM_ID}/apis/weather"
    );
    let run =
        azure.ok(format!("apic import-from-apim {CENTER} --source-resource-ids {ids} --mode client -o json"));
    assert_eq!(counts(&run.json()), [0, 0, 3, 0, 0], "{run}");
    let missing = import_workspaces(&azure, "--workspace nowhere");
    assert!(missing.error(1).contains("does not have a workspace that matches 'nowhere'"), "{missing}");
}

#[test]
fn a_service_and_its_workspaces_do_not_prune_each_other() {
    let azure = Azure::start();
    second_workspace(&azure);
    import_workspaces(&azure, "").expect_success();
    import_workspaces(&azure, "--workspace '*'").expect_success();
    let before = without_times(list_resources(&azure));
    for rest in ["", "--workspace billing", "--workspace '*'"] {
        let run = import_workspaces(&azure, &format!("{rest} --prune --max-delete 0")).expect_success();
        assert_eq!((run.json()["deleted"].as_u64(), counts(&run.json())[1]), (Some(0), 0), "{rest} {run}");
    }
    assert_eq!(without_times(list_resources(&azure)), before);

    delete(&azure, "sales/apis/invoices");
    let run = import_workspaces(&azure, "--prune --max-delete 9").expect_success();
    assert_eq!(run.json()["deleted"], 0, "{run}");
    let run = import_workspaces(&azure, "--workspace billing --prune --max-delete 9").expect_success();
    assert_eq!(run.json()["deleted"], 0, "{run}");
    let refused = import_workspaces(&azure, "--workspace '*' --prune --max-delete 1");
    assert!(refused.error(1).contains("would delete"), "{refused}");
    let run = import_workspaces(&azure, "--workspace '*' --prune --max-delete 9").expect_success();
    assert_eq!(run.json()["deleted"], 1, "{run}");
}

#[test]
fn tags_and_products_of_a_workspace_select_apis() {
    let azure = Azure::start();
    second_workspace(&azure);
    put(&azure, "sales/tags/eu", &json!({"displayName": "Europe"}));
    let link = json!({"apiId": format!("{APIM_ID}/workspaces/sales/apis/invoices")});
    put(&azure, "sales/tags/eu/apiLinks/one", &link);
    put(&azure, "sales/products/gold", &json!({"displayName": "Gold"}));
    put(&azure, "sales/products/gold/apiLinks/one", &link);
    for selection in ["--tag Europe", "--tag eu", "--product gold"] {
        let plan = import_workspaces(&azure, &format!("--workspace sales --dry-run {selection}"))
            .expect_success()
            .json();
        assert_eq!(
            (&plan["create"], &plan["apis"][0]["name"]),
            (&json!(1), &json!("invoices")),
            "{selection} {plan}"
        );
    }
    let run = import_workspaces(&azure, "--workspace sales --tag nothing");
    assert!(
        run.error(1).contains("no API of workspace sales of myAPIManagement has the tag 'nothing'"),
        "{run}"
    );
}

#[test]
fn the_urls_of_a_workspace_are_those_of_its_gateway() {
    let gateway = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/gateways/gw";
    for (status, uri, warning) in [
        (200, "https://billing.example.com/invoices", false),
        (404, "https://myapimanagement.azure-api.net/invoices", false),
        (403, "https://myapimanagement.azure-api.net/invoices", true),
    ] {
        let mut azure = Azure::start();
        let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
            let body = if request.target.contains("/workspaceLinks/billing?") {
                json!({"properties": {"gateways": [{"id": gateway}]}})
            } else if request.target.contains("/gateways/gw/configConnections?") {
                let id = format!("{APIM_ID}/workspaces/billing");
                let other = json!({"properties": {"sourceId": format!("{id}2"), "defaultHostname": "other.example.com"}});
                json!({"value": [other, {"properties": {"sourceId": id, "defaultHostname": "billing.example.com"}}]})
            } else {
                return forward();
            };
            if status == 200 || request.target.contains("workspaceLinks") {
                return (200, body.to_string().into_bytes());
            }
            (status, json!({"error": {"code": "Refused", "message": "No."}}).to_string().into_bytes())
        });
        azure.set("AZR_ARM_ENDPOINT", &proxy.url);
        let run = import_workspaces(&azure, "--workspace billing").expect_success();
        let deployments = azure.json(format!("apic api deployment list {CENTER} --api-id invoices"));
        assert_eq!(deployments[0]["server"]["runtimeUri"], json!([uri]), "{status} {run}");
        assert_eq!(
            run.stderr.contains("WARNING: the gateway of the workspace billing"),
            warning,
            "{status} {run}"
        );
    }
}

#[test]
fn what_came_from_a_deleted_workspace_is_pruned() {
    let azure = Azure::start();
    second_workspace(&azure);
    import_workspaces(&azure, "--workspace '*'").expect_success();
    // People have added a version to one of its APIs.
    azure.ok(format!(
        "apic api version create {CENTER} --api-id offers --version-id mine --title Mine --lifecycle-stage design"
    ));
    delete(&azure, "sales");
    let before = list_resources(&azure);
    // Without pruning the workspace is not looked for, and by its name it does not exist.
    let run = import_workspaces(&azure, "--workspace '*'").expect_success();
    assert_eq!(counts(&run.json()), [0, 0, 1, 0, 0], "{run}");
    assert!(import_workspaces(&azure, "--workspace sales").error(1).contains("sales"));
    assert_eq!(without_times(list_resources(&azure)), without_times(before));
    let run = import_workspaces(&azure, "--workspace '*' --prune --max-delete 1");
    assert!(run.code == Some(1) && run.stderr.contains("more than --max-delete 1"), "{run}");
    azure.write(
        "azr.yaml",
        "version: 1\nsources:\n  - {apim: myAPIManagement, workspace: '*', prune: true}\n",
    );
    azure.ok(format!("apic sync {CENTER} --file azr.yaml --dry-run --out plan.json"));
    let run = azure.ok("apic apply plan.json -o json");
    assert!(run.stderr.contains("workspace sales of myAPIManagement does not exist any more"), "{run}");
    assert_eq!(run.json()["deleted"], 1, "{run}");
    assert_eq!(names(&azure), ["invoices", "offers", "swagger-petstore"]);
    let versions = azure.json(format!("apic api version list {CENTER} --api-id offers --query [].name"));
    assert_eq!(versions, json!(["mine"]), "{run}");
    // The other sources and the next runs do not look for it any more.
    let run = azure.ok(format!("apic sync {CENTER} --file azr.yaml -o json"));
    assert!(!run.stderr.contains("sales"), "{run}");
}

#[test]
fn a_workspace_that_exists_or_cannot_be_read_is_not_taken_for_deleted() {
    // The second list of its version sets says that it does not exist; it does, or cannot be read.
    let list = "GET */workspaces/sales/apiVersionSets status=404 code=ResourceNotFound n=2";
    for fault in ["", "; GET */workspaces/sales status=403 code=AuthorizationFailed"] {
        let azure = Azure::start_with_args(&["--sample", "--faults", &format!("{list}{fault}")]);
        second_workspace(&azure);
        import_workspaces(&azure, "--workspace sales").expect_success();
        let run = import_workspaces(&azure, "--workspace sales --prune");
        assert!(matches!(run.code, Some(1 | 3)), "{fault} {run}");
        assert!(names(&azure).contains(&"offers".to_owned()));
    }
}
