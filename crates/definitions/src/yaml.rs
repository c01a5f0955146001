//! Parsing of YAML into [`Node`]s, with the same members and scalars as for JSON.
//!
//! If a key is repeated, the last one counts, as in az. Anchors and merge keys are resolved. Alias bombs, deep nesting and
//! large documents exceed the budget of the parser.

mod value;

use serde_json::Value;
use serde_saphyr::Options;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};

use super::node::Node;
use super::parse_limits::{MAX_DEPTH, MAX_DOCUMENT};
use super::stack;

/// The maximum number of parser events, without those of aliases.
///
/// A definition of [`MAX_DOCUMENT`] bytes has about fifteen million, which take about ten seconds.
const MAX_EVENTS: usize = 16_000_000;

/// The maximum number of events that aliases may add: enough for a few thousand uses of a large example.
const MAX_ALIAS_EVENTS: usize = 1_000_000;

/// Parses the root of a YAML document, which need not be an object.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    stack::with_large_stack(|| parse_on_this_stack(text, MAX_ALIAS_EVENTS)).flatten()
}

/// Parses a whole YAML document, whose scalars may have at most `max_scalar_bytes` with aliases expanded.
///
/// Scalars are numbers and booleans by the rules of YAML 1.2: `NO` and `007` are strings. The caller must provide a large
/// stack.
pub(super) fn parse_document(text: &str, max_scalar_bytes: usize) -> Result<Value, String> {
    let mut options = options(MAX_ALIAS_EVENTS);
    options.strict_booleans = true;
    options.leading_zero_numbers_as_strings = true;
    options.underscored_numbers_as_strings = true;
    if let Some(budget) = &mut options.budget {
        budget.max_total_scalar_bytes = max_scalar_bytes;
    }
    serde_saphyr::from_str_with_options(text, options).map_err(|e| describe_error(&e))
}

fn parse_on_this_stack(text: &str, max_alias_events: usize) -> Result<Node, String> {
    let root = value::parse_root(|| serde_saphyr::from_str_with_options(text, options(max_alias_events)))
        .map_err(|e| describe_error(&e))?;
    Ok(root.into_node(text))
}

/// The reason for an error, in one line.
pub(super) fn describe_error(error: &serde_saphyr::Error) -> String {
    if let serde_saphyr::Error::Budget { breach, location } = error {
        let line = location.line();
        match breach {
            BudgetBreach::Events { .. } | BudgetBreach::Nodes { .. } => {
                return format!("it has more than {MAX_EVENTS} keys and values up to line {line}");
            }
            BudgetBreach::Aliases { aliases } => {
                return format!("it uses anchors too often ({aliases} times up to line {line})");
            }
            BudgetBreach::Depth { .. } => {
                return format!("it is nested more than {MAX_DEPTH} levels deep in line {line}");
            }
            _ => return format!("it uses anchors too often, or is too large (line {line})"),
        }
    }
    let text = error.to_string();
    // The parser's own advice is for Rust programmers.
    if text.contains("multiple YAML documents") {
        let line = error.location().map_or(String::new(), |location| format!(" (line {})", location.line()));
        return format!("it has more than one YAML document{line}; keep one of them");
    }
    let message = text.lines().next().unwrap_or_default();
    let place = error.location().map_or(String::new(), |location| {
        format!(" at line {}, column {}", location.line(), location.column())
    });
    for (parser_words, reason) in [
        ("cannot deserialize null into string", "a key is empty"),
        ("cannot deserialize", "a tag does not fit its value"),
        ("expected string scalar", "a key is a list or an object"),
        ("recursion limit exceeded", "it is nested too deep"),
        ("budget breached", "it uses anchors too often, or is too large"),
        ("invalid u64", "a value is not a number, which its tag requires"),
        ("invalid i64", "a value is not a number, which its tag requires"),
        ("invalid floating point", "a value is not a number, which its tag requires"),
        ("YAML merge value must be", "the value of << is neither an object nor a list of objects"),
    ] {
        if message.contains(parser_words) {
            return format!("{reason}{place}");
        }
    }
    message.replace("unexpected EOF", "unexpected end of the document")
}

