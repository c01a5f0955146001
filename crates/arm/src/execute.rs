//! Execution of a plan.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use crate::client::Client;
use crate::edit;
use crate::lro::{provisioning_state, wait_for_operation};
use crate::pager;
use crate::plan::{Action, Job, Observer, Plan, Target, UpdateMethod, WaitCondition};
use crate::provider::register_provider;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::id::ResourceId;
use azr_core::interrupt::RunningOperation;
use azr_core::resource::GROUPS_VERSION;

/// Executes the jobs of a plan in order until one fails; the result is a list if there are several.
///
/// None if there is no result.
pub async fn execute(client: &Client, plan: &Plan, observer: &mut dyn Observer) -> Result<Option<Value>> {
    let mut results = Vec::new();
    for job in &plan.jobs {
        results.push(execute_job(client, job, observer).await?);
    }
    Ok(combine(results))
}

/// Executes the jobs of a plan in order, also after a failure; returns the results of those that succeeded, and the
/// errors, which name the resource.
pub async fn execute_all(
    client: &Client,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> (Option<Value>, Vec<Error>) {
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for job in &plan.jobs {
        match execute_job(client, job, observer).await {
            Ok(result) => results.push(result),
            Err(error) => errors.push(error.with_context(&job.target.path)),
        }
    }
    // A single success is still a list, because several were requested.
    let results: Vec<Value> = results.into_iter().flatten().collect();
    ((!results.is_empty()).then_some(Value::Array(results)), errors)
}

fn combine(mut results: Vec<Option<Value>>) -> Option<Value> {
    if results.len() == 1 {
        return results.pop().flatten();
    }
    let results: Vec<Value> = results.into_iter().flatten().collect();
    (!results.is_empty()).then_some(Value::Array(results))
}

async fn execute_job(client: &Client, job: &Job, observer: &mut dyn Observer) -> Result<Option<Value>> {
    let target = &job.target;
    let result = match &job.action {
        Action::Get => Some(client.send(Method::GET, target, None).await?.body),
        Action::List { max_items, next_token } => {
            return list(client, job, *max_items, next_token.as_deref(), observer).await.map(Some);
        }
        Action::Put { body, location_from_group } => {
            let body = with_location(client, body.as_ref(), location_from_group.as_deref()).await?;
            write(client, Method::PUT, job, body.as_ref(), observer).await?
        }
        Action::Update { method, edits, normalize } => {
            let schema = job
                .schema
                .ok_or_else(|| Error::unexpected(format!("{} has no schema to edit by", target.path)))?;
            let current = client.send(Method::GET, &without_headers(target), None).await?.body;
            let mut edited = schema.show(&current);
            edit::apply(edits, &mut edited, schema.fields)?;
            normalize(&mut edited);
            let body = schema.wire_over(&edited, &current);
            let method = match method {
                UpdateMethod::Put => Method::PUT,
                UpdateMethod::Patch => Method::PATCH,
            };
            write(client, method, job, Some(&body), observer).await?
        }
        Action::Delete => {
            write(client, Method::DELETE, job, None, observer).await?;
            None
        }
        Action::Post { body, location_from_group } => {
            let body = with_location(client, body.as_ref(), location_from_group.as_deref()).await?;
            write(client, Method::POST, job, body.as_ref(), observer).await?
        }
        Action::Head => {
            client.send(Method::HEAD, target, None).await?;
            Some(Value::Bool(true))
        }
        Action::Wait { condition, interval, timeout } => {
            wait(client, job, condition, *interval, *timeout, observer).await?;
            None
        }
    };
    Ok(result.filter(|value| !job.silent && !value.is_null()).map(|value| show(job, value)))
}

fn show(job: &Job, value: Value) -> Value {
    match job.schema {
        Some(schema) => schema.show(&value),
        None => value,
    }
}

async fn list(
    client: &Client,
    job: &Job,
    max_items: Option<usize>,
    next_token: Option<&str>,
    observer: &mut dyn Observer,
) -> Result<Value> {
    let convert = |item| show(job, item);
    let list = pager::list_converted(client, &job.target, max_items, next_token, &convert).await;
    let list = list.map_err(|error| match error.kind() {
        ErrorKind::LimitExceeded => error.with_hint(hint_to_read_in_parts(&job.target)),
        _ => error,
    })?;
    if let Some(token) = list.next_token {
        observer.show_message(&format!("Token of next page: {token}"));
    }
    Ok(Value::Array(list.items))
}

/// How to read a list that is too long to be read as a whole.
fn hint_to_read_in_parts(target: &Target) -> &'static str {
    if target.path.contains("/Microsoft.ApiCenter/") {
        "Read the list in parts: --max-items N, then --next-token with the token that the command shows."
    } else {
        "Read the list in parts: --top N and --skip N, or azr rest with $top and $skip in the URL."
    }
}

/// Sends a write, registers the resource provider if necessary, and waits for the operation.
async fn write(
    client: &Client,
    method: Method,
    job: &Job,
    body: Option<&Value>,
    observer: &mut dyn Observer,
) -> Result<Option<Value>> {
    let response = match client.send(method.clone(), &job.target, body).await {
        Err(error) if error.code() == "MissingSubscriptionRegistration" => {
            register_provider(client, &job.target.path, observer).await?;
            client.send(method.clone(), &job.target, body).await?
        }
        other => other?,
    };
    if job.no_wait {
        return Ok(None);
    }
    let resource = without_headers(&job.target);
    let mut on_state = |state: &str| observer.show_state(state);
    let operation = RunningOperation::start();
    let result = wait_for_operation(client, &method, &resource, response, &mut on_state).await;
    operation.end();
    result.map(Some)
}

