//! Access to APIs.

use serde_json::{Value, json};

use crate::Options;
use crate::testing::{CENTER, ask, body, emulator};

#[test]
fn security_requirements_lead_to_credentials() {
    let azure = emulator(Options::default());
    let send = |method: &str, path: &str, properties: Value| {
        let url = format!("{CENTER}/workspaces/default/{path}?api-version=2024-03-15-preview");
        let sent = (method == "PUT").then(|| json!({"properties": properties}));
        let response = ask(&azure, method, &url, sent);
        (response.status().as_u16(), body(&response))
    };
    let config = json!({"title": "Key", "securityScheme": "apiKey",
        "apiKey": {"in": "header", "name": "x-key", "value": "k1"}});
    let (status, created) = send("PUT", "authConfigs/key", config);
    assert_eq!((status, &created["properties"]["apiKey"]), (200, &json!({"in": "header", "name": "x-key"})));
    assert_eq!(created["type"], "Microsoft.ApiCenter/services/workspaces/authConfigs");
    assert_eq!(send("PUT", "authConfigs/bad", json!({"title": "Bad", "securityScheme": "oauth2"})).0, 400);

    let version = "apis/swagger-petstore/versions/1-0-0";
    let path = format!("{version}/securityRequirements/key");
    let requirement = |id: &str| json!({"authConfigResourceId": id});
    assert_eq!(send("PUT", &path, requirement("/workspaces/default/authConfigs/nope")).0, 400);
    assert_eq!(send("PUT", &path, requirement("/workspaces/default/authConfigs/key")).0, 200);
    let listed = send("GET", &format!("{version}/securityRequirements"), Value::Null).1;
    assert_eq!(listed["value"].as_array().map(Vec::len), Some(1));
    let (status, credentials) = send("POST", &format!("{path}/getCredentials"), Value::Null);
    let expected =
        json!({"securityScheme": "apiKey", "apiKey": {"in": "header", "name": "x-key", "value": "k1"}});
    assert_eq!((status, credentials), (200, expected));

    // Earlier API versions do not have them.
    let url = format!("{CENTER}/workspaces/default/authConfigs?api-version=2024-03-01");
    assert_eq!(ask(&azure, "GET", &url, None).status(), 404);
}
