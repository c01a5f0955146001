//! The state file: one process at a time uses it, and it is replaced atomically.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::state::State;
use azr_core::error::{Error, Result};
use azr_core::files::private::{self, FileMode};

/// The version of the file format; a file of another version is refused.
const LAYOUT: u32 = 1;

/// How long to wait for the lock of the file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Serialize)]
struct FileContentRef<'a> {
    layout: u32,
    #[serde(rename = "world")]
    state: &'a State,
}

#[derive(Deserialize)]
struct FileContent {
    layout: u32,
    #[serde(rename = "world")]
    state: State,
}

/// A state file, locked against other processes until this value is dropped.
#[derive(Debug)]
pub(crate) struct StateFile {
    path: PathBuf,
    /// A separate lock file, because saving replaces the state file.
    _lock: File,
}

fn append_extension(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(extension);
    PathBuf::from(name)
}

impl StateFile {
    /// Locks the file and reads the state; `None` if the file does not exist yet.
    ///
    /// Waits up to ten seconds for another process that uses it.
    pub(crate) fn open(path: impl Into<PathBuf>) -> Result<(Self, Option<State>)> {
        Self::open_with_timeout(path.into(), LOCK_TIMEOUT)
    }

    fn open_with_timeout(path: PathBuf, timeout: Duration) -> Result<(Self, Option<State>)> {
        if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
            private::create_folders(folder).map_err(|e| Error::write(folder, e))?;
        }
        let lock = lock(&path, timeout)?;
        let state = match private::read_file(&path, FileMode::OwnerWritable) {
            Ok(bytes) => Some(parse(&path, &bytes)?),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(e) => return Err(Error::read(&path, e)),
        };
        Ok((Self { path, _lock: lock }, state))
    }

    /// Replaces the file atomically. Only the user may read it.
    pub(crate) fn save(&self, state: &State) -> Result<()> {
        let bytes = serde_json::to_vec(&FileContentRef { layout: LAYOUT, state })
            .map_err(|e| Error::unexpected(format!("the emulator's state cannot be written as JSON: {e}")))?;
        private::write_file(&self.path, &bytes)
    }
}

fn lock(path: &Path, timeout: Duration) -> Result<File> {
    let lock_path = append_extension(path, ".lock");
    let options = File::options().create(true).truncate(false).write(true).clone();
    let file = private::open_file(&lock_path, FileMode::OwnerWritable, &options)
        .map_err(|e| Error::write(&lock_path, e))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(e)) => return Err(Error::write(&lock_path, e)),
            Err(TryLockError::WouldBlock) if start.elapsed() >= timeout => {
                let text = format!("another process is using the emulator state in {}", path.display());
                return Err(Error::conflict(text).with_hint(
                    "Wait for it to end or stop it (a running `azr emulator start` holds the file), or name another file.",
                ));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<State> {
    let invalid = |reason: String| {
        Error::invalid(format!("the emulator state in {} cannot be used: {reason}", path.display()))
            .with_hint("Move or delete the file to start with the sample data.")
    };
    let content: FileContent = serde_json::from_slice(bytes).map_err(|e| invalid(e.to_string()))?;
    if content.layout != LAYOUT {
        return Err(invalid(format!(
            "it has format version {}, but this azr reads version {LAYOUT}",
            content.layout
        )));
    }
    Ok(content.state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_saved_state_is_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/state.json");
        let (file, state) = StateFile::open(&path).expect("opens");
        assert!(state.is_none());
        let mut state = State::default();
        state.store.put("/subscriptions/s", json!({"b": 1, "a": 2}));
        file.save(&state).expect("saves");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
        drop(file);
        let (_file, back) = StateFile::open(&path).expect("opens again");
        let back = back.expect("a state");
        assert_eq!(back.store.get("/subscriptions/S").expect("kept").body.to_string(), r#"{"b":1,"a":2}"#);
    }

    #[test]
    fn a_locked_file_and_a_damaged_file_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state.json");
        let (file, _) = StateFile::open(&path).expect("opens");
        let refused = StateFile::open_with_timeout(path.clone(), Duration::ZERO).expect_err("held");
        assert!(refused.to_string().contains("state.json"), "{refused}");
        drop(file);
        std::fs::write(&path, "{").expect("written");
        let refused = StateFile::open(&path).expect_err("damaged");
        assert!(refused.hint().is_some_and(|h| h.contains("delete")), "{refused}");
    }
}
