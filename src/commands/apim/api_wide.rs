//! `azr apim api list -o wide`: the APIs with their path, version set and revision.

use std::future;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use serde_json::{Value, json};

use crate::session::Session;
use azr_core::error::Result;

/// The rows; they need no further request.
pub(super) fn rows<'a>(_: &'a Session, listed: &'a Value) -> LocalBoxFuture<'a, Result<Value>> {
    let rows = listed.as_array().into_iter().flatten().map(row).collect();
    future::ready(Ok(rows)).boxed_local()
}

/// The row of an API.
///
/// No value is null, because a null in the first row would move its column to the end.
fn row(api: &Value) -> Value {
    let text = |member: &str| api[member].as_str().unwrap_or_default().to_owned();
    let protocols = api["protocols"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let set = api["apiVersionSetId"].as_str().and_then(|id| id.rsplit('/').next()).unwrap_or_default();
    json!({
        "Name": text("name"),
        "Title": text("displayName"),
        "Path": text("path"),
        "Protocols": protocols.collect::<Vec<_>>().join(","),
        // The service omits the type of a REST API.
        "Type": api["apiType"].as_str().unwrap_or("http"),
        "Version": text("apiVersion"),
        "VersionSet": set,
        "Revision": text("apiRevision"),
        "Current": yes_or_no(&api["isCurrent"]),
        "KeyNeeded": yes_or_no(&api["subscriptionRequired"]),
    })
}

fn yes_or_no(value: &Value) -> &'static str {
    match value {
        Value::Bool(true) => "yes",
        Value::Bool(false) => "no",
        _ => "",
    }
}
