//! azr's own logins: the accounts that signed in with `azr login`, and their subscriptions.
//!
//! They are stored in `login/accounts.json` in azr's state folder, readable only by the user. The file contains no
//! secrets; [`SecretStore`] tells where each secret is. az's profile is neither read nor written.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::{Context, Subscription};
use crate::error::{Error, Result};
use crate::files::{
    self,
    private::{self, FileMode},
};

const ACCOUNTS_FILE: &str = "accounts.json";
const LOCK_FILE: &str = "lock";

/// Where the secret of a login is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretStore {
    /// In a file of azr that only the user can read.
    File,
    /// In the keyring of the operating system.
    Keyring,
    /// Nowhere: the login is valid until its access token expires.
    None,
}

/// An account that signed in with `azr login`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The name of a user, the id of an application, or what az calls a managed identity.
    pub name: String,
    /// The kind of account.
    #[serde(rename = "who")]
    pub kind: AccountKind,
    /// The tenant that it signed in to.
    pub tenant: String,
    /// The cloud that it signed in to.
    pub cloud: String,
    /// The authority that issued its tokens; its secret is sent to no other.
    pub authority: Url,
    /// The unique id of this login.
    pub session: String,
    /// Where its secret is stored.
    pub store: SecretStore,
}

/// The kind of an account, which determines how it authenticates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountKind {
    /// A user, with a refresh token.
    User {
        /// The id of the application that the refresh token was issued to.
        client: String,
    },
    /// An application with a secret.
    Secret,
    /// An application with a certificate, which is not copied from its file.
    Certificate {
        /// The PEM file.
        file: PathBuf,
        /// Whether the certificate chain is sent.
        sends_chain: bool,
    },
    /// An application with a federated token.
    Assertion,
    /// A managed identity of this machine.
    ManagedIdentity(MachineIdentity),
}

/// Which managed identity of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MachineIdentity {
    /// The system-assigned identity.
    System,
    /// The user-assigned identity with this client id.
    Client(String),
    /// The user-assigned identity with this object id.
    Object(String),
    /// The user-assigned identity with this resource id.
    Resource(String),
}

impl Account {
    /// Whether the account has this name and belongs to this cloud.
    #[must_use]
    pub fn matches(&self, name: &str, cloud: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.cloud == cloud
    }

    /// The `user` object that az's profile would have for it.
    #[must_use]
    pub fn profile_user(&self) -> Value {
        match &self.kind {
            AccountKind::User { .. } => json!({ "name": self.name, "type": "user" }),
            AccountKind::ManagedIdentity(identity) => {
                let info = match identity {
                    MachineIdentity::System => "MSI".to_owned(),
                    MachineIdentity::Client(id) => format!("MSIClient-{id}"),
                    MachineIdentity::Object(id) => format!("MSIObject-{id}"),
                    MachineIdentity::Resource(id) => format!("MSIResource-{id}"),
                };
                json!({ "assignedIdentityInfo": info, "name": self.name, "type": "servicePrincipal" })
            }
            _ => json!({ "name": self.name, "type": "servicePrincipal" }),
        }
    }
}

/// azr's own logins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Logins {
    /// The signed-in accounts, in the order of their logins.
    pub accounts: Vec<Account>,
    /// The id of the default subscription of each cloud.
    defaults: BTreeMap<String, String>,
    /// The subscriptions of the accounts, as entries of az's profile.
    subscriptions: Vec<Value>,
}

