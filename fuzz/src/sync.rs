//! The files of a synchronization: `azr.yaml`, and the plan that was saved for it.
//!
//! Each target reads the entire input.

use std::path::Path;

use azr_catalog::saved_plan::{self, SavedPlan};
use azr_catalog::sync_file::{self, SyncFile, SyncSource};
use serde_json::{Value, json};

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(file) = SyncFile::parse(text, Path::new("azr.yaml")) {
        // A saved plan contains the sources as they are written here.
        if let Some(written) = to_json(&file) {
            let again = SyncFile::parse(&written, Path::new("azr.yaml")).expect("a file that azr writes");
            assert_eq!(to_json(&again), Some(written));
        }
    }
    // The digest of a plan only prevents mistakes: whoever edits a plan can update it.
    let plan = serde_json::from_str::<SavedPlan>(text)
        .ok()
        .filter(|plan| plan.version == saved_plan::FORMAT_VERSION);
    if let Some(written) = plan.and_then(|plan| plan.to_text().ok()) {
        let plan = SavedPlan::parse(&written, Path::new("plan.json")).expect("a plan that azr writes");
        drop(plan.center_id());
        drop(plan.sync_file(Path::new("plan.json")));
        for source in 0..plan.sources.len() {
            drop(plan.approved_steps(source));
        }
        assert_eq!(plan.to_text().expect("JSON"), written);
    }
}

/// The text of a file with the folders of another.
fn to_json(file: &SyncFile) -> Option<String> {
    let folder = |source: &SyncSource| match source {
        SyncSource::Service(_) => None,
        SyncSource::Folder(folder) => Some(folder.to_json()),
    };
    let sources: Vec<Value> = file.sources.iter().filter_map(folder).collect();
    let metadata = file.create_metadata;
    let file = json!({"version": sync_file::FORMAT_VERSION, "create-metadata": metadata, "sources": sources});
    (!sources.is_empty()).then(|| file.to_string())
}
