//! What happens to APIs, or came of them, as a table for people.

use serde_json::{Value, json};

/// The APIs of a plan or of what came of it; where these are not told, those that did not arrive.
///
/// `sources` heads a column of where they come from, which not every command needs.
pub fn table(value: &Value, sources: Option<&str>) -> Value {
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
        if let Some(head) = sources {
            row[head] = json!(texts(&api["sources"]));
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
