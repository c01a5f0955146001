//! What lists of API Management leave out, and documents that it cannot export.

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID, Proxy, StaticServer};

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

/// The title of an API in API Management.
fn title(azure: &Azure, api: &str) -> Value {
    azure.request_ok("GET", &format!("{APIM_ID}/apis/{api}"), "").json()["properties"]["displayName"].clone()
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
fn contact_and_license_are_imported_though_the_document_omits_them() {
    let mut azure = Azure::start();
    set_terms(&azure, "warehouse", "Ada");
    let document = json!({"openapi": "3.0.1", "info": {"title": title(&azure, "warehouse"), "version": "1.0"}, "paths": {}});
    let server = StaticServer::start(200, "document", document.to_string());
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let (status, body) = forward();
        if !request.target.contains("export=true") {
            return (status, body);
        }
        let mut response: Value = serde_json::from_slice(&body).expect("JSON");
        response["properties"]["value"] = json!({"link": server.url});
        (status, response.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    for person in ["Ada", "Grace"] {
        set_terms(&azure, "warehouse", person);
        import(&azure, "--apim-apis warehouse").expect_success();
        assert_eq!(property(&azure, "warehouse", "contacts")[0]["name"], person);
        assert_eq!(property(&azure, "warehouse", "license")["name"], "MIT");
    }
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

/// How many requests about an API azr sends to Resource Manager for its import and for the next one.
fn requests_of_api(azure: &Azure, api: &str) -> [usize; 2] {
    [(); 2].map(|()| {
        let before = azure.log("log.jsonl").len();
        import(azure, &format!("--apim-apis {api}")).expect_success();
        let is_of_api = |request: &&Value| {
            let path = request["path"].as_str().unwrap_or_default();
            let rest = path.split_once("/apis/").map(|(_, rest)| rest);
            path.starts_with("/subscriptions") && rest.is_some_and(|rest| rest.starts_with(api))
        };
        azure.log("log.jsonl")[before..].iter().filter(is_of_api).count()
    })
}

#[test]
fn an_api_of_any_type_needs_few_requests() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    // Without an OpenAPI document the contact is in the API itself only; operations or resolvers identify the document.
    for (api, most) in [("warehouse", [9, 4]), ("stock", [10, 5]), ("museum", [10, 5]), ("ticker", [5, 4])] {
        let requests = requests_of_api(&azure, api);
        assert!(requests[0] <= most[0] && requests[1] <= most[1], "{api}: {requests:?}");
    }
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
