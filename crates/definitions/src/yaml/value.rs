//! What the YAML parser hands over, and how its scalars get their spelling back.

use std::cell::Cell;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Span, Spanned};

use crate::node::{Node, is_read};
use crate::{MAX_VALUES, too_many_values};

thread_local! {
    /// How many values may still be read. `Spanned` reads what it holds without a seed that could carry it.
    static LEFT: Cell<usize> = const { Cell::new(0) };
}

/// The root that `read` reads, with at most [`MAX_VALUES`] in it.
pub(super) fn root<E>(read: impl FnOnce() -> Result<Root, E>) -> Result<Root, E> {
    LEFT.set(MAX_VALUES);
    read()
}

/// Takes one of the values that are left.
fn take<E: Error>() -> Result<(), E> {
    LEFT.set(LEFT.get().checked_sub(1).ok_or_else(|| E::custom(too_many_values()))?);
    Ok(())
}

/// The visits of scalars that are not text, each answered by the same function of the value.
macro_rules! scalars {
    ($result:ty, $value:ident => $answer:expr, $($visit:ident: $kind:ty),+) => {
        $(fn $visit<E>(self, $value: $kind) -> Result<$result, E> {
            Ok($answer)
        })+
    };
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
    fn written(self, text: &str, span: Option<Span>) -> Node {
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
fn source(text: &str, span: Span) -> Option<&str> {
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let end = start.checked_add(usize::try_from(span.byte_len()?).ok()?)?;
    text.get(start..end).map(str::trim).filter(|s| !s.is_empty())
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        take()?;
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    scalars!(Value, value => Value::Inferred(format!("{value:?}")),
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

/// The root: of its members, only those that are read become values.
pub(super) struct Root(Value);

impl Root {
    /// The root with every scalar as it is written in `text`, the document it was parsed from.
    pub(super) fn node(self, text: &str) -> Node {
        self.0.written(text, None)
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
            let value = if is_read(&key) {
                map.next_value()?
            } else {
                take()?;
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

    scalars!(Root, value => Root(Value::Inferred(format!("{value:?}"))),
        visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_i128: i128, visit_u128: u128, visit_f64: f64);

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

    scalars!(Skipped, _value => Skipped { empty: false }, visit_bool: bool, visit_i64: i64, visit_u64: u64,
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
