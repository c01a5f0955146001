//! The operations of an API: what is checked of them, and what requests and responses have that differs.

use serde_json::{Map, Value, json};

use super::signature::signature;
use crate::context::Context;
use crate::resources::{Draft, Problem, Target};
use crate::store::Entry;

fn text<'a>(properties: &'a Map<String, Value>, member: &str) -> &'a str {
    properties.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// A parameter that is not required has no `required`, as recorded.
pub(super) fn before_put(_: &Context<'_>, _: &Target<'_>, draft: &mut Draft) {
    let clean = |parameters: Option<&mut Value>| {
        let parameters = parameters.and_then(Value::as_array_mut).into_iter().flatten();
        for parameter in parameters.filter_map(Value::as_object_mut) {
            if parameter.get("required") == Some(&json!(false)) {
                parameter.shift_remove("required");
            }
        }
    };
    clean(draft.properties.get_mut("templateParameters"));
    for member in ["queryParameters", "headers"] {
        clean(draft.properties.get_mut("request").and_then(|request| request.get_mut(member)));
    }
}

/// A GET shows every template parameter as required, which the response to a PUT does not, as recorded.
pub(super) fn show(context: &Context<'_>, _: &Entry, body: &mut Value) {
    if context.method() != "GET" {
        return;
    }
    let parameters = body["properties"]["templateParameters"].as_array_mut().into_iter().flatten();
    for parameter in parameters.filter_map(Value::as_object_mut) {
        parameter.insert("required".to_owned(), json!(true));
    }
}

/// Checks an operation: its template parameters, its signature, and the schemas that it refers to.
pub(super) fn validate(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let mut problems = check_template(properties);
    problems.extend(check_signature(context, target, properties));
    problems.extend(check_schemas(context, target, properties));
    problems
}

/// Every `{name}` of the URL template needs a template parameter.
fn check_template(properties: &Map<String, Value>) -> Vec<Problem> {
    let declared =
        properties.get("templateParameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let missing: Vec<&str> = text(properties, "urlTemplate")
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(|name| name.trim_start_matches('*'))
        .filter(|name| !declared.iter().any(|p| p["name"].as_str() == Some(name)))
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "All template parameters used in the UriTemplate must be defined in the Operation, please ensure to define: {}.",
        missing.join(", ")
    );
    vec![Problem::new("templateParameters", message)]
}

/// No two operations of an API may have one signature. The wording of the service is not known.
fn check_signature(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Option<Problem> {
    let own = signature(text(properties, "method"), text(properties, "urlTemplate"));
    let mut others = context.state.store.list(&target.collection());
    let other = others.find(|other| {
        let is_same =
            other.body["name"].as_str().zip(target.name).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
        let text = |member: &str| other.body["properties"][member].as_str().unwrap_or_default();
        !is_same && signature(text("method"), text("urlTemplate")) == own
    })?;
    let name = other.body["name"].as_str().unwrap_or_default();
    let message = format!(
        "The operation '{name}' has the same method and URL template: {} {}.",
        text(properties, "method"),
        text(properties, "urlTemplate")
    );
    Some(Problem::new("urlTemplate", message))
}

/// Every schema that a representation or parameter refers to must exist.
fn check_schemas(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let mut ids = Vec::new();
    for member in ["templateParameters", "request", "responses"] {
        collect_schema_ids(properties.get(member).unwrap_or(&Value::Null), &mut ids);
    }
    ids.sort_unstable();
    ids.dedup();
    let is_missing =
        |id: &&str| context.state.store.get(&format!("{}/schemas/{id}", target.parent)).is_none();
    let operation =
        format!("operation '{}'-'{}'", text(properties, "method"), text(properties, "urlTemplate"));
    let missing = ids.into_iter().filter(is_missing);
    missing
        .map(|id| {
            Problem::new(
                &format!("{operation} schema {id}"),
                "Operation references schema that does not exist.",
            )
        })
        .collect()
}

fn collect_schema_ids<'a>(value: &'a Value, ids: &mut Vec<&'a str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_schema_ids(item, ids)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("schemaId", Value::String(id)) if !id.is_empty() => ids.push(id),
                    ("examples", _) => {}
                    _ => collect_schema_ids(member, ids),
                }
            }
        }
        _ => {}
    }
}
