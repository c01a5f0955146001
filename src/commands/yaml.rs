//! Values of options from YAML files, read as az reads them.
//!
//! az uses the safe loader of `PyYAML`, whose rules for scalars ([`scalar`]) are those of YAML 1.1: `no` is a boolean and `010`
//! is eight. serde-saphyr follows YAML 1.2, so only its event parser is used.

mod scalar;
mod tag;

use std::collections::HashMap;
use std::iter::Peekable;

use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{self, Event, Parser, ScalarStyle, Span, StrInput};

use super::literal::MAX_DEPTH;

/// The maximum number of values, with those of aliases.
const MAX_VALUES: usize = 1_000_000;

/// Parses a file with one YAML document.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    let options = granit_parser::options! {
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
    };
    let mut composer = Composer {
        events: Parser::new_from_str_with_options(text, options).peekable(),
        anchors: HashMap::new(),
        values: 0,
    };
    composer.document()
}

struct Composer<'a> {
    events: Peekable<Parser<'a, StrInput<'a>>>,
    /// The values of anchors, and how many values each consists of.
    anchors: HashMap<usize, (Value, usize)>,
    values: usize,
}

impl<'a> Composer<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), String> {
        match self.events.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(format!("{} in line {}", error.info(), error.marker().line())),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn document(&mut self) -> Result<Value, String> {
        let mut root = None;
        loop {
            match self.next()? {
                (Event::DocumentStart(..), span) => {
                    if root.is_some() {
                        return Err(at(span, "a second document starts here; only one is allowed"));
                    }
                    root = Some(self.value(0)?);
                }
                (Event::StreamEnd, _) => return Ok(root.unwrap_or(Value::Null)),
                _ => {}
            }
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        let (event, span) = self.next()?;
        self.value_of(event, span, depth)
    }

    fn value_of(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(at(span, "the value is nested too deep"));
        }
        let first = self.values;
        self.count(1, span)?;
        let (value, anchor) = match event {
            Event::Alias(id) => {
                // An alias within its own anchor has no value yet.
                let anchor = self.anchors.get(&id).cloned();
                let (value, count) = anchor.ok_or_else(|| at(span, "the value contains itself"))?;
                self.count(count, span)?;
                return Ok(value);
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value =
                    tag::scalar_value(&text, style, tag.as_deref()).map_err(|reason| at(span, &reason))?;
                (value, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                let has_pairs = tag::is_list_of_pairs(tag.as_deref()).map_err(|reason| at(span, &reason))?;
                let elements = if has_pairs { self.pairs(depth)? } else { self.sequence(depth)? };
                (Value::Array(elements), anchor)
            }
            Event::MappingStart(_, anchor, tag) => {
                tag::check_mapping(tag.as_deref()).map_err(|reason| at(span, &reason))?;
                (Value::Object(self.mapping(depth)?), anchor)
            }
            _ => return Err(at(span, "a value is missing")),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, (value.clone(), self.values - first));
        }
        Ok(value)
    }

    fn count(&mut self, values: usize, span: Span) -> Result<(), String> {
        self.values += values;
        if self.values > MAX_VALUES {
            return Err(at(span, &format!("the file has more than {MAX_VALUES} values")));
        }
        Ok(())
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Value>, String> {
        let mut elements = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(elements),
                (event, span) => elements.push(self.value_of(event, span, depth + 1)?),
            }
        }
    }

    /// The elements of a `!!omap` or `!!pairs`: mappings with one member, which is a list of its key and its value.
    fn pairs(&mut self, depth: usize) -> Result<Vec<Value>, String> {
        let mut pairs = Vec::new();
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::SequenceEnd => return Ok(pairs),
                Event::MappingStart(..) => {
                    let key = self.next()?;
                    if !matches!(key.0, Event::MappingEnd) {
                        let pair = vec![self.value_of(key.0, key.1, depth + 2)?, self.value(depth + 2)?];
                        if matches!(self.next()?.0, Event::MappingEnd) {
                            pairs.push(Value::Array(pair));
                            continue;
                        }
                    }
                }
                _ => {}
            }
            return Err(at(span, "each element of this list must be a mapping with one member"));
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Map<String, Value>, String> {
        let mut members = Map::new();
        let mut merged = Map::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            if is_merge_key(&event) {
                let (event, span) = self.next()?;
                let value = self.value_of(tag::without_tag(event), span, depth + 1)?;
                merge(&mut merged, value).map_err(|reason| at(span, &reason))?;
                continue;
            }
            let key = match self.value_of(event, span, depth + 1)? {
                Value::String(key) => key,
                // As Python writes them in JSON.
                Value::Number(key) => azr_core::python::format_number(&key),
                key @ (Value::Bool(_) | Value::Null) => key.to_string(),
                _ => return Err(at(span, "a key must be a single value")),
            };
            let value = self.value(depth + 1)?;
            members.insert(key, value);
        }
        // Merged members come first, and those of the mapping itself replace them.
        merged.extend(members);
        Ok(merged)
    }
}

