//! az's profile: who is signed in, to which subscriptions, and which of them is used where nothing is said.
//!
//! What azr's own logins found comes before it, and they choose the default in a cloud that they know.
//!
//! The file is `azureProfile.json` in az's configuration folder: UTF-8, with a byte order mark as az writes it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Context, EMULATOR, Subscription, text_of};
use crate::error::{Error, Result};

const SIGN_IN: &str =
    "Sign in with azr login or az login, or give --subscription ID or AZURE_SUBSCRIPTION_ID.";
const MARK: &str = "\u{feff}";

impl Context {
    /// az's profile file, which may not be there.
    pub fn profile_path(&self) -> Result<PathBuf> {
        Ok(self.config_dir()?.join("azureProfile.json"))
    }

    /// The subscriptions the user is signed in to, in the cloud in use or in `all_clouds`: those that azr's own logins
    /// found, and the others that az knows.
    pub fn subscriptions(&self, all_clouds: bool) -> Result<Vec<Subscription>> {
        let cloud = self.cloud()?;
        let logins = self.logins()?;
        let mut found: Vec<Subscription> = logins.subscriptions().collect();
        for one in entries(self.profile()?).iter().filter_map(Subscription::of_profile) {
            if !found.iter().any(|s| s.is_own && s.is_same(&one)) {
                found.push(one);
            }
        }
        let mut found: Vec<Subscription> =
            found.into_iter().filter(|s| all_clouds || s.environment_name == cloud.name).collect();
        let is_own_default = |s: &Subscription| logins.default_id(&s.environment_name) == Some(s.id.as_str());
        let chosen: BTreeSet<String> =
            found.iter().filter(|s| is_own_default(s)).map(|s| s.environment_name.clone()).collect();
        found = found
            .into_iter()
            .map(|s| {
                let is_default = is_own_default(&s);
                if chosen.contains(&s.environment_name) { s.marked_default(is_default) } else { s }
            })
            .collect();
        if cloud.name == EMULATOR && !found.iter().any(|s| s.environment_name == EMULATOR) {
            found.push(Subscription::example());
        }
        Ok(found)
    }

    /// The subscription to use: `given` (an id or a name), else `AZURE_SUBSCRIPTION_ID`, else the profile's default.
    ///
    /// An id that the profile doesn't know is used as it is: a service principal need not have signed in.
    pub fn subscription(&self, given: Option<&str>) -> Result<Subscription> {
        let known = self.subscriptions(false)?;
        let named = given.map(|g| (g, "--subscription"));
        let set = || self.var("AZURE_SUBSCRIPTION_ID").map(|s| (s, "AZURE_SUBSCRIPTION_ID"));
        let Some((wanted, from)) = named.or_else(set) else {
            let (why, mend) = match known.iter().find(|s| s.is_default) {
                Some(default) => return Ok(default.clone()),
                None if known.is_empty() => ("nobody is signed in, and none is named", SIGN_IN),
                None => ("none is the default", "Choose one with az account set, or give --subscription."),
            };
            return Err(Error::Auth {
                message: format!("no subscription is chosen: {why}"),
                hint: Some(mend.to_owned()),
            });
        };
        let called: Vec<&Subscription> = known.iter().filter(|s| s.is_called(wanted)).collect();
        match (called.as_slice(), uuid::Uuid::try_parse(wanted)) {
            ([one], _) => Ok((*one).clone()),
            ([], Ok(id)) => Ok(Subscription::of_id(&id.hyphenated().to_string(), &self.cloud()?.name)),
            ([], Err(_)) => Err(unknown(wanted, from, &known)),
            (many, _) => {
                let ids: Vec<&str> = many.iter().map(|s| s.id.as_str()).collect();
                Err(Error::invalid(format!("{from}: several subscriptions are called '{wanted}'"))
                    .with_hint(format!("Give the id: {}.", ids.join(", "))))
            }
        }
    }

    /// The id of the subscription that az uses in a cloud where nothing is said.
    pub fn default_of_az(&self, cloud: &str) -> Result<Option<String>> {
        let found = entries(self.profile()?).iter().filter_map(Subscription::of_profile);
        Ok(found.filter(|s| s.environment_name == cloud).find(|s| s.is_default_of_az).map(|s| s.id))
    }

