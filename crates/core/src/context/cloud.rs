//! The clouds of Azure, with the endpoints of their Resource Manager and login service.
//!
//! The built-in clouds are those of `az cloud list`; `clouds.config` in az's folder adds clouds and changes known ones.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use url::{ParseError, Url};

use super::ini::Ini;
use super::{ConfigScope, Context, is_loopback};
use crate::error::{Error, Result};

/// The name of the emulator that runs in this process.
pub const EMULATOR_CLOUD: &str = "AzureEmulator";

/// A cloud and its endpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// The name that az uses for it.
    pub name: String,
    /// The endpoint of its Resource Manager.
    pub arm_endpoint: Url,
    /// The audience of tokens for its Resource Manager.
    pub audience: String,
    /// The authority that issues tokens.
    pub authority: Url,
    /// Whether the endpoint was replaced with `--arm-endpoint` or `AZR_ARM_ENDPOINT`.
    pub has_custom_endpoint: bool,
}

impl Cloud {
    /// The scope of tokens for the Resource Manager.
    #[must_use]
    pub fn scope(&self) -> String {
        format!("{}/.default", self.audience)
    }

    /// Whether requests are handled by the emulator in this process.
    #[must_use]
    pub fn is_emulator(&self) -> bool {
        self.name == EMULATOR_CLOUD && !self.has_custom_endpoint
    }
}

/// The built-in clouds of az, and the emulator: the output of `az cloud list`.
const BUILT_IN_CLOUDS: &str = include_str!("clouds.json");

/// The cloud if none is set.
const DEFAULT_CLOUD: &str = "AzureCloud";

/// A cloud as az prints it: `name`, `endpoints` and `suffixes`.
type CloudObject = Map<String, Value>;

/// The cloud to use, with the endpoints from the environment and the command line.
pub(crate) fn select_cloud(context: &Context) -> Result<Cloud> {
    let name = context.setting("cloud", "name")?.unwrap_or_else(|| DEFAULT_CLOUD.to_owned());
    let mut cloud = find_cloud(&name, context)?;
    if let Some(host) = context.var("AZURE_AUTHORITY_HOST") {
        cloud.authority = parse_authority(host, "AZURE_AUTHORITY_HOST")?;
    }
    let from_option = context.overrides.arm_endpoint.as_deref().map(|e| (e, "--arm-endpoint"));
    let from_variable = || context.var("AZR_ARM_ENDPOINT").map(|e| (e, "AZR_ARM_ENDPOINT"));
    if let Some((text, source)) = from_option.or_else(from_variable) {
        cloud.arm_endpoint = parse_endpoint(text, source)?;
        cloud.has_custom_endpoint = true;
    }
    Ok(cloud)
}

impl Context {
    /// All clouds as az prints them: the built-in ones, then those of `clouds.config`.
    pub fn clouds(&self) -> Result<Vec<Value>> {
        let active = self.setting("cloud", "name")?.unwrap_or_else(|| DEFAULT_CLOUD.to_owned());
        let to_output = |cloud: CloudObject| {
            let is_active = cloud["name"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(&active));
            json!({
                "endpoints": cloud["endpoints"], "isActive": is_active, "name": cloud["name"],
                "profile": cloud.get("profile").unwrap_or(&json!("latest")), "suffixes": cloud["suffixes"],
            })
        };
        let clouds = Clouds::read(self)?;
        clouds.names().into_iter().map(|name| clouds.cloud_object(name).map(to_output)).collect()
    }

    /// Makes a cloud the active one, as `az cloud set` does; returns its name.
    pub fn set_cloud(&self, name: &str) -> Result<String> {
        let cloud = find_cloud(name, self)?;
        self.set_config(ConfigScope::Global, "cloud", "name", &cloud.name)?;
        Ok(cloud.name)
    }
}

/// A built-in cloud. Every command looks one up, so its parts are parsed only when they are needed.
#[derive(Deserialize)]
struct BuiltInCloud {
    name: &'static str,
    #[serde(borrow)]
    endpoints: &'static RawValue,
    #[serde(borrow)]
    suffixes: &'static RawValue,
}

/// All clouds: the built-in ones, and the file that changes and adds some.
struct Clouds {
    built_in: Vec<BuiltInCloud>,
    file: Ini,
    file_name: String,
}

impl Clouds {
    fn read(context: &Context) -> Result<Self> {
        let path = context.config_dir().map(|dir| dir.join("clouds.config"));
        let file_name = path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
        let file = Ini::read_optional(path)?;
        let built_in = serde_json::from_str(BUILT_IN_CLOUDS).map_err(|e| invalid_built_in_clouds(&e))?;
        Ok(Self { built_in, file, file_name })
    }

