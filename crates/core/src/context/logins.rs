//! azr's own logins: who signed in with `azr login`, and which subscriptions were found then.
//!
//! The file is `login/accounts.json` in azr's state folder, for the user alone. It holds no secret: those are where
//! [`Store`] says. az's own profile is neither read nor written for it.

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
use crate::files::private::{self, Care};

const ACCOUNTS: &str = "accounts.json";
const LOCK: &str = "lock";

/// Where the secret of a login is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In a file of azr's own that only the user may read.
    File,
    /// In the keyring of the system.
    Keyring,
    /// Nowhere: the login ends with its access token.
    None,
}

/// Somebody who signed in with `azr login`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The name of a user, the id of an application, or az's word for a managed identity.
    pub name: String,
    /// What it is.
    pub who: Who,
    /// The tenant it signed in to.
    pub tenant: String,
    /// The cloud it signed in to.
    pub cloud: String,
    /// Who gave out its tokens, and is the only one to see what is kept of it.
    pub authority: Url,
    /// A name of this login that no other has, before or after it.
    pub session: String,
    /// Where its secret is.
    pub store: Store,
}

/// What an account is, and how it shows who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Who {
    /// A person, by a refresh token that was given to this application.
    User {
        /// The id of the application.
        client: String,
    },
    /// An application with a secret.
    Secret,
    /// An application with a certificate, which stays in its file.
    Certificate {
        /// The PEM file.
        file: PathBuf,
        /// Whether the whole chain is sent.
        sends_chain: bool,
    },
    /// An application with an assertion that somebody else made.
    Assertion,
    /// The identity of the machine.
    ManagedIdentity(Identity),
}

/// Which of a machine's identities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Identity {
    /// Its own.
    System,
    /// One that was assigned to it, by its client id.
    Client(String),
    /// By its object id.
    Object(String),
    /// By its resource id.
    Resource(String),
}

impl Account {
    /// Whether this is `name` in `cloud`.
    #[must_use]
    pub fn is(&self, name: &str, cloud: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) && self.cloud == cloud
    }

    /// What az's profile says of who signed in.
    #[must_use]
    pub fn user(&self) -> Value {
        match &self.who {
            Who::User { .. } => json!({ "name": self.name, "type": "user" }),
            Who::ManagedIdentity(identity) => {
                let info = match identity {
                    Identity::System => "MSI".to_owned(),
                    Identity::Client(id) => format!("MSIClient-{id}"),
                    Identity::Object(id) => format!("MSIObject-{id}"),
                    Identity::Resource(id) => format!("MSIResource-{id}"),
                };
                json!({ "assignedIdentityInfo": info, "name": self.name, "type": "servicePrincipal" })
            }
            _ => json!({ "name": self.name, "type": "servicePrincipal" }),
        }
    }
}

/// All of azr's own logins.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Logins {
    /// Who signed in, in the order in which they did.
    pub accounts: Vec<Account>,
    /// The subscription that is used where nothing is said, for each cloud.
    defaults: BTreeMap<String, String>,
    /// The subscriptions that were found, as az's profile has them.
    subscriptions: Vec<Value>,
}

