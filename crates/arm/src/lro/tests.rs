//! Operations against a service that answers what the test says.

use serde_json::json;

use super::*;
use crate::patience::Patience;
use crate::testing::{Said, service};

/// Sends a request and waits for its operation; gives what came of it, and what the service was asked after it.
async fn carried_out(
    method: &'static str,
    answers: &[Said],
    patience: Patience,
) -> (Result<Value>, Vec<String>) {
    let (service, client) = service(answers, patience);
    let at = Target::new("/thing", "v");
    let first = client.send(method, &at, None).await.expect("an answer");
    let done = finish(&client, method, &at, first, &mut |_| {}).await;
    (done, service.asked().split_off(1))
}

fn in_state(state: &str) -> Value {
    json!({"name": "thing", "properties": {"provisioningState": state}})
}

#[tokio::test]
async fn a_resource_is_read_when_the_operation_has_succeeded() {
    let thing = in_state("Succeeded");
    let answers = [
        (201, Some(("azure-asyncoperation", "/operation")), in_state("Creating")),
        (200, None, json!({"status": "InProgress"})),
        (200, Some(("azure-asyncoperation", "/elsewhere")), json!({"status": "InProgress"})),
        (200, None, json!({"status": "Succeeded"})),
        (200, None, thing.clone()),
    ];
    let (done, asked) = carried_out("PUT", &answers, Patience::default()).await;
    assert_eq!(done.expect("success"), thing);
    assert_eq!(asked, ["GET /operation", "GET /operation", "GET /elsewhere", "GET /thing"]);
}

#[tokio::test]
async fn a_write_that_names_no_address_is_watched_at_the_resource() {
    let thing = in_state("Succeeded");
    let answers = [(202, None, Value::Null), (200, None, in_state("Updating")), (200, None, thing.clone())];
    let (done, asked) = carried_out("PUT", &answers, Patience::default()).await;
    assert_eq!((done.expect("success"), asked.len()), (thing, 2));
    let (done, _) =
        carried_out("PUT", &[(202, None, Value::Null), (200, None, in_state("Failed"))], Patience::default())
            .await;
    assert_eq!(done.expect_err("failed").code(), "Failed");
}

#[tokio::test]
async fn what_nobody_can_ask_about_has_not_succeeded() {
    for method in ["POST", "DELETE"] {
        let (done, asked) = carried_out(method, &[(202, None, Value::Null)], Patience::default()).await;
        let error = done.expect_err("nobody knows");
        assert!(error.to_string().contains("where to ask") && error.hint().is_some(), "{error}");
        assert!(asked.is_empty());
    }
}

#[tokio::test]
async fn a_failed_operation_tells_its_reason() {
    let failed = json!({"status": "Failed", "name": "op-1", "error": {"code": "QuotaExceeded", "message": "No more."}});
    let answers = [(202, Some(("location", "/operation")), Value::Null), (200, None, failed)];
    let (done, _) = carried_out("POST", &answers, Patience::default()).await;
    assert_eq!(done.expect_err("failed").described(), "No more. (QuotaExceeded, request id op-1)");
}

#[tokio::test]
async fn an_operation_that_never_ends_is_given_up() {
    let patience = Patience { operation: Duration::from_millis(50), ..Patience::default() };
    for header in ["location", "azure-asyncoperation"] {
        let running = json!({"status": "InProgress"});
        let answers = [(202, Some((header, "/operation")), Value::Null), (202, None, running)];
        let (done, asked) = carried_out("DELETE", &answers, patience).await;
        let error = done.expect_err("too long");
        assert!(error.to_string().contains("it says: InProgress") && error.hint().is_some(), "{error}");
        assert!((1..=6).contains(&asked.len()), "{asked:?}");
    }
    let answers = [(201, None, in_state("Creating"))];
    let (done, _) = carried_out("PUT", &answers, patience).await;
    assert!(done.expect_err("too long").to_string().contains("it says: Creating"));
}
