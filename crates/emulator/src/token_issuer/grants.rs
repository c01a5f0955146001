//! What users were granted and can still be redeemed: authorization codes, refresh tokens, and device codes.

use std::collections::HashMap;

/// The maximum number of codes, and of refresh tokens, that are remembered.
pub(super) const MAX_GRANTS: usize = 10_000;

/// An authorization code that was not redeemed yet.
pub(super) struct Code {
    pub(super) client: String,
    pub(super) scope: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    /// Returned in the ID token, so that the client recognizes its request.
    pub(super) nonce: Option<String>,
    pub(super) expires_at: i64,
}

/// The codes and refresh tokens that can be redeemed.
#[derive(Default)]
pub(super) struct Grants {
    pub(super) codes: HashMap<String, Code>,
    /// The client of each refresh token.
    pub(super) refresh_tokens: HashMap<String, String>,
}

/// A device code that was not redeemed yet.
pub(super) struct PendingCode {
    pub(super) device_code: String,
    pub(super) user_code: String,
    pub(super) client: String,
    pub(super) scope: String,
    pub(super) decision: Decision,
    pub(super) expires_at: i64,
    pub(super) last_poll: Option<i64>,
}

/// What the user decided.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Pending,
    Approved,
    Declined,
}
