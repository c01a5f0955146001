//! JSON to [`Node`]: one pass that skips what is not read, so that megabytes of paths cost milliseconds.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::MAX_DEPTH;
use super::node::{Node, is_read};

/// The root of the JSON document `text`; members that are not read are skipped.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let root: Members = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let mut members = Vec::with_capacity(root.0.len());
    for (key, raw) in root.0 {
        let value = if is_read(&key) { node(raw, 1)? } else { Node::Skipped { empty: is_empty(raw) } };
        members.push((key, value));
    }
    Ok(Node::Map(members))
}

/// Whether `text` is the answer of a GraphQL introspection query: `__schema`, bare or under `data`.
///
/// `text` was parsed before, so only the places where the key can stand are looked at.
pub(super) fn is_introspection(text: &str) -> bool {
    let Ok(root) = serde_json::from_str::<Members>(text) else { return false };
    let holds = |members: &Members| members.0.iter().any(|(key, _)| key == "__schema");
    holds(&root)
        || root
            .0
            .iter()
            .filter(|(key, _)| key == "data")
            .any(|(_, raw)| serde_json::from_str::<Members>(raw.get()).is_ok_and(|data| holds(&data)))
}

fn node(raw: &RawValue, depth: usize) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("it nests deeper than {MAX_DEPTH}"));
    }
    let text = raw.get();
    let failed = |e: serde_json::Error| e.to_string();
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: Members = serde_json::from_str(text).map_err(failed)?;
            members
                .0
                .into_iter()
                .map(|(k, v)| Ok((k, node(v, depth + 1)?)))
                .collect::<Result<_, _>>()
                .map(Node::Map)
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).map_err(failed)?;
            elements.into_iter().map(|e| node(e, depth + 1)).collect::<Result<_, _>>().map(Node::List)
        }
        Some(b'"') => serde_json::from_str(text).map(Node::Text).map_err(failed),
        Some(b'n') | None => Ok(Node::Null),
        // A number or boolean, exactly as written.
        Some(_) => Ok(Node::Text(text.to_owned())),
    }
}

fn is_empty(raw: &RawValue) -> bool {
    let text = raw.get();
    text == "null"
        || (text.len() >= 2
            && matches!(text.as_bytes()[0], b'{' | b'[')
            && text[1..text.len() - 1].bytes().all(|b| b.is_ascii_whitespace()))
}

/// The members of an object, unparsed and in their order.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_as_written() {
        let root =
            parse(r#"{"paths": { }, "info": {"version": 1.10, "title": "a\u00e9", "x": null, "y": [true]}}"#)
                .expect("parsed");
        let info = root.get("info").expect("info");
        assert_eq!(info.text("version").as_deref(), Some("1.10"));
        assert_eq!(info.text("title").as_deref(), Some("aé"));
        assert_eq!(info.get("x"), Some(&Node::Null));
        assert_eq!(info.list("y"), [Node::Text("true".into())]);
        assert!(!root.has("paths"));
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let error = parse("{\"info\": {\n\"a\": 1,}}").expect_err("trailing comma");
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn depth_is_limited_only_where_it_is_read() {
        let deep = |key: &str| format!("{{\"{key}\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert!(parse(&deep("paths")).is_ok());
        assert!(parse(&deep("info")).expect_err("deep").contains("nests deeper"));
    }

    #[test]
    fn introspection_is_told_from_other_json() {
        assert!(is_introspection(r#"{"__schema": {}}"#));
        assert!(is_introspection(r#"{"data": {"__schema": {}}}"#));
        assert!(!is_introspection(r#"{"data": {"x": "__schema"}}"#));
    }
}
