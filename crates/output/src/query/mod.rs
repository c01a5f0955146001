//! `JMESPath` queries (`--query`), evaluated as az does it.
//!
//! The implementation follows jmespath.py, which az uses: it keeps the order of members, also in literals, and accepts
//! string literals without quotes (``[?name==`x`]``), which older scripts have. Queries that are nested too deep or that
//! create too many values are errors.

mod ast;
mod budget;
mod compare;
mod error;
mod eval;
mod functions;
mod lexer;
mod numbers;
mod parser;
mod token_stream;
mod value;

use serde_json::Value;

use self::ast::{NodeId, SyntaxTree};
use self::budget::{Budget, MAX_BUDGET};
use self::error::{EvalResult, SyntaxError};
use self::eval::Evaluator;
use self::parser::parse;
use self::value::QueryValue;
use azr_core::error::{Error, Result};

const HINT: &str = "See https://jmespath.org for the syntax. Quote the whole query for the shell. Windows PowerShell removes double quotes: write \\\" for those around a name with a hyphen.";
/// The number of characters before a syntax error that are shown.
const CONTEXT_CHARS: usize = 30;

/// A parsed query.
#[derive(Debug)]
pub struct Query {
    tree: SyntaxTree,
    root: NodeId,
}

impl Query {
    /// Parses the value of `--query`; a syntax error is a usage error that shows its position.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_option("--query", text)
    }

    /// Parses the query of another option.
    pub fn parse_option(option: &str, text: &str) -> Result<Self> {
        match parse(text) {
            Ok((tree, root)) => Ok(Self { tree, root }),
            Err(error) => Err(Error::usage(describe_error(option, text, &error)).with_hint(HINT)),
        }
    }

    /// Applies the query to a result; fails if the query is not applicable, such as `abs('x')`.
    pub fn apply(&self, value: &Value) -> Result<Value> {
        self.evaluate(value).map(QueryValue::into_value)
    }

    pub(super) fn evaluate<'a>(&'a self, value: &'a Value) -> Result<QueryValue<'a>> {
        self.evaluate_with_budget(value, &Budget::new(MAX_BUDGET))
            .map_err(|reason| Error::invalid(format!("--query: {reason}")).with_hint(HINT))
    }

    fn evaluate_with_budget<'a>(&'a self, value: &'a Value, budget: &Budget) -> EvalResult<QueryValue<'a>> {
        let result = Evaluator { tree: &self.tree, budget }.eval(self.root, &QueryValue::Borrowed(value))?;
        if !matches!(result, QueryValue::Borrowed(_)) {
            // Parts that were shared until now are copied when the result is converted to JSON.
            budget.spend_value(&result)?;
        }
        Ok(result)
    }
}

