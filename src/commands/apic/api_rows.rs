//! The APIs of a plan or a report as a table.

use serde_json::{Value, json};

/// The rows of a plan or a report of an import from API Management.
pub(super) fn import_table(value: &Value) -> Value {
    table(value, None)
}

/// The rows of a plan or a report; of a report without a list of APIs, its problems.
///
/// `sources_title` adds a column with that title for the sources of each API.
pub(super) fn table(value: &Value, sources_title: Option<&str>) -> Value {
    let texts = |list: &Value| {
        let items = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        items.collect::<Vec<_>>().join(", ")
    };
    let row = |api: &Value| {
        let reason = api["reason"].as_str().map_or_else(|| texts(&api["notes"]), str::to_owned);
        let mut row = json!({
            "Action": api.get("action").or(api.get("status")),
            "API": api["name"],
            "Title": api["title"],
            "Kind": api["kind"],
            "Versions": texts(&api["versions"]),
        });
        if let Some(title) = sources_title {
            row[title] = json!(texts(&api["sources"]));
        }
        row["Note"] = json!(reason);
        row
    };
    let problem = |api: &Value| json!({"Status": api["status"], "API": api["name"], "Reason": api["reason"]});
    match value["apis"].as_array() {
        Some(apis) => apis.iter().map(row).collect(),
        None => value["problems"].as_array().into_iter().flatten().map(problem).collect(),
    }
}
