//! What an import reads back: journals, reports, marks; and the check that a document is that of the requested API.
//!
//! Each target reads the entire input.

use azr_catalog::identity::{self, Asked, Operations, Syntax};
use azr_catalog::mark::{self, ApiMark, DeploymentMark};
use azr_catalog::{journal, report};
use serde_json::{Map, json};

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    if let Ok((steps, good)) = journal::count_steps(data) {
        assert!(good <= data.len() && (good == 0 || data[good - 1] == b'\n'));
        // What counts stays, whatever is cut off behind it.
        assert_eq!(journal::count_steps(&data[..good]), Ok((steps, good)));
    }
    if let Ok(apis) = report::parse(data, "input".as_ref()) {
        // A time is written with three decimals, so what was written once is what is read ever after.
        let text = serde_json::to_vec(&apis).expect("JSON");
        let again = report::parse(&text, "input".as_ref()).expect("a report that azr writes");
        assert_eq!(serde_json::to_vec(&again).expect("JSON"), text);
        assert!(report::merge([apis.clone(), again]).len() <= apis.len());
    }
    let request = Asked { api: "a", title: "T", version: Some("v1") };
    for syntax in [Syntax::Json, Syntax::Yaml] {
        drop(identity::check_openapi(&request, data, syntax, None));
        drop(identity::check_openapi(&request, data, syntax, Some(&Operations::new())));
    }
    if let Ok(answer) = serde_json::from_slice(data) {
        drop(identity::check_answer(&request, &answer));
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let marked = |mark: &dyn std::fmt::Display| json!({"customProperties": mark::with(Map::new(), &mark.to_string())});
        if let Some(found) = ApiMark::of(&marked(&text)) {
            assert_eq!(ApiMark::of(&marked(&found)), Some(found));
        }
        if let Some(found) = DeploymentMark::of(&marked(&text)) {
            assert_eq!(DeploymentMark::of(&marked(&found)), Some(found));
        }
    }
}
