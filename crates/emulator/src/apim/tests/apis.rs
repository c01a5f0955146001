//! APIs: written, revised, versioned, listed, deleted.

use super::*;

fn echo(service: &mut TestService) -> Received {
    service.put("apis/echo", &json!({"path": "e", "displayName": "Echo", "protocols": ["https"]}))
}

#[test]
fn an_api_comes_back_with_what_the_service_adds() {
    let mut service = TestService::new();
    let created = echo(&mut service);
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["type"], "Microsoft.ApiManagement/service/apis");
    let properties = &created.body["properties"];
    assert_eq!((&properties["apiRevision"], &properties["isCurrent"]), (&json!("1"), &json!(true)));
    assert_eq!((properties.get("type"), properties.get("isOnline")), (None, None), "http APIs have no type");
    assert_eq!(properties["authenticationSettings"], json!({"oAuth2": null, "openid": null}));
    assert!(properties["description"].is_null() && properties.get("description").is_some());
    let list = service.get("apis");
    assert!(list.body["value"][0]["properties"]["authenticationSettings"].is_null());
    assert!(created.etag.starts_with('"'));
    assert_eq!(echo(&mut service).status, 200);
    let head = service.send("HEAD", "apis/echo", &Value::Null);
    assert_eq!((head.status, head.body, head.etag.is_empty()), (200, Value::Null, false));
}

#[test]
fn apis_are_checked() {
    let mut service = TestService::new();
    echo(&mut service);
    for (name, properties, target) in [
        ("a", json!({"displayName": "A"}), "path"),
        ("a", json!({"path": "a"}), "displayName"),
        ("a", json!({"path": "a", "displayName": "x".repeat(301)}), "displayName"),
        ("a", json!({"path": "a", "displayName": "A", "type": "nope"}), "type"),
        ("a?b", json!({"path": "a", "displayName": "A"}), "identifier"),
        ("a", json!({"path": "a", "displayName": "A", "apiVersion": "v1"}), "apiVersionSetId"),
        ("a", json!({"path": "a", "displayName": "A", "sourceApiId": "/apis/x"}), "sourceApiId"),
    ] {
        let refused =
            service.put(&format!("apis/{}", name.replace('?', "%3F")).replace("%3F", "*"), &properties);
        assert_eq!(
            (refused.status, &refused.body["error"]["code"]),
            (400, &json!("ValidationError")),
            "{properties}"
        );
        assert_eq!(refused.body["error"]["details"][0]["target"], target);
    }
    let taken = service.put("apis/other", &json!({"path": "/E/", "displayName": "O"}));
    assert!(taken.body.to_string().contains("with the same Path"), "{taken:?}");
}

#[test]
fn missing_apis_are_told_in_the_services_words() {
    let mut service = TestService::new();
    let missing = service.get("apis/nope");
    assert_eq!(missing.status, 404);
    assert_eq!(
        missing.body,
        json!({"error": {"code": "ResourceNotFound", "message": "Api not found.", "details": null}})
    );
    assert_eq!(service.get("apis/nope/operations").status, 404);
    assert_eq!(service.delete("apis/nope"), 204);
}

#[test]
fn etags_guard_changes() {
    let mut service = TestService::new();
    let etag = echo(&mut service).etag;
    service.if_match = Some(etag.clone());
    let patched = service.send("PATCH", "apis/echo", &json!({"properties": {"description": "d"}}));
    assert_eq!((patched.status, &patched.body["properties"]["description"]), (200, &json!("d")));
    assert_ne!(patched.etag, etag);
    for method in ["PATCH", "PUT", "DELETE"] {
        let body = json!({"properties": {"path": "e", "displayName": "Echo"}});
        assert_eq!(service.send(method, "apis/echo", &body).status, 412, "{method}");
    }
    service.if_match = Some(String::new());
    let changed = service.send("PATCH", "apis/echo", &json!({"properties": {"description": "e"}}));
    assert_eq!(changed.status, 200, "the header may be absent");
    assert_eq!(service.put("apis/echo", &changed.body["properties"]).etag, changed.etag, "nothing changed");
    assert_eq!(service.delete("apis/echo"), 200);
}

