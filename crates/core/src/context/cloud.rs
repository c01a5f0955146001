//! The clouds of Azure: where their Resource Manager is, and who signs in to it.
//!
//! Endpoints are az's own (`az cloud list`); `clouds.config` in az's folder adds clouds and changes known ones.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use url::Url;

use super::ini::Ini;
use super::{Context, Scope, is_loopback};
use crate::error::{Error, Result};

/// The cloud that lives in this process.
pub const EMULATOR: &str = "AzureEmulator";

/// A cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Its name in az.
    pub name: String,
    /// Where its Resource Manager is.
    pub arm_endpoint: Url,
    /// What tokens for its Resource Manager are asked for.
    pub audience: String,
    /// Who gives out tokens.
    pub authority: Url,
    /// Whether somebody set the endpoint, with `--arm-endpoint` or `AZR_ARM_ENDPOINT`.
    pub is_elsewhere: bool,
}

impl Cloud {
    /// The scope of tokens for the Resource Manager.
    #[must_use]
    pub fn scope(&self) -> String {
        format!("{}/.default", self.audience)
    }

    /// Whether requests are answered in this process.
    #[must_use]
    pub fn is_emulator(&self) -> bool {
        self.name == EMULATOR && !self.is_elsewhere
    }
}

/// The clouds that az knows by itself, and the emulator: the output of `az cloud list`.
const KNOWN: &str = include_str!("clouds.json");

/// The cloud where nobody chose one.
const DEFAULT: &str = "AzureCloud";

/// What az's files and az itself say of a cloud: `name`, `endpoints` and `suffixes` as az shows them.
type Said = Map<String, Value>;

/// The cloud that `context` asks for.
pub fn choose(context: &Context) -> Result<Cloud> {
    let name = context.setting("cloud", "name")?.unwrap_or_else(|| DEFAULT.to_owned());
    let mut cloud = find(&name, context)?;
    if let Some(host) = context.var("AZURE_AUTHORITY_HOST") {
        cloud.authority = authority(host, "AZURE_AUTHORITY_HOST")?;
    }
    let given = context.overrides.arm_endpoint.as_deref().map(|e| (e, "--arm-endpoint"));
    let set = || context.var("AZR_ARM_ENDPOINT").map(|e| (e, "AZR_ARM_ENDPOINT"));
    if let Some((text, from)) = given.or_else(set) {
        cloud.arm_endpoint = endpoint(text, from)?;
        cloud.is_elsewhere = true;
    }
    Ok(cloud)
}

impl Context {
    /// The clouds that can be chosen, as az shows them: those that az knows, then those of `clouds.config`.
    pub fn clouds(&self) -> Result<Vec<Value>> {
        let active = self.setting("cloud", "name")?.unwrap_or_else(|| DEFAULT.to_owned());
        let shown = |cloud: Said| {
            let is_active = cloud["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(&active));
            json!({
                "endpoints": cloud["endpoints"], "isActive": is_active, "name": cloud["name"],
                "profile": cloud.get("profile").unwrap_or(&json!("latest")), "suffixes": cloud["suffixes"],
            })
        };
        let clouds = Clouds::read(self)?;
        clouds.names().into_iter().map(|name| clouds.said(name).map(shown)).collect()
    }

    /// Makes a cloud the one to talk to, as `az cloud set` does; gives its name.
    pub fn set_cloud(&self, name: &str) -> Result<String> {
        let cloud = find(name, self)?;
        self.set_config(Scope::Global, "cloud", "name", &cloud.name)?;
        Ok(cloud.name)
    }
}

/// A cloud that az knows, of which only what is asked for is read: every command looks one up.
#[derive(Deserialize)]
struct Known {
    name: &'static str,
    #[serde(borrow)]
    endpoints: &'static RawValue,
    #[serde(borrow)]
    suffixes: &'static RawValue,
}

/// Every cloud: those that az knows, and the file that changes and adds some.
struct Clouds {
    known: Vec<Known>,
    file: Ini,
    from: String,
}

impl Clouds {
    fn read(context: &Context) -> Result<Self> {
        let path = context.config_dir().map(|dir| dir.join("clouds.config"));
        let from = path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
        let file = Ini::read_any(path)?;
        let known = serde_json::from_str(KNOWN).map_err(|e| unreadable(&e))?;
        Ok(Self { known, file, from })
    }

