//! `--query`: `JMESPath` as az evaluates it.
//!
//! Parser and evaluation are our own, held against jmespath.py, which az uses: the order of members is kept, in a
//! literal too; the string literals without quotes that older scripts have (``[?name==`x`]``) are accepted; and a
//! query too deep for the stack is refused, as is one that makes too much of a result.

mod ast;
mod compare;
mod eval;
mod found;
mod functions;
mod lexer;
mod numbers;
mod parser;
mod work;

use serde_json::Value;

use self::ast::{Id, Tree};
use self::eval::Evaluator;
use self::found::Found;
use self::parser::{Fault, parse};
use self::work::{MAX_WORK, Work};
use azr_core::error::{Error, Result};

const HINT: &str =
    "https://jmespath.org describes the language; put the whole query in quotes for the shell.";
/// How much of the query before a fault is shown.
const SHOWN: usize = 30;

/// A query that has been understood.
#[derive(Debug)]
pub struct Query {
    tree: Tree,
    root: Id,
}

impl Query {
    /// Reads a query; what cannot be understood is a usage error that shows where.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_of("--query", text)
    }

    /// The same for another option that takes a query.
    pub fn parse_of(option: &str, text: &str) -> Result<Self> {
        match parse(text) {
            Ok((tree, root)) => Ok(Self { tree, root }),
            Err(fault) => Err(Error::usage(located(option, text, &fault)).with_hint(HINT)),
        }
    }

    /// What the query makes of a result; asking the impossible (`abs('x')`) is an error.
    pub fn apply(&self, value: &Value) -> Result<Value> {
        self.evaluate(value).map(Found::into_value)
    }

    pub(super) fn evaluate<'a>(&'a self, value: &'a Value) -> Result<Found<'a>> {
        self.evaluate_within(value, &Work::of(MAX_WORK))
            .map_err(|reason| Error::invalid(format!("--query: {reason}")).with_hint(HINT))
    }

    fn evaluate_within<'a>(&'a self, value: &'a Value, work: &Work) -> eval::Result<Found<'a>> {
        let found = Evaluator { tree: &self.tree, work }.eval(self.root, &Found::Given(value))?;
        if !matches!(found, Found::Given(_)) {
            // What is found at several places is shared until now, and a copy of its own in each when printed.
            work.take_all(&found)?;
        }
        Ok(found)
    }
}

