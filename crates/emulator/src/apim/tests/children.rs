//! What lies in an API or a service besides APIs.

use super::*;

#[test]
fn the_verbs_are_the_same_for_every_kind() {
    let mut service = TestService::new();
    service.put("apis/gql", &json!({"path": "g", "displayName": "G", "type": "graphql"}));
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
        assert_eq!(service.put(id, &json!({})).status, 400, "{id}");
        assert_eq!(service.get(id).status, 404, "{id}");
        assert_eq!(service.put(id, &properties).status, 201, "{id}");
        assert_eq!(service.put(id, &properties).status, 200, "{id}");
        assert_eq!(service.get(id).body["name"], name);
        assert_eq!(service.send("HEAD", id, &Value::Null).status, 200, "{id}");
        assert_eq!(names(&service.get(collection)), [name]);
        let patched = service.send("PATCH", id, &json!({"properties": {"note": "x"}}));
        assert_eq!(service.wait(patched).status, 200, "{id}");
        assert_eq!(service.delete(id), 200, "{id}");
        assert_eq!(service.delete(id), 204, "{id}");
    }
}

#[test]
fn a_secret_is_shown_on_request_only() {
    let mut service = TestService::new();
    let created =
        service.put("namedValues/nv", &json!({"displayName": "NV", "value": "s3cret", "secret": true}));
    assert!(!created.body.to_string().contains("s3cret"), "{created:?}");
    assert!(!service.get("namedValues").body.to_string().contains("s3cret"));
    // A client sends back what it was shown, which is without the value.
    assert_eq!(service.put("namedValues/nv", &json!({"displayName": "NV", "secret": true})).status, 200);
    let secret = service.send("POST", "namedValues/nv/listValue", &Value::Null);
    assert_eq!((secret.status, secret.body), (200, json!({"value": "s3cret"})));
    assert_eq!(service.put("namedValues/x", &json!({"displayName": "X"})).status, 400);
    assert_eq!(service.put("namedValues/x", &json!({"displayName": "X y", "value": "v"})).status, 400);
}

#[test]
fn templates_need_their_parameters() {
    let mut service = TestService::new();
    service.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    let operation = |parameters: Value| json!({"displayName": "O", "method": "GET", "urlTemplate": "/s/{id}", "templateParameters": parameters});
    assert_eq!(service.put("apis/a/operations/o", &operation(json!([]))).status, 400);
    let good = operation(json!([{"name": "id", "type": "string", "required": true}]));
    assert_eq!(service.put("apis/a/operations/o", &good).status, 201);
}

#[test]
fn an_api_has_one_operation_for_a_method_and_template() {
    let mut service = TestService::new();
    service.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    let operation = |method: &str, name: &str| {
        json!({"displayName": "O", "method": method, "urlTemplate": format!("/s/{{{name}}}/t"),
               "templateParameters": [{"name": name, "type": "string", "required": true}]})
    };
    for (id, method, name, status) in
        [("o", "GET", "id", 201), ("o", "GET", "key", 200), ("p", "get", "id", 400), ("p", "POST", "id", 201)]
    {
        let response = service.put(&format!("apis/a/operations/{id}"), &operation(method, name));
        assert_eq!(response.status, status, "{method} {name}: {response:?}");
    }
    let patch = json!({"properties": {"method": "GET"}});
    let refused = service.send("PATCH", "apis/a/operations/p", &patch);
    assert_eq!(
        (refused.status, &refused.body["error"]["details"][0]["target"]),
        (400, &json!("urlTemplate"))
    );
}

#[test]
fn a_product_knows_its_apis() {
    let mut service = TestService::new();
    service.put("products/p", &json!({"displayName": "P"}));
    assert_eq!(service.send("PUT", "products/p/apis/a", &Value::Null).status, 404);
    service.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    let added = service.send("PUT", "products/p/apis/a", &Value::Null);
    assert_eq!(
        (added.status, &added.body["type"]),
        (201, &json!("Microsoft.ApiManagement/service/products/apis"))
    );
    assert_eq!(service.send("HEAD", "products/p/apis/a", &Value::Null).status, 204);
    assert_eq!(service.send("HEAD", "products/p/apis/b", &Value::Null).status, 404);
    let list = service.get("products/p/apis");
    assert_eq!((names(&list), &list.body["count"]), (vec!["a"], &json!(1)));
    assert_eq!(names(&service.get("apis/a/products")), ["p"]);
    service.delete("apis/a");
    assert!(names(&service.get("products/p/apis")).is_empty());
    assert_eq!(service.delete("products/p/apis/a"), 204);
}

