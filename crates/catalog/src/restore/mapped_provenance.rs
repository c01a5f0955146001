//! The provenance of resources whose ids are mapped: so that an import still recognizes them, and what people edited.

use std::fmt::Display;

use serde_json::{Value, json};

use crate::backup::ResourceKind;
use crate::import_source::ImportSource;
use crate::provenance::{ApiProvenance, DeploymentProvenance, FieldDigests, METADATA_NAME};
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

/// Brings the provenance of a resource up to date after ids in its other fields were mapped; `before` are its earlier
/// properties.
pub(super) fn update(
    kind: ResourceKind,
    before: &Value,
    properties: &mut Value,
    ids: &[(ResourceId, ResourceId)],
) {
    match kind {
        ResourceKind::Api => {
            let Some(mut provenance) = ApiProvenance::from_properties(properties) else { return };
            for (old, new) in
                ids.iter().filter(|(old, new)| APIM_SERVICE.matches(old) && APIM_SERVICE.matches(new))
            {
                let [old, new] = [old, new].map(|id| ImportSource::service(id.clone()).key());
                provenance.rename_service(&old, &new);
            }
            update_digests(&mut provenance.fields, before, properties);
            write(properties, &provenance);
        }
        ResourceKind::Deployment => {
            let Some(mut provenance) = DeploymentProvenance::from_properties(properties) else { return };
            update_digests(&mut provenance.fields, before, properties);
            write(properties, &provenance);
        }
        _ => {}
    }
}

fn write(properties: &mut Value, provenance: &impl Display) {
    properties["customProperties"][METADATA_NAME] = json!(provenance.to_string());
}

/// Records the new values of the fields that azr wrote: that they were mapped is not an edit by people.
fn update_digests(digests: &mut FieldDigests, before: &Value, properties: &Value) {
    let members = before.as_object().into_iter().flatten();
    for (name, old) in members.filter(|(name, old)| *name != "customProperties" && properties[*name] != **old)
    {
        if digests.is_recorded(name, old) {
            digests.insert(name, &properties[name]);
        }
    }
}
