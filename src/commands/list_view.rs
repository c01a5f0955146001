//! What a terminal shows of a list: a table with the members that tell the items apart.

use serde_json::{Map, Value};

use super::tree::{Closing, TerminalView};
use azr_output::{Cell, Fit, TerminalTable};

/// The members that tell items apart, in the order of the columns, and the titles of these.
const COLUMNS: [(&str, &str); 23] = [
    ("name", "Name"),
    ("displayName", "Title"),
    ("title", "Title"),
    ("kind", "Kind"),
    ("apiType", "Type"),
    ("method", "Method"),
    ("urlTemplate", "URL"),
    ("path", "Path"),
    ("lifecycleStage", "Stage"),
    ("apiVersion", "Version"),
    ("apiRevision", "Revision"),
    ("isCurrent", "Current"),
    ("isActive", "Active"),
    ("state", "State"),
    ("versioningScheme", "Scheme"),
    ("url", "URL"),
    ("secret", "Secret"),
    ("value", "Value"),
    ("location", "Location"),
    ("resourceGroup", "Group"),
    ("provisioningState", "Provisioning"),
    ("principalName", "Principal"),
    ("roleDefinitionName", "Role"),
];

/// The table of a list, and how to see the rest; None if the items have no name.
pub(crate) fn view(list: &Value) -> Option<(TerminalView, Closing)> {
    let items: Vec<&Map<String, Value>> =
        list.as_array()?.iter().map(Value::as_object).collect::<Option<_>>()?;
    if items.iter().any(|item| text(item, "name").is_none()) {
        return None;
    }
    let columns: Vec<(&str, &str)> = COLUMNS
        .into_iter()
        .filter(|(member, _)| items.iter().any(|item| text(item, member).is_some()))
        .collect();
    let fits: Vec<(&str, Fit)> = columns
        .iter()
        .map(|(member, title)| match *member {
            "name" => (*title, Fit::Keep),
            "displayName" | "title" => (*title, Fit::Shorten),
            _ => (*title, Fit::Omit),
        })
        .collect();
    let mut table = TerminalTable::new(&fits);
    for item in &items {
        table.push(columns.iter().map(|(member, _)| cell(*member == "kind", text(item, member))).collect());
    }
    let next = if items.is_empty() { "The list is empty." } else { "To see all members: -o json." };
    Some((TerminalView::List(table), Closing { summary: None, next: vec![next.to_owned()] }))
}

/// The rows of a table of azr's own as a table for people.
pub(crate) fn rows_table(rows: &Value) -> TerminalTable {
    let rows: Vec<&Map<String, Value>> =
        rows.as_array().into_iter().flatten().filter_map(Value::as_object).collect();
    let mut titles: Vec<&str> = Vec::new();
    for title in rows.iter().flat_map(|row| row.keys()) {
        if !titles.contains(&title.as_str()) {
            titles.push(title);
        }
    }
    let columns: Vec<(&str, Fit)> = titles
        .iter()
        .map(|title| match *title {
            "Name" | "API" | "Action" | "Status" | "SubscriptionId" => (*title, Fit::Keep),
            "Title" | "Path" | "Owner" => (*title, Fit::Shorten),
            "Note" | "Reason" | "Missing" => (*title, Fit::Fold),
            _ => (short_title(title), Fit::Omit),
        })
        .collect();
    let mut table = TerminalTable::new(&columns);
    for row in rows {
        table.push(titles.iter().map(|title| cell(*title == "Kind", text(row, title))).collect());
    }
    table
}

/// A cell; the services write the kinds of their own samples in capitals.
fn cell(is_kind: bool, text: Option<String>) -> Cell {
    let text = text.unwrap_or_default();
    Cell::from(if is_kind { text.to_lowercase() } else { text })
}

/// A title that leaves room for others.
fn short_title(title: &str) -> &str {
    match title {
        "Versions" => "Vers",
        "Definitions" => "Defs",
        "Deployments" => "Deploys",
        "VersionSet" => "Set",
        "Revision" => "Rev",
        "KeyNeeded" => "Key",
        other => other,
    }
}

/// A member as text, if it is a scalar that is not empty.
fn text(item: &Map<String, Value>, member: &str) -> Option<String> {
    match item.get(member)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Bool(is_true) => Some(if *is_true { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn rows_keep_their_columns_and_fit() {
        let rows = json!([{"Name": "museum", "Title": "Ünïcode — 日本語 and more", "Kind": "REST", "Definitions": 2}]);
        assert_eq!(
            rows_table(&rows).render(Some(34), false),
            "Name    Title           Kind  Defs\n------  --------------  ----  ----\nmuseum  Ünïcode — 日…   rest  2\n"
        );
    }

    #[test]
    fn a_list_has_the_columns_that_tell_its_items_apart() {
        let list = json!([
            {"id": "/i", "name": "museum", "title": "Museum", "kind": "rest", "contacts": [], "etag": "x"},
            {"id": "/j", "name": "ticker", "title": "Ticker", "kind": "websocket", "summary": null},
        ]);
        let Some((TerminalView::List(table), closing)) = view(&list) else { panic!("no table") };
        assert_eq!(
            table.render(None, false),
            "Name    Title   Kind\n------  ------  ---------\nmuseum  Museum  rest\nticker  Ticker  websocket\n"
        );
        assert_eq!(closing.next, ["To see all members: -o json."]);
        assert!(view(&json!([{"roleName": "x"}])).is_none());
        assert!(view(&json!([])).is_some_and(|(_, closing)| closing.next == ["The list is empty."]));
    }
}
