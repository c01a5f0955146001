//! The candidates of recent completions, on disk.
//!
//! One file for each list, readable by its owner only, and valid for [`MAX_AGE`].

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::candidate::Candidate;
use crate::session::Session;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::files::cache_dir;
use azr_core::files::private::{self, FileMode};

/// How long candidates are valid: long enough to type a command, short enough to see what another command created.
const MAX_AGE: Duration = Duration::from_secs(60);

/// The age at which a file is deleted.
const DELETE_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// The cache entry of one list.
#[derive(Debug)]
pub(crate) struct Entry {
    folder: PathBuf,
    file: PathBuf,
}

impl Entry {
    /// The entry for a collection, as this user sees it in this cloud.
    pub(crate) fn for_collection(session: &Session, collection: &Target) -> Result<Self> {
        let folder = session.context.cache_dir()?.join("completion");
        let user = session.subscription()?.user.unwrap_or_default();
        let endpoint = session.context.cloud()?.arm_endpoint.as_str();
        let file = cache_dir::cache_file(&folder, &[endpoint, &user, &collection.path.to_lowercase()]);
        Ok(Self { folder, file })
    }

    /// The candidates in the entry, if they are still valid.
    #[must_use]
    pub(crate) fn read(&self) -> Option<Vec<Candidate>> {
        private::check_folder(&self.folder).ok()?;
        let age = cache_dir::file_age(&fs::symlink_metadata(&self.file).ok()?)?;
        if age > MAX_AGE {
            return None;
        }
        let entries: Value =
            serde_json::from_slice(&private::read_file(&self.file, FileMode::OwnerOnly).ok()?).ok()?;
        let candidate = |entry: &Value| {
            Some(Candidate {
                name: entry[0].as_str()?.to_owned(),
                title: entry[1].as_str().map(str::to_owned),
            })
        };
        entries.as_array()?.iter().map(candidate).collect()
    }

    /// Writes candidates; a failure is ignored, and the next completion asks the service again.
    pub(crate) fn write(&self, candidates: &[Candidate]) {
        if private::create_and_check_folder(&self.folder).is_err() {
            return;
        }
        cache_dir::remove_older_than(&self.folder, DELETE_AGE);
        let text: Value =
            candidates.iter().map(|candidate| json!([candidate.name, candidate.title])).collect();
        drop(private::write_file(&self.file, text.to_string().as_bytes()));
    }
}
