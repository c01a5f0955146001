//! The state of the emulator: resources, long-running operations, and download links.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use crate::ephemeral::{EphemeralMap, Expires};
use crate::options::Options;
use crate::store::Store;

/// How long a link from an export is valid, in seconds (API Management's five minutes).
pub(crate) const LINK_SECONDS: i64 = 300;

/// How long an operation can be polled, in seconds: a day.
const OPERATION_SECONDS: i64 = 24 * 3600;

/// A link to a document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DownloadLink {
    /// The document's content type.
    pub content_type: String,
    /// The document.
    pub document: String,
    /// When the link expires, in seconds since the epoch.
    pub expires: i64,
}

/// A long-running operation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operation {
    /// The path it is polled at.
    pub path: String,
    /// When it was accepted.
    #[serde(with = "time::serde::rfc3339")]
    pub started: OffsetDateTime,
    /// How many polls still answer `InProgress`.
    pub polls_left: u32,
    /// The error it fails with; none if it succeeds.
    pub failure: Option<Value>,
}

impl Operation {
    /// Counts a poll, and returns whether the operation still runs.
    pub fn poll(&mut self, options: &Options, now: OffsetDateTime) -> bool {
        let is_running = self.polls_left > 0 || now < self.started + options.operation_time;
        self.polls_left = self.polls_left.saturating_sub(1);
        is_running
    }
}

impl Expires for DownloadLink {
    fn expires_at(&self) -> i64 {
        self.expires
    }
}

impl Expires for Operation {
    fn expires_at(&self) -> i64 {
        self.started.unix_timestamp() + OPERATION_SECONDS
    }
}

/// The whole state of the emulator, as it is written to the state file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// The resources.
    pub store: Store,
    /// The operations, by id.
    pub operations: EphemeralMap<Operation>,
    /// The download links, by signature.
    pub links: EphemeralMap<DownloadLink>,
    /// The number of changes of the store when each API source was last compared with its origin.
    #[serde(skip)]
    pub(crate) synchronized: HashMap<String, u64>,
}

impl State {
    /// A number that changes when the state does: if it is the same, there is nothing to save.
    ///
    /// A GET changes it too if it counts a poll or creates a link.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.store.changes().hash(&mut hasher);
        for (id, operation) in self.operations.iter() {
            (id, operation.polls_left).hash(&mut hasher);
        }
        for (signature, _) in self.links.iter() {
            signature.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Adds a link to a document that is valid for [`LINK_SECONDS`]; returns its path and query.
    pub fn add_download_link(
        &mut self,
        name: &str,
        content_type: &str,
        document: String,
        now: OffsetDateTime,
    ) -> String {
        let signature = uuid::Uuid::new_v4().simple().to_string();
        let expires = now.unix_timestamp() + LINK_SECONDS;
        let link = DownloadLink { content_type: content_type.to_owned(), document, expires };
        self.links.add(signature.clone(), link, now.unix_timestamp());
        format!("/api-export/{name}?sv=2021-08-06&sr=b&sp=r&sig={signature}")
    }
}
