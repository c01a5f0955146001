//! What an update has changed, for the result of an API.

use crate::desired::Change;
use crate::plan::ResourceStep;
use crate::provenance;

/// What was changed of an API that existed before.
#[derive(Debug, Default)]
pub(crate) struct ChangeLog(Vec<String>);

impl ChangeLog {
    /// Adds the change of a resource.
    pub(crate) fn add(&mut self, step: &ResourceStep, change: Change) {
        let label = step.label();
        match change {
            Change::Create => self.0.push(format!("{label} added")),
            Change::Update => {
                let is_provenance = |field: &&String| *field == provenance::METADATA_NAME;
                let fields: Vec<&str> =
                    step.changed_fields.iter().filter(|f| !is_provenance(f)).map(String::as_str).collect();
                if !fields.is_empty() {
                    self.0.push(format!("{} of {label} updated", fields.join(", ")));
                }
            }
            Change::Unchanged => {}
        }
    }

    /// Adds a document that was imported into an existing definition.
    pub(crate) fn add_document(&mut self, label: &str, change: Change) {
        match change {
            Change::Create => self.0.push(format!("document of {label} added")),
            Change::Update => self.0.push(format!("document of {label} replaced")),
            Change::Unchanged => {}
        }
    }

    /// Adds another change.
    pub(crate) fn add_text(&mut self, text: &str) {
        self.0.push(text.to_owned());
    }

    /// The changes in one sentence; None if there are none.
    pub(crate) fn summary(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.0.join("; "))
    }
}
