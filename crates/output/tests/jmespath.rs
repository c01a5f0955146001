//! Every case of the official compliance suite of `JMESPath`.

use std::fs;
use std::path::Path;

use azr_output::Query;
use serde_json::Value;

/// Cases in which `azr` differs on purpose, as (file, expression, reason). There are none.
const DIFFERENCES: [(&str, &str, &str); 0] = [];

/// The number of cases in the suite; fewer would mean that some were not found.
const CASES: usize = 892;

#[test]
fn every_case_of_the_official_suite_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jmespath");
    let mut run = 0;
    let mut failures = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        let groups: Vec<Value> = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for group in &groups {
            for case in group["cases"].as_array().unwrap() {
                run += 1;
                let expression = case["expression"].as_str().unwrap();
                if DIFFERENCES.iter().any(|(f, e, _)| *f == file && *e == expression) {
                    continue;
                }
                if let Err(reason) = check(expression, &group["given"], case) {
                    failures.push(format!("{file}: {expression}: {reason}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(run, CASES);
}

fn check(expression: &str, input: &Value, case: &Value) -> Result<(), String> {
    let result = Query::parse(expression).and_then(|query| query.apply(input));
    match (case.get("error").and_then(Value::as_str), result) {
        (Some("syntax"), Err(error)) if error.exit_code() != 2 => {
            Err(format!("expected a usage error: {error}"))
        }
        (Some(_), Err(_)) => Ok(()),
        (Some(expected), Ok(value)) => Err(format!("expected the error {expected}, not {value}")),
        (None, Err(error)) => Err(error.to_string()),
        (None, Ok(value)) if are_equal(&value, &case["result"]) => Ok(()),
        (None, Ok(value)) => Err(format!("expected {}, not {value}", case["result"])),
    }
}

/// Equality that ignores whether a number is written as an integer: the suite has `2` for an average.
fn are_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| are_equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| are_equal(a, b)))
        }
        _ => a == b,
    }
}
