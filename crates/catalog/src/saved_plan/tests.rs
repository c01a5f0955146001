//! Reading saved plans, and comparing them.

use super::*;
use crate::planned_step::describe_differences;

fn step(resource: &str, change: &str, desired: &str, existing: Option<&str>) -> PlannedStep {
    PlannedStep {
        resource: resource.to_owned(),
        change: change.to_owned(),
        desired: Some(desired.to_owned()),
        existing: existing.map(str::to_owned),
        ..PlannedStep::default()
    }
}

#[test]
fn differences_say_where_something_has_changed() {
    let saved = [step("apis/a", "update", "1", Some("x")), step("apis/a/deployments/d", "create", "2", None)];
    assert!(describe_differences(&saved, &saved).is_empty());
    for (current, expected) in [
        (vec![saved[0].clone()], "apis/a/deployments/d would no longer be written"),
        (vec![step("apis/a", "update", "3", Some("x")), saved[1].clone()], "changed in the source"),
        (vec![step("apis/a", "update", "1", Some("y")), saved[1].clone()], "changed in the center"),
        (vec![step("apis/a", "create", "1", None), saved[1].clone()], "apis/a was deleted in the center"),
        (
            vec![saved[0].clone(), step("apis/a/deployments/d", "update", "2", None)],
            "somebody has created apis/a/deployments/d in the center",
        ),
        (vec![saved[0].clone(), step("apis/a/deployments/d", "delete", "2", None)], "somebody has created"),
        (
            vec![saved[0].clone(), saved[1].clone(), step("apis/b", "delete", "", None)],
            "does not have this delete",
        ),
    ] {
        let differences = describe_differences(&saved, &current);
        assert_eq!(differences.len(), 1, "{differences:?}");
        assert!(differences[0].contains(expected), "{differences:?}");
    }
}

#[test]
fn an_api_that_was_deleted_or_created_is_one_difference() {
    let new = [step("apis/a", "create", "1", None), step("apis/a/versions/v", "create", "2", None)];
    let changed = [step("apis/a/versions/v", "update", "2", Some("x"))];
    assert_eq!(describe_differences(&changed, &new), ["apis/a was deleted in the center"]);
    assert_eq!(describe_differences(&[], &new), ["apis/a was deleted in the center"]);
    assert_eq!(describe_differences(&new, &changed), ["somebody has created apis/a in the center"]);
    assert_eq!(describe_differences(&new, &[]), ["somebody has created apis/a in the center"]);
}

#[test]
fn what_an_earlier_source_writes_is_not_compared() {
    let saved = [step("apis/a", "update", "1", None)];
    assert!(describe_differences(&saved, &[step("apis/a", "update", "1", Some("x"))]).is_empty());
}

#[test]
fn a_file_that_is_not_a_plan_is_refused() {
    for (text, expected) in [
        ("{", "is not a plan"),
        ("[]", "no version"),
        (r#"{"version": 2}"#, "version 2"),
        (r#"{"version": 1}"#, "missing field"),
        (r#"{"version": 1, "x": 1}"#, "unknown field"),
    ] {
        let error = SavedPlan::parse(text, Path::new("plan.json")).expect_err(text).to_string();
        assert!(error.contains(expected) && error.contains("plan.json"), "{error}");
    }
}

#[test]
fn a_plan_that_was_edited_is_refused() {
    let plan = SavedPlan {
        version: FORMAT_VERSION,
        azr: "1".to_owned(),
        digest: String::new(),
        center: "/c".to_owned(),
        max_delete: 1,
        create_metadata: false,
        sources: vec![serde_json::json!({"folder": "b", "custom-properties": {"a": 1.50}})],
        prerequisites: Vec::new(),
        apis: vec![SavedApi {
            name: "a".to_owned(),
            steps: vec![step("apis/a", "create", "1", None)],
            ..SavedApi::default()
        }],
    };
    let text = plan.to_text().expect("a text");
    let parse = |text: &str| SavedPlan::parse(text, Path::new("plan.json"));
    assert_eq!(parse(&text).expect("a plan").to_text().expect("a text"), text);
    // The spaces between its parts do not count.
    let value: Value = serde_json::from_str(&text).expect("JSON");
    parse(&value.to_string()).expect("a plan");
    for (old, new) in [
        ("\"max-delete\": 1", "\"max-delete\": 9"),
        ("\"center\": \"/c\"", "\"center\": \"/d\""),
        ("\"folder\": \"b\"", "\"folder\": \"c\""),
        ("\"apis/a\"", "\"apis/b\""),
        ("\"digest\": \"", "\"digest\": \"0"),
    ] {
        let error = parse(&text.replace(old, new)).expect_err(old).to_string();
        assert!(error.contains("its digest differs"), "{old}: {error}");
    }
}