#[test]
fn policies_are_checked_and_named_policy() {
    let mut service = TestService::new();
    service.put("apis/g", &json!({"path": "g", "displayName": "G", "type": "graphql"}));
    service.put("apis/g/resolvers/r", &json!({"displayName": "R", "path": "Query/a"}));
    let at = "apis/g/resolvers/r/policies/policy";
    assert_eq!(service.put(at, &json!({"value": "<a>", "format": "xml"})).status, 400);
    assert_eq!(service.put("apis/g/resolvers/r/policies/x", &json!({"value": "<a/>"})).status, 400);
    assert_eq!(service.put(at, &json!({"value": "<a/>", "format": "xml"})).status, 201);
    let shown = service.get(&format!("{at}?format=rawxml"));
    assert_eq!(shown.body["properties"], json!({"value": "<a/>", "format": "rawxml"}));
}

/// A service with so many APIs, of which every second is tagged `t`, and every second is in the product `p`.
fn tagged(count: usize) -> TestService {
    let mut service = TestService::new();
    service.put("tags/t", &json!({"displayName": "A tag"}));
    service.put("tags/u", &json!({"displayName": "Another"}));
    service.put("products/p", &json!({"displayName": "P"}));
    for n in 0..count {
        service.put(
            &format!("apis/a{n:03}"),
            &json!({"path": format!("p{n}"), "displayName": format!("API {n}")}),
        );
        if n % 2 == 0 {
            assert_eq!(service.put(&format!("apis/a{n:03}/tags/t"), &json!({})).status, 201);
            assert_eq!(service.put(&format!("products/p/apis/a{n:03}"), &json!({})).status, 201);
        }
    }
    service
}

/// The items of a list, over all of its pages, and the count that each page tells.
fn all_pages(service: &mut TestService, first: &str) -> (Vec<Value>, Vec<Value>) {
    let mut url = format!("{SCOPE}/apim1/{first}");
    let (mut items, mut counts) = (Vec::new(), Vec::new());
    loop {
        let page = service.absolute("GET", &url, &Value::Null);
        assert_eq!(page.status, 200, "{page:?}");
        items.extend(page.body["value"].as_array().expect("a list").iter().cloned());
        counts.push(page.body["count"].clone());
        let Some(next) = page.body["nextLink"].as_str() else { return (items, counts) };
        url = next.strip_prefix("http://127.0.0.1:4280").expect("the same host").to_owned();
    }
}

