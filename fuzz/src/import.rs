//! What an import reads back: journals, reports, marks; and the check that a document is that of the requested API.
//!
//! Each target reads the entire input.

use azr_catalog::export_check::{self, ExpectedApi, ExportedFormat, ListedOperation, check_document};
use azr_catalog::provenance::{self, ApiProvenance, DeploymentProvenance};
use azr_catalog::{journal, report};
use serde_json::json;

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
    let request = ExpectedApi { name: "a", title: Some("T"), version: Some("v1"), has_siblings: true };
    let operation = ListedOperation { method: "POST".to_owned(), ..ListedOperation::default() };
    for format in ExportedFormat::ALL {
        drop(check_document(&request, format, data, None));
        drop(check_document(&request, format, data, Some(std::slice::from_ref(&operation))));
    }
    if let Ok(answer) = serde_json::from_slice(data) {
        drop(export_check::check_response(&request, &answer));
    }
    if let Ok(text) = std::str::from_utf8(data) {
        let marked = |mark: &dyn std::fmt::Display| json!({"customProperties": {provenance::METADATA_NAME: mark.to_string()}});
        if let Some(found) = ApiProvenance::from_properties(&marked(&text)) {
            assert_eq!(ApiProvenance::from_properties(&marked(&found)), Some(found));
        }
        if let Some(found) = DeploymentProvenance::from_properties(&marked(&text)) {
            assert_eq!(DeploymentProvenance::from_properties(&marked(&found)), Some(found));
        }
    }
}