fn describe_error(option: &str, text: &str, error: &SyntaxError) -> String {
    let before: Vec<char> = text.chars().take(error.position).collect();
    if before.is_empty() {
        return format!("{option}: {}, at the start", error.reason);
    }
    let context: String = before[before.len().saturating_sub(CONTEXT_CHARS)..].iter().collect();
    let ellipsis = if before.len() > CONTEXT_CHARS { "..." } else { "" };
    format!("{option}: {}, after: {ellipsis}{}", error.reason, context.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn apply(query: &str, value: &Value) -> String {
        Query::parse(query).unwrap().apply(value).unwrap().to_string()
    }

    fn syntax_error(query: &str) -> String {
        let error = Query::parse(query).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        error.to_string()
    }

    #[test]
    fn a_syntax_error_is_one_line_with_its_position() {
        assert_eq!(
            syntax_error("foo("),
            "--query: the query ends where an expression is missing, after: foo("
        );
        assert_eq!(syntax_error("bad["), "--query: the query ends where * is missing, after: bad[");
        assert_eq!(syntax_error("a.b c"), "--query: expected the end, found c, after: a.b");
        assert_eq!(syntax_error(""), "--query: the query ends where an expression is missing, at the start");
        assert_eq!(syntax_error("[?a=b]"), "--query: unexpected '=', after: [?a");
    }

    #[test]
    fn the_order_of_members_is_kept() {
        let value = json!({"b": 1, "a": 2});
        assert_eq!(apply("{z: a, y: b, z: b}", &value), r#"{"z":1,"y":1}"#);
        assert_eq!(apply("@", &value), r#"{"b":1,"a":2}"#);
        assert_eq!(apply(r#"`{"z": 1, "y": 2}`"#, &value), r#"{"z":1,"y":2}"#);
        assert_eq!(apply("merge(@, {c: a, b: a})", &value), r#"{"b":2,"a":2,"c":2}"#);
    }

    #[test]
    fn integers_stay_integers_and_floats_stay_floats() {
        let value = json!([1, 2, 4.5]);
        assert_eq!(apply("sum([:2])", &value), "3");
        assert_eq!(apply("sum(@)", &value), "7.5");
        assert_eq!(apply("avg([:2])", &value), "1.5");
        assert_eq!(apply("avg([1:2])", &value), "2.0");
        assert_eq!(apply("floor([2])", &value), "4");
        assert_eq!(
            apply("[to_number('1_000'), to_number('1e3'), to_number('0x1')]", &value),
            "[1000,1000.0,null]"
        );
    }

    #[test]
    fn the_syntax_of_older_scripts_is_accepted() {
        let value = json!([{"name": "x", "v": 1}]);
        assert_eq!(apply("[?name==`x`].v", &value), "[1]");
        assert_eq!(apply("{a: [0].name b: [0].v}", &value), r#"{"a":"x","b":1}"#);
        assert_eq!(apply("length(@,)", &value), "1");
    }

    #[test]
    fn a_query_that_is_not_applicable_is_an_error_but_not_a_usage_error() {
        for query in ["abs('x')", "nope(@)", "length(@, @)", "&a", "`1` < 'a'", "[::0]"] {
            let error = Query::parse(query).unwrap().apply(&json!([1])).unwrap_err();
            assert_eq!(error.exit_code(), 1, "{query}");
        }
    }

    #[test]
    fn a_query_may_be_long_but_not_deeply_nested() {
        for (open, close) in [("(", ")"), ("[", "]"), ("!", ""), ("a.[", "]"), ("a[?", "]"), ("& ", "")] {
            let text = format!("{}a{}", open.repeat(100_000), close.repeat(100_000));
            assert!(syntax_error(&text).contains("nested more than 100 levels deep"), "{open}");
        }
        for link in ["[]", "[*].a", "[:1]", " == a"] {
            assert!(syntax_error(&format!("a{}", link.repeat(100_000))).contains("nested more"), "{link}");
        }
        for link in [".a", "|a", "||a", "&&a", "[0]"] {
            assert_eq!(apply(&format!("a{}", link.repeat(5_000)), &json!({})), "null", "{link}");
        }
    }

    #[test]
    fn a_query_that_creates_too_many_values_is_an_error() {
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
            let error = query.evaluate_with_budget(&value, &Budget::new(100_000)).unwrap_err();
            assert!(error.contains("creates more than ten million values"), "{text}: {error}");
        }
        let large = Value::from(vec![value; 10_000]);
        assert_eq!(apply("length([].{a: a, b: b.c, c: [a, b]})", &large), "10000");
    }

    #[test]
    fn the_depth_of_a_result_is_limited() {
        for step in ["[@] | ", "{a: @} | ", "to_array(@)|[@]|", "*.a.[@] | "] {
            assert!(
                syntax_error(&format!("{}@", step.repeat(20_000))).contains("lists and objects"),
                "{step}"
            );
        }
        assert_eq!(apply("[[@] || [@]] | [0][0]", &json!(1)), "1");
    }

    mod properties {
        use proptest::prelude::*;

        use super::*;

        fn query_part() -> impl Strategy<Value = String> {
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
            fn any_text_is_a_query_or_a_syntax_error_within_it(text in prop::collection::vec(query_part(), 0..30)) {
                let text = text.concat();
                if let Err(error) = parse(&text) {
                    prop_assert!(error.position <= text.chars().count(), "{} in {text}", error.position);
                }
            }

            #[test]
            fn a_query_returns_a_value_or_an_error(
                parts in prop::collection::vec(query_part(), 1..12),
                value in result(),
            ) {
                let Ok(query) = Query::parse(&parts.concat()) else { return Ok(()) };
                if let Err(error) = query.apply(&value) {
                    prop_assert!(error.to_string().starts_with("--query: "));
                }
            }
        }
    }
}