#[test]
fn apis_are_listed_by_their_tags() {
    let mut service = tagged(3);
    service.put("apis/a000/tags/u", &json!({}));
    let list = service.get("apisByTags");
    let api = &list.body["value"][0]["api"];
    assert_eq!(list.body["value"][0]["tag"], json!({"id": "/tags/t", "name": "A tag"}));
    assert_eq!([&api["id"], &api["name"], &api["path"]], ["/apis/a000", "API 0", "p0"]);
    assert_eq!([&api["apiRevision"], &api["isCurrent"]], [&json!("1"), &json!(true)]);
    assert_eq!((list.body["count"].as_u64(), api.get("displayName")), (Some(3), None));
    let mut ids = |query: &str| {
        let list = service.get(&format!("apisByTags{query}"));
        let rows = list.body["value"].as_array().expect("a list").clone();
        let id = |row: &Value| {
            format!(
                "{}{}",
                row["tag"]["id"].as_str().unwrap_or("-"),
                row["api"]["id"].as_str().expect("an id")
            )
        };
        rows.iter().map(id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(ids(""), "/tags/t/apis/a000 /tags/u/apis/a000 /tags/t/apis/a002");
    assert_eq!(ids("?includeNotTaggedApis=true&$skip=2"), "-/apis/a001 /tags/t/apis/a002");
    assert_eq!(ids("?$filter=tag/id eq 'u'"), "/tags/u/apis/a000");
    assert_eq!(ids("?$filter=api/isCurrent eq true and contains(api/name,'2')"), "/tags/t/apis/a002");
    assert_eq!(ids("?$filter=displayName eq 'api 2'&$top=1"), "/tags/t/apis/a002");
    assert_eq!(service.send("PUT", "apisByTags", &json!({})).status, 405);
    assert_eq!(service.get("apisByTags?$filter=nonsense").status, 400);
    // What is gone is listed no more.
    service.delete("tags/u");
    service.delete("apis/a002");
    assert_eq!(service.get("apisByTags").body["count"], 1);
}

#[test]
fn lists_of_links_come_in_pages_too() {
    let mut service = tagged(250);
    for (list, count) in [("apisByTags", 125), ("products/p/apis", 125), ("apis", 250)] {
        let (items, counts) = all_pages(&mut service, list);
        assert_eq!(items.len(), count, "{list}");
        assert!(counts.len() > 1 && counts.iter().all(|told| *told == json!(count)), "{list}: {counts:?}");
    }
    let filtered = service.get("products/p/apis?$filter=name eq 'a248'&$top=5");
    assert_eq!((names(&filtered), &filtered.body["count"]), (vec!["a248"], &json!(1)));
    let tags = service.get("apis/a248/tags?$top=1");
    assert_eq!((names(&tags), &tags.body["count"]), (vec!["t"], &json!(1)));
    assert_eq!(service.get("apis/a249/tags").body, json!({"value": [], "count": 0}));
    assert_eq!(names(&service.get("apis/a248/products")), ["p"]);
}

#[test]
fn workspaces_have_apis_of_their_own() {
    let mut service = TestService::new();
    assert_eq!(service.get("workspaces").status, 404, "not in 2022-08-01");
    service.version = "2024-05-01";
    assert_eq!(service.get("workspaces/team/apis").status, 404);
    assert_eq!(service.put("workspaces/team", &json!({"displayName": "Team"})).status, 201);
    let api = json!({"path": "p", "displayName": "P"});
    let created = service.put("workspaces/team/apis/a", &api);
    assert_eq!(
        (created.status, &created.body["type"]),
        (201, &json!("Microsoft.ApiManagement/service/workspaces/apis"))
    );
    let operation = json!({"displayName": "O", "method": "GET", "urlTemplate": "/o"});
    assert_eq!(service.put("workspaces/team/apis/a/operations/o", &operation).status, 201);
    assert_eq!(names(&service.get("workspaces/team/apis")), ["a"]);
    assert!(names(&service.get("apis")).is_empty());
    let exported = service.get("workspaces/team/apis/a?format=openapi-link&export=true");
    assert!(exported.body["value"]["link"].is_string(), "{exported:?}");
    service.put("workspaces/team/apis/a;rev=2", &json!({"path": "p", "sourceApiId": "/apis/a"}));
    service.put("workspaces/team/apis/a/releases/r", &json!({"apiId": "/apis/a;rev=2"}));
    assert_eq!(service.get("workspaces/team/apis/a").body["properties"]["apiRevision"], "2");
    assert_eq!(service.get("workspaces/team/gateways").status, 404, "workspaces have no gateways");
    assert_eq!(service.delete("workspaces/team"), 200);
    assert_eq!(service.get("workspaces/team/apis/a").status, 404);
}

#[test]
fn operations_have_tags_and_apis_describe_tags() {
    let mut service = TestService::new();
    service.put("apis/a", &json!({"path": "a", "displayName": "A"}));
    service.put("apis/a/operations/o", &json!({"displayName": "O", "method": "GET", "urlTemplate": "/o"}));
    service.put("tags/t", &json!({"displayName": "A tag"}));
    let linked = service.put("apis/a/operations/o/tags/t", &json!({}));
    assert_eq!((linked.status, &linked.body["properties"]["displayName"]), (201, &json!("A tag")));
    assert_eq!(service.send("HEAD", "apis/a/operations/o/tags/t", &Value::Null).status, 200);
    assert_eq!(names(&service.get("apis/a/operations/o/tags")), ["t"]);
    assert_eq!(service.put("apis/a/tagDescriptions/nope", &json!({})).status, 400);
    let described = service.put("apis/a/tagDescriptions/t", &json!({"description": "d"}));
    assert_eq!(described.body["properties"]["displayName"], "A tag");
    let policy = json!({"value": "<policies/>", "format": "rawxml"});
    for path in ["policies/policy", "products/p/policies/policy", "apis/a/wikis/default", "gateways/g"] {
        service.put("products/p", &json!({"displayName": "P"}));
        assert_eq!(service.put(path, &policy).status, 201, "{path}");
    }
    assert_eq!(service.get("policies/policy").body["properties"]["format"], "xml", "as the request asks");
    assert_eq!(service.put("gateways/g/apis/a", &json!({})).status, 201);
    assert_eq!(names(&service.get("gateways/g/apis")), ["a"]);
}

#[test]
fn unknown_api_versions_are_refused() {
    let mut service = TestService::new();
    service.version = "1999-01-01";
    let refused = service.get("apis");
    assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!("NoRegisteredProviderFound")));
}
