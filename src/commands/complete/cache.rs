//! Names that a completion found, kept for the next press of the key.
//!
//! One file a list, for the user alone, and forgotten after [`FRESH`].

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use super::values::Named;
use crate::session::Session;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::files::cache_dir;
use azr_core::files::private::{self, FileMode};

/// How long names are believed: long enough to write a line, short enough to find what another command made.
const FRESH: Duration = Duration::from_secs(60);

/// The age at which a file goes.
const FORGOTTEN: Duration = Duration::from_secs(24 * 60 * 60);

/// The place of one list.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    file: PathBuf,
}

impl Slot {
    /// The place of what is listed there, as this user of this cloud sees it.
    pub fn of(session: &Session, at: &Target) -> Result<Self> {
        let folder = session.context.cache_dir()?.join("completion");
        let user = session.subscription()?.user.unwrap_or_default();
        let endpoint = session.context.cloud()?.arm_endpoint.as_str();
        let file = cache_dir::cache_file(&folder, &[endpoint, &user, &at.path.to_lowercase()]);
        Ok(Self { folder, file })
    }

    /// The names in it, while they are fresh.
    #[must_use]
    pub fn get(&self) -> Option<Vec<Named>> {
        private::check_folder(&self.folder).ok()?;
        let age = cache_dir::file_age(&fs::symlink_metadata(&self.file).ok()?)?;
        if age > FRESH {
            return None;
        }
        let kept: Value =
            serde_json::from_slice(&private::read_file(&self.file, FileMode::OwnerOnly).ok()?).ok()?;
        let named = |entry: &Value| {
            Some(Named { name: entry[0].as_str()?.to_owned(), title: entry[1].as_str().map(str::to_owned) })
        };
        kept.as_array()?.iter().map(named).collect()
    }

    /// Keeps names; that they cannot be kept is no error.
    pub fn put(&self, names: &[Named]) {
        if private::create_and_check_folder(&self.folder).is_err() {
            return;
        }
        cache_dir::remove_older_than(&self.folder, FORGOTTEN);
        let text: Value = names.iter().map(|named| json!([named.name, named.title])).collect();
        // The next completion asks again.
        drop(private::write_file(&self.file, text.to_string().as_bytes()));
    }
}
