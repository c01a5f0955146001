//! YAML to [`Node`], with the same keys read and the same text kept as for JSON.
//!
//! Repeated keys are tolerated (the last counts) as by the real az's reader; anchors and merge keys are
//! resolved; alias bombs, depth and size end in an error of the parser's budget.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Options, Spanned};

use super::node::{Node, is_read};
use super::{MAX_DEPTH, MAX_DOCUMENT};

/// How many events a document may have, aliases not counted: enough for [`MAX_DOCUMENT`] of dense YAML.
const MAX_EVENTS: usize = 40_000_000;

/// How many events aliases may add: a few thousand uses of a large example, far from a bomb.
const MAX_REPLAYED: usize = 2_000_000;

/// The stack that the parser gets: it takes some 20 KiB a level without optimisation, and the main thread of
/// Windows has 1 MiB in all.
const STACK: usize = 32 * 1024 * 1024;

/// The root of the YAML document `text`; a root that is no object is given as it is.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    std::thread::scope(|scope| {
        let parser = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || parse_here(text));
        let parser = parser.map_err(|e| format!("no thread for the parser: {e}"))?;
        parser.join().unwrap_or_else(|_| Err("the YAML parser failed".to_owned()))
    })
}

fn parse_here(text: &str) -> Result<Node, String> {
    let root: Root =
        serde_saphyr::from_str_with_options(text, options()).map_err(|e| first_line(&e.to_string()))?;
    Ok(root.0.written(text, None))
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_events: MAX_EVENTS,
            max_nodes: MAX_EVENTS,
            max_total_scalar_bytes: MAX_DOCUMENT,
            max_total_comment_bytes: MAX_DOCUMENT,
            // A licence header or a changelog in comments is ordinary.
            max_buffered_comment_events: 100_000,
            // Every operation may refer to one shared anchor.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPLAYED },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        emit_comments: false,
        with_snippet: false,
    }
}

/// A value as the parser gives it: a plain scalar that looks like a number has lost its spelling.
enum Value {
    Null,
    Text(String),
    /// Not text to YAML; the string is how Rust prints the value, used where the source cannot be looked up.
    Inferred(String),
    List(Vec<Spanned<Value>>),
    Map(Vec<(String, Spanned<Value>)>),
    Skipped(Skipped),
}

impl Value {
    fn written(self, text: &str, span: Option<serde_saphyr::Span>) -> Node {
        let resolve = |value: Spanned<Value>| value.value.written(text, Some(value.defined.span()));
        match self {
            Self::Null => Node::Null,
            Self::Text(text) => Node::Text(text),
            Self::Inferred(printed) => {
                Node::Text(span.and_then(|s| source(text, s)).map_or(printed, str::to_owned))
            }
            Self::List(elements) => Node::List(elements.into_iter().map(resolve).collect()),
            Self::Map(members) => Node::Map(members.into_iter().map(|(k, v)| (k, resolve(v))).collect()),
            Self::Skipped(Skipped { empty }) => Node::Skipped { empty },
        }
    }
}

/// What stands at `span`, where the parser knows its place.
fn source(text: &str, span: serde_saphyr::Span) -> Option<&str> {
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let end = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    text.get(start..end).map(str::trim).filter(|s| !s.is_empty())
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Inferred(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Inferred(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Inferred(value.to_string()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        Ok(Value::Inferred(value.to_string()))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        Ok(Value::Inferred(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Inferred(format!("{value:?}")))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Value::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Value::Map(members))
    }
}

/// The root: of its members, only those that are read become values.
struct Root(Value);

impl<'de> Deserialize<'de> for Root {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RootVisitor)
    }
}

struct RootVisitor;

