//! `import-from-apim --mode client` through a proxy that reports success for writes that it does not forward.

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::client_import_responses::{is_request, respond_instead};
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Run};

/// Imports while the proxy answers a request with success and nothing else, and then without it.
fn import_without_effect(azure: &mut Azure, api: &str, method: &'static str, part: &'static str) -> [Run; 2] {
    azure.set("AZR_TEST_MAX_PAUSE_MS", "10");
    let endpoint = azure.endpoint().to_owned();
    respond_instead(azure, move |request| is_request(request, method, part).then_some((200, Value::Null)));
    let disturbed = import(azure, &format!("--apim-apis {api}"));
    azure.set("AZR_ARM_ENDPOINT", &endpoint);
    let repaired = import(azure, &format!("--apim-apis {api}")).expect_success();
    assert_eq!(counts(&import(azure, &format!("--apim-apis {api}")).json()), [0, 0, 1, 0, 0]);
    [disturbed, repaired]
}

fn edit_in_api_management(azure: &Azure, api: &str, properties: &Value) {
    let body = json!({"properties": properties}).to_string();
    azure.request_ok("PATCH", &format!("{APIM_ID}/apis/{api}"), &body);
}

#[test]
fn a_resource_that_does_not_exist_after_its_creation_is_a_failure() {
    for (part, label) in [
        ("/deployments/", "deployment myAPIManagement-original"),
        ("/versions/original?", "version original"),
        ("/apis/ticker?", "API ticker"),
    ] {
        let mut azure = Azure::start();
        let [disturbed, repaired] = import_without_effect(&mut azure, "ticker", "PUT", part);
        assert_eq!(disturbed.code, Some(4), "{disturbed}");
        let problem = format!("{label}: the service reported success, but it does not exist");
        assert_eq!(disturbed.json()["problems"][0]["reason"], problem, "{disturbed}");
        assert_eq!(counts(&repaired.json())[2..], [0, 0, 0], "{repaired}");
    }
}

#[test]
fn an_update_without_effect_is_a_failure() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    edit_in_api_management(&azure, "weather", &json!({"description": "New", "path": "new"}));
    for part in ["/workspaces/default/apis/weather?", "/deployments/"] {
        let [disturbed, repaired] = import_without_effect(&mut azure, "weather", "PUT", part);
        assert_eq!(disturbed.code, Some(4), "{disturbed}");
        assert!(disturbed.stderr.contains("reported success, but it is as it was before"), "{disturbed}");
        assert_eq!(counts(&repaired.json()), [0, 1, 0, 0, 0], "{repaired}");
        edit_in_api_management(&azure, "weather", &json!({"description": "Newer", "path": "newer"}));
    }
}

#[test]
fn a_document_that_was_not_replaced_is_a_failure() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    let operation = format!("{APIM} --api-id weather --operation-id added");
    azure.ok(format!(
        "apim api operation create {operation} --display-name Added --method GET --url-template /added"
    ));
    let [disturbed, repaired] = import_without_effect(&mut azure, "weather", "POST", "/importSpecification");
    assert_eq!(disturbed.code, Some(4), "{disturbed}");
    assert!(disturbed.stderr.contains("its document was not replaced"), "{disturbed}");
    assert!(repaired.stderr.contains("document of definition openapi of original replaced"), "{repaired}");
    let definition = format!("{CENTER} --api-id weather --version-id original --definition-id openapi");
    let document = azure.ok(format!("apic api definition export-specification {definition} --file-name -"));
    assert!(document.stdout().contains("/added"), "{document}");
}

#[test]
fn a_title_that_the_service_does_not_change_is_not_reported_as_updated() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    let version = format!("{CENTER_ID}/workspaces/default/apis/weather/versions/original");
    let body = json!({"properties": {"title": "Ours", "lifecycleStage": "design"}}).to_string();
    azure.request_ok("PUT", &version, &body);
    let [disturbed, repaired] =
        import_without_effect(&mut azure, "weather", "PUT", "/apis/weather/versions/original?");
    assert_eq!(counts(&disturbed.expect_success().json()), [0, 0, 1, 0, 0]);
    assert_eq!(counts(&repaired.json()), [0, 1, 0, 0, 0], "{repaired}");
}

#[test]
fn an_api_that_still_exists_after_its_deletion_is_a_failure() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    azure.set("AZR_TEST_MAX_PAUSE_MS", "10");
    let endpoint = azure.endpoint().to_owned();
    respond_instead(&mut azure, |request| {
        is_request(request, "DELETE", "/apis/museum?").then_some((204, Value::Null))
    });
    let run = import(&azure, "--apim-apis '*' --prune");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("the service reported success, but it still exists"), "{run}");
    azure.set("AZR_ARM_ENDPOINT", &endpoint);
    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(run.stderr.contains("API museum was deleted"), "{run}");
}
