//! Documents created from APIs.

use super::*;
use crate::apim::export_document;
use crate::sample;

const JSON: &str = "{\"openapi\":\"3.0.1\",\"info\":{\"title\":\"Tést — 日本\",\"version\":\"1\"},\"paths\":{\"/a\":{\"get\":{\"operationId\":\"a\",\"parameters\":[{\"name\":\"n\",\"in\":\"query\",\"schema\":{\"type\":\"integer\",\"format\":\"int32\",\"default\":1}}],\"responses\":{\"200\":{\"description\":\"ok\",\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/T\"}}}}}}}},\"components\":{\"schemas\":{\"T\":{\"type\":\"string\"}}}}\n";

fn service() -> TestService {
    let mut service = TestService::new();
    service.put("apis/my-api", &json!({"path": "p", "format": "openapi+json", "value": JSON}));
    service
}

/// Exports and follows the link.
fn export(service: &mut TestService, name: &str, format: &str) -> String {
    let format = format.replace('+', "%2B");
    let answer = service.get(&format!("apis/{name}?format={format}&export=True"));
    let link = answer.body["properties"]["value"]["link"].as_str().unwrap_or_default().to_owned();
    assert!(link.starts_with("http://127.0.0.1:4280/api-export/"), "{answer:?}");
    let token = link.rsplit("sig=").next().unwrap_or_default();
    service.state.links.get(token).expect("a link").document.clone()
}

#[test]
fn the_shape_of_an_export_depends_on_the_api_version() {
    let mut service = service();
    let old = service.get("apis/my-api?format=openapi-link&export=true");
    let id = format!("{SCOPE}/apim1/apis/my-api");
    assert_eq!((&old.body["id"], &old.body["properties"]["format"]), (&json!(id), &json!("openapi-link")));
    service.version = "2024-05-01";
    let new = service.get("apis/my-api?format=openapi-link&export=true");
    assert_eq!(new.body["format"], "openapi-link");
    assert!(new.body["value"]["link"].is_string() && new.body.get("properties").is_none());
}

#[test]
fn an_imported_document_comes_back_byte_for_byte() {
    let mut service = service();
    assert_eq!(export(&mut service, "my-api", "openapi+json-link"), JSON);
    let yaml = export(&mut service, "my-api", "openapi-link");
    assert!(yaml.contains("Tést — 日本"), "{yaml}");
    let read: Value = serde_saphyr::from_str(&yaml).expect("YAML");
    assert_eq!(read, serde_json::from_str::<Value>(JSON).expect("JSON"));
}