/// The target for reading the resource: headers such as `If-Match` are for the write only.
fn without_headers(target: &Target) -> Target {
    Target { headers: Vec::new(), ..target.clone() }
}

/// The body with the location of the resource group.
async fn with_location(client: &Client, body: Option<&Value>, group: Option<&str>) -> Result<Option<Value>> {
    let Some(group) = group else { return Ok(body.cloned()) };
    let group = client.send(Method::GET, &Target::new(group_path(group)?, GROUPS_VERSION), None).await?.body;
    let mut body = body.cloned().unwrap_or_else(|| json!({}));
    if let (Some(body), Some(location)) = (body.as_object_mut(), group.get("location")) {
        body.insert("location".to_owned(), location.clone());
    }
    Ok(Some(body))
}

/// The path az reads a resource group at: `resourcegroups` in lower case.
fn group_path(group: &str) -> Result<String> {
    let id: ResourceId = group.parse()?;
    match (id.subscription(), id.group()) {
        (Some(subscription), Some(name)) => {
            Ok(format!("/subscriptions/{subscription}/resourcegroups/{name}"))
        }
        _ => Err(Error::unexpected(format!("{group} is not a resource group"))),
    }
}

async fn wait(
    client: &Client,
    job: &Job,
    condition: &WaitCondition,
    interval: u64,
    timeout: u64,
    observer: &mut dyn Observer,
) -> Result<()> {
    let started = Instant::now();
    let limit = Duration::from_secs(timeout);
    let timed_out = || {
        Error::timeout(format!("timed out after {timeout} seconds waiting for {}", job.target.path))
            .with_hint("Set a longer --timeout.")
    };
    loop {
        // One poll with all its retries may take longer than the time that is left.
        let left = limit.saturating_sub(started.elapsed());
        let poll = tokio::time::timeout(left, client.send(Method::GET, &job.target, None)).await;
        match poll.map_err(|_| timed_out())? {
            Ok(response) if is_met(job, condition, &response.body, observer)? => return Ok(()),
            Ok(_) => {}
            Err(e) if e.is_not_found() && condition.deleted => return Ok(()),
            // The resource may still be created; but an update needs an existing one.
            Err(e)
                if e.is_not_found()
                    && (condition.created || condition.exists || condition.custom.is_some()) => {}
            Err(e) => return Err(e),
        }
        observer.show_state("waiting");
        if started.elapsed() + Duration::from_secs(interval) > limit {
            return Err(timed_out());
        }
        tokio::time::sleep(Duration::from_secs(interval)).await;
    }
}

/// Whether an existing resource meets the condition; an error if it never will.
fn is_met(
    job: &Job,
    condition: &WaitCondition,
    resource: &Value,
    observer: &mut dyn Observer,
) -> Result<bool> {
    if condition.exists {
        return Ok(true);
    }
    let state = provisioning_state(resource);
    if state.is_some_and(|state| state.eq_ignore_ascii_case("failed")) {
        return Err(Error::operation_failed(format!("{}: provisioning failed", job.target.path)));
    }
    let is_provisioned = state.is_none_or(|state| state.eq_ignore_ascii_case("succeeded"));
    if (condition.created || condition.updated) && is_provisioned {
        return Ok(true);
    }
    match &condition.custom {
        Some(expression) => observer.is_true(expression, &show(job, resource.clone())),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An observer whose expressions are names of members.
    struct HasMember;

    impl Observer for HasMember {
        fn show_message(&mut self, _: &str) {}

        fn show_state(&mut self, _: &str) {}

        fn is_true(&self, expression: &str, value: &Value) -> Result<bool> {
            Ok(value.get(expression).is_some())
        }
    }

    #[test]
    fn a_failed_resource_meets_only_the_condition_that_it_exists() {
        let job = Job::new(Target::new("/x", "v"), Action::Get, None);
        let met = |condition: &WaitCondition, state: &str| {
            let resource = json!({"name": "x", "properties": {"provisioningState": state}});
            is_met(&job, condition, &resource, &mut HasMember).ok()
        };
        let created = WaitCondition { created: true, ..WaitCondition::default() };
        let named = WaitCondition { custom: Some("name".into()), updated: true, ..WaitCondition::default() };
        let other = WaitCondition { custom: Some("other".into()), ..WaitCondition::default() };
        let deleted = WaitCondition { deleted: true, ..WaitCondition::default() };
        let exists = WaitCondition { exists: true, ..WaitCondition::default() };
        for (condition, updating, succeeded, failed) in [
            (&created, Some(false), Some(true), None),
            (&named, Some(true), Some(true), None),
            (&other, Some(false), Some(false), None),
            (&deleted, Some(false), Some(false), None),
            (&exists, Some(true), Some(true), Some(true)),
        ] {
            let outcomes =
                (met(condition, "Updating"), met(condition, "Succeeded"), met(condition, "Failed"));
            assert_eq!(outcomes, (updating, succeeded, failed), "{condition:?}");
        }
    }
}
