//! The stored secret of a login: in a file, or in the keyring of the system, as the user chose.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::auth::Secret;
use azr_core::context::{Account, Context, SecretStore};
use azr_core::error::{Error, Result};
use azr_core::files::{
    self,
    private::{self, FileMode},
};

/// Whether azr was built with support for the keyring.
pub const HAS_KEYRING: bool = cfg!(feature = "keyring");

/// How long to wait for another azr to replace the secret: longer than the authority takes to respond.
const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// How often to check whether it is done.
const LOCK_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// The stored secret of one login.
#[derive(Debug, Clone)]
pub(crate) struct LoginSecret {
    folder: PathBuf,
    session: String,
    store: SecretStore,
}

impl LoginSecret {
    /// The secret of an account.
    pub(crate) fn of_account(context: &Context, account: &Account) -> Result<Self> {
        Ok(Self { folder: context.login_dir()?, session: account.session.clone(), store: account.store })
    }

    /// Locks the secret, so that no other azr replaces it until the file is dropped.
    pub(crate) async fn lock(&self) -> Result<File> {
        let path = self.path_with_extension("lock");
        let file = private::open_lock_file(&path)?;
        let end = Instant::now() + LOCK_TIMEOUT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                // Without locks, one of two concurrent runs may fail, which is better than both.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => return Ok(file),
                Err(TryLockError::Error(e)) => return Err(Error::write(&path, e)),
                Err(TryLockError::WouldBlock) if Instant::now() > end => {
                    return Err(Error::conflict(format!("{} is locked by another azr", path.display()))
                        .with_hint("Wait for it to end, and try again."));
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_POLL_INTERVAL).await,
            }
        }
    }

    fn path_with_extension(&self, extension: &str) -> PathBuf {
        self.folder.join(&self.session).with_extension(extension)
    }

    fn file(&self) -> PathBuf {
        self.path_with_extension("secret")
    }

    /// Stores a secret; it replaces the one before.
    pub(crate) fn save(&self, secret: &Secret) -> Result<()> {
        match self.store {
            SecretStore::None => Ok(()),
            SecretStore::File => {
                private::create_and_check_folder(&self.folder).map_err(|e| Error::write(&self.folder, e))?;
                private::write_file(&self.file(), secret.expose().as_bytes())
            }
            SecretStore::Keyring => keyring::save(&self.session, secret),
        }
    }

    /// The secret, if it is stored.
    pub(crate) fn load(&self) -> Result<Option<Secret>> {
        match self.store {
            SecretStore::None => Ok(None),
            SecretStore::File => {
                let path = self.file();
                match private::read_file(&path, FileMode::OwnerOnly) {
                    Ok(bytes) => String::from_utf8(bytes).map(|text| Some(Secret::new(text))).map_err(|_| {
                        Error::invalid(format!("{} is not a valid secret file", path.display()))
                    }),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(Error::read(path, e)),
                }
            }
            SecretStore::Keyring => keyring::load(&self.session),
        }
    }

    /// Deletes the secret.
    pub(crate) fn delete(&self) -> Result<()> {
        // A process that has locked the file keeps its lock; the file may not exist.
        let _ = fs::remove_file(self.path_with_extension("lock"));
        match self.store {
            SecretStore::None => Ok(()),
            SecretStore::File => match files::retry_while_in_use(|| fs::remove_file(self.file())) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::write(self.file(), e)),
                _ => Ok(()),
            },
            SecretStore::Keyring => keyring::delete(&self.session),
        }
    }
}

#[cfg(feature = "keyring")]
mod keyring {
    //! The keyring, with an entry for each login.

    use keyring::Entry;

    use crate::auth::Secret;
    use azr_core::error::{Error, Result};

    const SERVICE: &str = "azr";

    fn entry(session: &str) -> Result<Entry> {
        Entry::new(SERVICE, session).map_err(|e| keyring_error(&e))
    }

    fn keyring_error(error: &keyring::Error) -> Error {
        // The message would show the bytes of an entry that is not text.
        let reason = match error {
            keyring::Error::BadEncoding(_) => "its entry is not text".to_owned(),
            other => other.to_string(),
        };
        Error::authentication(format!("cannot use the keyring of this system: {reason}"))
            .with_hint("Unlock it, or sign in again with azr login --store file or --store none.")
    }

    pub fn save(session: &str, secret: &Secret) -> Result<()> {
        // As bytes, because the credential manager of Windows is limited to 2,560 of them, and stores passwords as UTF-16.
        entry(session)?.set_secret(secret.expose().as_bytes()).map_err(|e| keyring_error(&e))
    }

    pub fn load(session: &str) -> Result<Option<Secret>> {
        match entry(session)?.get_secret() {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(e) => Err(keyring_error(&keyring::Error::BadEncoding(e.into_bytes()))),
            },
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(e) => Err(keyring_error(&e)),
        }
    }

    pub fn delete(session: &str) -> Result<()> {
        match entry(session)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(keyring_error(&e)),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod keyring {
    //! The error of an azr without support for the keyring.

    use crate::auth::Secret;
    use azr_core::error::{Error, Result};

    fn unsupported() -> Error {
        Error::unsupported("this azr was built without support for the keyring")
            .with_hint("Sign in with azr login --store file or --store none.")
    }

    pub(super) fn save(_: &str, _: &Secret) -> Result<()> {
        Err(unsupported())
    }

    pub(super) fn load(_: &str) -> Result<Option<Secret>> {
        Err(unsupported())
    }

    pub(super) fn delete(_: &str) -> Result<()> {
        Err(unsupported())
    }
}
