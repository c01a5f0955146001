//! Everything the emulator knows: resources, running operations, and links it handed out.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::fleeting::{Ends, Fleeting};
use super::store::Store;

/// How long a link from an export stays good, in seconds (API Management's five minutes).
pub const LINK_SECONDS: i64 = 300;

/// How long an operation can be asked about, in seconds: a day.
const OPERATION_SECONDS: i64 = 24 * 3600;

/// A document behind a link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Link {
    /// `application/json`, …
    pub content_type: String,
    /// The document.
    pub document: String,
    /// When the link stops working, in seconds since the epoch.
    pub expires: i64,
}

/// A long-running operation that was accepted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operation {
    /// The path its state is asked at.
    pub path: String,
    /// When it was accepted.
    #[serde(with = "time::serde::rfc3339")]
    pub started: OffsetDateTime,
    /// How many polls still answer `InProgress`.
    pub polls_left: u32,
    /// None while it will succeed; the error body when it will fail.
    pub failure: Option<Value>,
}

impl Ends for Link {
    fn end(&self) -> i64 {
        self.expires
    }
}

impl Ends for Operation {
    fn end(&self) -> i64 {
        self.started.unix_timestamp() + OPERATION_SECONDS
    }
}

/// The emulator's whole state, as it is kept in the state file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct World {
    /// Resources.
    pub store: Store,
    /// Operations by their id.
    pub operations: Fleeting<Operation>,
    /// Links by their token.
    pub links: Fleeting<Link>,
}

impl World {
    /// A number that changes with the world: the same number, nothing to save.
    ///
    /// Reads change it too where they count a poll or hand out a link.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.store.changes().hash(&mut hasher);
        for (id, operation) in self.operations.iter() {
            (id, operation.polls_left).hash(&mut hasher);
        }
        for (token, _) in self.links.iter() {
            token.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Puts a document behind a new link that is good for [`LINK_SECONDS`]; returns the link's path and query.
    pub fn link(&mut self, name: &str, content_type: &str, document: String, now: OffsetDateTime) -> String {
        let token = uuid::Uuid::new_v4().simple().to_string();
        let expires = now.unix_timestamp() + LINK_SECONDS;
        let link = Link { content_type: content_type.to_owned(), document, expires };
        self.links.add(token.clone(), link, now.unix_timestamp());
        format!("/api-export/{name}?sv=2021-08-06&sr=b&sp=r&sig={token}")
    }
}
