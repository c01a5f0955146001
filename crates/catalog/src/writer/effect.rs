//! Checks whether a write that the service reported as done took effect.
//!
//! The response to a write shows the resource as it is now, so in general the check needs no request. Only if the
//! response does not show what was written, the resource is read.

use std::time::Duration;

use serde_json::Value;

use super::resource_writer::{ResourceWriter, read_resource};
use crate::desired::{DesiredResource, existing_properties};
use crate::digest::canonical;
use crate::plan::ResourceStep;
use crate::provenance;
use azr_arm::client::Client;
use azr_core::error::{Error, Result};

/// The delays between reads of a resource that does not show what was written; about eight seconds in total.
const READ_DELAYS: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(4)];

impl ResourceWriter<'_> {
    /// Whether a PUT changed anything; `before` are the properties that it replaced.
    ///
    /// Fails if the resource does not exist afterwards, or does not have the provenance that was sent: later runs rely
    /// on both. Other fields may keep their values, because the service does not accept every value as it was sent.
    pub(super) async fn has_taken_effect(
        &self,
        step: &ResourceStep,
        before: Option<&Value>,
        response: &Value,
    ) -> Result<bool> {
        let desired = &step.desired;
        let properties = response.get("properties").filter(|properties| properties.is_object());
        if shows_effect(desired, before, properties) {
            return Ok(true);
        }
        let mut current = None;
        let is_effective = repeat_until(self.center, async || {
            let resource = read_resource(self.center, desired.resource_type, step.id()).await?;
            current = resource.map(|resource| resource.properties);
            Ok(shows_effect(desired, before, current.as_ref()))
        });
        if is_effective.await? {
            return Ok(true);
        }
        let Some(current) = current else { return Err(without_effect("it does not exist")) };
        let fields = desired.decide(Some(&current)).changed_fields;
        if fields.iter().any(|field| field == provenance::METADATA_NAME) {
            return Err(without_effect("it is as it was before"));
        }
        tracing::warn!(
            "{}: the service reported success, but did not change {}",
            step.label(),
            fields.join(", ")
        );
        Ok(false)
    }
}

/// Repeats a check until it succeeds, for some seconds.
pub(super) async fn repeat_until(
    center: &Client,
    mut check: impl AsyncFnMut() -> Result<bool>,
) -> Result<bool> {
    let mut delays = READ_DELAYS.iter();
    loop {
        if check().await? {
            return Ok(true);
        }
        let Some(delay) = delays.next() else { return Ok(false) };
        center.pause(*delay).await;
    }
}

/// The error for a write without effect.
pub(super) fn without_effect(state: &str) -> Error {
    Error::invalid_response(format!("the service reported success, but {state}"))
        .with_hint("Run the same command again.")
}

/// Whether the properties after a write show that it had an effect.
fn shows_effect(desired: &DesiredResource, before: Option<&Value>, after: Option<&Value>) -> bool {
    let Some(after) = after else { return false };
    let different = desired.decide(Some(after)).changed_fields;
    if different.iter().any(|field| field == provenance::METADATA_NAME) {
        return false;
    }
    let writable = |properties: &Value| {
        canonical(&Value::Object(existing_properties(desired.resource_type, properties)))
    };
    different.is_empty() || before.is_none_or(|before| writable(before) != writable(after))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::desired::FieldOwner;
    use azr_core::id::ResourceId;
    use azr_core::resource::CENTER_API;

    #[test]
    fn what_the_service_normalizes_is_an_effect_and_what_is_as_before_is_none() {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "pets"]);
        let mut desired = DesiredResource::new("API pets".to_owned(), id, &CENTER_API);
        desired.set("title", json!("Pets "));
        let shows = |desired: &DesiredResource, before: Option<Value>, after: Option<Value>| {
            shows_effect(desired, before.as_ref(), after.as_ref())
        };
        let title = |title: &str| Some(json!({"title": title}));
        assert!(shows(&desired, None, title("Pets")) && shows(&desired, title("Old"), title("Pets")));
        assert!(!shows(&desired, title("Old"), title("Old")) && !shows(&desired, title("Old"), None));

        desired.set_metadata(provenance::METADATA_NAME, json!("from apim"), FieldOwner::Source);
        assert!(!shows(&desired, title("Old"), title("Pets ")) && !shows(&desired, None, title("Pets ")));
        let complete = json!({"title": "Pets ", "customProperties": {"azr-import": "from apim"}});
        assert!(shows(&desired, None, Some(complete)));
    }
}