fn options(max_alias_events: usize) -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_events: MAX_EVENTS,
            max_nodes: MAX_EVENTS,
            max_total_scalar_bytes: MAX_DOCUMENT,
            max_total_comment_bytes: MAX_DOCUMENT,
            // License headers and changelogs in comments are common.
            max_buffered_comment_events: 100_000,
            // Every operation may use the same anchor.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: max_alias_events },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        emit_comments: false,
        with_snippet: false,
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::parse_limits::MAX_VALUES;

    #[test]
    fn scalars_stay_as_written() {
        let text = "info:\n  version: 1.10\n  a: 2024-01-31\n  b: 010\n  c: Yes\n  d: '1.0'\n  é: &v 3.0\n  f: *v\n  g: ~\n";
        let root = parse(text).expect("parsed");
        let info = root.get("info").expect("info");
        for (key, expected) in [
            ("version", "1.10"),
            ("a", "2024-01-31"),
            ("b", "010"),
            ("c", "Yes"),
            ("d", "1.0"),
            ("é", "3.0"),
            ("f", "3.0"),
        ] {
            assert_eq!(info.text(key).as_deref(), Some(expected), "{key}");
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
        assert!(root.has_content("webhooks") && !root.has_content("paths"));
    }

    #[test]
    fn a_document_keeps_its_order_and_strings_that_yaml_1_1_would_convert() {
        let text = "b: NO\na: 007\nc: 1_0\nd: 2024-01-31\n200: {y: true, x: 1.50}\ne: 18446744073709551615\n";
        let value = parse_document(text, 1000).expect("parsed");
        let expected = r#"{"b":"NO","a":"007","c":"1_0","d":"2024-01-31","200":{"y":true,"x":1.5},"e":18446744073709551615}"#;
        assert_eq!(value.to_string(), expected);
        let large = format!("a: &a {}\nb: [{}]\n", "x".repeat(1000), vec!["*a"; 100].join(", "));
        assert!(parse_document(&large, 200_000).is_ok() && parse_document(&large, 50_000).is_err());
    }

    #[test]
    fn an_alias_bomb_ends_in_an_error() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            writeln!(text, "a{level}: &a{level} [{aliases}]").expect("writing to a string");
        }
        text.push_str("openapi: 3.0.0\n");
        assert!(parse_on_this_stack(&text, 10_000).is_err());
    }

    #[test]
    fn deep_nesting_ends_in_an_error_and_not_in_a_full_stack() {
        let flow = format!("paths: {}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(parse(&flow).is_err());
        let mut block = String::from("paths:\n");
        for depth in 1..=MAX_DEPTH + 10 {
            writeln!(block, "{}a:", " ".repeat(depth)).expect("writing to a string");
        }
        assert!(parse(&block).is_err());
        let ordinary: Vec<String> = (0..100).map(|depth| format!("{}a:", " ".repeat(depth))).collect();
        assert!(parse(&ordinary.join("\n")).is_ok());
    }

    #[test]
    fn what_is_understood_is_limited_in_number() {
        let many = |text: &str| vec![text; MAX_VALUES].join(", ");
        for text in [
            format!("info: {{{}}}", many("a: b")),
            format!("servers: [{}, 1]", many("1")),
            format!("servers: [[{}], [1]]", many("1")),
            format!("{{{}, b: 1}}", many("a: 1")),
        ] {
            let error = parse(&text).expect_err("too many");
            assert!(error.contains("more than 50000 values"), "{error}");
        }
        assert!(parse(&format!("paths: [{}, 1]", many("1"))).is_ok());
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let error = parse("info:\n  title: a: b\n").expect_err("colon");
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn several_documents_in_a_file_are_named_as_such() {
        let error = parse("openapi: 3.0.1\n---\nopenapi: 3.0.1\n").expect_err("two documents");
        assert_eq!(error, "it has more than one YAML document (line 3); keep one of them");
    }
}