impl Logins {
    /// The accounts that signed in to a cloud.
    pub fn accounts_in_cloud<'a, 'c>(
        &'a self,
        cloud: &'c str,
    ) -> impl Iterator<Item = &'a Account> + use<'a, 'c> {
        self.accounts.iter().filter(move |account| account.cloud == cloud)
    }

    /// The account with this name in a cloud.
    #[must_use]
    pub fn account(&self, name: &str, cloud: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.matches(name, cloud))
    }

    /// The id of the default subscription of a cloud.
    #[must_use]
    pub(crate) fn default_id(&self, cloud: &str) -> Option<&str> {
        self.defaults.get(cloud).map(String::as_str)
    }

    /// The subscriptions of all accounts.
    pub fn subscriptions(&self) -> impl Iterator<Item = Subscription> {
        self.subscriptions
            .iter()
            .filter_map(Subscription::from_profile_entry)
            .map(Subscription::found_by_azr_login)
    }

    /// The subscriptions of an account, with the default marked.
    #[must_use]
    pub fn subscriptions_of(&self, account: &Account) -> Vec<Subscription> {
        let default = self.default_id(&account.cloud);
        let belongs_to_account = |s: &Subscription| {
            s.environment_name == account.cloud
                && s.user.as_deref().is_some_and(|u| account.matches(u, &account.cloud))
        };
        self.subscriptions()
            .filter(belongs_to_account)
            .map(|s| {
                let is_default = default == Some(s.id.as_str());
                s.with_default(is_default)
            })
            .collect()
    }

    /// The account of a cloud's default subscription, else the first account of the cloud.
    #[must_use]
    pub fn active(&self, cloud: &str) -> Option<&Account> {
        let default = self.default_id(cloud);
        let default_account = self
            .subscriptions()
            .find(|s| s.environment_name == cloud && Some(s.id.as_str()) == default)
            .and_then(|s| self.account(&s.user?, cloud));
        default_account.or_else(|| self.accounts_in_cloud(cloud).next())
    }

    /// Adds a login with its subscriptions; the account's earlier login is replaced and returned.
    ///
    /// The default subscription of the cloud is kept if it still exists; otherwise it becomes `preferred_default`, or the
    /// first enabled subscription.
    pub fn add(
        &mut self,
        account: Account,
        subscriptions: Vec<Value>,
        preferred_default: Option<&str>,
    ) -> Vec<Account> {
        let cloud = account.cloud.clone();
        let replaced = self.remove_account(&account.name, &cloud);
        // Each subscription belongs to the account that signed in to it last.
        let is_replaced = |entry: &Value| {
            entry["environmentName"] == json!(cloud) && subscriptions.iter().any(|s| s["id"] == entry["id"])
        };
        self.subscriptions.retain(|entry| !is_replaced(entry));
        self.accounts.push(account);
        self.subscriptions.extend(subscriptions);
        self.choose_default(&cloud, preferred_default);
        replaced
    }

    /// Removes an account and its subscriptions; returns the account.
    pub fn remove(&mut self, name: &str, cloud: &str) -> Vec<Account> {
        let removed = self.remove_account(name, cloud);
        self.choose_default(cloud, None);
        removed
    }

    fn remove_account(&mut self, name: &str, cloud: &str) -> Vec<Account> {
        let belongs_to_account = |entry: &Value| {
            let user = entry["user"]["name"].as_str().unwrap_or_default();
            entry["environmentName"] == json!(cloud) && user.eq_ignore_ascii_case(name)
        };
        self.subscriptions.retain(|entry| !belongs_to_account(entry));
        let (removed, remaining) = self.accounts.drain(..).partition(|account| account.matches(name, cloud));
        self.accounts = remaining;
        removed
    }

    /// Makes sure that the default subscription of a cloud exists.
    fn choose_default(&mut self, cloud: &str, preferred: Option<&str>) {
        let known: Vec<Subscription> = self.subscriptions().filter(|s| s.environment_name == cloud).collect();
        let is_known = |id: &str| known.iter().any(|s| s.id == id);
        let current =
            self.default_id(cloud).filter(|id| is_known(id)).or(preferred.filter(|id| is_known(id)));
        let first_enabled = || known.iter().find(|s| s.state.as_deref() == Some("Enabled")).or(known.first());
        match current.map(str::to_owned).or_else(|| first_enabled().map(|s| s.id.clone())) {
            Some(id) => drop(self.defaults.insert(cloud.to_owned(), id)),
            None => drop(self.defaults.remove(cloud)),
        }
    }

    /// Makes a subscription the default of a cloud.
    pub(super) fn set_default(&mut self, id: &str, cloud: &str) {
        self.defaults.insert(cloud.to_owned(), id.to_owned());
    }
}

impl Context {
    /// azr's own logins.
    pub fn logins(&self) -> Result<&Logins> {
        if let Some(logins) = self.logins.get() {
            return Ok(logins);
        }
        // Without a state folder there are no logins, but other credentials work.
        let logins = Arc::new(match self.login_dir() {
            Ok(folder) => read_logins(&folder)?,
            Err(_) => Logins::default(),
        });
        Ok(self.logins.get_or_init(|| logins))
    }

    /// The folder of azr's own logins and their secrets; it does not exist before the first login.
    pub fn login_dir(&self) -> Result<PathBuf> {
        Ok(self.state_dir()?.join("login"))
    }

    /// Changes azr's own logins on disk under a lock; returns the new logins and the result of `change`.
    pub fn update_logins<T>(&self, change: impl FnOnce(&mut Logins) -> T) -> Result<(Logins, T)> {
        let folder = self.login_dir()?;
        let _lock = lock_folder(&folder)?;
        let mut logins = read_logins(&folder)?;
        let result = change(&mut logins);
        let path = folder.join(ACCOUNTS_FILE);
        if logins.accounts.is_empty() {
            match files::retry_while_in_use(|| fs::remove_file(&path)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::write(path, e)),
                _ => {}
            }
        } else {
            let text = serde_json::to_string_pretty(&logins)
                .map_err(|e| Error::unexpected(format!("the logins cannot be serialized: {e}")))?;
            private::write_file(&path, text.as_bytes())?;
        }
        Ok((logins, result))
    }
}

