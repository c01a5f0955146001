//! Exports of API Management that lead to something other than the document of the API: it is never written.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{APIM, Azure, CENTER, CENTER_ID, Proxy, StaticServer};

const SIGN_IN_PAGE: &str = "<!doctype html><html><body>Please sign in</body></html>";
const OTHER_WSDL: &str = r#"<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" name="SomebodyElse">
    <wsdl:portType name="T"><wsdl:operation name="Sell"/></wsdl:portType><wsdl:service name="SomebodyElse"/>
    </wsdl:definitions>"#;
/// The document of another service that has the name of the API.
const SAME_NAME_WSDL: &str = r#"<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" name="StockQuote">
    <wsdl:portType name="T"><wsdl:operation name="Sell"/></wsdl:portType><wsdl:service name="StockQuote"/>
    </wsdl:definitions>"#;
const WRONG_DOCUMENTS: [&str; 5] = [SIGN_IN_PAGE, OTHER_WSDL, SAME_NAME_WSDL, "", r#"{"error":"expired"}"#];

/// Sends azr through a proxy in which every export links to this document, and an inline export contains it.
fn export_instead(azure: &mut Azure, document: &str) {
    let server = StaticServer::start(200, "document", document);
    let document = document.to_owned();
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let (status, body) = forward();
        if !request.target.contains("export=true") || status != 200 {
            return (status, body);
        }
        let mut response: Value = serde_json::from_slice(&body).expect("JSON");
        // Newer API versions answer without `properties`.
        let holder =
            if response["properties"].is_object() { &mut response["properties"] } else { &mut response };
        let value = &mut holder["value"];
        *value = if value.is_string() { json!(document) } else { json!({"link": server.url}) };
        (status, response.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

#[test]
fn a_wrong_document_of_a_soap_api_is_not_imported() {
    for document in WRONG_DOCUMENTS {
        let mut azure = Azure::start();
        export_instead(&mut azure, document);
        let run = azure.run(format!(
            "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis stock --mode client"
        ));
        assert_eq!(run.code, Some(4), "{document}\n{run}");
        assert!(run.stderr.contains("stock failed: definition wsdl"), "{document}\n{run}");
        let definitions = azure.request(
            "GET",
            &format!("{CENTER_ID}/workspaces/default/apis/stock/versions/original/definitions"),
            "",
        );
        let is_empty = definitions.status == 404 || definitions.json()["value"] == json!([]);
        assert!(is_empty, "{document}");
    }
}

#[test]
fn a_wrong_document_is_not_written_to_a_file() {
    for document in WRONG_DOCUMENTS {
        let mut azure = Azure::start();
        export_instead(&mut azure, document);
        for (api, format) in [("stock", "WsdlFile"), ("weather", "OpenApiJsonFile"), ("weather", "WadlFile")]
        {
            let line = format!("apim api export {APIM} --api-id {api} --export-format {format}");
            let run = azure.run(format!("{line} -f one"));
            assert!(run.error(1).contains("document"), "{format} {document}\n{run}");
            let run = azure.run(format!("{line} --file-name x.{{ext}} -f many"));
            assert_eq!(run.code, Some(4), "{format} {document}\n{run}");
            assert_eq!(azure.files(), ["many"], "{format} {document}");
            let manifest: Value = serde_json::from_slice(&azure.read("many/manifest.json")).expect("JSON");
            assert_eq!(manifest[0]["status"], "failed", "{document}");
        }
    }
}

#[test]
fn a_schema_without_the_fields_of_the_resolvers_is_not_imported() {
    for schema in ["type Query { songs: [String] }", SIGN_IN_PAGE, r#"{"error":"expired"}"#] {
        let mut azure = Azure::start();
        let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
            let (status, body) = forward();
            if !request.target.contains("/museum/schemas") {
                return (status, body);
            }
            let mut response: Value = serde_json::from_slice(&body).expect("JSON");
            response["value"][0]["properties"]["document"]["value"] = json!(schema);
            (status, response.to_string().into_bytes())
        });
        azure.set("AZR_ARM_ENDPOINT", &proxy.url);
        let run = azure.run(format!(
            "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis museum --mode client"
        ));
        assert_eq!(run.code, Some(4), "{schema}\n{run}");
        assert!(run.stderr.contains("museum failed: definition graphql"), "{schema}\n{run}");
    }
}

#[test]
fn an_api_whose_link_has_expired_is_exported_again() {
    let mut azure = Azure::start();
    let expired = StaticServer::start(403, "document", "<Error><Code>AuthenticationFailed</Code></Error>");
    let is_done = AtomicBool::new(false);
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let (status, body) = forward();
        if !request.target.contains("export=true") || is_done.swap(true, Ordering::Relaxed) {
            return (status, body);
        }
        let mut response: Value = serde_json::from_slice(&body).expect("JSON");
        response["properties"]["value"]["link"] = json!(expired.url);
        (status, response.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis weather --mode client"
    ));
}
