//! Ids of resources, which are the same in every run, and of requests.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

/// The tenant of every emulated resource.
pub(crate) const TENANT_ID: &str = "22222222-2222-2222-2222-222222222222";

/// The same UUID for the same text, so that two runs of a script see the same identities.
#[must_use]
pub(crate) fn stable_uuid(text: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_URL, text.to_ascii_lowercase().as_bytes())
}

/// The id of a request: a random UUID that needs no call of the system. It need not be hard to guess.
#[must_use]
pub(crate) fn request_id() -> Uuid {
    static REQUESTS: AtomicU64 = AtomicU64::new(0);
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&HASHER.hash_one((number, 0)).to_be_bytes());
    bytes[8..].copy_from_slice(&HASHER.hash_one((number, 1)).to_be_bytes());
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A decimal name such as API Center generates for imported APIs; the same for the same text.
#[must_use]
pub(crate) fn decimal_name(text: &str) -> String {
    // The upper half of the UUID; the observed names fill 64 bits.
    stable_uuid(text).as_u64_pair().0.to_string()
}
