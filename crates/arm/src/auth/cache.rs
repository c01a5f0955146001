//! Access tokens kept on disk, so that the next run need not ask for one.
//!
//! One file a token, named after what it was given for; written beside and renamed, so runs at the same time do not
//! disturb each other. `AZR_TOKEN_CACHE=off` does without.

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

/// Where they are, in the folder of azr's state.
const FOLDER: &str = "tokens";

/// The age at which a forgotten file goes: no token of Azure's lives as long.
const FORGOTTEN: Duration = Duration::from_secs(36 * 60 * 60);

/// The folder of tokens.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    profile: PathBuf,
}

/// One token's place.
#[derive(Debug, Clone)]
pub struct Slot {
    file: PathBuf,
    follows_login: bool,
}

impl Slot {
    /// Forgets the token in it.
    pub fn forget(&self) {
        // One that is not there is as good as forgotten.
        let _ = fs::remove_file(&self.file);
    }
}

impl Cache {
    /// The cache, unless `AZR_TOKEN_CACHE` switches it off, or there is no home folder for it.
    pub fn of(context: &Context) -> Option<Self> {
        if context.var("AZR_TOKEN_CACHE").is_some() && !context.is_var_enabled("AZR_TOKEN_CACHE") {
            return None;
        }
        let folder = context.state_dir().ok()?.join(FOLDER);
        Some(Self { folder, profile: context.profile_path().ok()? })
    }

    /// Forgets every token, also where the cache is off today: whoever still may have one gets it again.
    pub fn clear(context: &Context) -> Result<()> {
        let folder = context.state_dir()?.join(FOLDER);
        match fs::remove_dir_all(&folder) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::write(&folder, e)),
            _ => Ok(()),
        }
    }

    /// The place of the token that `key` tells from others; one that `follows_login` goes when az's profile changes.
    pub fn slot(&self, key: &[&str], follows_login: bool) -> Slot {
        Slot { file: cache_dir::cache_file(&self.folder, key), follows_login }
    }

    /// The token in a slot, while it is good.
    pub fn get(&self, slot: &Slot) -> Option<Token> {
        let text = match self.read(&slot.file) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            Err(e) => {
                tracing::warn!("the token cache {} is not used: {e}", slot.file.display());
                return None;
            }
        };
        let entry: Value = serde_json::from_slice(&text).unwrap_or_default();
        let secret = Secret::new(entry["token"].as_str().unwrap_or_default());
        let token = Token { secret, expires: entry["expires"].as_i64().unwrap_or_default() };
        let same_login = entry["profile"].as_str() == Some(self.stamp(slot).as_str());
        if token.is_good() && same_login && !token.secret.expose().is_empty() {
            return Some(token);
        }
        slot.forget();
        None
    }

    /// Keeps a token; that it cannot be kept is no error.
    pub fn put(&self, slot: &Slot, token: &Token) {
        if !token.is_good() {
            return;
        }
        let entry = json!({
            "token": token.secret.expose(), "expires": token.expires, "profile": self.stamp(slot),
        });
        if let Err(e) = self.write(&slot.file, &entry.to_string()) {
            tracing::debug!("the token is not kept in {}: {e}", self.folder.display());
        }
    }

    /// What changes when somebody signs in or out with az.
    fn stamp(&self, slot: &Slot) -> String {
        if !slot.follows_login {
            return String::new();
        }
        let Ok(about) = fs::metadata(&self.profile) else { return "none".to_owned() };
        let since = |t: SystemTime| t.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        format!("{}-{}", about.modified().map(since).unwrap_or_default(), about.len())
    }

    fn read(&self, file: &Path) -> io::Result<Vec<u8>> {
        private::check_folder(&self.folder)?;
        private::read_file(file, FileMode::OwnerOnly)
    }

    fn write(&self, file: &Path, text: &str) -> Result<()> {
        private::create_and_check_folder(&self.folder).map_err(|e| Error::write(&self.folder, e))?;
        cache_dir::remove_older_than(&self.folder, FORGOTTEN);
        private::write_file(file, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::token::now;
    use azr_core::context::{Environment, Terminal};

    fn cache(home: &Path) -> Cache {
        let context = Context::new(Environment::for_test(home, []), Terminal::default());
        Cache::of(&context).unwrap()
    }

    fn token(life: i64) -> Token {
        Token { secret: Secret::new("hush"), expires: now() + life }
    }

    #[test]
    fn a_token_is_kept_while_it_is_good() {
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let slot = cache.slot(&["a", "b"], false);
        assert_eq!(cache.get(&slot), None);
        let good = token(3600);
        cache.put(&slot, &good);
        assert_eq!(cache.get(&slot), Some(good));
        assert_eq!(cache.get(&cache.slot(&["ab"], false)), None);
        cache.put(&slot, &token(4 * 60));
        assert!(cache.get(&slot).is_some(), "what is not good is not written over what is");
        slot.forget();
        assert_eq!(cache.get(&slot), None);
        fs::write(&slot.file, json!({ "token": "t", "expires": now() + 60, "profile": "" }).to_string())
            .unwrap();
        assert_eq!(cache.get(&slot), None);
    }

    #[test]
    fn signing_in_again_forgets_what_az_gave() {
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let (login, principal) = (cache.slot(&["az"], true), cache.slot(&["sp"], false));
        fs::create_dir(home.path().join(".azure")).unwrap();
        fs::write(&cache.profile, "{}").unwrap();
        cache.put(&login, &token(3600));
        cache.put(&principal, &token(3600));
        assert!(cache.get(&login).is_some());
        fs::write(&cache.profile, "{ }").unwrap();
        assert!(cache.get(&login).is_none());
        assert!(cache.get(&principal).is_some());
    }

    #[cfg(unix)]
    #[test]
    fn files_are_private_or_not_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let cache = cache(home.path());
        let slot = cache.slot(&["a"], false);
        cache.put(&slot, &token(3600));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&cache.folder), mode(&slot.file)), (0o700, 0o600));

        fs::set_permissions(&slot.file, fs::Permissions::from_mode(0o622)).unwrap();
        assert_eq!(cache.get(&slot), None);
        cache.put(&slot, &token(3600));
        assert_eq!(mode(&slot.file), 0o600);

        let elsewhere = home.path().join("elsewhere");
        fs::rename(&slot.file, &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &slot.file).unwrap();
        assert_eq!(cache.get(&slot), None);
        cache.put(&slot, &token(3600));
        assert!(cache.get(&slot).is_some(), "the link was replaced, not followed");

        fs::set_permissions(&cache.folder, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(cache.get(&slot), None);
        slot.forget();
        cache.put(&slot, &token(3600));
        assert!(!slot.file.exists());
    }
}