    /// Their names: az's own first.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.known.iter().map(|cloud| cloud.name).collect();
        for section in self.file.sections() {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(section)) {
                names.push(section);
            }
        }
        names
    }

    /// What is said of a cloud of [`Clouds::names`].
    fn said(&self, name: &str) -> Result<Said> {
        let known = self.known.iter().find(|cloud| cloud.name == name);
        // One that az does not know has the same members, and nothing in them.
        let like = known.or(self.known.first());
        let part = |of: fn(&Known) -> &'static RawValue| -> Result<Map<String, Value>> {
            let Some(text) = like.map(|cloud| of(cloud).get()) else { return Ok(Map::new()) };
            let mut members: Map<String, Value> = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
            if known.is_none() {
                members.values_mut().for_each(|value| *value = Value::Null);
            }
            Ok(members)
        };
        let mut endpoints = part(|cloud| cloud.endpoints)?;
        let mut suffixes = part(|cloud| cloud.suffixes)?;
        let mut cloud = Said::new();
        cloud.insert("name".to_owned(), json!(name));
        for section in self.file.sections().into_iter().filter(|own| own.eq_ignore_ascii_case(name)) {
            for (key, value) in self.file.items(section).into_iter().filter(|(_, value)| !value.is_empty()) {
                match key.split_once('_') {
                    Some(("endpoint", rest)) => drop(endpoints.insert(camel_case(rest), json!(value))),
                    Some(("suffix", rest)) => drop(suffixes.insert(camel_case(rest), json!(value))),
                    _ if key == "profile" => drop(cloud.insert(key.to_owned(), json!(value))),
                    _ => {}
                }
            }
        }
        cloud.insert("endpoints".to_owned(), Value::Object(endpoints));
        cloud.insert("suffixes".to_owned(), Value::Object(suffixes));
        Ok(cloud)
    }
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Unexpected(format!("clouds.json: {error}"))
}

/// `active_directory` is `activeDirectory` in what az shows.
fn camel_case(key: &str) -> String {
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |whole, word| {
        let mut chars = word.chars();
        whole + &chars.next().map(|c| c.to_ascii_uppercase()).into_iter().collect::<String>() + chars.as_str()
    })
}

fn find(name: &str, context: &Context) -> Result<Cloud> {
    let clouds = Clouds::read(context)?;
    let names = clouds.names();
    let Some(own) = names.iter().find(|own| own.eq_ignore_ascii_case(name)) else {
        return Err(Error::invalid(format!("there is no cloud named '{name}'"))
            .with_hint(format!("AZURE_CLOUD_NAME may be one of {}.", names.join(", "))));
    };
    let (cloud, from) = (clouds.said(own)?, &clouds.from);
    let said = |key: &str| cloud["endpoints"][key].as_str();
    let needed = |key: &str, setting: &str| {
        said(key).ok_or_else(|| Error::invalid(format!("{from}: the cloud {name} has no {setting}")))
    };
    let arm = needed("resourceManager", "endpoint_resource_manager")?;
    let login = needed("activeDirectory", "endpoint_active_directory")?;
    Ok(Cloud {
        name: (*own).to_owned(),
        audience: said("activeDirectoryResourceId").or_else(|| said("management")).unwrap_or(arm).to_owned(),
        arm_endpoint: endpoint(arm, from)?,
        authority: authority(login, from)?,
        is_elsewhere: false,
    })
}

