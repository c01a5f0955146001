//! Services: created, checked, changed, deleted, restored.

use std::time::Duration;

use super::*;

#[test]
fn a_service_is_ready_as_soon_as_it_is_made() {
    let mut service = TestService::new();
    let shown = service.absolute("GET", &format!("{SCOPE}/APIM1"), &Value::Null);
    assert_eq!(shown.status, 200);
    assert_eq!(shown.body["id"], format!("{SCOPE}/apim1"));
    assert_eq!(json!(shown.etag.trim_matches('"')), shown.body["etag"]);
    assert_eq!(shown.etag.len(), "\"AAAAAABkrqs=\"".len());
    assert_eq!(shown.body["sku"], json!({"name": "Developer", "capacity": 1}));
    assert_eq!(shown.body["properties"]["provisioningState"], "Succeeded");
    assert_eq!(shown.body["properties"]["gatewayUrl"], "https://apim1.azure-api.net");
    let again = service.absolute("PUT", &format!("{SCOPE}/apim1"), &service_body());
    assert_eq!((again.status, again.etag), (200, shown.etag), "nothing changed");
    let all =
        service.absolute("GET", "/subscriptions/S/providers/Microsoft.ApiManagement/service", &Value::Null);
    assert_eq!(names(&all), ["apim1"]);
    let other = service.absolute("GET", &SCOPE.replace("/rg/", "/other/"), &Value::Null);
    assert!(names(&other).is_empty());
}

#[test]
fn services_are_checked() {
    let mut service = TestService::new();
    let without = |member: &str| {
        let mut body = service_body();
        body.as_object_mut().expect("an object").remove(member);
        body
    };
    for (name, body, code) in [
        ("new", without("location"), "LocationRequired"),
        ("new", without("sku"), "InvalidParameters"),
        ("new", without("properties"), "InvalidParameters"),
        ("1new", service_body(), "InvalidParameters"),
    ] {
        let refused = service.absolute("PUT", &format!("{SCOPE}/{name}"), &body);
        assert_eq!((refused.status, &refused.body["error"]["code"]), (400, &json!(code)));
    }
    let elsewhere = format!("{}/apim1", SCOPE.replace("/rg/", "/other/"));
    assert_eq!(service.absolute("PUT", &elsewhere, &service_body()).status, 409);
    let mut moved = service_body();
    moved["location"] = json!("westus");
    let refused = service.absolute("PUT", &format!("{SCOPE}/apim1"), &moved);
    assert_eq!(refused.body["error"]["code"], "InvalidResourceLocation");
}

#[test]
fn a_new_service_is_activating_at_first() {
    let mut service = TestService::new();
    service.operation_time = Duration::from_secs(60);
    let id = format!("{SCOPE}/new");
    let created = service.absolute("PUT", &id, &service_body());
    assert_eq!(
        (created.status, created.body["properties"]["provisioningState"].as_str()),
        (201, Some("Activating"))
    );
    let operation = created.location.strip_prefix("http://127.0.0.1:4280").expect("the same host").to_owned();
    for (seconds, status, state) in
        [(0, "InProgress", "Activating"), (59, "InProgress", "Activating"), (60, "Succeeded", "Succeeded")]
    {
        service.now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(service.absolute("GET", &operation, &Value::Null).body["status"], status);
        let shown = service.absolute("GET", &id, &Value::Null);
        assert_eq!(shown.body["properties"]["provisioningState"], state);
    }
}

#[test]
fn the_operation_of_a_deletion_ends_with_the_service() {
    let mut service = TestService::new();
    let deleted = service.absolute("DELETE", &format!("{SCOPE}/apim1"), &Value::Null);
    assert_eq!(deleted.status, 202);
    let operation = deleted.location.strip_prefix("http://127.0.0.1:4280").expect("the same host");
    let polled = service.absolute("GET", operation, &Value::Null);
    assert_eq!((polled.status, &polled.body["status"]), (200, &json!("InProgress")));
    let polled = service.absolute("GET", operation, &Value::Null);
    assert_eq!((polled.status, &polled.body["error"]["code"]), (404, &json!("ResourceNotFound")));
}

#[test]
fn a_patch_changes_only_what_it_names() {
    let mut service = TestService::new();
    let change = json!({"tags": {"a": "b"}, "identity": {"type": "SystemAssigned"}});
    let patched = service.absolute("PATCH", &format!("{SCOPE}/apim1"), &change);
    assert_eq!((patched.status, &patched.body["tags"]["a"]), (200, &json!("b")));
    assert!(patched.body["identity"]["principalId"].is_string());
    assert_eq!(patched.body["properties"]["publisherName"], "Contoso");
}

