//! What a person reads after a command that wrote or deleted a resource.

use serde_json::Value;

use azr_arm::plan::{Action, Job, Plan};
use azr_core::error::describe_resource;
use azr_core::id::ResourceId;

/// The sentences about the jobs of a plan that has been executed; `result` is what the plan returned.
pub(crate) fn sentences(plan: &Plan, result: Option<&Value>) -> Vec<String> {
    let of_job = |index: usize| match result {
        Some(Value::Array(results)) if plan.jobs.len() > 1 => results.get(index),
        other => other,
    };
    plan.jobs.iter().enumerate().filter_map(|(index, job)| sentence(job, of_job(index))).collect()
}

fn sentence(job: &Job, result: Option<&Value>) -> Option<String> {
    let (started, done, preposition) = match &job.action {
        Action::Delete => ("delete", "Deleted", "from"),
        Action::Update { .. } => ("update", "Updated", "in"),
        Action::Put { .. } => ("create", put_verb(result), "in"),
        _ => return None,
    };
    let id: ResourceId = job.target.path.parse().ok()?;
    let resource = describe_resource(&id, preposition)?;
    Some(if job.no_wait {
        format!("Started to {started} {resource}.")
    } else {
        format!("{done} {resource}.")
    })
}

/// What a PUT did; only API Center returns when a resource was created.
fn put_verb(result: Option<&Value>) -> &'static str {
    let time = |member: &str| result.and_then(|result| result["systemData"][member].as_str());
    match (time("createdAt"), time("lastModifiedAt")) {
        (Some(created), Some(modified)) if created == modified => "Created",
        (Some(_), Some(_)) => "Replaced",
        _ => "Saved",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_arm::plan::Target;
    use serde_json::json;

    const API: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default/apis/a";

    fn job(action: Action) -> Job {
        Job::new(Target::new(API, "v"), action, None)
    }

    fn put() -> Job {
        job(Action::Put { body: None, location_from_group: None })
    }

    #[test]
    fn the_sentence_names_the_resource_and_what_contains_it() {
        let times = |created: &str| json!({"systemData": {"createdAt": created, "lastModifiedAt": "2"}});
        for (job, result, text) in [
            (job(Action::Delete), None, Some("Deleted API 'a' from API center 'c'.")),
            (put(), Some(times("2")), Some("Created API 'a' in API center 'c'.")),
            (put(), Some(times("1")), Some("Replaced API 'a' in API center 'c'.")),
            (put(), Some(json!({})), Some("Saved API 'a' in API center 'c'.")),
            (
                Job { no_wait: true, ..job(Action::Delete) },
                None,
                Some("Started to delete API 'a' from API center 'c'."),
            ),
            (job(Action::Get), Some(json!({})), None),
        ] {
            let plan = Plan { jobs: vec![job], confirm: None };
            assert_eq!(sentences(&plan, result.as_ref()).first().map(String::as_str), text);
        }
    }
}
