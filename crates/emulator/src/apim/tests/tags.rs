//! Tags: links with names, and lists of what is tagged.

use super::*;

/// A service with an API, an operation, a product and a tag.
fn service() -> TestService {
    let mut service = TestService::new();
    service.version = "2024-05-01";
    service.put("apis/shop", &json!({"displayName": "Shop", "path": "shop"}));
    service.put(
        "apis/shop/operations/list",
        &json!({"displayName": "List", "method": "GET", "urlTemplate": "/"}),
    );
    service.put("products/all", &json!({"displayName": "All"}));
    service.put("tags/sales", &json!({"displayName": "Sales"}));
    service
}

#[test]
fn links_have_names_and_are_those_of_the_older_collections() {
    let mut service = service();
    let id = |path: &str| json!(format!("{SCOPE}/apim1/{path}"));
    for (owner, link, older, member, value) in [
        ("products/all", "apiLinks", "products/all/apis/shop", "apiId", "apis/shop"),
        ("tags/sales", "apiLinks", "apis/shop/tags/sales", "apiId", "apis/shop"),
        (
            "tags/sales",
            "operationLinks",
            "apis/shop/operations/list/tags/sales",
            "operationId",
            "apis/shop/operations/list",
        ),
        ("tags/sales", "productLinks", "products/all/tags/sales", "productId", "products/all"),
    ] {
        let path = format!("{owner}/{link}/mine");
        let created = service.put(&path, &json!({member: id(value)}));
        assert_eq!((created.status, &created.body["id"]), (201, &id(&path)), "{created:?}");
        assert_eq!(
            created.body["type"],
            format!("Microsoft.ApiManagement/service/{}/{link}", owner.split('/').next().expect("a type"))
        );
        assert_eq!(created.body["properties"], json!({member: id(value)}));
        assert_eq!(service.put(&path, &json!({member: id(value)})).status, 200);
        assert_eq!(service.get(&path).body, created.body);
        assert_eq!(service.get(older).status, 200, "{older}");
        assert_eq!(
            service.put(&format!("{owner}/{link}/none"), &json!({member: id("apis/none")})).status,
            400
        );
        assert_eq!(service.delete(&path), 200);
        assert_eq!(service.get(older).status, 404);
        assert_eq!(service.delete(&path), 204);
        service.put(older, &json!({}));
        let listed = service.get(&format!("{owner}/{link}"));
        assert_eq!(listed.body["value"][0]["properties"], json!({member: id(value)}), "{older}");
    }
    service.version = "2022-08-01";
    assert_eq!(service.get("products/all/apiLinks").body["error"]["code"], "InvalidResourceType");
}

#[test]
fn tagged_resources_are_listed_with_their_tags() {
    let mut service = service();
    for path in ["apis/shop", "apis/shop/operations/list", "products/all"] {
        service.put(&format!("{path}/tags/sales"), &json!({}));
    }
    service.put(
        "apis/shop/operations/buy",
        &json!({"displayName": "Buy", "method": "POST", "urlTemplate": "/"}),
    );
    let tag = json!({"id": "/tags/sales", "name": "Sales"});
    let listed = service.get("tagResources");
    assert_eq!(listed.body["count"], 3);
    let items = &listed.body["value"];
    assert_eq!([&items[0]["tag"], &items[1]["tag"], &items[2]["tag"]], [&tag, &tag, &tag]);
    assert_eq!((&items[0]["api"]["id"], &items[0]["api"]["name"]), (&json!("/apis/shop"), &json!("Shop")));
    assert_eq!(
        items[1]["operation"],
        json!({"id": "/apis/shop/operations/list", "name": "List", "method": "GET", "urlTemplate": "/",
               "apiName": "Shop", "apiRevision": "1"})
    );
    assert_eq!(items[2]["product"]["state"], "notPublished");
    assert_eq!(service.get("tagResources?$filter=name eq 'List'").body["count"], 1);
    assert_eq!(service.get("apis/shop/operationsByTags").body["count"], 1);
    let all = service.get("apis/shop/operationsByTags?includeNotTaggedOperations=true");
    assert_eq!(all.body["value"][1]["operation"]["name"], "Buy");
    service.put("products/other", &json!({"displayName": "Other"}));
    assert_eq!(service.get("productsByTags").body["value"][0]["product"]["id"], "/products/all");
    assert_eq!(service.get("productsByTags?includeNotTaggedProducts=true").body["count"], 2);
    assert_eq!(service.send("PUT", "tagResources", &json!({})).status, 405);
}
