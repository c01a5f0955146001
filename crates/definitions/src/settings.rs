//! Reading of YAML and JSON files with settings, whose errors name a line.
//!
//! Unlike a definition, such a file is read strictly: a repeated key is an error, and scalars are numbers and booleans by
//! the rules of YAML 1.2, so that `NO` is a text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use serde_saphyr::Spanned;
use serde_saphyr::options::DuplicateKeyPolicy;

use super::{stack, yaml};

/// The largest file in bytes.
pub const MAX_BYTES: usize = 4 << 20;

/// The deepest nesting of a file.
const MAX_DEPTH: usize = 32;

/// A value with the line on which it starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The line, counted from 1; 0 if it is not known.
    pub line: u64,
    /// The value.
    pub value: SettingValue,
}

/// The value of a setting.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Setting>),
    /// An object: the line of each key, the key, and its value.
    Map(Vec<(u64, String, Setting)>),
}

impl Setting {
    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match &self.value {
            SettingValue::Null => Value::Null,
            SettingValue::Bool(value) => Value::Bool(*value),
            SettingValue::Number(number) => Value::Number(number.clone()),
            SettingValue::Text(text) => Value::String(text.clone()),
            SettingValue::List(items) => items.iter().map(Self::to_json).collect(),
            SettingValue::Map(members) => {
                members.iter().map(|(_, key, value)| (key.clone(), value.to_json())).collect()
            }
        }
    }
}

/// Parses a file with settings; the error has the line.
pub fn parse(text: &str) -> Result<Setting, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it has more than {} MiB", MAX_BYTES >> 20));
    }
    let parse_root = || {
        let root: Spanned<Parsed> = serde_saphyr::from_str_with_options(text, options())
            .map_err(|error| yaml::describe_error(&error))?;
        Ok(into_setting(root))
    };
    stack::with_large_stack(parse_root).flatten()
}

fn options() -> serde_saphyr::Options {
    let mut options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_total_scalar_bytes: MAX_BYTES,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        emit_comments: false,
        with_snippet: false,
    };
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    options
}

fn into_setting(parsed: Spanned<Parsed>) -> Setting {
    let line = parsed.referenced.line();
    let value = match parsed.value {
        Parsed::Null => SettingValue::Null,
        Parsed::Bool(value) => SettingValue::Bool(value),
        Parsed::Number(number) => SettingValue::Number(number),
        Parsed::Text(text) => SettingValue::Text(text),
        Parsed::List(items) => SettingValue::List(items.into_iter().map(into_setting).collect()),
        Parsed::Map(members) => SettingValue::Map(
            members
                .into_iter()
                .map(|(key, value)| (key.referenced.line(), key.value, into_setting(value)))
                .collect(),
        ),
    };
    Setting { line, value }
}

/// A value from the parser.
enum Parsed {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Parsed>>),
    Map(Vec<(Spanned<String>, Spanned<Parsed>)>),
}

impl<'de> Deserialize<'de> for Parsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ParsedVisitor)
    }
}

struct ParsedVisitor;

impl<'de> Visitor<'de> for ParsedVisitor {
    type Value = Parsed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Parsed, E> {
        Ok(Parsed::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Parsed, E> {
        Ok(Parsed::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Parsed, E> {
        Ok(Parsed::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Parsed, E> {
        Number::from_f64(value).map(Parsed::Number).ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Parsed, E> {
        Ok(Parsed::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Parsed, E> {
        Ok(Parsed::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Parsed, E> {
        Ok(Parsed::Null)
    }

    fn visit_none<E>(self) -> Result<Parsed, E> {
        Ok(Parsed::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Parsed, D::Error> {
        Deserialize::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Parsed, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Parsed::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Parsed, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = access.next_entry()? {
            members.push(member);
        }
        Ok(Parsed::Map(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_have_their_lines() {
        let text = "version: 1\nsources:\n  - apim: a # one\n    prune: yes\n    tags: [x, y]\n  - folder: NO\n    n: 1.5\n    m: true\n";
        let root = parse(text).expect("parsed");
        assert_eq!(
            root.to_json().to_string(),
            r#"{"version":1,"sources":[{"apim":"a","prune":"yes","tags":["x","y"]},{"folder":"NO","n":1.5,"m":true}]}"#
        );
        let SettingValue::Map(members) = &root.value else { panic!("{root:?}") };
        assert_eq!((members[1].0, members[1].1.as_str()), (2, "sources"));
        let SettingValue::List(sources) = &members[1].2.value else { panic!("{root:?}") };
        let SettingValue::Map(second) = &sources[1].value else { panic!("{root:?}") };
        let lines: Vec<(u64, u64)> = second.iter().map(|(line, _, value)| (*line, value.line)).collect();
        assert_eq!(lines, [(6, 6), (7, 7), (8, 8)]);
    }

    #[test]
    fn mistakes_are_errors_with_a_line() {
        for (text, line) in [
            ("a: 1\na: 2\n", "line 2"),
            ("a: b: c\n", "line 1"),
            ("a: 1\n---\nb: 2\n", "line 3"),
            ("a: [1\n", "line"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(line), "{text}: {error}");
        }
        assert!(parse(&format!("a: {}{}", "[".repeat(100), "]".repeat(100))).is_err());
        assert!(parse(&"#".repeat(MAX_BYTES + 1)).is_err());
        assert!(parse("a: &a {b: [x]}\nc: *a\n").is_ok());
    }

    #[test]
    fn json_is_yaml() {
        let root = parse("{\"version\": 1, \"sources\": [{\"apim\": \"a\"}]}").expect("parsed");
        assert_eq!(root.to_json().to_string(), r#"{"version":1,"sources":[{"apim":"a"}]}"#);
    }
}
