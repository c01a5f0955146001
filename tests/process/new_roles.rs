//! Roles that were assigned a moment ago: azr waits until they take effect.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID};

const USER: &str = "11111111-2222-3333-4444-555555555555";

/// An emulator in which new roles take effect after a second.
fn start() -> Azure {
    let mut azure = Azure::start_with("--sample --quirks propagation=1");
    let claims = BASE64.encode(format!(r#"{{"oid":"{USER}"}}"#));
    azure.set("AZR_ACCESS_TOKEN", &format!("e30.{claims}.x"));
    azure.set("AZR_TEST_MAX_PAUSE_MS", "100");
    azure
}

fn assign(azure: &Azure, principal: &str, scope: &str) {
    azure.ok(format!(
        "role assignment create --role Contributor --assignee-object-id {principal} --assignee-principal-type \
         ServicePrincipal --scope {scope}"
    ));
}

#[test]
fn a_request_waits_for_a_new_role_of_the_caller() {
    let azure = start();
    assign(&azure, USER, CENTER_ID);
    azure.ok(format!("apic api create {CENTER} --api-id pets --title Pets --type rest"));
}

#[test]
fn an_import_by_the_service_waits_for_a_new_role_of_the_center() {
    let azure = start();
    azure.ok(format!("apic update {CENTER} --identity type=SystemAssigned"));
    let principal = azure.json(format!("apic show {CENTER} --query identity.principalId"));
    assign(&azure, principal.as_str().expect("an identity"), APIM_ID);
    azure.ok(format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis weather"));
}

#[test]
fn a_refused_request_without_a_new_role_fails_at_once() {
    let mut azure = Azure::start_with_args(&[
        "--sample",
        "--log",
        "log.jsonl",
        "--faults",
        "PUT *ApiCenter* status=403 code=AuthorizationFailed",
    ]);
    let claims = BASE64.encode(format!(r#"{{"oid":"{USER}"}}"#));
    azure.set("AZR_ACCESS_TOKEN", &format!("e30.{claims}.x"));
    let run = azure.run(format!("apic api create {CENTER} --api-id pets --title Pets --type rest"));
    assert_eq!(run.code, Some(1), "{run}");
    let writes = azure.log("log.jsonl").iter().filter(|line| line["method"] == "PUT").count();
    assert_eq!(writes, 1);
}
