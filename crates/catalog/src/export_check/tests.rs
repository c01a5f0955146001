use super::openapi::normalized_operation;
use super::*;
use serde_json::json;

const ORDERS: ExpectedApi<'_> =
    ExpectedApi { name: "orders", title: Some("Orders"), version: Some("v1"), has_siblings: true };

fn operation(title: &str, method: &str, path: &str) -> ListedOperation {
    ListedOperation {
        name: title.to_lowercase(),
        title: title.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
    }
}

#[test]
fn the_response_for_another_api_is_refused() {
    let good = |id: &str| check_response(&ORDERS, &json!({"id": id})).is_ok();
    assert!(good("/x/apis/ORDERS") && good("/x/apis/orders;rev=2") && !good("/x/apis/orders-v2"));
    assert!(check_response(&ORDERS, &json!({})).is_ok());
    let second = ExpectedApi { name: "orders;rev=2", ..ORDERS };
    assert!(check_response(&second, &json!({"id": "/x/apis/orders;rev=2"})).is_ok());
    assert!(check_response(&second, &json!({"id": "/x/apis/orders"})).is_err());
}

#[test]
fn the_document_of_another_api_is_refused() {
    let operations = [operation("Get", "GET", "/orders/{id}"), operation("Add", "POST", "/orders")];
    let document = |version: &str, paths: Value| {
        json!({"openapi": "3.0.1", "info": {"title": "Orders", "version": version}, "paths": paths})
            .to_string()
    };
    let paths =
        json!({"/orders/{number}": {"get": {}, "parameters": [], "summary": "x"}, "/orders": {"post": {}}});
    let json = ExportedFormat::OpenApiJson;
    let check = |text: &str| check_document(&ORDERS, json, text.as_bytes(), Some(&operations));
    let good = document("v1", paths.clone());
    assert_eq!(check(&good).expect("the API").format_version.as_deref(), Some("3.0.1"));
    for (bad, word) in [
        (document("v2", paths.clone()), "version 'v2'"),
        (document("v1", json!({"/orders": {"post": {}}})), "lacks the operation 'get /orders/{}'"),
        (
            document("v1", json!({"/orders": {"post": {}, "head": {}}, "/orders/{a}": {"get": {}}})),
            "has the operation 'head",
        ),
        (document("v1", json!(null)), "lacks"),
        (good.replace("Orders", "Weather"), "'Weather'"),
        ("<html>".to_owned(), "not valid JSON"),
        (r#"{"error":"expired"}"#.to_owned(), "not valid OpenAPI"),
    ] {
        let error = check(&bad).expect_err(word).to_string();
        assert!(error.contains(word), "{error}");
    }
    // Without siblings the title is enough.
    let alone = ExpectedApi { has_siblings: false, ..ORDERS };
    assert!(check_document(&alone, json, document("2", json!({})).as_bytes(), None).is_ok());
}

#[test]
fn contact_license_and_terms_are_read_from_the_document() {
    let document = json!({"openapi": "3.0.1", "paths": {}, "info": {"title": "Orders", "version": "v1",
        "termsOfService": "https://t", "contact": {"name": "N", "email": "e@x", "url": null, "x-more": [1]},
        "license": {"name": "MIT", "identifier": "MIT"}}});
    let alone = ExpectedApi { has_siblings: false, ..ORDERS };
    let terms = check_document(&alone, ExportedFormat::OpenApiJson, document.to_string().as_bytes(), None)
        .expect("the API")
        .terms;
    assert_eq!(terms.terms_of_service.as_deref(), Some("https://t"));
    assert_eq!((terms.contact.name.as_deref(), terms.contact.url.as_deref()), (Some("N"), None));
    assert_eq!((terms.email.as_deref(), terms.license.name.as_deref()), (Some("e@x"), Some("MIT")));
}

#[test]
fn yaml_is_read_as_well() {
    let check = |text: &str| check_document(&ORDERS, ExportedFormat::OpenApiYaml, text.as_bytes(), Some(&[]));
    let good = "openapi: 3.0.1\ninfo:\n  title: Orders\n  version: v1\npaths: {}\n";
    assert_eq!(check(good).expect("the API").format_version.as_deref(), Some("3.0.1"));
    // An unquoted version is a number, whose original spelling is lost.
    assert!(check(&good.replace("v1", "1.0")).is_ok());
    assert!(check(&good.replace("v1", "v2")).is_err());
    assert!(check(&good.replace("{}", "{/a: {get: {}}}")).is_err());
    assert!(check("a: b: c").is_err_and(|error| error.to_string().contains("not valid YAML")));
}

#[test]
fn a_template_is_compared_without_its_query_and_the_names_in_it() {
    assert_eq!(normalized_operation("GET", "/a/{b}/C/?d={e}").as_deref(), Some("get /a/{}/c"));
    assert_eq!(normalized_operation("LOCK", "/a"), None);
}
fn wsdl(service: &str, operations: &[&str]) -> String {
    let of_interface: Vec<String> =
        operations.iter().map(|name| format!("<w:operation name=\"{name}\"/>")).collect();
    let bound = |name: &&str| {
        format!("<w:operation name=\"{name}\"><s:operation soapAction=\"urn:{name}\"/></w:operation>")
    };
    let of_binding: Vec<String> = operations.iter().map(bound).collect();
    let (of_interface, of_binding) = (of_interface.concat(), of_binding.concat());
    format!(
        "<w:definitions xmlns:w=\"http://schemas.xmlsoap.org/wsdl/\" xmlns:s=\"http://schemas.xmlsoap.org/wsdl/soap/\">\
         <w:portType name=\"T\">{of_interface}</w:portType><w:binding name=\"B\">{of_binding}</w:binding>\
         <w:service name=\"{service}\"/></w:definitions>"
    )
}

/// Checks a WSDL document of the API "Stock" with these operations.
fn check_wsdl(text: &str, operations: &[ListedOperation], has_siblings: bool) -> Result<CheckedDocument> {
    let expected = ExpectedApi { name: "stock", title: Some("Stock"), version: None, has_siblings };
    check_document(&expected, ExportedFormat::Wsdl, text.as_bytes(), Some(operations))
}

#[test]
fn wsdl_of_the_api_is_accepted() {
    let calls =
        [operation("Get", "POST", "/?soapAction=urn:Get"), operation("Add", "POST", "/?soapAction=urn:Add")];
    let is_accepted = |service, operations: &[&str], calls: &[_]| {
        check_wsdl(&wsdl(service, operations), calls, false).is_ok()
    };
    assert!(is_accepted("Stock", &["Get", "Add"], &calls));
    assert!(is_accepted("Renamed", &["Get", "Add", "RemovedByPeople"], &calls));
    assert!(is_accepted("Stock", &["Get"], &calls), "an operation that people added");
    assert!(is_accepted("Stock", &[], &[]));
    let renamed = operation("Current price", "POST", "/?soapAction=urn:get&x=1");
    let added = operation("Health", "GET", "/health");
    assert!(is_accepted("Renamed", &["Get"], &[renamed, added]));
}

#[test]
fn wsdl_of_another_api_is_refused() {
    let calls =
        [operation("Get", "POST", "/?soapAction=urn:Get"), operation("Add", "POST", "/?soapAction=urn:Add")];
    for (text, has_siblings, word) in [
        ("<!doctype html><html><body>Please sign in</body></html>".to_owned(), false, "not WSDL"),
        (r#"{"error":"expired"}"#.to_owned(), false, "not WSDL"),
        (
            r#"{"openapi":"3.0.1","info":{"title":"Stock","version":"1"},"paths":{}}"#.to_owned(),
            false,
            "but openapi",
        ),
        (String::new(), false, "it is empty"),
        (wsdl("SomebodyElse", &[]), false, "lacks the operation 'Get'"),
        (wsdl("SomebodyElse", &["Get"]), false, "lacks the operation 'Add'"),
        (wsdl("Stock", &["Remove"]), false, "lacks the operation"),
        (wsdl("Stock", &[]), false, "lacks the operation"),
        (wsdl("Stock", &["Get"]), true, "lacks the operation 'Add'"),
        (wsdl("Stock", &["Get", "Add", "Remove"]), true, "has the operation 'Remove'"),
    ] {
        let error = check_wsdl(&text, &calls, has_siblings).expect_err(&text).to_string();
        assert!(error.contains(word), "{error}");
    }
    let calls = ["Get", "Add", "Remove", "Move"].map(|name| operation(name, "POST", "/"));
    let error = check_wsdl(&wsdl("Stock", &["Get", "Sell"]), &calls, false).expect_err("another service");
    assert!(error.to_string().contains("lacks the operation 'Add'"), "{error}");
    let error = check_wsdl(&wsdl("Other", &["Get"]), &[], false).expect_err("nothing in common").to_string();
    assert!(error.contains("the title 'Other' for 'stock'"), "{error}");
}

#[test]
fn a_graphql_schema_needs_the_fields_of_the_resolvers() {
    let expected = ExpectedApi { name: "museum", title: Some("Museum"), version: None, has_siblings: false };
    let resolvers = [operation("Paintings", "", "Query/paintings")];
    let check =
        |text: &str| check_document(&expected, ExportedFormat::GraphQl, text.as_bytes(), Some(&resolvers));
    assert!(check("type Query { paintings: [String] }").is_ok());
    for (text, word) in [
        ("type Query { songs: [String] }", "lacks the operation 'Query/paintings'"),
        ("<html/>", "not GraphQL"),
        (r#"{"error":"expired"}"#, "not GraphQL"),
        ("type Query { a: }", "not GraphQL"),
        ("", "not GraphQL"),
    ] {
        let error = check(text).expect_err(text).to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn wadl_is_checked_by_title_and_operations() {
    let wadl = |title: &str, path: &str| {
        format!(
            r#"<application xmlns="http://wadl.dev.java.net/2009/02"><doc title="{title}"/><resources base="http://a">
               <resource path="{path}"><method name="GET"/></resource></resources></application>"#
        )
    };
    let operations = [operation("Get", "GET", "/orders/{id}")];
    let check =
        |text: &str| check_document(&ORDERS, ExportedFormat::Wadl, text.as_bytes(), Some(&operations));
    assert!(check(&wadl("Orders", "/orders/{number}")).is_ok());
    for (text, word) in [
        (wadl("Weather", "/orders/{number}"), "'Weather'"),
        (wadl("Orders", "/weather"), "operation 'get /"),
        ("<html/>".to_owned(), "not WADL"),
    ] {
        let error = check(&text).expect_err(&text).to_string();
        assert!(error.contains(word), "{error}");
    }
}
