//! The results of actions, which are not resources.

use serde_json::{Value, json};

use super::walk::Walk;

const CENTER_FACTS: &str = include_str!("../../tests/data/center_types.txt");
const MANAGEMENT_FACTS: &str = include_str!("../../tests/data/management_types.txt");
const SUBSCRIPTION: &str = "/subscriptions/00000000-0000-0000-0000-000000000000";
const PROVIDERS: &str =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers";

/// Members that violate the specification in the same way in recordings: the format of a schema, and the result of an
/// export in older API versions.
const ALLOWED: &[&str] = &["ApiExportResult.properties", "MetadataSchemaExportResult.format"];

#[test]
fn results_of_actions_on_a_center_are_valid() {
    for version in ["2024-03-01", "2024-06-01-preview"] {
        let mut walk = Walk::new(CENTER_FACTS, version, ALLOWED);
        let center = format!("{PROVIDERS}/Microsoft.ApiCenter/services/myAPICenter");
        for body in [json!({"assignedTo": "api"}), json!({"assignedTo": "deployment"}), Value::Null] {
            let result = walk.send_ok("POST", &format!("{center}/exportMetadataSchema"), &body);
            walk.check("exportMetadataSchema", &result, "POST");
        }
        let version_id = format!("{center}/workspaces/default/apis/swagger-petstore/versions/v-1");
        let definition = format!("{version_id}/definitions/new");
        walk.send_ok("PUT", &version_id, &json!({"properties": {"title": "1", "lifecycleStage": "design"}}));
        walk.send_ok("PUT", &definition, &json!({"properties": {"title": "New"}}));
        let document = r#"{"openapi": "3.0.0", "info": {"title": "T", "version": "1"}, "paths": {}}"#;
        let body = json!({"format": "inline", "value": document,
                          "specification": {"name": "openapi", "version": "3.0.0"}});
        walk.send_ok("POST", &format!("{definition}/importSpecification"), &body);
        let result = walk.send_ok("POST", &format!("{definition}/exportSpecification"), &Value::Null);
        walk.check("exportSpecification", &result, "POST");
        assert_eq!(walk.violations(), [""; 0]);
    }
}

#[test]
fn results_of_actions_on_a_service_are_valid() {
    for version in ["2022-08-01", "2024-05-01"] {
        let mut walk = Walk::new(MANAGEMENT_FACTS, version, ALLOWED);
        let service = format!("{PROVIDERS}/Microsoft.ApiManagement/service/myAPIManagement");
        for (name, reason) in
            [("surely-free", "Valid"), ("myAPIManagement", "AlreadyExists"), ("-", "Invalid")]
        {
            let url = format!("{SUBSCRIPTION}/providers/Microsoft.ApiManagement/checkNameAvailability");
            let result = walk.send_ok("POST", &url, &json!({"name": name}));
            assert_eq!(result["reason"], reason, "{name}");
            walk.check("checkNameAvailability", &result, "POST");
        }
        let named_value = format!("{service}/namedValues/new");
        let properties = json!({"displayName": "new", "value": "v", "secret": true});
        walk.send_ok("PUT", &named_value, &json!({"properties": properties}));
        let result = walk.send_ok("POST", &format!("{named_value}/listValue"), &Value::Null);
        walk.check("listValue", &result, "POST");
        for format in ["openapi-link", "openapi%2Bjson-link", "swagger-link", "wadl-link"] {
            let url = format!("{service}/apis/my-api?export=true&format={format}");
            let result = walk.send_ok("GET", &url, &Value::Null);
            walk.check("export", &result, "GET");
            walk.check("export", result.get("properties").unwrap_or(&result), "GET");
        }
        assert_eq!(walk.violations(), [""; 0]);
    }
}
