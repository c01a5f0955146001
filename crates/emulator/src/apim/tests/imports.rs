//! APIs created from documents.

use super::*;

const YAML: &str = "openapi: 3.0.1\ninfo:\n  title: Ünï\n  version: 1.0\n  description: d\nservers:\n  - url: https://{region}.x.com/v1/\n    variables:\n      region: {default: eu}\npaths:\n  /pets/{id}:\n    get:\n      responses:\n        200: {description: ok}\n";

fn import(service: &mut TestService, name: &str, format: &str, value: &str) -> Received {
    service.put(&format!("apis/{name}"), &json!({"path": name, "format": format, "value": value}))
}

#[test]
fn an_openapi_document_describes_the_api() {
    let mut service = TestService::new();
    let created = import(&mut service, "pets", "openapi", YAML);
    assert_eq!(created.status, 201, "{created:?}");
    let properties = &created.body["properties"];
    assert_eq!(properties["displayName"], "Ünï");
    assert_eq!(properties["serviceUrl"], "https://eu.x.com/v1");
    assert_eq!(properties["description"], "d");
    assert!(properties.get("value").is_none() && properties.get("format").is_none());
    let operation = service.get("apis/pets/operations/get-pets-id");
    assert_eq!(operation.body["properties"]["urlTemplate"], "/pets/{id}");
    assert_eq!(operation.body["properties"]["templateParameters"][0]["name"], "id");
    assert_eq!(operation.body["properties"]["responses"][0]["statusCode"], 200);
}

#[test]
fn what_the_request_says_goes_before_what_the_document_says() {
    let mut service = TestService::new();
    let body = json!({"path": "p", "format": "openapi", "value": YAML, "displayName": "Mine"});
    assert_eq!(service.put("apis/p", &body).body["properties"]["displayName"], "Mine");
}

#[test]
fn another_import_replaces_the_operations() {
    let mut service = TestService::new();
    import(&mut service, "pets", "openapi", YAML);
    let again = import(&mut service, "pets", "openapi", &YAML.replace("/pets/{id}", "/dogs"));
    assert_eq!(again.status, 200);
    assert_eq!(names(&service.get("apis/pets/operations")), ["get-dogs"]);
}

#[test]
fn documents_that_are_not_what_they_should_be_are_refused() {
    let mut service = TestService::new();
    for (format, value) in [
        ("openapi", "not: [closed"),
        ("openapi", "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}"),
        ("openapi", "openapi: 3.0.1\ninfo: {version: '1'}\npaths: {}"),
        ("openapi", "openapi: 3.0.1\ninfo: {title: T, version: '1'}"),
        ("openapi+json", "openapi: 3.0.1\ninfo: {title: T, version: '1'}\npaths: {}"),
        ("swagger-json", "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"T\"},\"paths\":{}}"),
        ("wsdl", "<a/>"),
        ("wadl-xml", "<a/>"),
        ("openapi-link", "https://example.test/openapi.yaml"),
        ("nope", "x"),
    ] {
        let refused = import(&mut service, "x", format, value);
        assert_eq!(
            (refused.status, &refused.body["error"]["code"]),
            (400, &json!("ValidationError")),
            "{value}"
        );
    }
}

#[test]
fn a_link_the_emulator_gave_out_can_be_imported() {
    let mut service = TestService::new();
    import(&mut service, "pets", "openapi", YAML);
    let link =
        service.get("apis/pets?format=openapi-link&export=true").body["properties"]["value"]["link"].clone();
    let copy = import(&mut service, "copy", "openapi-link", link.as_str().expect("a link"));
    assert_eq!((copy.status, &copy.body["properties"]["displayName"]), (201, &json!("Ünï")), "{copy:?}");
}

