//! `import-from-apim --mode client` after an API got another version or another version set in API Management.

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID, Proxy, strings};

fn names(azure: &Azure, line: &str) -> Vec<String> {
    let names = azure.json(format!("{line} --query 'sort([].name)'"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

fn api_names(azure: &Azure) -> Vec<String> {
    names(azure, &format!("apic api list {CENTER}"))
}

fn version_names(azure: &Azure, api: &str) -> Vec<String> {
    names(azure, &format!("apic api version list {CENTER} --api-id {api}"))
}

/// Changes properties of an API in API Management.
fn change(azure: &Azure, api: &str, properties: &Value) {
    let body = json!({"properties": properties}).to_string();
    azure.request_ok("PATCH", &format!("{APIM_ID}/apis/{api}"), &body);
}

#[test]
fn a_version_that_gets_another_name_is_imported_under_it_and_pruned() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(version_names(&azure, "orders"), ["version-v1", "version-v2"]);
    let version = format!("{CENTER_ID}/workspaces/default/apis/orders/versions/version-v1");
    let body = json!({"properties": {"title": "v1", "lifecycleStage": "production"}}).to_string();
    azure.request_ok("PUT", &version, &body);

    change(&azure, "orders-v1", &json!({"apiVersion": "v1.1"}));
    let run = import(&azure, "--apim-apis '*'").expect_success();
    let note = "the version version-v1 is left over, because orders-v1 is now the version 'v1.1'";
    assert!(run.stderr.contains(note), "{run}");
    assert_eq!(version_names(&azure, "orders"), ["v1-1", "version-v1", "version-v2"]);
    let moved = azure.json(format!("apic api version show {CENTER} --api-id orders --version-id v1-1"));
    assert_eq!(moved["lifecycleStage"], "production");

    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(run.stderr.contains("version version-v1 was deleted"), "{run}");
    assert_eq!(version_names(&azure, "orders"), ["v1-1", "version-v2"]);
    let again = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert_eq!(counts(&again.json())[..2], [0, 0], "{again}");
}

#[test]
fn a_version_that_people_added_to_stays_though_its_api_moved() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!(
        "apic api definition create {CENTER} --api-id orders --version-id version-v1 --definition-id notes --title Notes"
    ));
    change(&azure, "orders-v1", &json!({"apiVersion": "v1.1"}));
    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(run.stderr.contains("the version version-v1 stays, because people added a definition"), "{run}");
    assert_eq!(version_names(&azure, "orders"), ["v1-1", "version-v1", "version-v2"]);
}

#[test]
fn a_version_whose_document_people_replaced_stays_in_every_later_run() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let definition = format!(
        "{CENTER_ID}/workspaces/default/apis/orders/versions/version-v1/definitions/openapi/importSpecification"
    );
    let body = json!({
        "format": "inline",
        "value": r#"{"openapi": "3.0.1", "info": {"title": "Ours", "version": "1"}, "paths": {}}"#,
        "specification": {"name": "openapi"},
    });
    azure.request_ok("POST", &definition, &body.to_string());
    change(&azure, "orders-v1", &json!({"apiVersion": "v1.1"}));
    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(
        run.stderr.contains("the version version-v1 stays, because people replaced its document"),
        "{run}"
    );
    let again = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert_eq!(counts(&again.json())[..2], [0, 0], "{again}");
    assert_eq!(version_names(&azure, "orders"), ["v1-1", "version-v1", "version-v2"]);
}

#[test]
fn a_version_without_a_deployment_is_left_over_and_pruned() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let deployment = names(&azure, &format!("apic api deployment list {CENTER} --api-id orders"))
        .into_iter()
        .find(|name| name.ends_with("version-v1"))
        .expect("the deployment");
    // As if the run had been killed before it created the deployment.
    azure.ok(format!(
        "apic api deployment delete {CENTER} --api-id orders --deployment-id {deployment} --yes"
    ));
    change(&azure, "orders-v1", &json!({"apiVersion": "v1.1"}));
    let run = import(&azure, "--apim-apis '*'").expect_success();
    let note = "the version version-v1 is left over, because orders-v1 is now the version 'v1.1'";
    assert!(run.stderr.contains(note), "{run}");
    // The version and its definition.
    let refused = import(&azure, "--apim-apis '*' --prune --max-delete 1");
    assert!(refused.code != Some(0) && refused.stderr.contains("would delete 2 APIs, versions"), "{refused}");
    let run = import(&azure, "--apim-apis '*' --prune --max-delete 2").expect_success();
    assert!(run.stderr.contains("version version-v1 was deleted"), "{run}");
    assert_eq!(version_names(&azure, "orders"), ["v1-1", "version-v2"]);
}

#[test]
fn an_api_that_joins_a_version_set_of_the_center_moves_there_with_prune() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let set = azure.request_ok("GET", &format!("{APIM_ID}/apis/orders-v1"), "").json();
    let set = &set["properties"]["apiVersionSetId"];
    change(&azure, "weather", &json!({"apiVersionSetId": set, "apiVersion": "v9"}));
    let run = import(&azure, "--apim-apis '*'").expect_success();
    let note = "the API weather is left over, because weather is now imported into orders";
    assert!(run.stderr.contains(note), "{run}");
    assert!(api_names(&azure).contains(&"weather".to_owned()));
    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(run.stderr.contains("API weather was deleted"), "{run}");
    assert!(!api_names(&azure).contains(&"weather".to_owned()));
    assert_eq!(version_names(&azure, "orders"), ["version-v1", "version-v2", "version-v9"]);

    // And with --prune in the run that imports it elsewhere.
    change(&azure, "warehouse", &json!({"apiVersionSetId": set, "apiVersion": "v10"}));
    import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(!api_names(&azure).contains(&"warehouse".to_owned()));
    assert_eq!(version_names(&azure, "orders"), ["v10", "version-v1", "version-v2", "version-v9"]);
}

#[test]
fn an_api_that_has_not_arrived_elsewhere_stays_where_it_was() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let set = azure.request_ok("GET", &format!("{APIM_ID}/apis/orders-v1"), "").json();
    let set = &set["properties"]["apiVersionSetId"];
    change(&azure, "weather", &json!({"apiVersionSetId": set, "apiVersion": "v9"}));
    let endpoint = azure.endpoint().to_owned();
    let proxy = Proxy::start(&endpoint, |request, forward| {
        if request.method == "PUT" && request.target.contains("/apis/orders/deployments/") {
            let body = json!({"error": {"code": "ValidationError", "message": "not now"}});
            return (400, body.to_string().into_bytes());
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = import(&azure, "--apim-apis '*' --prune");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("not now"), "{run}");
    assert!(api_names(&azure).contains(&"weather".to_owned()));
    azure.set("AZR_ARM_ENDPOINT", &endpoint);
    import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(!api_names(&azure).contains(&"weather".to_owned()));
}
