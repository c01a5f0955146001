//! The cache of access tokens on disk, so that the next run need not request one.
//!
//! There is one file per token, named by a hash of its key. Files are replaced atomically, so concurrent runs do not
//! disturb each other. `AZR_TOKEN_CACHE=off` disables the cache.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::Secret;
use super::token::Token;
use azr_core::context::Context;
use azr_core::error::{Error, Result};
use azr_core::files::cache_dir;
use azr_core::files::private::{self, FileMode};

/// The folder in azr's state folder.
const FOLDER: &str = "tokens";

/// The age at which files are deleted: no token of Azure lives as long.
const MAX_AGE: Duration = Duration::from_secs(36 * 60 * 60);

/// The token cache.
#[derive(Debug, Clone)]
pub(super) struct TokenCache {
    folder: PathBuf,
    profile: PathBuf,
}

/// The entry of one token.
#[derive(Debug, Clone)]
pub(super) struct CacheEntry {
    file: PathBuf,
    depends_on_az_login: bool,
}

impl CacheEntry {
    /// Deletes the token.
    pub(super) fn remove(&self) {
        // It may not exist.
        let _ = fs::remove_file(&self.file);
    }
}

impl TokenCache {
    /// The cache, unless `AZR_TOKEN_CACHE` disables it, or there is no home folder.
    pub(super) fn from_context(context: &Context) -> Option<Self> {
        if context.var("AZR_TOKEN_CACHE").is_some() && !context.is_var_enabled("AZR_TOKEN_CACHE") {
            return None;
        }
        let folder = context.state_dir().ok()?.join(FOLDER);
        Some(Self { folder, profile: context.profile_path().ok()? })
    }

    /// Deletes all tokens, even if the cache is disabled; other logins request theirs again.
    pub(super) fn clear(context: &Context) -> Result<()> {
        let folder = context.state_dir()?.join(FOLDER);
        match fs::remove_dir_all(&folder) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::write(&folder, e)),
            _ => Ok(()),
        }
    }

    /// The entry with this key; if it `depends_on_az_login`, it becomes invalid when az's profile changes.
    pub(super) fn entry(&self, key: &[&str], depends_on_az_login: bool) -> CacheEntry {
        CacheEntry { file: cache_dir::cache_file(&self.folder, key), depends_on_az_login }
    }

    /// The token of an entry, if it is still fresh.
    pub(super) fn load(&self, entry: &CacheEntry) -> Option<Token> {
        let text = match self.read(&entry.file) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            Err(e) => {
                tracing::warn!("cannot use the token cache {}: {e}", entry.file.display());
                return None;
            }
        };
        let stored: Value = serde_json::from_slice(&text).unwrap_or_default();
        let secret = Secret::new(stored["token"].as_str().unwrap_or_default());
        let token = Token { secret, expires: stored["expires"].as_i64().unwrap_or_default() };
        let is_same_login = stored["profile"].as_str() == Some(self.login_fingerprint(entry).as_str());
        if token.is_fresh() && is_same_login && !token.secret.expose().is_empty() {
            return Some(token);
        }
        entry.remove();
        None
    }

    /// Stores a token. A failure is only logged.
    pub(super) fn store(&self, entry: &CacheEntry, token: &Token) {
        if !token.is_fresh() {
            return;
        }
        let stored = json!({
            "token": token.secret.expose(), "expires": token.expires, "profile": self.login_fingerprint(entry),
        });
        if let Err(e) = self.write(&entry.file, &stored.to_string()) {
            tracing::debug!("cannot store the token in {}: {e}", self.folder.display());
        }
    }

    /// What changes when a user signs in or out with az.
    fn login_fingerprint(&self, entry: &CacheEntry) -> String {
        if !entry.depends_on_az_login {
            return String::new();
        }
        let Ok(metadata) = fs::metadata(&self.profile) else { return "none".to_owned() };
        let nanoseconds =
            |t: SystemTime| t.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        format!("{}-{}", metadata.modified().map(nanoseconds).unwrap_or_default(), metadata.len())
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        private::check_folder(&self.folder)?;
        private::read_file(file, FileMode::OwnerOnly)
    }

    fn write(&self, file: &Path, text: &str) -> Result<()> {
        private::create_and_check_folder(&self.folder).map_err(|e| Error::write(&self.folder, e))?;
        cache_dir::remove_older_than(&self.folder, MAX_AGE);
        private::write_file(file, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::unix_now;
    use azr_core::context::{Environment, Terminal};

    fn cache(home: &Path) -> TokenCache {
        let context = Context::new(Environment::for_test(home, []), Terminal::default());
        TokenCache::from_context(&context).unwrap()
    }

    fn token(lifetime: i64) -> Token {
        Token { secret: Secret::new("hush"), expires: unix_now() + lifetime }
    }

    #[test]
    fn a_token_is_cached_while_it_is_fresh() {
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let entry = cache.entry(&["a", "b"], false);
        assert_eq!(cache.load(&entry), None);
        let fresh = token(3600);
        cache.store(&entry, &fresh);
        assert_eq!(cache.load(&entry), Some(fresh));
        assert_eq!(cache.load(&cache.entry(&["ab"], false)), None);
        cache.store(&entry, &token(4 * 60));
        assert!(cache.load(&entry).is_some(), "a stale token does not replace a fresh one");
        entry.remove();
        assert_eq!(cache.load(&entry), None);
        fs::write(
            &entry.file,
            json!({ "token": "t", "expires": unix_now() + 60, "profile": "" }).to_string(),
        )
        .unwrap();
        assert_eq!(cache.load(&entry), None);
    }

    #[test]
    fn signing_in_with_az_invalidates_its_token() {
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let (login, principal) = (cache.entry(&["az"], true), cache.entry(&["sp"], false));
        fs::create_dir(home.path().join(".azure")).unwrap();
        fs::write(&cache.profile, "{}").unwrap();
        cache.store(&login, &token(3600));
        cache.store(&principal, &token(3600));
        assert!(cache.load(&login).is_some());
        fs::write(&cache.profile, "{ }").unwrap();
        assert!(cache.load(&login).is_none());
        assert!(cache.load(&principal).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn files_that_others_can_change_are_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let entry = cache.entry(&["a"], false);
        cache.store(&entry, &token(3600));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&cache.folder), mode(&entry.file)), (0o700, 0o600));

        fs::set_permissions(&entry.file, fs::Permissions::from_mode(0o622)).unwrap();
        assert_eq!(cache.load(&entry), None);
        cache.store(&entry, &token(3600));
        assert_eq!(mode(&entry.file), 0o600);

        let elsewhere = home.path().join("elsewhere");
        fs::rename(&entry.file, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &entry.file).unwrap();
        assert_eq!(cache.load(&entry), None);
        cache.store(&entry, &token(3600));
        assert!(cache.load(&entry).is_some(), "the link was replaced, not followed");

        fs::set_permissions(&cache.folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(cache.load(&entry), None);
        entry.remove();
        cache.store(&entry, &token(3600));
        assert!(!entry.file.exists());
    }
}
