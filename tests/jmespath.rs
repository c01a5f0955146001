//! The official suite of `JMESPath`, every case of it.

use std::fs;
use std::path::Path;

use azr_output::Query;
use serde_json::Value;

/// Cases that `azr` answers otherwise on purpose, as (file, expression, reason). There is none.
const DIFFERENCES: [(&str, &str, &str); 0] = [];

/// As many cases as the suite has; fewer would mean that some were not found.
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

fn check(expression: &str, given: &Value, case: &Value) -> Result<(), String> {
    let answer = Query::parse(expression).and_then(|query| query.apply(given));
    match (case.get("error").and_then(Value::as_str), answer) {
        (Some("syntax"), Err(error)) if error.exit_code() != 2 => {
            Err(format!("a usage error is wanted: {error}"))
        }
        (Some(_), Err(_)) => Ok(()),
        (Some(wanted), Ok(answer)) => Err(format!("{wanted} is wanted, not {answer}")),
        (None, Err(error)) => Err(error.to_string()),
        (None, Ok(answer)) if same(&answer, &case["result"]) => Ok(()),
        (None, Ok(answer)) => Err(format!("{} is wanted, not {answer}", case["result"])),
    }
}

/// Equality without regard to whether a number is written as an integer: the suite has `2` for an average.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}