#[test]
fn wsdl_is_passed_through_or_becomes_rest() {
    let mut service = TestService::new();
    let wsdl = include_str!("../../sample/stock.wsdl");
    let soap = import(&mut service, "stock", "wsdl", wsdl);
    assert_eq!(
        (&soap.body["properties"]["type"], &soap.body["properties"]["displayName"]),
        (&json!("soap"), &json!("StockQuote"))
    );
    assert_eq!(soap.body["properties"]["serviceUrl"], "https://stock.example.com/quote.svc");
    assert_eq!(
        service.get("apis/stock/operations/GetPrice").body["properties"]["urlTemplate"],
        "/?soapAction=http://example.com/stock/GetPrice"
    );
    let rest =
        service.put("apis/rest", &json!({"path": "r", "format": "wsdl", "value": wsdl, "apiType": "http"}));
    assert!(rest.body["properties"].get("type").is_none(), "{rest:?}");
    let chosen =
        json!({"path": "c", "format": "wsdl", "value": wsdl, "wsdlSelector": {"wsdlServiceName": "Nope"}});
    assert_eq!(service.put("apis/c", &chosen).status, 400);
}

#[test]
fn swagger_and_wadl() {
    let mut service = TestService::new();
    let swagger = import(&mut service, "w", "swagger-json", include_str!("../../sample/weather.json"));
    assert_eq!(swagger.body["properties"]["serviceUrl"], "https://weather.example.com/api");
    let wadl = "<application xmlns=\"http://wadl.dev.java.net/2009/02\"><doc title=\"Old\"/><resources base=\"https://x/y/\">\
        <resource path=\"/a\"><resource path=\"{id}\"><param name=\"id\" style=\"template\" type=\"xs:int\"/>\
        <method name=\"get\"/></resource></resource></resources></application>";
    let created = import(&mut service, "old", "wadl-xml", wadl);
    assert_eq!(
        (&created.body["properties"]["displayName"], &created.body["properties"]["serviceUrl"]),
        (&json!("Old"), &json!("https://x/y"))
    );
    assert_eq!(service.get("apis/old/operations/get-a-id").body["properties"]["urlTemplate"], "/a/{id}");
}

#[test]
fn imports_are_long_running_operations() {
    let mut service = TestService::new();
    let body = |value: &str| json!({"properties": {"path": "p", "format": "openapi", "value": value}});
    for (code, status) in [("asyncCode=201", 201), ("asyncCode=200", 200)] {
        let accepted = service.send("PUT", "apis/p", &body(YAML));
        assert_eq!((accepted.status, &accepted.body, accepted.etag.as_str()), (202, &Value::Null, ""));
        assert!(accepted.location.contains("/apis/p?api-version=2022-08-01&asyncId="), "{accepted:?}");
        assert!(accepted.location.ends_with(code), "{accepted:?}");
        let done = service.wait(accepted);
        assert_eq!(
            (done.status, done.body["name"].as_str(), done.etag.is_empty()),
            (status, Some("p"), false)
        );
    }
    let refused = service.send("PUT", "apis/q", &body("not: [closed"));
    assert_eq!(refused.status, 202, "the document is read later");
    let refused = service.wait(refused);
    assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("ValidationError")));
    assert_eq!(service.get("apis/q").status, 404);
    assert_eq!(service.put("apis/q", &json!({"path": "q", "format": "openapi"})).status, 400);
    let value =
        service.send("PUT", "namedValues/n", &json!({"properties": {"displayName": "n", "value": "v"}}));
    assert_eq!(value.status, 202);
    assert_eq!(service.wait(value).body["properties"]["value"], "v");
}

#[test]
fn imports_are_done_at_once_in_later_versions() {
    let mut service = TestService::new();
    service.version = "2024-05-01";
    let body = |value: &str| json!({"properties": {"path": "p", "format": "openapi", "value": value}});
    for status in [201, 200] {
        let done = service.send("PUT", "apis/p", &body(YAML));
        assert_eq!((done.status, done.body["name"].as_str()), (status, Some("p")));
    }
    let refused = service.send("PUT", "apis/q", &body("not: [closed"));
    assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("ValidationError")));
    let value =
        service.send("PUT", "namedValues/n", &json!({"properties": {"displayName": "n", "value": "v"}}));
    assert_eq!((value.status, value.body["name"].as_str()), (201, Some("n")));
}