fn located(option: &str, text: &str, fault: &Fault) -> String {
    let before: Vec<char> = text.chars().take(fault.at).collect();
    if before.is_empty() {
        return format!("{option}: {}, at the start", fault.reason);
    }
    let shown: String = before[before.len().saturating_sub(SHOWN)..].iter().collect();
    let dots = if before.len() > SHOWN { "..." } else { "" };
    format!("{option}: {}, after: {dots}{}", fault.reason, shown.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ask(query: &str, value: &Value) -> String {
        Query::parse(query).unwrap().apply(value).unwrap().to_string()
    }

    fn refusal(query: &str) -> String {
        let error = Query::parse(query).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn a_fault_is_one_line_that_shows_where() {
        assert_eq!(refusal("foo("), "--query: the query ends where an expression is missing, after: foo(");
        assert_eq!(refusal("bad["), "--query: the query ends where * is missing, after: bad[");
        assert_eq!(refusal("a.b c"), "--query: the end was expected, not c, after: a.b");
        assert_eq!(refusal(""), "--query: the query ends where an expression is missing, at the start");
        assert_eq!(refusal("[?a=b]"), "--query: '=' cannot stand here, after: [?a");
    }

    #[test]
    fn the_order_of_members_is_kept() {
        let value = json!({"b": 1, "a": 2});
        assert_eq!(ask("{z: a, y: b, z: b}", &value), r#"{"z":1,"y":1}"#);
        assert_eq!(ask("@", &value), r#"{"b":1,"a":2}"#);
        assert_eq!(ask(r#"`{"z": 1, "y": 2}`"#, &value), r#"{"z":1,"y":2}"#);
        assert_eq!(ask("merge(@, {c: a, b: a})", &value), r#"{"b":2,"a":2,"c":2}"#);
    }

    #[test]
    fn numbers_keep_their_kind() {
        let value = json!([1, 2, 4.5]);
        assert_eq!(ask("sum([:2])", &value), "3");
        assert_eq!(ask("sum(@)", &value), "7.5");
        assert_eq!(ask("avg([:2])", &value), "1.5");
        assert_eq!(ask("avg([1:2])", &value), "2.0");
        assert_eq!(ask("floor([2])", &value), "4");
        assert_eq!(
            ask("[to_number('1_000'), to_number('1e3'), to_number('0x1')]", &value),
            "[1000,1000.0,null]"
        );
    }

    #[test]
    fn what_older_scripts_have_is_accepted() {
        let value = json!([{"name": "x", "v": 1}]);
        assert_eq!(ask("[?name==`x`].v", &value), "[1]");
        assert_eq!(ask("{a: [0].name b: [0].v}", &value), r#"{"a":"x","b":1}"#);
        assert_eq!(ask("length(@,)", &value), "1");
    }

    #[test]
    fn asking_the_impossible_is_an_error_but_not_of_usage() {
        for query in ["abs('x')", "nope(@)", "length(@, @)", "&a", "`1` < 'a'", "[::0]"] {
            let error = Query::parse(query).unwrap().apply(&json!([1])).unwrap_err();
            assert_eq!(error.exit_code(), 1, "{query}");
        }
    }

    #[test]
    fn what_is_too_deep_is_refused_and_what_is_long_is_not() {
        for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("a.[", "]"), ("a[?", "]"), ("& ", "")] {
            let text = format!("{}a{}", open.repeat(100_000), close.repeat(100_000));
            assert!(refusal(&text).contains("nested more than 100 deep"), "{open}");
        }
        for link in ["[]", "[*].a", "[:1]", " == a"] {
            assert!(refusal(&format!("a{}", link.repeat(100_000))).contains("nested more"), "{link}");
        }
        for link in [".a", "|a", "||a", "&&a", "[0]"] {
            assert_eq!(ask(&format!("a{}", link.repeat(5_000)), &json!({})), "null", "{link}");
        }
    }

    #[test]
    fn what_grows_with_every_step_ends_in_an_error() {
        let value = json!([{"a": "x", "b": {"c": 1}}]);
        for (step, last) in [
            ("[@, @] | ", "@"),
            ("[@, @][] | ", "@"),
            ("{a: @, b: @} | ", "to_string(@)"),
            ("merge({a: @}, {b: @}) | ", "@"),
            ("[to_string(@), to_string(@)] | join('', @) | ", "length(@)"),
            ("[@, @] | ", "@ == @"),
            ("[@, @] | ", "contains([@], @)"),
        ] {
            let text = format!("{}{last}", step.repeat(30));
            let query = Query::parse(&text).unwrap();
            let error = query.evaluate_within(&value, &Work::of(100_000)).unwrap_err();
            assert!(error.contains("too much of the result"), "{text}: {error}");
        }
        let much = Value::from(vec![value; 10_000]);
        assert_eq!(ask("length([].{a: a, b: b.c, c: [a, b]})", &much), "10000");
    }

    #[test]
    fn what_is_found_is_not_nested_without_end() {
        for step in ["[@] | ", "{a: @} | ", "to_array(@)|[@]|", "*.a.[@] | "] {
            assert!(refusal(&format!("{}@", step.repeat(20_000))).contains("lists and objects"), "{step}");
        }
        assert_eq!(ask("[[@] || [@]] | [0][0]", &json!(1)), "1");
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        fn piece() -> impl Strategy<Value = String> {
            prop_oneof![
                "[a-c]|\"[a-c]\"|'[a-c]'|`[0-9]`|`\\{\"a\": \\[1\\]\\}`",
                prop::sample::select(vec![
                    ".",
                    "|",
                    "||",
                    "&&",
                    "!",
                    "==",
                    "<",
                    "[",
                    "]",
                    "[]",
                    "[*]",
                    "[?",
                    "[0]",
                    "[::-1]",
                    "*",
                    "@",
                    "&",
                    "(",
                    ")",
                    "{",
                    "}",
                    ":",
                    ",",
                    " ",
                    "sort_by(",
                    "map(&",
                    "to_string(",
                    "keys(",
                    "merge(",
                    "join(",
                    "[@, @]",
                    "{a: @, b: @}",
                ])
                .prop_map(str::to_owned),
            ]
        }

        fn result() -> impl Strategy<Value = Value> {
            let leaf = prop_oneof![
                Just(Value::Null),
                any::<bool>().prop_map(Value::from),
                any::<i64>().prop_map(Value::from),
                any::<f64>().prop_map(Value::from),
                "[a-cäu\u{0}\\\\\"]{0,4}".prop_map(Value::from),
            ];
            leaf.prop_recursive(4, 30, 4, |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                    prop::collection::btree_map("[a-c]", inner, 0..4)
                        .prop_map(|map| Value::Object(map.into_iter().collect())),
                ]
            })
        }

        proptest! {
            #[test]
            fn any_text_is_a_query_or_a_fault_within_it(text in prop::collection::vec(piece(), 0..30)) {
                let text = text.concat();
                if let Err(fault) = parse(&text) {
                    prop_assert!(fault.at <= text.chars().count(), "{} in {text}", fault.at);
                }
            }

            #[test]
            fn a_query_ends_in_a_value_or_an_error(
                pieces in prop::collection::vec(piece(), 1..12),
                value in result(),
            ) {
                let Ok(query) = Query::parse(&pieces.concat()) else { return Ok(()) };
                if let Err(error) = query.apply(&value) {
                    prop_assert!(error.to_string().starts_with("--query: "));
                }
            }
        }
    }
}