impl Logins {
    /// The accounts of a cloud.
    pub fn of_cloud<'a, 'c>(&'a self, cloud: &'c str) -> impl Iterator<Item = &'a Account> + use<'a, 'c> {
        self.accounts.iter().filter(move |account| account.cloud == cloud)
    }

    /// The account that signs in for a subscription.
    #[must_use]
    pub fn account(&self, name: &str, cloud: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.is(name, cloud))
    }

    /// The id of the subscription that is used in a cloud where nothing is said.
    #[must_use]
    pub fn default_id(&self, cloud: &str) -> Option<&str> {
        self.defaults.get(cloud).map(String::as_str)
    }

    /// The subscriptions that were found.
    pub fn subscriptions(&self) -> impl Iterator<Item = Subscription> {
        self.subscriptions.iter().filter_map(Subscription::of_profile).map(Subscription::own)
    }

    /// The subscriptions of an account, with the one marked that is used where nothing is said.
    #[must_use]
    pub fn of_account(&self, account: &Account) -> Vec<Subscription> {
        let default = self.default_id(&account.cloud);
        let is_of = |s: &Subscription| {
            s.environment_name == account.cloud
                && s.user.as_deref().is_some_and(|u| account.is(u, &account.cloud))
        };
        self.subscriptions()
            .filter(is_of)
            .map(|s| {
                let is_default = default == Some(s.id.as_str());
                s.marked_default(is_default)
            })
            .collect()
    }

    /// The account of a cloud's default subscription, or its only one.
    #[must_use]
    pub fn active(&self, cloud: &str) -> Option<&Account> {
        let default = self.default_id(cloud);
        let of_default = self
            .subscriptions()
            .find(|s| s.environment_name == cloud && Some(s.id.as_str()) == default)
            .and_then(|s| self.account(&s.user?, cloud));
        of_default.or_else(|| self.of_cloud(cloud).next())
    }

    /// Takes in a login with the subscriptions that were found, in the place of the same account's earlier one, which
    /// is given back.
    ///
    /// The default stays where it is still known; `wished` comes next, and then the first that is enabled.
    pub fn add(&mut self, account: Account, found: Vec<Value>, wished: Option<&str>) -> Vec<Account> {
        let cloud = account.cloud.clone();
        let before = self.take(&account.name, &cloud);
        // A subscription is worked in by who signed in last.
        let is_found = |entry: &Value| {
            entry["environmentName"] == json!(cloud) && found.iter().any(|f| f["id"] == entry["id"])
        };
        self.subscriptions.retain(|entry| !is_found(entry));
        self.accounts.push(account);
        self.subscriptions.extend(found);
        self.settle(&cloud, wished);
        before
    }

    /// Takes out an account with its subscriptions; it is given back.
    pub fn remove(&mut self, name: &str, cloud: &str) -> Vec<Account> {
        let gone = self.take(name, cloud);
        self.settle(cloud, None);
        gone
    }

    fn take(&mut self, name: &str, cloud: &str) -> Vec<Account> {
        let is_of = |entry: &Value| {
            let user = entry["user"]["name"].as_str().unwrap_or_default();
            entry["environmentName"] == json!(cloud) && user.eq_ignore_ascii_case(name)
        };
        self.subscriptions.retain(|entry| !is_of(entry));
        let (gone, kept) = self.accounts.drain(..).partition(|account| account.is(name, cloud));
        self.accounts = kept;
        gone
    }

    /// Sees to it that the default of a cloud is a subscription that is there.
    fn settle(&mut self, cloud: &str, wished: Option<&str>) {
        let known: Vec<Subscription> = self.subscriptions().filter(|s| s.environment_name == cloud).collect();
        let is_known = |id: &str| known.iter().any(|s| s.id == id);
        let kept = self.default_id(cloud).filter(|id| is_known(id)).or(wished.filter(|id| is_known(id)));
        let enabled = || known.iter().find(|s| s.state.as_deref() == Some("Enabled")).or(known.first());
        match kept.map(str::to_owned).or_else(|| enabled().map(|s| s.id.clone())) {
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
        // Without a folder nobody has signed in, but a service principal can work.
        let read = Arc::new(match self.login_folder() {
            Ok(folder) => read(&folder)?,
            Err(_) => Logins::default(),
        });
        Ok(self.logins.get_or_init(|| read))
    }

    /// The folder of azr's own logins and of what they keep; not there before somebody signs in.
    pub fn login_folder(&self) -> Result<PathBuf> {
        Ok(self.state_dir()?.join("login"))
    }

    /// Changes azr's own logins on disk, while no other azr does, and gives back what they are now.
    pub fn change_logins<T>(&self, change: impl FnOnce(&mut Logins) -> T) -> Result<(Logins, T)> {
        let folder = self.login_folder()?;
        let _held = lock(&folder)?;
        let mut logins = read(&folder)?;
        let given = change(&mut logins);
        let path = folder.join(ACCOUNTS);
        if logins.accounts.is_empty() {
            match fs::remove_file(&path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::write(path, e)),
                _ => {}
            }
        } else {
            let text = serde_json::to_string_pretty(&logins)
                .map_err(|e| Error::Unexpected(format!("the logins have no form: {e}")))?;
            private::write(&path, text.as_bytes())?;
        }
        Ok((logins, given))
    }
}

