//! Ids that are the same in every run.

use uuid::Uuid;

/// The tenant of every emulated resource.
pub(crate) const TENANT_ID: &str = "22222222-2222-2222-2222-222222222222";

/// The same UUID for the same text, so that two runs of a script see the same identities.
#[must_use]
pub(crate) fn stable_uuid(text: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, text.to_ascii_lowercase().as_bytes())
}

/// A decimal name such as API Center generates for imported APIs; the same for the same text.
#[must_use]
pub(crate) fn decimal_name(text: &str) -> String {
    // The upper half of the UUID; the observed names fill 64 bits.
    stable_uuid(text).as_u64_pair().0.to_string()
}
