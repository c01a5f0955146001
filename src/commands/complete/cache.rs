//! Names that a completion found, kept for the next press of the key.
//!
//! One file a list, for the user alone, and forgotten after [`FRESH`].

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::values::Named;
use crate::arm::plan::Target;
use crate::error::Result;
use crate::files::private::{self, Care};
use crate::session::Session;

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
        let mut hash = Sha256::new();
        for part in [session.context.cloud()?.arm_endpoint.as_str(), &user, &at.path.to_lowercase()] {
            // Lengths keep ("ab", "c") and ("a", "bc") apart.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let file = folder.join(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())).with_extension("json");
        Ok(Self { folder, file })
    }

    /// The names in it, while they are fresh.
    #[must_use]
    pub fn get(&self) -> Option<Vec<Named>> {
        private::check_folder(&self.folder).ok()?;
        let age = age(&fs::symlink_metadata(&self.file).ok()?)?;
        if age > FRESH {
            return None;
        }
        let kept: Value = serde_json::from_slice(&private::read(&self.file, Care::Secret).ok()?).ok()?;
        let named = |entry: &Value| {
            Some(Named { name: entry[0].as_str()?.to_owned(), title: entry[1].as_str().map(str::to_owned) })
        };
        kept.as_array()?.iter().map(named).collect()
    }

    /// Keeps names; that they cannot be kept is no error.
    pub fn put(&self, names: &[Named]) {
        if private::make_folder(&self.folder).is_err() {
            return;
        }
        self.tidy();
        let text: Value = names.iter().map(|named| json!([named.name, named.title])).collect();
        // The next completion asks again.
        drop(private::write(&self.file, text.to_string().as_bytes()));
    }

    fn tidy(&self) {
        let Ok(files) = fs::read_dir(&self.folder) else { return };
        for file in files.flatten() {
            if file.metadata().ok().and_then(|about| age(&about)).is_some_and(|age| age > FORGOTTEN) {
                // One that another run removed first is gone as well.
                let _ = fs::remove_file(file.path());
            }
        }
    }
}

/// How long ago a file was written; none where the clock went back.
fn age(about: &fs::Metadata) -> Option<Duration> {
    SystemTime::now().duration_since(about.modified().ok()?).ok()
}
