//! A resource to create, update or leave as it is.

use serde_json::Value;

use crate::desired::{Change, Decision, DesiredResource, existing_properties};
use crate::digest::canonical;
use crate::provenance;
use azr_core::id::ResourceId;

/// A resource to create, update or leave as it is, as decided from the snapshot of the center.
///
/// The decision is repeated with the current state of the resource immediately before it is written.
#[derive(Debug, Clone)]
pub struct ResourceStep {
    /// The desired state.
    pub desired: DesiredResource,
    /// The properties in the snapshot; None if the resource did not exist.
    pub existing: Option<Value>,
    /// What happens to the resource.
    pub change: Change,
    /// The names of the fields that an update changes.
    pub changed_fields: Vec<String>,
    /// The body to send.
    pub body: Value,
    /// Whether the resource must be as it was when it was planned, as in a saved plan.
    pub is_exact: bool,
}

impl ResourceStep {
    /// Plans a resource; `existing` are its properties in the center, if it exists.
    #[must_use]
    pub fn new(desired: DesiredResource, existing: Option<Value>) -> Self {
        let Decision { change, changed_fields, body } = desired.decide(existing.as_ref());
        Self { desired, existing, change, changed_fields, body, is_exact: false }
    }

    /// The resource for messages.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.desired.label
    }

    /// The id of the resource.
    #[must_use]
    pub fn id(&self) -> &ResourceId {
        &self.desired.id
    }

    /// The same resource with other provenance.
    #[must_use]
    pub(crate) fn with_provenance(mut self, text: &str) -> Self {
        let owner = crate::desired::FieldOwner::Source;
        self.desired.set_metadata(provenance::METADATA_NAME, Value::String(text.to_owned()), owner);
        Self::new(self.desired, self.existing)
    }

    /// The step once an earlier step has written the same resource with other provenance.
    #[must_use]
    pub(crate) fn after(self, earlier: &Self) -> Self {
        let mut existing = self.existing;
        if let (Some(existing), Some(text)) = (&mut existing, provenance::text(&earlier.body["properties"])) {
            existing["customProperties"][provenance::METADATA_NAME] = Value::String(text.to_owned());
        }
        Self::new(self.desired, existing)
    }

    /// Whether the current state of the resource may be written over by this step, which was planned from a snapshot:
    /// it still exists or still does not exist, and has the same provenance.
    ///
    /// People may have edited other fields; the step then keeps what they entered.
    #[must_use]
    pub(crate) fn is_current(&self, current: Option<&Value>) -> bool {
        match (&self.existing, current) {
            (None, None) => true,
            (Some(existing), Some(current)) if self.is_exact => {
                let writable = |properties: &Value| {
                    canonical(&Value::Object(existing_properties(self.desired.resource_type, properties)))
                };
                writable(existing) == writable(current)
            }
            (Some(existing), Some(current)) => provenance::text(existing) == provenance::text(current),
            _ => false,
        }
    }
}