    /// Makes a subscription (an id or a name) the default, as `az account set` does, and keeps all else in the file.
    ///
    /// In a cloud that azr's own logins know it is their default, and az's stays what it was.
    pub fn set_default_subscription(&self, given: &str) -> Result<Subscription> {
        let cloud = self.cloud()?.name.clone();
        let known = self.subscriptions(false)?;
        let called: Vec<&Subscription> = known.iter().filter(|s| s.is_called(given)).collect();
        let chosen = match called.as_slice() {
            [one] => (*one).clone(),
            [] => return Err(unknown(given, "--subscription", &known)),
            _ => {
                return Err(Error::invalid(format!(
                    "The subscription of '{given}' has more than one match in cloud '{cloud}'."
                ))
                .with_hint("Give its id."));
            }
        };
        if self.logins()?.of_cloud(&cloud).next().is_some() {
            self.change_logins(|logins| logins.set_default(&chosen.id, &cloud))?;
            return Ok(chosen);
        }
        // Read again: az may have written since, and its tokens' entries must not be lost.
        let path = self.profile_path()?;
        let mut profile = read(&path)?;
        let is_chosen = |e: &Value| e["id"] == json!(chosen.id) && e["environmentName"] == json!(cloud);
        // The emulator's own subscription is in no file, and choosing it leaves the others' default alone.
        let Some(list) = profile["subscriptions"].as_array_mut().filter(|l| l.iter().any(is_chosen)) else {
            return Ok(chosen);
        };
        for entry in list.iter_mut().filter(|e| e.is_object()) {
            entry["isDefault"] = json!(is_chosen(entry));
        }
        write(&path, &profile)?;
        Ok(chosen)
    }

    fn profile(&self) -> Result<&Value> {
        if let Some(profile) = self.profile.get() {
            return Ok(profile);
        }
        // Without a home folder nobody has signed in, but a service principal can work.
        let read = Arc::new(match self.profile_path() {
            Ok(path) => read(&path)?,
            Err(_) => json!({}),
        });
        Ok(self.profile.get_or_init(|| read))
    }
}

