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
        (
            vec![step("apis/a", "create", "1", None), saved[1].clone()],
            "the plan says update, and now it is create",
        ),
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
