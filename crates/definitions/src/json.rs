//! Parsing of JSON into [`Node`]s, skipping the members that are not needed: megabytes of paths take milliseconds.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::json_error;
use super::node::{Node, is_parsed};
use super::parse_limits::{MAX_DEPTH, MAX_VALUES};
use super::read_error::too_many_values;

/// Parses the root of a JSON document; members that are not needed are skipped.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let root: Members = serde_json::from_str(text).map_err(|e| json_error::describe(&e, text))?;
    let mut remaining = MAX_VALUES;
    let mut members = Vec::with_capacity(root.0.len());
    for (key, raw) in root.0 {
        let value = if is_parsed(&key) {
            parse_value(raw, 1, &mut remaining)?
        } else {
            Node::Skipped { empty: is_empty(raw) }
        };
        members.push((key, value));
    }
    Ok(Node::Map(members))
}

/// Whether `text` is the response to a GraphQL introspection query: `__schema` in the root or under `data`.
///
/// `text` must be valid JSON.
pub(super) fn is_introspection(text: &str) -> bool {
    let Ok(root) = serde_json::from_str::<Members>(text) else { return false };
    let has_schema = |members: &Members| {
        members.0.iter().any(|(key, raw)| key == "__schema" && raw.get().starts_with('{'))
    };
    has_schema(&root)
        || root
            .0
            .iter()
            .filter(|(key, _)| key == "data")
            .any(|(_, raw)| serde_json::from_str::<Members>(raw.get()).is_ok_and(|data| has_schema(&data)))
}

/// Parses a value, which counts as one of the `remaining` ones.
fn parse_value(raw: &RawValue, depth: usize, remaining: &mut usize) -> Result<Node, String> {
    if depth > MAX_DEPTH {
        return Err(format!("it nests deeper than {MAX_DEPTH}"));
    }
    *remaining = remaining.checked_sub(1).ok_or_else(too_many_values)?;
    let text = raw.get();
    let failed = |e: serde_json::Error| json_error::describe(&e, text);
    match text.as_bytes().first() {
        Some(b'{') => {
            let members: Members = serde_json::from_str(text).map_err(failed)?;
            members
                .0
                .into_iter()
                .map(|(k, v)| Ok((k, parse_value(v, depth + 1, remaining)?)))
                .collect::<Result<_, _>>()
                .map(Node::Map)
        }
        Some(b'[') => {
            let elements: Elements = serde_json::from_str(text).map_err(failed)?;
            elements
                .0
                .into_iter()
                .map(|e| parse_value(e, depth + 1, remaining))
                .collect::<Result<_, _>>()
                .map(Node::List)
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

/// The members of an object, unparsed and in order; at most [`MAX_VALUES`].
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
                    push_limited(&mut members, member).map_err(A::Error::custom)?;
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// The elements of a list, unparsed; at most [`MAX_VALUES`].
struct Elements<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Elements<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Elements<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    push_limited(&mut elements, element).map_err(A::Error::custom)?;
                }
                Ok(Elements(elements))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// Adds an item unless there are [`MAX_VALUES`] already, so that no more than those are in memory.
fn push_limited<T>(items: &mut Vec<T>, item: T) -> Result<(), String> {
    if items.len() == MAX_VALUES {
        return Err(too_many_values());
    }
    items.push(item);
    Ok(())
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
        assert!(!root.has_content("paths"));
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
    fn what_is_understood_is_limited_in_number() {
        let many = |text: &str| vec![text; MAX_VALUES].join(",");
        for text in [
            format!("{{\"info\": {{{}}}}}", many("\"a\": 1")),
            format!("{{\"servers\": [{}, 1]}}", many("1")),
            format!("{{\"servers\": [[{}], [1]]}}", many("1")),
            format!("{{{}, \"b\": 1}}", many("\"a\": 1")),
        ] {
            let error = parse(&text).expect_err("too many");
            assert!(error.contains("more than 50000 values"), "{error}");
        }
        assert!(parse(&format!("{{\"paths\": [{}, 1]}}", many("1"))).is_ok());
    }

    #[test]
    fn introspection_is_told_from_other_json() {
        assert!(is_introspection(r#"{"__schema": {}}"#));
        assert!(is_introspection(r#"{"data": {"__schema": {}}}"#));
        assert!(!is_introspection(r#"{"data": {"x": "__schema"}}"#));
        assert!(!is_introspection(r#"{"data": {"__schema": null}}"#));
    }
}