#[test]
fn a_changed_api_is_described_anew() {
    let mut service = service();
    service
        .put("apis/my-api/operations/b", &json!({"displayName": "B", "method": "PUT", "urlTemplate": "/b"}));
    let created: Value =
        serde_json::from_str(&export(&mut service, "my-api", "openapi+json-link")).expect("JSON");
    assert_eq!(created["info"]["title"], "Tést — 日本");
    assert_eq!(created["servers"][0]["url"], "https://apim1.azure-api.net/p");
    assert_eq!(created["paths"]["/b"]["put"]["operationId"], "b");
    let schema = &created["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(schema["$ref"], "#/components/schemas/T");
    assert_eq!(created["components"]["schemas"]["T"]["type"], "string");
    let parameter = &created["paths"]["/a"]["get"]["parameters"][0];
    assert_eq!(parameter["schema"], json!({"type": "integer", "format": "int32", "default": 1}));
}

#[test]
fn other_formats_are_made_from_the_operations() {
    let mut service = service();
    let swagger: Value = serde_json::from_str(&export(&mut service, "my-api", "swagger-link")).expect("JSON");
    assert_eq!(
        (&swagger["swagger"], &swagger["host"], &swagger["basePath"]),
        (&json!("2.0"), &json!("apim1.azure-api.net"), &json!("/p"))
    );
    assert_eq!(swagger["paths"]["/a"]["get"]["parameters"][0]["type"], "integer");
    assert_eq!(swagger["paths"]["/a"]["get"]["responses"]["200"]["schema"]["$ref"], "#/definitions/T");
    let wadl = export(&mut service, "my-api", "wadl-link");
    assert!(roxmltree::Document::parse(&wadl).is_ok(), "{wadl}");
    assert!(wadl.contains("Tést — 日本"));
}

#[test]
fn a_format_has_to_fit_the_api() {
    let mut service = service();
    let wsdl = include_str!("../../sample/stock.wsdl");
    service.put("apis/soap", &json!({"path": "s", "format": "wsdl", "value": wsdl}));
    service.put("apis/gql", &json!({"path": "g", "displayName": "G", "type": "graphql"}));
    service.put("apis/ws", &json!({"path": "w", "displayName": "W", "type": "websocket"}));
    assert_eq!(export(&mut service, "soap", "wsdl-link"), wsdl);
    for (name, format) in [
        ("my-api", "wsdl-link"),
        ("soap", "openapi-link"),
        ("gql", "openapi-link"),
        ("ws", "swagger-link"),
        ("my-api", "x"),
    ] {
        assert_eq!(
            service.get(&format!("apis/{name}?format={format}&export=true")).status,
            400,
            "{name} {format}"
        );
    }
    assert_eq!(service.get("apis/nope?format=wsdl-link&export=true").status, 404);
}

#[test]
fn a_center_gets_each_kind_in_its_own_specification() {
    let mut state = State::default();
    sample::load_sample(&mut state, OffsetDateTime::UNIX_EPOCH);
    let apis = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup\
        /providers/Microsoft.ApiManagement/service/myAPIManagement/apis";
    for (name, specification, version) in [
        ("my-api", "openapi", "3.0.1"),
        ("weather", "openapi", "3.0.1"),
        ("stock", "wsdl", "1.1"),
        ("museum", "graphql", "2021"),
    ] {
        let (document, found, stated) = export_document(&state, &format!("{apis}/{name}")).expect(name);
        assert_eq!((found, stated.as_str()), (specification, version), "{name}");
        assert!(specification != "openapi" || document.starts_with('{'));
    }
    assert!(export_document(&state, &format!("{apis}/ticker")).is_none());
    assert!(export_document(&state, &format!("{apis}/nope")).is_none());
}

#[test]
fn a_center_may_name_a_revision() {
    let mut service = service();
    service.put("apis/my-api;rev=2", &json!({"path": "p", "sourceApiId": "/apis/my-api"}));
    service.put(
        "apis/my-api;rev=2/operations/b",
        &json!({"displayName": "B", "method": "GET", "urlTemplate": "/b"}),
    );
    let document = |name: &str| {
        let id = format!("{SCOPE}/apim1/apis/{name}");
        export_document(&service.state, &id).map(|(text, ..)| text).unwrap_or_default()
    };
    assert_eq!(document("my-api;rev=1"), document("my-api"));
    assert!(document("my-api;rev=2").contains("\"/b\""));
    assert!(document("my-api;rev=3").is_empty());
}

#[test]
fn a_graphql_schema_is_exported_as_a_link() {
    let mut service = TestService::new();
    let api =
        json!({"path": "g", "displayName": "G", "type": "graphql", "serviceUrl": "https://x.example.com"});
    service.put("apis/g", &api);
    let export = "apis/g?format=graphql-link&export=true";
    assert_eq!(service.get(export).status, 406);
    let schema = json!({"contentType": "application/vnd.ms-azure-apim.graphql.schema", "document": {"value": "type Query { a: Int }"}});
    service.put("apis/g/schemas/graphql", &schema);
    let exported = service.get(export);
    let link = exported.body["properties"]["value"]["link"].as_str().expect("a link").to_owned();
    let token = link.rsplit("sig=").next().unwrap_or_default();
    assert_eq!(service.state.links.get(token).expect("a link").document, "type Query { a: Int }");
    assert_eq!(service.get("apis/g?format=openapi-link&export=true").status, 400);
    service.put("apis/h", &json!({"path": "h", "displayName": "H"}));
    assert_eq!(service.get("apis/h?format=graphql-link&export=true").status, 400);
}
