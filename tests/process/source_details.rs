//! What lists of API Management leave out, and documents that it cannot export.

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID};

/// A property of an API in the center.
fn property(azure: &Azure, api: &str, name: &str) -> Value {
    let api = azure.request_ok("GET", &format!("{CENTER_ID}/workspaces/default/apis/{api}"), "").json();
    api["properties"][name].clone()
}

/// Sets contact, license and terms of service of an API in API Management.
fn set_terms(azure: &Azure, api: &str, person: &str) {
    let body = json!({"properties": {
        "contact": {"name": person, "email": "p@contoso.com"},
        "license": {"name": "MIT", "url": "https://contoso.com/mit"},
        "termsOfServiceUrl": "https://contoso.com/terms"}});
    azure.request_ok("PATCH", &format!("{APIM_ID}/apis/{api}"), &body.to_string());
}

/// How many requests azr sends to Resource Manager for an import.
fn import_requests(azure: &Azure, apis: &str) -> usize {
    let count = || azure.log("log.jsonl").len();
    let before = count();
    import(azure, &format!("--apim-apis {apis}")).expect_success();
    count() - before
}

#[test]
fn contact_license_and_terms_are_imported_though_lists_omit_them() {
    let azure = Azure::start();
    let listed = azure.request_ok("GET", &format!("{APIM_ID}/apis"), "").json();
    assert!(listed["value"].as_array().is_some_and(|apis| apis.iter().all(|api| {
        api["properties"].get("contact").is_none() && api["properties"].get("license").is_none()
    })));
    for api in ["warehouse", "stock", "museum", "ticker"] {
        set_terms(&azure, api, "Ada");
    }
    import(&azure, "--apim-apis '*'").expect_success();
    for api in ["warehouse", "stock", "museum", "ticker"] {
        assert_eq!(property(&azure, api, "contacts")[0]["name"], "Ada", "{api}");
        assert_eq!(property(&azure, api, "license")["name"], "MIT", "{api}");
        assert_eq!(property(&azure, api, "termsOfService")["url"], "https://contoso.com/terms", "{api}");
    }
    let again = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&again.json())[..3], [0, 0, 11], "{again}");
    // An edit of the source arrives, also if only the document shows it.
    for api in ["warehouse", "stock"] {
        set_terms(&azure, api, "Grace");
    }
    let again = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&again.json())[..3], [0, 2, 9], "{again}");
    assert_eq!(property(&azure, "warehouse", "contacts")[0]["name"], "Grace");
    assert_eq!(property(&azure, "stock", "contacts")[0]["name"], "Grace");
}

#[test]
fn an_import_needs_few_requests() {
    let azure = Azure::start_with("--apis 20 --log log.jsonl");
    // The lists of both services, the environment and the metadata schema.
    let shared = 25;
    let first = import_requests(&azure, "'api-*'");
    assert!(first <= 20 * 9 + shared, "{first}");
    let second = import_requests(&azure, "'api-*'");
    let downloads = 20;
    assert!(second <= 20 * 4 + downloads + shared, "{second}");
}

#[test]
fn wsdl_is_exported_in_the_response_if_its_link_fails() {
    let azure = Azure::start_with("--sample --quirks wsdl-500");
    import(&azure, "--apim-apis stock").expect_success();
    let document = azure.ok(format!(
        "apic api definition export-specification {CENTER} --api-id stock --version-id original --definition-id wsdl \
         --file-name -"
    ));
    assert!(document.stdout().contains("StockQuote"), "{document}");
}

#[test]
fn a_soap_api_whose_document_cannot_be_exported_is_imported_without_one() {
    let fault = "GET */apis/stock*export=true* status=400 code=ValidationError";
    let azure = Azure::start_with_args(&["--sample", "--faults", fault]);
    let run = import(&azure, "--apim-apis stock --require-documents");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("stock failed: definition wsdl"), "{run}");
    for is_first in [true, false] {
        let run = import(&azure, "--apim-apis stock --report r.json");
        assert_eq!(run.code, Some(0), "{run}");
        let report: Value = serde_json::from_slice(&azure.read("r.json")).expect("JSON");
        assert!(report[0]["notes"].to_string().contains("without a document"), "{report}");
        assert_eq!(counts(&run.json())[2], u64::from(!is_first), "{run}");
    }
    let definitions = format!("{CENTER_ID}/workspaces/default/apis/stock/versions/original/definitions");
    assert_eq!(azure.request_ok("GET", &definitions, "").json()["value"], json!([]));
}
