//! Subscriptions: those of azr's own logins and those of az's profile, and which of them is the default.
//!
//! azr's own logins take precedence over az's profile, also for the default of a cloud that they have a login for.
//!
//! The profile is `azureProfile.json` in az's configuration folder: UTF-8, with a byte order mark as az writes it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{Context, EMULATOR_CLOUD, Subscription, read_az_file};
use crate::error::{Error, Result};
use crate::files;

const SIGN_IN_HINT: &str =
    "Sign in with azr login or az login, or give --subscription ID or AZURE_SUBSCRIPTION_ID.";
const BYTE_ORDER_MARK: &str = "\u{feff}";

impl Context {
    /// The path of az's profile, which may not exist.
    pub fn profile_path(&self) -> Result<PathBuf> {
        Ok(self.config_dir()?.join("azureProfile.json"))
    }

    /// The subscriptions that the user is signed in to, in the active cloud or in all clouds: those of azr's own logins,
    /// then the others of az's profile.
    pub fn subscriptions(&self, all_clouds: bool) -> Result<Vec<Subscription>> {
        let cloud = self.cloud()?;
        let logins = self.logins()?;
        let mut known: Vec<Subscription> = logins.subscriptions().collect();
        for subscription in entries(self.profile()?).iter().filter_map(Subscription::from_profile_entry) {
            if !known.iter().any(|s| s.is_from_azr_login && s.is_same(&subscription)) {
                known.push(subscription);
            }
        }
        let mut subscriptions: Vec<Subscription> =
            known.into_iter().filter(|s| all_clouds || s.environment_name == cloud.name).collect();
        let is_own_default = |s: &Subscription| logins.default_id(&s.environment_name) == Some(s.id.as_str());
        let clouds_with_own_default: BTreeSet<String> =
            subscriptions.iter().filter(|s| is_own_default(s)).map(|s| s.environment_name.clone()).collect();
        subscriptions = subscriptions
            .into_iter()
            .map(|s| {
                let is_default = is_own_default(&s);
                if clouds_with_own_default.contains(&s.environment_name) {
                    s.with_default(is_default)
                } else {
                    s
                }
            })
            .collect();
        if cloud.name == EMULATOR_CLOUD && !subscriptions.iter().any(|s| s.environment_name == EMULATOR_CLOUD)
        {
            subscriptions.push(Subscription::emulator());
        }
        Ok(subscriptions)
    }

    /// The subscription to use: `id_or_name`, else `AZURE_SUBSCRIPTION_ID`, else the default.
    ///
    /// An unknown id is accepted, because a service principal need not have signed in.
    pub fn subscription(&self, id_or_name: Option<&str>) -> Result<Subscription> {
        let known = self.subscriptions(false)?;
        // As in az, an empty one selects none.
        let from_option = id_or_name.filter(|s| !s.is_empty()).map(|s| (s, "--subscription"));
        let from_variable = || self.var("AZURE_SUBSCRIPTION_ID").map(|s| (s, "AZURE_SUBSCRIPTION_ID"));
        let Some((requested, source)) = from_option.or_else(from_variable) else {
            let (reason, hint) = match known.iter().find(|s| s.is_default) {
                Some(default) => return Ok(default.clone()),
                None if known.is_empty() => ("no account is signed in", SIGN_IN_HINT),
                None => ("there is no default", "Set a default with az account set, or give --subscription."),
            };
            return Err(
                Error::authentication(format!("no subscription is selected: {reason}")).with_hint(hint)
            );
        };
        let matching: Vec<&Subscription> = known.iter().filter(|s| s.has_id_or_name(requested)).collect();
        match (matching.as_slice(), uuid::Uuid::try_parse(requested)) {
            ([one], _) => Ok((*one).clone()),
            ([], Ok(id)) => Ok(Subscription::from_id(&id.hyphenated().to_string(), &self.cloud()?.name)),
            ([], Err(_)) => Err(unknown_subscription(requested, source, &known)),
            (many, _) => {
                let ids: Vec<&str> = many.iter().map(|s| s.id.as_str()).collect();
                Err(Error::ambiguous(format!("{source}: several subscriptions are named '{requested}'"))
                    .with_hint(format!("Use the id of one of them: {}.", ids.join(", "))))
            }
        }
    }

    /// The id of az's default subscription in a cloud.
    pub fn az_default_subscription_id(&self, cloud: &str) -> Result<Option<String>> {
        let subscriptions = entries(self.profile()?).iter().filter_map(Subscription::from_profile_entry);
        Ok(subscriptions.filter(|s| s.environment_name == cloud).find(|s| s.is_az_default).map(|s| s.id))
    }

    /// Makes a subscription the default, as `az account set` does; the rest of az's profile is kept.
    ///
    /// If azr's own logins include the cloud, their default is changed instead of az's.
    pub fn set_default_subscription(&self, id_or_name: &str) -> Result<Subscription> {
        let cloud = self.cloud()?.name.clone();
        let known = self.subscriptions(false)?;
        let matching: Vec<&Subscription> = known.iter().filter(|s| s.has_id_or_name(id_or_name)).collect();
        let chosen = match matching.as_slice() {
            [one] => (*one).clone(),
            [] => return Err(unknown_subscription(id_or_name, "--subscription", &known)),
            _ => {
                return Err(Error::ambiguous(format!(
                    "The subscription of '{id_or_name}' has more than one match in cloud '{cloud}'."
                ))
                .with_hint("Use its id."));
            }
        };
        if self.logins()?.accounts_in_cloud(&cloud).next().is_some() {
            self.update_logins(|logins| logins.set_default(&chosen.id, &cloud))?;
            return Ok(chosen);
        }
        // Read again: az may have changed the file since, and its changes must not be lost.
        let path = self.profile_path()?;
        let mut profile = read_profile(&path)?;
        let is_chosen = |e: &Value| e["id"] == json!(chosen.id) && e["environmentName"] == json!(cloud);
        // The emulator's subscription is not in the profile; selecting it does not change the default.
        let Some(list) = profile["subscriptions"].as_array_mut().filter(|l| l.iter().any(is_chosen)) else {
            return Ok(chosen);
        };
        for entry in list.iter_mut().filter(|e| e.is_object()) {
            entry["isDefault"] = json!(is_chosen(entry));
        }
        files::replace_file(&path, format!("{BYTE_ORDER_MARK}{profile}").as_bytes())?;
        Ok(chosen)
    }