#[test]
fn a_revision_is_a_copy_until_a_release_makes_it_current() {
    let mut service = TestService::new();
    echo(&mut service);
    service.put("apis/echo/operations/a", &json!({"displayName": "A", "method": "GET", "urlTemplate": "/a"}));
    let created = service.put(
        "apis/echo;rev=2",
        &json!({"path": "e", "sourceApiId": "/apis/echo", "apiRevisionDescription": "second"}),
    );
    assert_eq!((created.status, &created.body["name"]), (201, &json!("echo;rev=2")), "{created:?}");
    assert_eq!(created.body["properties"]["displayName"], "Echo");
    assert!(created.body["properties"]["isCurrent"].is_null());
    service.put(
        "apis/echo;rev=2/operations/b",
        &json!({"displayName": "B", "method": "GET", "urlTemplate": "/b"}),
    );
    assert_eq!(names(&service.get("apis/echo/operations")), ["a"]);
    assert_eq!(names(&service.get("apis/echo;rev=2/operations")), ["a", "b"]);
    assert_eq!(names(&service.get("apis?$filter=isCurrent eq true")), ["echo"]);

    let released = service.put("apis/echo/releases/r1", &json!({"apiId": "/apis/echo;rev=2", "notes": "n"}));
    assert_eq!(released.status, 201, "{released:?}");
    assert_eq!(service.get("apis/echo").body["properties"]["apiRevision"], "2");
    assert_eq!(names(&service.get("apis/echo/operations")), ["a", "b"]);
    let old = service.get("apis/echo;rev=1");
    assert_eq!((&old.body["name"], old.body["properties"].get("isCurrent")), (&json!("echo;rev=1"), None));
    assert_eq!(service.get("apis/echo;rev=2").body["name"], "echo;rev=2");
    assert_eq!(service.get("apis/echo/releases/r1").body["properties"]["notes"], "n");

    let list = service.get("apis/echo/revisions");
    let rows: Vec<(&str, bool)> = list.body["value"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|r| (r["apiId"].as_str().unwrap_or_default(), r["isCurrent"] == json!(true)))
        .collect();
    assert_eq!(rows.len(), 2);
    assert!(rows.contains(&("/apis/echo;rev=2", true)) && rows.contains(&("/apis/echo;rev=1", false)));

    assert_eq!(service.delete("apis/echo"), 400);
    assert_eq!(service.delete("apis/echo?deleteRevisions=true"), 200);
    assert!(names(&service.get("apis")).is_empty());
}

#[test]
fn the_first_revision_is_current_and_has_the_number_1() {
    let mut service = TestService::new();
    let created = service.put("apis/pet;rev=2", &json!({"path": "p", "displayName": "P"}));
    assert_eq!(
        (&created.body["name"], &created.body["properties"]["apiRevision"]),
        (&json!("pet"), &json!("1"))
    );
    assert_eq!(created.body["properties"]["isCurrent"], true);
    assert_eq!(service.get("apis/pet").body["properties"]["apiRevision"], "1");
    assert_eq!(service.get("apis/pet;rev=2").status, 404);
}

#[test]
fn versions_share_a_path() {
    let mut service = TestService::new();
    service.put("apiVersionSets/vs", &json!({"displayName": "VS", "versioningScheme": "Segment"}));
    let version = |v: &str| json!({"path": "o", "displayName": "O", "apiVersion": v, "apiVersionSetId": "/apiVersionSets/vs"});
    assert_eq!(service.put("apis/o1", &version("v1")).status, 201);
    let second = service.put("apis/o2", &version("v2"));
    assert_eq!(second.body["properties"]["apiVersionSetId"], format!("{SCOPE}/apim1/apiVersionSets/vs"));
    assert_eq!(service.put("apis/o3", &version("v2")).status, 400);
    let expanded = service.get("apis/o1?expandApiVersionSet=true");
    assert_eq!(expanded.body["properties"]["apiVersionSet"]["name"], "VS");
    assert_eq!(service.delete("apiVersionSets/vs"), 400);
}

#[test]
fn lists_filter_page_and_count() {
    let mut service = TestService::new();
    for n in 0..105 {
        service.put(
            &format!("apis/a{n:03}"),
            &json!({"path": format!("p{n}"), "displayName": format!("Api {n}")}),
        );
    }
    let first = service.get("apis");
    assert_eq!((names(&first).len(), &first.body["count"]), (100, &json!(105)));
    let next = first.body["nextLink"].as_str().expect("a link").to_owned();
    let next = next.strip_prefix("http://127.0.0.1:4280").expect("the same host");
    assert_eq!(names(&service.absolute("GET", &next.replace("%3B", ";"), &Value::Null)).len(), 5);
    assert_eq!(names(&service.get("apis?$filter=properties/displayName eq 'Api 7'")), ["a007"]);
    assert_eq!(service.get("apis?$filter=nonsense").status, 400);
    assert_eq!(names(&service.get("apis?$top=2&$skip=3")), ["a003", "a004"]);
}

#[test]
fn a_deletion_is_an_operation_in_later_versions() {
    let mut service = TestService::new();
    for (version, status) in [("2022-08-01", 200), ("2024-05-01", 202)] {
        service.version = version;
        service.put("apis/gone", &json!({"path": "gone", "displayName": "Gone"}));
        let deleted = service.send("DELETE", "apis/gone", &Value::Null);
        assert_eq!(deleted.status, status, "{version}");
        assert_eq!(service.wait(deleted).status, if status == 202 { 204 } else { 200 }, "{version}");
        assert_eq!(service.delete("apis/gone"), 204, "{version}");
    }
    assert_eq!(service.get("apis/gone").status, 404);
}

#[test]
fn revisions_of_an_api_share_their_title_description_and_path() {
    let mut service = TestService::new();
    echo(&mut service);
    let second = json!({"path": "e", "sourceApiId": "/apis/echo", "serviceUrl": "https://second"});
    let created = service.put("apis/echo;rev=2", &second);
    assert_eq!(created.status, 201, "{created:?}");
    let change =
        json!({"displayName": "New", "path": "n", "description": "d", "serviceUrl": "https://first"});
    assert_eq!(service.send("PATCH", "apis/echo", &json!({"properties": change})).status, 200);
    let shared = service.get("apis/echo;rev=2");
    let properties = &shared.body["properties"];
    assert_eq!(
        [&properties["displayName"], &properties["path"], &properties["description"]],
        ["New", "n", "d"]
    );
    assert_eq!(properties["serviceUrl"], "https://second");
    assert_ne!(shared.etag, created.etag);
}