/// Waits until no other azr holds the folder of the logins, and holds it until the file is dropped.
fn lock(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let file = private::open_lock(&path)?;
    file.lock().map_err(|e| Error::write(&path, e))?;
    Ok(file)
}

fn read(folder: &Path) -> Result<Logins> {
    let path = folder.join(ACCOUNTS);
    let text = match private::read(&path, Care::Secret) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Logins::default()),
        Err(e) => return Err(Error::read(path, e)),
    };
    private::check_folder(folder).map_err(|e| Error::read(folder, e))?;
    serde_json::from_slice(&text).map_err(|e| {
        Error::invalid(format!("{} is not what azr writes: {e}", path.display()))
            .with_hint("Remove it, and sign in again with azr login.")
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
            who: Who::User { client: "c".to_owned() },
            tenant: "t".to_owned(),
            cloud: CLOUD.to_owned(),
            authority: Url::parse("https://login.example/").unwrap(),
            session: format!("session of {name}"),
            store: Store::File,
        }
    }

    fn found(user: &str, ids: &[&str]) -> Vec<Value> {
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
    fn signing_in_again_replaces_and_the_default_stays() {
        let mut logins = Logins::default();
        assert!(logins.add(account("one"), found("one", &["a", "b"]), Some("b")).is_empty());
        assert_eq!(logins.default_id(CLOUD), Some("b"));
        logins.add(account("two"), found("two", &["b", "c"]), Some("c"));
        assert_eq!((ids(&logins), logins.default_id(CLOUD)), (strings(&["a", "b", "c"]), Some("b")));
        assert_eq!(logins.active(CLOUD).map(|a| a.name.as_str()), Some("two"), "who came last works in it");
        let before = logins.add(account("ONE"), found("ONE", &["d"]), None);
        assert_eq!(before.len(), 1);
        assert_eq!(ids(&logins), ["b", "c", "d"]);
        logins.remove("two", CLOUD);
        assert_eq!((ids(&logins), logins.default_id(CLOUD)), (strings(&["d"]), Some("d")));
        logins.remove("one", "AzureChinaCloud");
        assert_eq!(logins.remove("one", CLOUD).len(), 1);
        assert_eq!(logins, Logins::default());
    }

    fn strings(of: &[&str]) -> Vec<String> {
        of.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn the_file_is_there_while_somebody_is_signed_in() {
        let home = tempfile::tempdir().unwrap();
        let context = || Context::new(Environment::made_up(home.path(), []), Terminal::default());
        assert_eq!(context().logins().unwrap(), &Logins::default());
        let (now, _) =
            context().change_logins(|l| l.add(account("one"), found("one", &["a"]), None)).unwrap();
        assert_eq!(context().logins().unwrap(), &now);
        let file = context().login_folder().unwrap().join(ACCOUNTS);
        fs::write(&file, "{").unwrap();
        assert!(context().logins().unwrap_err().hint().unwrap().contains("azr login"));
        fs::write(&file, serde_json::to_vec(&now).unwrap()).unwrap();
        context().change_logins(|l| l.remove("one", CLOUD)).unwrap();
        assert!(!file.exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_others_could_have_written_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().unwrap();
        let context = || Context::new(Environment::made_up(home.path(), []), Terminal::default());
        context().change_logins(|l| l.add(account("one"), Vec::new(), None)).unwrap();
        let folder = context().login_folder().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&folder), mode(&folder.join(ACCOUNTS)), mode(&folder.join(LOCK))),
            (0o700, 0o600, 0o600)
        );
        fs::set_permissions(folder.join(ACCOUNTS), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(context().logins().unwrap_err().to_string().contains("chmod"));
        fs::set_permissions(folder.join(ACCOUNTS), fs::Permissions::from_mode(0o600)).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(context().logins().unwrap_err().to_string().contains("chmod"));
    }
}
