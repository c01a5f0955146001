//! Carrying out a plan.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Answer, Client};
use super::edit;
use super::plan::{Action, Job, Plan, Target, Until};
use super::{lro, pager, provider};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// What the execution of a plan needs from its surroundings.
pub trait Observer: Send {
    /// Something for the user to read on stderr: a token to go on, a warning.
    fn note(&mut self, text: &str);
    /// The state of a long-running operation.
    fn progress(&mut self, state: &str);
    /// Whether an expression is true of a value (`wait --custom`).
    fn holds(&self, expression: &str, value: &Value) -> Result<bool>;
}

/// Carries out the jobs of a plan in order; the result is a list where there is more than one.
///
/// None where there is nothing to print.
pub async fn execute(client: &Client, plan: &Plan, observer: &mut dyn Observer) -> Result<Option<Value>> {
    let mut results = Vec::new();
    for job in &plan.jobs {
        results.push(carry_out(client, job, observer).await?);
    }
    if results.len() == 1 {
        return Ok(results.pop().flatten());
    }
    let results: Vec<Value> = results.into_iter().flatten().collect();
    Ok((!results.is_empty()).then_some(Value::Array(results)))
}

async fn carry_out(client: &Client, job: &Job, observer: &mut dyn Observer) -> Result<Option<Value>> {
    let at = &job.at;
    let value = match &job.action {
        Action::Get => client.send("GET", at, None).await?.body,
        Action::List { max_items, next_token } => {
            return list(client, job, *max_items, next_token.as_deref(), observer).await.map(Some);
        }
        Action::Put { body, location_of } => {
            let body = located(client, body.as_ref(), location_of.as_deref()).await?;
            match write(client, "PUT", job, body.as_ref(), observer).await? {
                Some(value) => value,
                None => return Ok(None),
            }
        }
        Action::Update { edits, settle } => {
            let schema = job
                .schema
                .ok_or_else(|| Error::unexpected(format!("{} has no shape to update by", at.path)))?;
            let mut read = at.clone();
            read.headers.clear();
            let current = client.send("GET", &read, None).await?.body;
            let mut shown = schema.show(&current);
            edit::apply(edits, &mut shown, schema.fields)?;
            settle(&mut shown);
            match write(client, "PUT", job, Some(&schema.wire_over(&shown, &current)), observer).await? {
                Some(value) => value,
                None => return Ok(None),
            }
        }
        Action::Delete => {
            write(client, "DELETE", job, None, observer).await?;
            return Ok(None);
        }
        Action::Post { body, location_of } => {
            let body = located(client, body.as_ref(), location_of.as_deref()).await?;
            match write(client, "POST", job, body.as_ref(), observer).await? {
                Some(value) => value,
                None => return Ok(None),
            }
        }
        Action::Head => {
            client.send("HEAD", at, None).await?;
            Value::Bool(true)
        }
        Action::Wait { until, interval, timeout } => {
            wait(client, job, until, *interval, *timeout, observer).await?;
            return Ok(None);
        }
    };
    if job.silent || value.is_null() {
        return Ok(None);
    }
    Ok(Some(shown(job, &value)))
}

fn shown(job: &Job, value: &Value) -> Value {
    job.schema.map_or_else(|| value.clone(), |schema| schema.show(value))
}

async fn list(
    client: &Client,
    job: &Job,
    max: Option<usize>,
    token: Option<&str>,
    observer: &mut dyn Observer,
) -> Result<Value> {
    let listed = pager::list(client, &job.at, max, token).await?;
    if let Some(token) = listed.next_token {
        observer.note(&format!("Token of next page: {token}"));
    }
    Ok(listed.items.iter().map(|item| shown(job, item)).collect())
}

/// Sends a write, registers the resource provider if that is missing, and waits for its operation.
async fn write(
    client: &Client,
    method: &'static str,
    job: &Job,
    body: Option<&Value>,
    observer: &mut dyn Observer,
) -> Result<Option<Value>> {
    let first = match client.send(method, &job.at, body).await {
        Err(error) if error.code() == "MissingSubscriptionRegistration" => {
            provider::register(client, &job.at.path, observer).await?;
            client.send(method, &job.at, body).await?
        }
        other => other?,
    };
    if job.no_wait {
        return Ok(None);
    }
    let mut read = job.at.clone();
    read.headers.clear();
    let mut progress = |state: &str| observer.progress(state);
    lro::finish(client, method, &read, first, &mut progress).await.map(Some)
}

