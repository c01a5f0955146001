//! Values of the YAML parser, and recovery of the original text of scalars.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Span, Spanned};

use crate::node::{Node, is_parsed};
use crate::parse_limits::MAX_VALUES;
use crate::read_error::too_many_values;

thread_local! {
    /// The number of values that may still be parsed. It is thread-local because `Spanned` does not accept a seed.
    static REMAINING_VALUES: Cell<usize> = const { Cell::new(0) };
}

/// Parses the root with `parse`, limited to [`MAX_VALUES`] values.
pub(super) fn parse_root<E>(parse: impl FnOnce() -> Result<Root, E>) -> Result<Root, E> {
    REMAINING_VALUES.set(MAX_VALUES);
    parse()
}

/// Counts a value; fails if there are too many.
fn spend_value<E: Error>() -> Result<(), E> {
    REMAINING_VALUES.set(REMAINING_VALUES.get().checked_sub(1).ok_or_else(|| E::custom(too_many_values()))?);
    Ok(())
}

/// Implements the visitor methods of scalars with one expression.
macro_rules! visit_scalars {
    ($result:ty, $value:ident => $result_expr:expr, $($visit:ident: $kind:ty),+) => {
        $(fn $visit<E>(self, $value: $kind) -> Result<$result, E> {
            Ok($result_expr)
        })+
    };
}

/// A value from the parser, in which numbers and booleans are no longer as written.
enum Value {
    Null,
    Text(String),
    /// A number or boolean; the string is its value as Rust prints it, used if the source text is unknown.
    Parsed(String),
    List(Vec<Spanned<Value>>),
    Map(Vec<(String, Spanned<Value>)>),
    Skipped(Skipped),
}

impl Value {
    fn into_node(self, text: &str, span: Option<Span>) -> Node {
        let resolve = |value: Spanned<Value>| value.value.into_node(text, Some(value.defined.span()));
        match self {
            Self::Null => Node::Null,
            Self::Text(text) => Node::Text(text),
            Self::Parsed(printed) => {
                Node::Text(span.and_then(|s| source_text(text, s)).map_or(printed, str::to_owned))
            }
            Self::List(elements) => Node::List(elements.into_iter().map(resolve).collect()),
            Self::Map(members) => Node::Map(members.into_iter().map(|(k, v)| (k, resolve(v))).collect()),
            Self::Skipped(Skipped { empty }) => Node::Skipped { empty },
        }
    }
}

/// The source text of a span, if the parser knows its position.
fn source_text(text: &str, span: Span) -> Option<&str> {
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let end = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    text.get(start..end).map(str::trim).filter(|s| !s.is_empty())
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        spend_value()?;
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    visit_scalars!(Value, value => Value::Parsed(format!("{value:?}")),
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64);

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

/// The root, of which only the needed members are parsed.
pub(super) struct Root(Value);

impl Root {
    /// Converts the root to a node, with the scalars as written in `text`, from which it was parsed.
    pub(super) fn into_node(self, text: &str) -> Node {
        self.0.into_node(text, None)
    }
}

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
            let value = if is_parsed(&key) {
                map.next_value()?
            } else {
                spend_value()?;
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

    visit_scalars!(Root, value => Root(Value::Parsed(format!("{value:?}"))),
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64);

    fn visit_unit<E>(self) -> Result<Root, E> {
        Ok(Root(Value::Null))
    }
}

/// A skipped value, of which only its emptiness is known.
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

    visit_scalars!(Skipped, _value => Skipped { empty: false }, visit_bool: bool, visit_i64: i64, visit_u64: u64,
        visit_i128: i128, visit_u128: u128, visit_f64: f64, visit_str: &str);

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