impl<'de> Visitor<'de> for RootVisitor {
    type Value = Root;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Root, A::Error> {
        let mut members = Vec::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = if is_read(&key) {
                map.next_value()?
            } else {
                let Spanned { value, referenced, defined } = map.next_value::<Spanned<Skipped>>()?;
                Spanned::new(Value::Skipped(value), referenced, defined)
            };
            members.push((key, value));
        }
        Ok(Root(Value::Map(members)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Root, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Root(Value::List(Vec::new())))
    }

    fn visit_str<E>(self, value: &str) -> Result<Root, E> {
        Ok(Root(Value::Text(value.to_owned())))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Root, E> {
        Ok(Root(Value::Text(value.to_string())))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Root, E> {
        Ok(Root(Value::Text(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Root, E> {
        Ok(Root(Value::Text(value.to_string())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Root, E> {
        Ok(Root(Value::Text(value.to_string())))
    }

    fn visit_unit<E>(self) -> Result<Root, E> {
        Ok(Root(Value::Null))
    }
}

/// A value that is only asked whether it holds anything.
struct Skipped {
    empty: bool,
}

impl<'de> Deserialize<'de> for Skipped {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SkippedVisitor)
    }
}

struct SkippedVisitor;

impl<'de> Visitor<'de> for SkippedVisitor {
    type Value = Skipped;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_u64<E>(self, _: u64) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_i128<E>(self, _: i128) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_u128<E>(self, _: u128) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_str<E>(self, _: &str) -> Result<Skipped, E> {
        Ok(Skipped { empty: false })
    }

    fn visit_unit<E>(self) -> Result<Skipped, E> {
        Ok(Skipped { empty: true })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Skipped, A::Error> {
        let mut empty = true;
        while seq.next_element::<IgnoredAny>()?.is_some() {
            empty = false;
        }
        Ok(Skipped { empty })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Skipped, A::Error> {
        let mut empty = true;
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            empty = false;
        }
        Ok(Skipped { empty })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_as_written() {
        let text = "info:\n  version: 1.10\n  a: 2024-01-31\n  b: 010\n  c: Yes\n  d: '1.0'\n  é: &v 3.0\n  f: *v\n  g: ~\n";
        let root = parse(text).expect("parsed");
        let info = root.get("info").expect("info");
        for (key, want) in [
            ("version", "1.10"),
            ("a", "2024-01-31"),
            ("b", "010"),
            ("c", "Yes"),
            ("d", "1.0"),
            ("é", "3.0"),
            ("f", "3.0"),
        ] {
            assert_eq!(info.text(key).as_deref(), Some(want), "{key}");
        }
        assert_eq!(info.get("g"), Some(&Node::Null));
    }

    #[test]
    fn anchors_and_merge_keys_are_resolved_and_repeated_keys_tolerated() {
        let text = "x-base: &base {title: T, version: 2.0}\ninfo:\n  <<: *base\n  title: A\n  title: B\nhost: a\nhost: b\npaths: {}\nwebhooks: {x: .inf}\n";
        let root = parse(text).expect("parsed");
        let info = root.get("info").expect("info");
        assert_eq!(info.text("title").as_deref(), Some("B"));
        assert_eq!(info.text("version").as_deref(), Some("2.0"));
        assert_eq!(root.text("host").as_deref(), Some("b"));
        assert!(root.has("webhooks") && !root.has("paths"));
    }

    #[test]
    fn an_alias_bomb_ends_in_an_error() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
        }
        text.push_str("openapi: 3.0.0\n");
        assert!(parse(&text).is_err());
    }

    #[test]
    fn deep_nesting_ends_in_an_error_and_not_in_a_full_stack() {
        let flow = format!("paths: {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse(&flow).is_err());
        let mut block = String::from("paths:\n");
        for depth in 1..=MAX_DEPTH + 10 {
            block.push_str(&format!("{}a:\n", " ".repeat(depth)));
        }
        assert!(parse(&block).is_err());
        let ordinary: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert!(parse(&ordinary).is_ok());
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let error = parse("info:\n  title: a: b\n").expect_err("colon");
        assert!(error.contains("line 2"), "{error}");
    }
}