#[test]
fn a_deleted_service_can_be_restored_or_purged() {
    let mut service = TestService::new();
    service.put("apis/echo", &json!({"path": "e", "displayName": "E"}));
    let id = format!("{SCOPE}/apim1");
    assert_eq!(service.absolute("DELETE", &id, &Value::Null).status, 202);
    assert_eq!(service.absolute("DELETE", &id, &Value::Null).status, 204);
    let gone = service.absolute("GET", &id, &Value::Null);
    assert_eq!((gone.status, &gone.body["error"]["code"]), (404, &json!("ResourceNotFound")));

    let deleted =
        "/subscriptions/s/providers/Microsoft.ApiManagement/locations/East US/deletedservices/apim1";
    let shown = service.absolute("GET", deleted, &Value::Null);
    assert_eq!(shown.body["properties"]["serviceId"], id);
    let all = service.absolute(
        "GET",
        "/subscriptions/s/providers/Microsoft.ApiManagement/deletedservices",
        &Value::Null,
    );
    assert_eq!(names(&all), ["apim1"]);

    let refused = service.absolute("PUT", &id, &service_body());
    assert_eq!(refused.body["error"]["code"], "ServiceAlreadyExistsInSoftDeletedState");
    let mut restore = service_body();
    restore["properties"] = json!({"restore": true});
    let back = service.absolute("PUT", &id, &restore);
    assert_eq!((back.status, &back.body["properties"]["publisherName"]), (201, &json!("Contoso")));
    assert_eq!(service.get("apis/echo").status, 200);

    service.absolute("DELETE", &id, &Value::Null);
    let elsewhere = deleted.replace("East US", "westeurope");
    let refused = service.absolute("DELETE", &elsewhere, &Value::Null);
    assert_eq!((refused.status, &refused.body["error"]["code"]), (404, &json!("ResourceNotFound")));
    assert_eq!(service.absolute("DELETE", deleted, &Value::Null).status, 200);
    assert_eq!(service.absolute("GET", deleted, &Value::Null).status, 404);
    assert_eq!(service.absolute("PUT", &id, &service_body()).status, 201);
}

#[test]
fn actions_answer_with_the_service() {
    let mut service = TestService::new();
    let updated = service.send("POST", "applynetworkconfigurationupdates", &json!({"location": "eastus"}));
    assert_eq!((updated.status, &updated.body["name"]), (200, &json!("apim1")));
    let storage = json!({"storageAccount": "sa", "containerName": "c", "backupName": "b", "accessType": "AccessKey", "accessKey": "k"});
    assert_eq!(service.send("POST", "backup", &storage).status, 200);
    assert_eq!(service.send("POST", "restore", &json!({"storageAccount": "sa"})).status, 400);
    let check = "/subscriptions/s/providers/Microsoft.ApiManagement/checkNameAvailability";
    for (name, reason) in [("APIM1", "AlreadyExists"), ("new", "Valid"), ("-", "Invalid")] {
        let answer = service.absolute("POST", check, &json!({"name": name}));
        assert_eq!(answer.body["reason"], reason);
    }
}

#[test]
fn what_lies_below_a_missing_service_is_missing() {
    let mut service = TestService::new();
    let target = format!("{SCOPE}/nope/apis/a");
    let message = service.absolute("GET", &target, &Value::Null).body["error"]["message"].to_string();
    assert!(
        message.contains("'Microsoft.ApiManagement/service/nope' under resource group 'rg'"),
        "{message}"
    );
    let refused = service.absolute("PUT", &target, &json!({}));
    assert_eq!(refused.body["error"]["code"], "ParentResourceNotFound");
    assert_eq!(service.get("nonsense").body["error"]["code"], "InvalidResourceType");
}

#[test]
fn the_name_of_a_deleted_center_is_free() {
    let mut service = TestService::new();
    let deleted = "/subscriptions/s/providers/Microsoft.ApiCenter/locations/eastus/deletedServices/new";
    service.state.store.put(deleted, json!({"id": deleted, "name": "new"}));
    assert_eq!(service.absolute("PUT", &format!("{SCOPE}/new"), &service_body()).status, 201);
}