fn at(span: Span, reason: &str) -> String {
    format!("{reason} in line {}", span.start.line())
}

/// Whether a key is a plain `<<`, or has its tag; its value has further members.
fn is_merge_key(event: &Event) -> bool {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, _, None) => text == "<<",
        Event::Scalar(_, _, _, Some(tag)) => tag::name(tag) == "!!merge",
        _ => false,
    }
}

/// Adds the members of a merge key; earlier mappings of a list take precedence.
fn merge(members: &mut Map<String, Value>, value: Value) -> Result<(), String> {
    let mappings = match value {
        Value::Array(mappings) => mappings,
        mapping => vec![mapping],
    };
    for mapping in mappings {
        let Value::Object(mapping) = mapping else {
            return Err("<< needs a mapping or a list of mappings".to_owned());
        };
        for (key, value) in mapping {
            members.entry(key).or_insert(value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn anchors_merge_keys_tags_and_keys_are_read_as_pyyaml_reads_them() {
        for (text, expected) in [
            ("a: &x {b: 1}\nc: *x\n", json!({"a": {"b": 1}, "c": {"b": 1}})),
            (
                "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n",
                json!({"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
            ),
            ("{<<: [{a: 1}, {a: 2, b: 3}]}", json!({"a": 1, "b": 3})),
            (
                "- !!str 12\n- !!int '012'\n- !!float 3\n- !!bool 'ON'\n- !!null x\n- ! 5\n- ! '5'\n",
                json!(["12", 10, 3.0, true, null, 5, "5"]),
            ),
            (
                "{1: a, 2.50: b, true: c, ~: d, 1e3: e}",
                json!({"1": "a", "2.5": "b", "true": "c", "null": "d", "1e3": "e"}),
            ),
            ("!!omap [a: 1, [b]: {c: 2}, a: 3]", json!([["a", 1], [["b"], {"c": 2}], ["a", 3]])),
            ("[!!pairs [], !!seq [], !!map {}]", json!([[], [], {}])),
            ("{!!merge x: {a: 1}, <<: !!set {b}}", json!({"a": 1, "b": null})),
            ("{<<: !!omap [a: 1, b: 2], b: 3}", json!({"a": 1, "b": 3})),
            (
                "[!!timestamp '2001-12-14', !!timestamp 2001-12-14t21:59:43-05:00]",
                json!(["2001-12-14", "2001-12-14t21:59:43-05:00"]),
            ),
            ("a: 1\na: 2\n", json!({"a": 2})),
            ("'yes': \"010\"\nb: |\n  no\n", json!({"yes": "010", "b": "no\n"})),
            ("# nothing\n", Value::Null),
            ("--- text\n...\n", json!("text")),
            ("a:\nb: ''\n", json!({"a": null, "b": ""})),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        let comments = "# comment\n".repeat(300);
        assert_eq!(parse(&format!("{comments}a: 1\n{comments}b: 2\n")), Ok(json!({"a": 1, "b": 2})));
    }

    #[test]
    fn what_has_no_value_in_json_is_an_error_with_its_line() {
        for (text, expected) in [
            ("a: 1\nb: .nan\n", "in line 2"),
            ("a: !!binary aGk=\n", "!!binary has no value in JSON in line 1"),
            ("a: !!python/object:os.system x\n", "the tag !!python/object:os.system is not supported"),
            ("a: !<tag:example.com,2000:x> x\n", "the tag tag:example.com,2000:x is not supported"),
            ("a: !x {}\n", "the tag !x is not supported"),
            ("!!set {a, b}", "!!set has no value in JSON"),
            ("!!map [a]", "the tag !!map does not fit a list"),
            ("!!seq {a: 1}", "the tag !!seq does not fit a mapping"),
            ("!!str [a]", "the tag !!str does not fit a list"),
            ("!!omap a", "the tag !!omap does not fit a single value"),
            ("!!timestamp hello", "'hello' is not a date"),
            (
                "\n!!omap [{a: 1, b: 2}]",
                "each element of this list must be a mapping with one member in line 2",
            ),
            ("!!pairs [{}]", "a mapping with one member"),
            ("!!pairs [x]", "a mapping with one member"),
            ("{[a]: b}", "a key must be a single value in line 1"),
            ("a: &x [*x]\n", "line 1"),
            ("a: 1\n---\nb: 2\n", "a second document"),
            ("a: [1\n", "line"),
            ("<<: text\n", "<< needs a mapping"),
        ] {
            let reason = parse(text).expect_err(text);
            assert!(reason.contains(expected), "{text}: {reason}");
        }
        let aliases = (1..30).map(|n| format!("a{n}: &a{n} [*a{0}, *a{0}]\n", n - 1));
        let bomb = std::iter::once("a0: &a0 x\n".to_owned()).chain(aliases).collect::<String>();
        assert!(parse(&bomb).expect_err("too many").contains("more than"));
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
