//! `--query` over any result, and what is printed of what it finds in each format.
//!
//! The first line of the input is the query, the rest the result as JSON; without one a sample stands in.

use azr_output::{Format, Query, RenderOptions, render};
use serde_json::{Value, json};

fn sample() -> Value {
    json!([
        {"name": "a", "n": 1, "on": true, "tags": {"x": "1", "y": null}, "list": [3, 1, 2]},
        {"name": "b", "n": 2.5, "on": false, "tags": {}, "list": []},
        {"name": "ä", "n": -7, "on": null, "tags": {"z": ["q", {"r": 0}]}, "list": ["b", "a"]}
    ])
}

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let (query, result) = input.split_once('\n').unwrap_or((input, ""));
    let result = serde_json::from_str(result).unwrap_or_else(|_| sample());
    let Ok(query) = Query::parse(query) else { return };
    for format in Format::ALL {
        let how = RenderOptions { format, query: Some(&query), table: None, color: true, to_terminal: true };
        if render(&result, &how).is_err() {
            // What cannot be evaluated can be in no format.
            return;
        }
    }
}