    /// The names of the clouds, the built-in ones first.
    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.built_in.iter().map(|cloud| cloud.name).collect();
        for section in self.file.sections() {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(section)) {
                names.push(section);
            }
        }
        names
    }

    /// The cloud with this name, which must be one of [`Clouds::names`].
    fn cloud_object(&self, name: &str) -> Result<CloudObject> {
        let known = self.built_in.iter().find(|cloud| cloud.name == name);
        // Other clouds have the same members as a built-in one, all null.
        let template = known.or(self.built_in.first());
        let read_part = |part: fn(&BuiltInCloud) -> &'static RawValue| -> Result<Map<String, Value>> {
            let Some(text) = template.map(|cloud| part(cloud).get()) else { return Ok(Map::new()) };
            let mut members: Map<String, Value> =
                serde_json::from_str(text).map_err(|e| invalid_built_in_clouds(&e))?;
            if known.is_none() {
                members.values_mut().for_each(|value| *value = Value::Null);
            }
            Ok(members)
        };
        let mut endpoints = read_part(|cloud| cloud.endpoints)?;
        let mut suffixes = read_part(|cloud| cloud.suffixes)?;
        let mut cloud = CloudObject::new();
        cloud.insert("name".to_owned(), json!(name));
        for section in self.file.sections().into_iter().filter(|section| section.eq_ignore_ascii_case(name)) {
            for (key, value) in self.file.entries(section).into_iter().filter(|(_, value)| !value.is_empty())
            {
                match key.split_once('_') {
                    Some(("endpoint", rest)) => drop(endpoints.insert(to_camel_case(rest), json!(value))),
                    Some(("suffix", rest)) => drop(suffixes.insert(to_camel_case(rest), json!(value))),
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

fn invalid_built_in_clouds(error: &serde_json::Error) -> Error {
    Error::unexpected(format!("clouds.json: {error}"))
}

/// Converts `active_directory` to `activeDirectory`, as az prints it.
fn to_camel_case(key: &str) -> String {
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut chars = word.chars();
        text + &chars.next().map(|c| c.to_ascii_uppercase()).into_iter().collect::<String>() + chars.as_str()
    })
}

fn find_cloud(name: &str, context: &Context) -> Result<Cloud> {
    let clouds = Clouds::read(context)?;
    let names = clouds.names();
    let Some(known_name) = names.iter().find(|known| known.eq_ignore_ascii_case(name)) else {
        return Err(Error::no_match(format!("cloud '{name}' does not exist"))
            .with_hint(format!("The clouds are {}.", names.join(", "))));
    };
    let (cloud, source) = (clouds.cloud_object(known_name)?, &clouds.file_name);
    let endpoint = |key: &str| cloud["endpoints"][key].as_str();
    let required_endpoint = |key: &str, setting: &str| {
        endpoint(key).ok_or_else(|| Error::invalid(format!("{source}: cloud {name} has no {setting}")))
    };
    let arm = required_endpoint("resourceManager", "endpoint_resource_manager")?;
    let login = required_endpoint("activeDirectory", "endpoint_active_directory")?;
    Ok(Cloud {
        name: (*known_name).to_owned(),
        audience: endpoint("activeDirectoryResourceId")
            .or_else(|| endpoint("management"))
            .unwrap_or(arm)
            .to_owned(),
        arm_endpoint: parse_endpoint(arm, source)?,
        authority: parse_authority(login, source)?,
        has_custom_endpoint: false,
    })
}

/// Parses an endpoint that tokens may be sent to: https, or http on this machine.
fn parse_endpoint(text: &str, source: &str) -> Result<Url> {
    let hint =
        "An endpoint looks like https://management.azure.com, or http://127.0.0.1:PORT for an emulator.";
    let mut url = Url::parse(text).map_err(|e| {
        let reason = match e {
            ParseError::RelativeUrlWithoutBase => "it does not start with https:// or http://".to_owned(),
            other => other.to_string(),
        };
        Error::invalid(format!("{source}: '{text}' is not a valid URL: {reason}")).with_hint(hint)
    })?;
    let invalid = |reason: &str| Err(Error::invalid(format!("{source}: '{text}' {reason}")).with_hint(hint));
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err(Error::invalid(format!("{source}: an endpoint has only a scheme, host, port and path"))
            .with_hint(hint));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) => {}
        "http" => {
            return invalid(
                "would send the access token over plain http, which is allowed to this machine only",
            );
        }
        _ => return invalid("is neither https nor http"),
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

fn parse_authority(text: &str, source: &str) -> Result<Url> {
    // The workload identity webhook of Kubernetes may set a host without a scheme.
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    parse_endpoint(&url, source)
}

#[cfg(test)]
mod tests {
    use crate::context::{Context, Environment, Overrides, Terminal};

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(Environment::for_test("/nowhere", variables.iter().copied()), Terminal::default())
    }

    #[test]
    fn the_name_selects_the_cloud() {
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
    fn plain_http_is_allowed_to_this_machine_only() {
        for valid in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:1",
            "http://localhost:3",
            "https://x.example",
        ] {
            let context = context(&[("AZR_ARM_ENDPOINT", valid)]);
            assert!(context.cloud().unwrap().has_custom_endpoint, "{valid}");
        }
        for invalid in [
            "http://x.example",
            "http://localhost.example",
            "ftp://localhost",
            "x",
            "https://u:p@h",
            "https://h/?q",
        ] {
            let error = context(&[("AZR_ARM_ENDPOINT", invalid)]).cloud().unwrap_err();
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
        let custom = context(&[("AZURE_CONFIG_DIR", dir)]);
        let cloud = custom.cloud().unwrap();
        assert_eq!((cloud.name.as_str(), cloud.arm_endpoint.as_str()), ("Mine", "https://arm.mine/"));
        assert_eq!(cloud.authority.as_str(), "https://login.mine/adfs/");
        assert_eq!(cloud.audience, "https://arm.mine");
        let public = context(&[("AZURE_CONFIG_DIR", dir), ("AZURE_CLOUD_NAME", "AzureCloud")]);
        assert_eq!(public.cloud().unwrap().arm_endpoint.as_str(), "https://management.azure.com/");
    }
}