    fn profile(&self) -> Result<&Value> {
        if let Some(profile) = self.profile.get() {
            return Ok(profile);
        }
        // Without a home folder there is no profile, but a service principal can work.
        let profile = Arc::new(match self.profile_path() {
            Ok(path) => read_profile(&path)?,
            Err(_) => json!({}),
        });
        Ok(self.profile.get_or_init(|| profile))
    }
}

fn entries(profile: &Value) -> &[Value] {
    profile["subscriptions"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn unknown_subscription(requested: &str, source: &str, known: &[Subscription]) -> Error {
    let names: Vec<String> = known.iter().map(|s| format!("'{}' ({})", s.name, s.id)).collect();
    let hint = if names.is_empty() {
        format!("No account is signed in, so only an id can be used. {SIGN_IN_HINT}")
    } else {
        format!("Known subscriptions: {}. Sign in again to refresh them.", names.join(", "))
    };
    Error::no_match(format!("{source}: subscription '{requested}' does not exist or is not accessible"))
        .with_hint(hint)
}

fn read_profile(path: &std::path::Path) -> Result<Value> {
    let text = match read_az_file(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(json!({})),
        Err(e) => return Err(Error::read(path, e)),
    };
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let invalid = |reason: String| {
        Error::invalid(format!("{} is not a valid az profile: {reason}", path.display()))
            .with_hint("Run az login, which writes it again.")
    };
    match serde_json::from_str(text) {
        Ok(profile @ Value::Object(_)) => Ok(profile),
        Ok(_) => Err(invalid("not a JSON object".to_owned())),
        Err(e) => Err(invalid(e.to_string())),
    }
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
        std::fs::write(home.path().join(".azure/azureProfile.json"), format!("{BYTE_ORDER_MARK}{profile}"))
            .unwrap();
        let context =
            Context::new(Environment::for_test(home.path(), variables.iter().copied()), Terminal::default());
        (home, context)
    }

    #[test]
    fn a_subscription_is_found_by_id_name_variable_or_default() {
        let (_home, context) = signed_in(&[]);
        assert_eq!(context.subscription(None).unwrap().id, A);
        assert_eq!(context.subscription(Some("")).unwrap().id, A);
        assert_eq!(context.subscription(Some("SECOND")).unwrap().id, B);
        assert_eq!(context.subscription(Some(&B.to_uppercase())).unwrap().name, "Second");
        let unknown_id = "CCCCCCCC-0000-0000-0000-000000000000";
        let subscription = context.subscription(Some(unknown_id)).unwrap();
        assert_eq!(
            (subscription.id.as_str(), subscription.tenant_id),
            (unknown_id.to_lowercase().as_str(), None)
        );
        let (_home, context) = signed_in(&[("AZURE_SUBSCRIPTION_ID", B)]);
        assert_eq!(context.subscription(None).unwrap().id, B);
        assert_eq!(context.subscription(Some("first one")).unwrap().id, A);
    }

    #[test]
    fn an_unknown_subscription_is_an_error_that_lists_the_known_ones() {
        let (_home, context) = signed_in(&[]);
        let error = context.subscription(Some("third")).unwrap_err();
        assert!(error.to_string().contains("'third'"));
        assert!(error.hint().unwrap().contains("'First One' (aaaaaaaa"));
        let error = context.subscription(Some("twin")).unwrap_err();
        assert!(error.hint().unwrap().contains("c, d"));
        let signed_out = Context::new(Environment::for_test("/nowhere", []), Terminal::default());
        let error = signed_out.subscription(None).unwrap_err();
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
        assert_eq!(default.list_output()["cloudName"], EMULATOR_CLOUD);
        assert_eq!(default.show_output()["environmentName"], EMULATOR_CLOUD);
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
    fn an_invalid_profile_is_an_error() {
        for bad in ["[]", "{", "\u{feff}7"] {
            let (home, context) = signed_in(&[]);
            std::fs::write(home.path().join(".azure/azureProfile.json"), bad).unwrap();
            let error = context.subscription(None).unwrap_err();
            assert!(error.to_string().contains("azureProfile.json is not a valid az profile"), "{error}");
        }
    }

    #[test]
    fn setting_the_default_keeps_the_rest_of_the_profile() {
        let (home, context) = signed_in(&[]);
        assert_eq!(context.set_default_subscription("second").unwrap().id, B);
        let text = std::fs::read_to_string(home.path().join(".azure/azureProfile.json")).unwrap();
        let profile: Value = serde_json::from_str(text.strip_prefix(BYTE_ORDER_MARK).unwrap()).unwrap();
        assert_eq!(profile["installationId"], "keep");
        let defaults: Vec<bool> =
            entries(&profile).iter().map(|e| e["isDefault"].as_bool().unwrap()).collect();
        assert_eq!(defaults, [false, true, false, false, false]);
        assert!(context.set_default_subscription("nobody").is_err());
    }
}