/// The body with the location of its resource group, where it has none.
async fn located(client: &Client, body: Option<&Value>, group: Option<&str>) -> Result<Option<Value>> {
    let Some(group) = group else { return Ok(body.cloned()) };
    let answer: Answer = client
        .send("GET", &Target::new(group_path(group)?, azr_core::resource::GROUPS_VERSION), None)
        .await?;
    let mut body = body.cloned().unwrap_or_else(|| json!({}));
    if let (Some(body), Some(location)) = (body.as_object_mut(), answer.body.get("location")) {
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
    until: &Until,
    interval: u64,
    timeout: u64,
    observer: &mut dyn Observer,
) -> Result<()> {
    let started = Instant::now();
    let limit = Duration::from_secs(timeout);
    let too_late = || {
        Error::timeout(format!("{}: not so after {timeout} seconds", job.at.path))
            .with_hint("Give a longer --timeout.")
    };
    loop {
        // An ask with all its repetitions may take longer than there is time.
        let left = limit.saturating_sub(started.elapsed());
        let asked = tokio::time::timeout(left, client.send("GET", &job.at, None)).await;
        match asked.map_err(|_| too_late())? {
            Ok(found) if reached(job, until, &found.body, observer)? => return Ok(()),
            Ok(_) => {}
            Err(e) if e.is_not_found() && until.deleted => return Ok(()),
            // What may still come is waited for; a change is waited for on what is there.
            Err(e) if e.is_not_found() && (until.created || until.exists || until.custom.is_some()) => {}
            Err(e) => return Err(e),
        }
        observer.progress("waiting");
        if started.elapsed() + Duration::from_secs(interval) > limit {
            return Err(too_late());
        }
        tokio::time::sleep(Duration::from_secs(interval)).await;
    }
}

/// Whether a resource that is there has come to what is waited for; an error if it never will.
fn reached(job: &Job, until: &Until, found: &Value, observer: &mut dyn Observer) -> Result<bool> {
    if until.exists {
        return Ok(true);
    }
    let state = lro::state_of(found);
    if state.is_some_and(|state| state.eq_ignore_ascii_case("failed")) {
        return Err(Error::operation_failed(format!("{}: provisioning has failed", job.at.path)));
    }
    if (until.created || until.updated) && state.is_none_or(|state| state.eq_ignore_ascii_case("succeeded")) {
        return Ok(true);
    }
    match &until.custom {
        Some(expression) => observer.holds(expression, &shown(job, found)),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Member;

    impl Observer for Member {
        fn note(&mut self, _: &str) {}

        fn progress(&mut self, _: &str) {}

        fn holds(&self, expression: &str, value: &Value) -> Result<bool> {
            Ok(value.get(expression).is_some())
        }
    }

    #[test]
    fn a_failed_resource_is_waited_for_by_exists_only() {
        let job = Job::new(Target::new("/x", "v"), Action::Get, None);
        let found = |state: &str| json!({"name": "x", "properties": {"provisioningState": state}});
        let ask = |until: &Until, state: &str| reached(&job, until, &found(state), &mut Member).ok();
        let created = Until { created: true, ..Until::default() };
        let named = Until { custom: Some("name".into()), updated: true, ..Until::default() };
        let other = Until { custom: Some("other".into()), ..Until::default() };
        let deleted = Until { deleted: true, ..Until::default() };
        let exists = Until { exists: true, ..Until::default() };
        for (until, updating, succeeded, failed) in [
            (&created, Some(false), Some(true), None),
            (&named, Some(true), Some(true), None),
            (&other, Some(false), Some(false), None),
            (&deleted, Some(false), Some(false), None),
            (&exists, Some(true), Some(true), Some(true)),
        ] {
            let asked = (ask(until, "Updating"), ask(until, "Succeeded"), ask(until, "Failed"));
            assert_eq!(asked, (updating, succeeded, failed), "{until:?}");
        }
    }
}
