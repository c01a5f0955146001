//! What lies in an API or a service besides APIs.

use super::*;

#[test]
fn the_verbs_are_the_same_for_every_kind() {
    let mut bench = Bench::new();
    bench.put("apis/gql", &json!({"path": "g", "displayName": "G", "type": "graphql"}));
    let schema = json!({"contentType": "application/vnd.ms-azure-apim.graphql.schema", "document": {"value": "type Query { a: Int }"}});
    for (id, properties) in [
        ("apis/gql/operations/o", json!({"displayName": "O", "method": "GET", "urlTemplate": "/o"})),
        ("apis/gql/schemas/graphql", schema),
        ("apis/gql/resolvers/r", json!({"displayName": "R", "path": "Query/a"})),
        (
            "apiVersionSets/vs",
            json!({"displayName": "V", "versioningScheme": "Header", "versionHeaderName": "X-V"}),
        ),
        ("products/p", json!({"displayName": "P"})),
        ("namedValues/n", json!({"displayName": "N", "value": "v"})),
        ("backends/b", json!({"url": "https://b", "protocol": "http"})),
        ("tags/t", json!({"displayName": "T"})),
    ] {
        let (collection, name) = id.rsplit_once('/').expect("a path");
        assert_eq!(bench.put(id, &json!({})).status, 400, "{id}");
        assert_eq!(bench.get(id).status, 404, "{id}");
        assert_eq!(bench.put(id, &properties).status, 201, "{id}");
        assert_eq!(bench.put(id, &properties).status, 200, "{id}");
        assert_eq!(bench.get(id).body["name"], name);
        assert_eq!(bench.send("HEAD", id, &Value::Null).status, 200, "{id}");
        assert_eq!(names(&bench.get(collection)), [name]);
        assert_eq!(bench.send("PATCH", id, &json!({"properties": {"note": "x"}})).status, 200, "{id}");
        assert_eq!(bench.delete(id), 200, "{id}");
        assert_eq!(bench.delete(id), 204, "{id}");
    }
}

#[test]
fn a_secret_is_shown_on_request_only() {
    let mut bench = Bench::new();
    let made = bench.put("namedValues/nv", &json!({"displayName": "NV", "value": "s3cret", "secret": true}));
    assert!(!made.body.to_string().contains("s3cret"), "{made:?}");
    assert!(!bench.get("namedValues").body.to_string().contains("s3cret"));
    // A client sends back what it was shown, which is without the value.
    assert_eq!(bench.put("namedValues/nv", &json!({"displayName": "NV", "secret": true})).status, 200);
    let secret = bench.send("POST", "namedValues/nv/listValue", &Value::Null);
    assert_eq!((secret.status, secret.body), (200, json!({"value": "s3cret"})));
    assert_eq!(bench.put("namedValues/x", &json!({"displayName": "X"})).status, 400);
    assert_eq!(bench.put("namedValues/x", &json!({"displayName": "X y", "value": "v"})).status, 400);
}

#[test]
fn templates_need_their_parameters() {
    let mut bench = Bench::new();
    bench.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    let operation = |parameters: Value| json!({"displayName": "O", "method": "GET", "urlTemplate": "/s/{id}", "templateParameters": parameters});
    assert_eq!(bench.put("apis/a/operations/o", &operation(json!([]))).status, 400);
    let good = operation(json!([{"name": "id", "type": "string", "required": true}]));
    assert_eq!(bench.put("apis/a/operations/o", &good).status, 201);
}

#[test]
fn a_product_knows_its_apis() {
    let mut bench = Bench::new();
    bench.put("products/p", &json!({"displayName": "P"}));
    assert_eq!(bench.send("PUT", "products/p/apis/a", &Value::Null).status, 404);
    bench.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    let added = bench.send("PUT", "products/p/apis/a", &Value::Null);
    assert_eq!(
        (added.status, &added.body["type"]),
        (201, &json!("Microsoft.ApiManagement/service/products/apis"))
    );
    assert_eq!(bench.send("HEAD", "products/p/apis/a", &Value::Null).status, 204);
    assert_eq!(bench.send("HEAD", "products/p/apis/b", &Value::Null).status, 404);
    let list = bench.get("products/p/apis");
    assert_eq!((names(&list), &list.body["count"]), (vec!["a"], &json!(1)));
    assert_eq!(names(&bench.get("apis/a/products")), ["p"]);
    bench.delete("apis/a");
    assert!(names(&bench.get("products/p/apis")).is_empty());
    assert_eq!(bench.delete("products/p/apis/a"), 204);
}

#[test]
fn policies_are_checked_and_named_policy() {
    let mut bench = Bench::new();
    bench.put("apis/g", &json!({"path": "g", "displayName": "G", "type": "graphql"}));
    bench.put("apis/g/resolvers/r", &json!({"displayName": "R", "path": "Query/a"}));
    let at = "apis/g/resolvers/r/policies/policy";
    assert_eq!(bench.put(at, &json!({"value": "<a>", "format": "xml"})).status, 400);
    assert_eq!(bench.put("apis/g/resolvers/r/policies/x", &json!({"value": "<a/>"})).status, 400);
    assert_eq!(bench.put(at, &json!({"value": "<a/>", "format": "xml"})).status, 201);
    let shown = bench.get(&format!("{at}?format=rawxml"));
    assert_eq!(shown.body["properties"], json!({"value": "<a/>", "format": "rawxml"}));
}
