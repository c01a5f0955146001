//! Where the secret of a login is kept: a file of azr's own, or the keyring of the system, as the user agreed.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::auth::Secret;
use azr_core::context::{Account, Context, SecretStore};
use azr_core::error::{Error, Result};
use azr_core::files::private::{self, FileMode};

/// Whether azr was built with the keyring.
pub const HAS_KEYRING: bool = cfg!(feature = "keyring");

/// How long to wait for another azr that replaces the secret: longer than the authority takes to answer.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);

/// How often to look whether it is done.
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The place of one login's secret.
#[derive(Debug, Clone)]
pub struct Vault {
    folder: PathBuf,
    session: String,
    store: SecretStore,
}

impl Vault {
    /// That of an account.
    pub fn of(context: &Context, account: &Account) -> Result<Self> {
        Ok(Self { folder: context.login_dir()?, session: account.session.clone(), store: account.store })
    }

    /// Waits until no other azr is about to replace the secret; none is until the file is dropped.
    pub async fn lock(&self) -> Result<File> {
        let path = self.beside("lock");
        let file = private::open_lock_file(&path)?;
        let end = Instant::now() + LOCK_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                // Of two runs at once on such a disk one may be refused, which is better than both.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => return Ok(file),
                Err(TryLockError::Error(e)) => return Err(Error::write(&path, e)),
                Err(TryLockError::WouldBlock) if Instant::now() > end => {
                    return Err(Error::authentication(format!(
                        "another azr has held {} for too long",
                        path.display()
                    ))
                    .with_hint("End it, and try again."));
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_PAUSE).await,
            }
        }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        self.folder.join(&self.session).with_extension(ending)
    }

    fn file(&self) -> PathBuf {
        self.beside("secret")
    }

    /// Keeps a secret in the place of the one before.
    pub fn put(&self, secret: &Secret) -> Result<()> {
        match self.store {
            SecretStore::None => Ok(()),
            SecretStore::File => {
                private::create_and_check_folder(&self.folder).map_err(|e| Error::write(&self.folder, e))?;
                private::write_file(&self.file(), secret.expose().as_bytes())
            }
            SecretStore::Keyring => keyring::put(&self.session, secret),
        }
    }

    /// The secret, where it is kept.
    pub fn get(&self) -> Result<Option<Secret>> {
        match self.store {
            SecretStore::None => Ok(None),
            SecretStore::File => {
                let path = self.file();
                match private::read_file(&path, FileMode::OwnerOnly) {
                    Ok(bytes) => String::from_utf8(bytes)
                        .map(|text| Some(Secret::new(text)))
                        .map_err(|_| Error::invalid(format!("{} is not what azr writes", path.display()))),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(Error::read(path, e)),
                }
            }
            SecretStore::Keyring => keyring::get(&self.session),
        }
    }

    /// Forgets the secret.
    pub fn forget(&self) -> Result<()> {
        // Whoever holds it goes on holding it; one that is not there is as good as removed.
        let _ = fs::remove_file(self.beside("lock"));
        match self.store {
            SecretStore::None => Ok(()),
            SecretStore::File => match fs::remove_file(self.file()) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => Err(Error::write(self.file(), e)),
                _ => Ok(()),
            },
            SecretStore::Keyring => keyring::forget(&self.session),
        }
    }
}

#[cfg(feature = "keyring")]
mod keyring {
    //! The keyring: an entry of azr's for each login.

    use keyring::Entry;

    use crate::auth::Secret;
    use azr_core::error::{Error, Result};

    const SERVICE: &str = "azr";

    fn entry(session: &str) -> Result<Entry> {
        Entry::new(SERVICE, session).map_err(|e| failed(&e))
    }

    fn failed(error: &keyring::Error) -> Error {
        // Of an entry that is no text it would show the bytes.
        let why = match error {
            keyring::Error::BadEncoding(_) => "its entry is not text".to_owned(),
            other => other.to_string(),
        };
        Error::authentication(format!("the keyring of this system does not work: {why}"))
            .with_hint("Unlock it; or sign in again with azr login --store file, or none.")
    }

    pub fn put(session: &str, secret: &Secret) -> Result<()> {
        // As bytes: the credential manager of Windows takes 2,560 of them, and makes two of each letter of a password.
        entry(session)?.set_secret(secret.expose().as_bytes()).map_err(|e| failed(&e))
    }

    pub fn get(session: &str) -> Result<Option<Secret>> {
        match entry(session)?.get_secret() {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Ok(Some(Secret::new(text))),
                Err(e) => Err(failed(&keyring::Error::BadEncoding(e.into_bytes()))),
            },
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(e) => Err(failed(&e)),
        }
    }

    pub fn forget(session: &str) -> Result<()> {
        match entry(session)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(e) => Err(failed(&e)),
        }
    }
}

#[cfg(not(feature = "keyring"))]
mod keyring {
    //! That there is no keyring in this azr.

    use crate::auth::Secret;
    use azr_core::error::{Error, Result};

    fn missing() -> Error {
        Error::authentication("this azr was built without the keyring")
            .with_hint("Sign in with azr login --store file, or none.")
    }

    pub fn put(_: &str, _: &Secret) -> Result<()> {
        Err(missing())
    }

    pub fn get(_: &str) -> Result<Option<Secret>> {
        Err(missing())
    }

    pub fn forget(_: &str) -> Result<()> {
        Err(missing())
    }
}