/// Waits for the lock on the folder of the logins, which is released when the file is dropped.
fn lock_folder(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK_FILE);
    let file = private::open_lock_file(&path)?;
    file.lock().map_err(|e| Error::write(&path, e))?;
    Ok(file)
}

fn read_logins(folder: &Path) -> Result<Logins> {
    let path = folder.join(ACCOUNTS_FILE);
    let text = match private::read_file(&path, FileMode::OwnerOnly) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Logins::default()),
        Err(e) => return Err(Error::read(path, e)),
    };
    private::check_folder(folder).map_err(|e| Error::read(folder, e))?;
    serde_json::from_slice(&text).map_err(|e| {
        Error::invalid(format!("{} is not a valid login file: {e}", path.display()))
            .with_hint("Delete the file and sign in again with azr login.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Environment, Terminal};

    const CLOUD: &str = "AzureCloud";

    fn account(name: &str) -> Account {
        Account {
            name: name.to_owned(),
            kind: AccountKind::User { client: "c".to_owned() },
            tenant: "t".to_owned(),
            cloud: CLOUD.to_owned(),
            authority: Url::parse("https://login.example/").unwrap(),
            session: format!("session of {name}"),
            store: SecretStore::File,
        }
    }

    fn subscriptions(user: &str, ids: &[&str]) -> Vec<Value> {
        let entry = |id: &&str| {
            json!({ "id": id, "name": format!("Sub {id}"), "state": "Enabled", "tenantId": "t", "isDefault": false,
                    "environmentName": CLOUD, "user": { "name": user, "type": "user" } })
        };
        ids.iter().map(entry).collect()
    }

    fn ids(logins: &Logins) -> Vec<String> {
        logins.subscriptions().map(|s| s.id).collect()
    }

    #[test]
    fn signing_in_again_replaces_the_account_and_keeps_the_default() {
        let mut logins = Logins::default();
        assert!(logins.add(account("one"), subscriptions("one", &["a", "b"]), Some("b")).is_empty());
        assert_eq!(logins.default_id(CLOUD), Some("b"));
        logins.add(account("two"), subscriptions("two", &["b", "c"]), Some("c"));
        assert_eq!((ids(&logins), logins.default_id(CLOUD)), (strings(&["a", "b", "c"]), Some("b")));
        assert_eq!(
            logins.active(CLOUD).map(|a| a.name.as_str()),
            Some("two"),
            "the last login to a subscription is used"
        );
        let replaced = logins.add(account("ONE"), subscriptions("ONE", &["d"]), None);
        assert_eq!(replaced.len(), 1);
        assert_eq!(ids(&logins), ["b", "c", "d"]);
        logins.remove("two", CLOUD);
        assert_eq!((ids(&logins), logins.default_id(CLOUD)), (strings(&["d"]), Some("d")));
        logins.remove("one", "AzureChinaCloud");
        assert_eq!(logins.remove("one", CLOUD).len(), 1);
        assert_eq!(logins, Logins::default());
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn the_file_exists_while_an_account_is_signed_in() {
        let home = tempfile::tempdir().unwrap();
        let context = || Context::new(Environment::for_test(home.path(), []), Terminal::default());
        assert_eq!(context().logins().unwrap(), &Logins::default());
        let (updated, _) =
            context().update_logins(|l| l.add(account("one"), subscriptions("one", &["a"]), None)).unwrap();
        assert_eq!(context().logins().unwrap(), &updated);
        let file = context().login_dir().unwrap().join(ACCOUNTS_FILE);
        fs::write(&file, "{").unwrap();
        assert!(context().logins().unwrap_err().hint().unwrap().contains("azr login"));
        fs::write(&file, serde_json::to_vec(&updated).unwrap()).unwrap();
        context().update_logins(|l| l.remove("one", CLOUD)).unwrap();
        assert!(!file.exists());
    }

    #[cfg(unix)]
    #[test]
    fn files_that_others_could_write_are_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let context = || Context::new(Environment::for_test(home.path(), []), Terminal::default());
        context().update_logins(|l| l.add(account("one"), Vec::new(), None)).unwrap();
        let folder = context().login_dir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&folder), mode(&folder.join(ACCOUNTS_FILE)), mode(&folder.join(LOCK_FILE))),
            (0o700, 0o600, 0o600)
        );
        fs::set_permissions(folder.join(ACCOUNTS_FILE), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(context().logins().unwrap_err().to_string().contains("chmod"));
        fs::set_permissions(folder.join(ACCOUNTS_FILE), fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(context().logins().unwrap_err().to_string().contains("chmod"));
    }
}
