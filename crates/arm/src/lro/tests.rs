//! Operations against a fake service.

use serde_json::json;

use super::*;
use crate::testing::{Canned, fake_service};
use crate::timeouts::Timeouts;

/// Sends a request and waits for its operation; returns the outcome, and the requests after the first.
async fn run_operation(
    method: Method,
    responses: &[Canned],
    timeouts: Timeouts,
) -> (Result<Value>, Vec<String>) {
    let (service, client) = fake_service(responses, timeouts);
    let target = Target::new("/thing", "v");
    let first = client.send(method.clone(), &target, None).await.expect("a response");
    let outcome = wait_for_operation(&client, &method, &target, first, &mut |_| {}).await;
    (outcome, service.requests().split_off(1))
}

fn resource_in_state(state: &str) -> Value {
    json!({"name": "thing", "properties": {"provisioningState": state}})
}

#[tokio::test]
async fn a_resource_is_read_after_the_operation_has_succeeded() {
    let resource = resource_in_state("Succeeded");
    let responses = [
        (201, Some(("azure-asyncoperation", "/operation")), resource_in_state("Creating")),
        (200, None, json!({"status": "InProgress"})),
        (200, Some(("azure-asyncoperation", "/elsewhere")), json!({"status": "InProgress"})),
        (200, None, json!({"status": "Succeeded"})),
        (200, None, resource.clone()),
    ];
    let (outcome, requests) = run_operation(Method::PUT, &responses, Timeouts::default()).await;
    assert_eq!(outcome.expect("success"), resource);
    assert_eq!(requests, ["GET /operation", "GET /operation", "GET /elsewhere", "GET /thing"]);
}

#[tokio::test]
async fn a_write_without_a_poll_url_polls_the_resource() {
    let resource = resource_in_state("Succeeded");
    let accepted = (202, None, Value::Null);
    let responses =
        [accepted.clone(), (200, None, resource_in_state("Updating")), (200, None, resource.clone())];
    let (outcome, requests) = run_operation(Method::PUT, &responses, Timeouts::default()).await;
    assert_eq!((outcome.expect("success"), requests.len()), (resource, 2));
    let responses = [accepted, (200, None, resource_in_state("Failed"))];
    let (outcome, _) = run_operation(Method::PUT, &responses, Timeouts::default()).await;
    assert_eq!(outcome.expect_err("failed").code(), "Failed");
}

#[tokio::test]
async fn an_action_without_a_poll_url_has_not_succeeded() {
    for method in [Method::POST, Method::DELETE] {
        let (outcome, requests) =
            run_operation(method, &[(202, None, Value::Null)], Timeouts::default()).await;
        let error = outcome.expect_err("unknown outcome");
        assert!(error.to_string().contains("no URL to poll") && error.hint().is_some(), "{error}");
        assert!(requests.is_empty());
    }
}

#[tokio::test]
async fn a_deletion_whose_operation_disappears_has_succeeded() {
    let missing = (404, None, json!({"error": {"code": "ResourceNotFound", "message": "It was not found."}}));
    for header in ["location", "azure-asyncoperation"] {
        let running = (200, None, json!({"status": "InProgress"}));
        let responses = [(202, Some((header, "/operation")), Value::Null), running, missing.clone()];
        let (outcome, requests) = run_operation(Method::DELETE, &responses, Timeouts::default()).await;
        assert_eq!((outcome.expect("success"), requests.len()), (Value::Null, 2));
        let (outcome, _) = run_operation(Method::POST, &responses, Timeouts::default()).await;
        assert!(outcome.expect_err("failed").is_not_found());
    }
}

#[tokio::test]
async fn a_failed_operation_has_its_reason() {
    let failed = json!({"status": "Failed", "name": "op-1", "error": {"code": "QuotaExceeded", "message": "No more."}});
    let responses = [(202, Some(("location", "/operation")), Value::Null), (200, None, failed)];
    let (outcome, _) = run_operation(Method::POST, &responses, Timeouts::default()).await;
    assert_eq!(outcome.expect_err("failed").described(), "No more. (QuotaExceeded, request id op-1)");
    let failed = json!({"status": "Failed", "properties": {"comment": "The ruleset is empty."}});
    let responses = [(202, Some(("location", "/operation")), Value::Null), (200, None, failed)];
    let (outcome, _) = run_operation(Method::POST, &responses, Timeouts::default()).await;
    assert_eq!(outcome.expect_err("failed").described(), "The ruleset is empty. (Failed)");
}

#[tokio::test]
async fn an_operation_that_never_ends_times_out() {
    let timeouts = Timeouts { operation: Duration::from_millis(50), ..Timeouts::default() };
    for header in ["location", "azure-asyncoperation"] {
        let running = json!({"status": "InProgress"});
        let responses = [(202, Some((header, "/operation")), Value::Null), (202, None, running)];
        let (outcome, requests) = run_operation(Method::DELETE, &responses, timeouts).await;
        let error = outcome.expect_err("a timeout");
        assert!(error.to_string().contains("its state is InProgress") && error.hint().is_some(), "{error}");
        assert!((1..=6).contains(&requests.len()), "{requests:?}");
    }
    let responses = [(201, None, resource_in_state("Creating"))];
    let (outcome, _) = run_operation(Method::PUT, &responses, timeouts).await;
    assert!(outcome.expect_err("a timeout").to_string().contains("its state is Creating"));
}