/// An endpoint that a token may be sent to: https, or http to this machine.
fn endpoint(text: &str, from: &str) -> Result<Url> {
    let shape = "It looks like https://management.azure.com, or http://127.0.0.1:PORT for an emulator.";
    let mut url = Url::parse(text)
        .map_err(|e| Error::invalid(format!("{from}: '{text}' is not a URL: {e}")).with_hint(shape))?;
    let bad = |why: &str| Err(Error::invalid(format!("{from}: '{text}' {why}")).with_hint(shape));
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(
            Error::invalid(format!("{from} holds more than scheme, host, port and path")).with_hint(shape)
        );
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => return bad("would send the access token over plain http, which is for this machine only"),
        _ => return bad("is neither https nor http"),
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn authority(text: &str, from: &str) -> Result<Url> {
    // The Kubernetes webhook may set a bare host.
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    endpoint(&whole, from)
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Overrides, Terminal};

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(Environment::made_up("/nowhere", variables.iter().copied()), Terminal::default())
    }

    #[test]
    fn the_name_chooses() {
        assert_eq!(context(&[]).cloud().unwrap().name, "AzureCloud");
        let government = context(&[("AZURE_CLOUD_NAME", "azureusgovernment")]);
        assert_eq!(
            government.cloud().unwrap().arm_endpoint.as_str(),
            "https://management.usgovcloudapi.net/"
        );
        assert_eq!(
            government.cloud().unwrap().scope(),
            "https://management.core.usgovcloudapi.net//.default"
        );
        assert!(context(&[("AZURE_CLOUD_NAME", "AzureEmulator")]).cloud().unwrap().is_emulator());
        let error = context(&[("AZURE_CLOUD_NAME", "Mars")]).cloud().unwrap_err();
        assert!(error.to_string().contains("Mars") && error.hint().unwrap().contains("AzureChinaCloud"));
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        for good in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://localhost:3",
            "https://x.example",
        ] {
            let context = context(&[("AZR_ARM_ENDPOINT", good)]);
            assert!(context.cloud().unwrap().is_elsewhere, "{good}");
        }
        for bad in [
            "http://x.example",
            "http://localhost.example",
            "ftp://localhost",
            "x",
            "https://u:p@h",
            "https://h/?q",
        ] {
            let error = context(&[("AZR_ARM_ENDPOINT", bad)]).cloud().unwrap_err();
            assert!(error.to_string().starts_with("AZR_ARM_ENDPOINT"), "{error}");
        }
        let both = context(&[("AZR_ARM_ENDPOINT", "https://a.example")]).with_overrides(Overrides {
            arm_endpoint: Some("https://b.example/x".to_owned()),
            ..Overrides::default()
        });
        assert_eq!(both.cloud().unwrap().arm_endpoint.as_str(), "https://b.example/x/");
    }

    #[test]
    fn files_add_and_change_clouds() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[AzureCloud]\nsubscription = s\n[Mine]\nendpoint_resource_manager = https://arm.mine\nendpoint_active_directory = https://login.mine/adfs\n";
        std::fs::write(folder.path().join("clouds.config"), text).unwrap();
        std::fs::write(folder.path().join("config"), "[cloud]\nname = Mine\n").unwrap();
        let dir = folder.path().to_str().unwrap();
        let mine = context(&[("AZURE_CONFIG_DIR", dir)]);
        let cloud = mine.cloud().unwrap();
        assert_eq!((cloud.name.as_str(), cloud.arm_endpoint.as_str()), ("Mine", "https://arm.mine/"));
        assert_eq!(cloud.authority.as_str(), "https://login.mine/adfs/");
        assert_eq!(cloud.audience, "https://arm.mine");
        let public = context(&[("AZURE_CONFIG_DIR", dir), ("AZURE_CLOUD_NAME", "AzureCloud")]);
        assert_eq!(public.cloud().unwrap().arm_endpoint.as_str(), "https://management.azure.com/");
    }
}
