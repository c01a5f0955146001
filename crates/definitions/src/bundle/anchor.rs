//! Anchors of schemas, which references can name instead of a path.

use serde_json::Value;

/// The path to the schema with an anchor; before the draft 2019-09 of JSON Schema, its id is `#` and the anchor.
pub(super) fn find_anchor(value: &Value, name: &str) -> Option<Vec<String>> {
    let below = |key: String, value: &Value| {
        let mut path = find_anchor(value, name)?;
        path.insert(0, key);
        Some(path)
    };
    match value {
        Value::Object(members) => {
            let text = |key: &str| members.get(key).and_then(Value::as_str);
            let is_anchor = ["$anchor", "$dynamicAnchor"].iter().any(|key| text(key) == Some(name))
                || ["$id", "id"]
                    .iter()
                    .any(|key| text(key).and_then(|id| id.strip_prefix('#')) == Some(name));
            if is_anchor {
                return Some(Vec::new());
            }
            members.iter().find_map(|(key, member)| below(key.clone(), member))
        }
        Value::Array(elements) => {
            elements.iter().enumerate().find_map(|(index, element)| below(index.to_string(), element))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_path_to_an_anchor_is_found_in_every_draft() {
        let document = json!({
            "$defs": {"a/b": {"$anchor": "new"}, "c": [{}, {"$dynamicAnchor": "dynamic"}]},
            "definitions": {"d": {"$id": "#six"}, "e": {"id": "#four", "$anchor": 5}},
        });
        for (name, path) in [
            ("new", Some(&["$defs", "a/b"][..])),
            ("dynamic", Some(&["$defs", "c", "1"])),
            ("six", Some(&["definitions", "d"])),
            ("four", Some(&["definitions", "e"])),
            ("none", None),
        ] {
            let expected = path.map(|keys| keys.iter().map(|key| (*key).to_owned()).collect());
            assert_eq!(find_anchor(&document, name), expected, "{name}");
        }
    }
}