fn entries(profile: &Value) -> &[Value] {
    profile["subscriptions"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn unknown(wanted: &str, from: &str, known: &[Subscription]) -> Error {
    let names: Vec<String> = known.iter().map(|s| format!("'{}' ({})", s.name, s.id)).collect();
    let hint = if names.is_empty() {
        format!("Nobody is signed in, so only an id can be used. {SIGN_IN}")
    } else {
        format!("Known are {}; signing in again looks for more.", names.join(", "))
    };
    Error::invalid(format!("{from}: there is no subscription '{wanted}'")).with_hint(hint)
}

fn read(path: &std::path::Path) -> Result<Value> {
    let text = match text_of(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(json!({})),
        Err(e) => return Err(Error::read(path, e)),
    };
    let text = text.strip_prefix(MARK).unwrap_or(&text);
    let bad = |why: String| {
        Error::invalid(format!("{} is not what az writes: {why}", path.display()))
            .with_hint("az login writes it anew.")
    };
    match serde_json::from_str(text) {
        Ok(profile @ Value::Object(_)) => Ok(profile),
        Ok(_) => Err(bad("it is no JSON object".to_owned())),
        Err(e) => Err(bad(e.to_string())),
    }
}

fn write(path: &std::path::Path, profile: &Value) -> Result<()> {
    // A link (folders shared into containers) stays one: its target is replaced.
    let path = std::fs::canonicalize(path).map_err(|e| Error::write(path, e))?;
    let failed = |e| Error::write(&path, e);
    let folder = path.parent().unwrap_or(&path);
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    write!(file, "{MARK}{profile}").map_err(failed)?;
    let permissions = std::fs::metadata(&path).map_err(failed)?.permissions();
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path).map_err(|e| Error::write(&path, e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{Environment, Terminal};

    const A: &str = "aaaaaaaa-0000-0000-0000-000000000000";
    const B: &str = "bbbbbbbb-0000-0000-0000-000000000000";

    fn signed_in(variables: &[(&str, &str)]) -> (tempfile::TempDir, Context) {
        let home = tempfile::tempdir().unwrap();
        let entry = |id: &str, name: &str, cloud: &str, default: bool| {
            json!({ "id": id, "name": name, "state": "Enabled", "tenantId": "t", "isDefault": default,
                    "user": { "name": "me", "type": "user" }, "environmentName": cloud })
        };
        let profile = json!({ "installationId": "keep", "subscriptions": [
            entry(A, "First One", "AzureCloud", true),
            entry(B, "Second", "AzureCloud", false),
            entry(B, "Second", "AzureChinaCloud", false),
            entry("c", "Twin", "AzureCloud", false),
            entry("d", "twin", "AzureCloud", false),
        ]});
        std::fs::create_dir(home.path().join(".azure")).unwrap();
        std::fs::write(home.path().join(".azure/azureProfile.json"), format!("{MARK}{profile}")).unwrap();
        let context =
            Context::new(Environment::made_up(home.path(), variables.iter().copied()), Terminal::default());
        (home, context)
    }

    #[test]
    fn a_subscription_is_found_by_id_name_variable_or_default() {
        let (_home, context) = signed_in(&[]);
        assert_eq!(context.subscription(None).unwrap().id, A);
        assert_eq!(context.subscription(Some("SECOND")).unwrap().id, B);
        assert_eq!(context.subscription(Some(&B.to_uppercase())).unwrap().name, "Second");
        let stranger = "CCCCCCCC-0000-0000-0000-000000000000";
        let used = context.subscription(Some(stranger)).unwrap();
        assert_eq!((used.id.as_str(), used.tenant_id), (stranger.to_lowercase().as_str(), None));
        let (_home, context) = signed_in(&[("AZURE_SUBSCRIPTION_ID", B)]);
        assert_eq!(context.subscription(None).unwrap().id, B);
        assert_eq!(context.subscription(Some("first one")).unwrap().id, A);
    }

    #[test]
    fn what_is_not_known_says_what_is() {
        let (_home, context) = signed_in(&[]);
        let error = context.subscription(Some("third")).unwrap_err();
        assert!(error.to_string().contains("'third'"));
        assert!(error.hint().unwrap().contains("'First One' (aaaaaaaa"));
        let error = context.subscription(Some("twin")).unwrap_err();
        assert!(error.hint().unwrap().contains("c, d"));
        let nobody = Context::new(Environment::made_up("/nowhere", []), Terminal::default());
        let error = nobody.subscription(None).unwrap_err();
        assert_eq!(error.code(), "Authentication");
        assert!(error.hint().unwrap().contains("az login"));
    }

    #[test]
    fn the_emulator_needs_no_login() {
        let (_home, context) = signed_in(&[("AZURE_CLOUD_NAME", "AzureEmulator")]);
        let default = context.subscription(None).unwrap();
        assert_eq!((default.name.as_str(), default.is_default), ("Example Sub", true));
        assert_eq!(context.subscription(Some("example sub")).unwrap(), default);
        assert_eq!(context.subscriptions(false).unwrap().len(), 1);
        assert_eq!(default.listed()["cloudName"], EMULATOR);
        assert_eq!(default.shown()["environmentName"], EMULATOR);
        let file = context.profile_path().unwrap();
        let before = std::fs::read(&file).unwrap();
        assert_eq!(context.set_default_subscription("Example Sub").unwrap(), default);
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    #[test]
    fn an_id_is_enough_where_there_is_no_home() {
        let context = Context::new(Environment::default(), Terminal::default());
        assert_eq!(context.subscription(Some(A)).unwrap().id, A);
        assert_eq!(context.default_group().unwrap(), None);
        assert!(context.subscription(None).is_err());
    }

    #[test]
    fn a_profile_that_is_none_is_refused_in_one_line() {
        for bad in ["[]", "{", "\u{feff}7"] {
            let (home, context) = signed_in(&[]);
            std::fs::write(home.path().join(".azure/azureProfile.json"), bad).unwrap();
            let error = context.subscription(None).unwrap_err();
            assert!(error.to_string().contains("azureProfile.json is not what az writes"), "{error}");
        }
    }

    #[test]
    fn setting_the_default_keeps_the_rest() {
        let (home, context) = signed_in(&[]);
        assert_eq!(context.set_default_subscription("second").unwrap().id, B);
        let text = std::fs::read_to_string(home.path().join(".azure/azureProfile.json")).unwrap();
        let profile: Value = serde_json::from_str(text.strip_prefix(MARK).unwrap()).unwrap();
        assert_eq!(profile["installationId"], "keep");
        let defaults: Vec<bool> =
            entries(&profile).iter().map(|e| e["isDefault"].as_bool().unwrap()).collect();
        assert_eq!(defaults, [false, true, false, false, false]);
        assert!(context.set_default_subscription("nobody").is_err());
    }
}