const DETAILS: &str = r##"{"openapi": "3.0.1", "info": {"title": "T", "version": "1"},
  "servers": [{"url": "http://x.example.com"}],
  "paths": {"/pets": {"get": {"operationId": "list",
    "parameters": [
      {"name": "tags", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
      {"name": "page", "in": "query", "required": true, "schema": {"type": "integer", "enum": [1, 2]}}],
    "responses": {"200": {"description": "ok",
      "headers": {"x-next": {"description": "The next page.", "schema": {"type": "string"}}},
      "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}}}}}}},
  "components": {"schemas": {"Pet": {"type": "object"}}}}"##;

#[test]
fn details_of_a_document_survive_a_generated_export() {
    let mut service = TestService::new();
    let imported = import(&mut service, "pets", "openapi+json", DETAILS);
    assert_eq!(imported.body["properties"]["protocols"], json!(["https"]), "{imported:?}");
    let operation = service.get("apis/pets/operations/list").body["properties"].clone();
    assert_eq!(operation["urlTemplate"], "/pets?page={page}");
    assert_eq!(operation["templateParameters"][0]["name"], "page");
    assert_eq!(operation["responses"][0]["headers"][0]["name"], "x-next");
    assert_eq!(
        operation["responses"][0]["representations"][0]["typeName"],
        "PetsGet200ApplicationJsonResponse"
    );
    // A change makes the export a generated one.
    service.send("PATCH", "apis/pets/operations/list", &json!({"properties": {"description": "d"}}));
    let exported = service.get("apis/pets?format=openapi%2Bjson-link&export=true");
    let link = exported.body["properties"]["value"]["link"].as_str().expect("a link").to_owned();
    let token = link.rsplit("sig=").next().unwrap_or_default();
    let document = service.state.links.get(token).expect("a link").document.clone();
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let original: Value = serde_json::from_str(DETAILS).expect("JSON");
    let (created, sent) = (&document["paths"]["/pets"]["get"], &original["paths"]["/pets"]["get"]);
    assert_eq!(created["parameters"][1]["schema"], sent["parameters"][0]["schema"], "{document}");
    assert_eq!(created["parameters"][0]["schema"], sent["parameters"][1]["schema"]);
    // The representations of an operation have generated examples.
    let mut responses = sent["responses"].clone();
    responses["200"]["content"]["application/json"]["example"] = json!([{}]);
    assert_eq!(created["responses"], responses);
    assert_eq!(document["components"]["schemas"], original["components"]["schemas"]);
}

#[test]
fn operations_with_one_signature_are_refused() {
    let mut service = TestService::new();
    let document = "openapi: 3.0.1\ninfo: {title: T, version: '1'}\npaths:\n  /s/{a}:\n    get: {responses: {}}\n  /s/{b}:\n    get: {responses: {}}\n";
    let refused = import(&mut service, "s", "openapi", document);
    let message =
        "Importing API has duplicate signature operations: 2 operations with signature 'GET /s/{a}'";
    assert_eq!((refused.status, &refused.body["error"]["message"]), (400, &json!(message)));
    assert_eq!(refused.body["error"]["details"], Value::Null);
}

#[test]
fn references_to_files_are_refused() {
    let mut service = TestService::new();
    let document = |reference: &str| {
        format!(
            "openapi: 3.0.1\ninfo: {{title: T, version: '1'}}\npaths:\n  /s:\n    get:\n      responses:\n        \
             200: {{description: d, content: {{a/b: {{schema: {{$ref: '{reference}'}}, example: {{$ref: x}}}}}}}}\n\
             components: {{schemas: {{S: {{type: string}}}}}}\n"
        )
    };
    for (reference, status) in
        [("#/components/schemas/S", 201), ("s.yaml#/S", 400), ("https://x.test/s.json", 400)]
    {
        assert_eq!(import(&mut service, "s", "openapi", &document(reference)).status, status, "{reference}");
    }
}

#[test]
fn one_of_several_wsdl_endpoints_must_be_selected() {
    let mut service = TestService::new();
    let wsdl = include_str!("../../sample/stock.wsdl");
    let port = &wsdl[wsdl.find("<wsdl:port ").expect("a port")..];
    let port = &port[..port.find("</wsdl:port>").expect("an end") + "</wsdl:port>".len()];
    let name = port.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a name");
    let two =
        wsdl.replace(port, &format!("{port}{}", port.replace(&format!("name=\"{name}\""), "name=\"Other\"")));
    let refused = import(&mut service, "stock", "wsdl", &two);
    let message = "Multiple service endpoints available, only one can be imported at a time";
    assert_eq!((refused.status, &refused.body["error"]["message"]), (400, &json!(message)));
    let body =
        json!({"path": "s", "format": "wsdl", "value": two, "wsdlSelector": {"wsdlEndpointName": "Other"}});
    assert_eq!(service.put("apis/stock", &body).status, 201);
}

#[test]
fn xml_schemas_of_a_wsdl_become_schemas() {
    let mut service = TestService::new();
    import(&mut service, "stock", "wsdl", include_str!("../../sample/stock.wsdl"));
    let schemas = service.get("apis/stock/schemas");
    assert_eq!(schemas.body["count"], 1, "{schemas:?}");
    let properties = &schemas.body["value"][0]["properties"];
    assert_eq!(properties["contentType"], "application/vnd.ms-azure-apim.xsd+xml");
    let text = properties["document"]["value"].as_str().expect("a text");
    let document = roxmltree::Document::parse(text).expect("XML that stands alone");
    assert!(document.root_element().has_tag_name(("http://www.w3.org/2001/XMLSchema", "schema")));
}

#[test]
fn a_new_api_has_the_revision_1() {
    let mut service = TestService::new();
    let created = import(&mut service, "pets;rev=3", "openapi", YAML);
    assert_eq!(
        (created.status, &created.body["properties"]["apiRevision"]),
        (201, &json!("1")),
        "{created:?}"
    );
    assert_eq!(service.get("apis/pets;rev=3").status, 404);
    assert_eq!(names(&service.get("apis")), ["pets"]);
    assert_eq!(service.get("apis/pets/revisions").body["nextLink"], Value::Null);
}

#[test]
fn operations_are_checked_against_the_others_and_the_schemas() {
    let mut service = TestService::new();
    service.put("apis/shop", &json!({"displayName": "Shop", "path": "shop"}));
    let operation = |template: &str, schema: &str| {
        json!({"displayName": "o", "method": "GET", "urlTemplate": template,
               "templateParameters": [{"name": "a", "type": "string"}, {"name": "b", "type": "string"}],
               "responses": [{"statusCode": 200, "representations": [{"contentType": "a/b", "schemaId": schema}]}]})
    };
    let unknown = service.put("apis/shop/operations/one", &operation("/x/{a}", "none"));
    let detail = &unknown.body["error"]["details"][0];
    assert_eq!(detail["message"], "Operation references schema that does not exist.");
    assert_eq!(detail["target"], "operation 'GET'-'/x/{a}' schema none");
    service.put("apis/shop/schemas/s", &json!({"contentType": "a/b", "document": {"value": "x"}}));
    assert_eq!(service.put("apis/shop/operations/one", &operation("/x/{a}", "s")).status, 201);
    assert_eq!(service.put("apis/shop/operations/one", &operation("/x/{b}", "s")).status, 200);
    let twice = service.put("apis/shop/operations/two", &operation("/X/{a}", "s"));
    assert_eq!((twice.status, &twice.body["error"]["details"][0]["target"]), (400, &json!("urlTemplate")));
}
