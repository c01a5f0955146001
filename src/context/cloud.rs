//! The clouds of Azure: where their Resource Manager is, and who signs in to it.
//!
//! Endpoints are az's own (`az cloud list`); `clouds.config` in az's folder adds clouds and changes known ones.

use url::Url;

use super::ini::Ini;
use super::{Context, is_loopback};
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

struct Known {
    name: &'static str,
    resource_manager: &'static str,
    audience: &'static str,
    authority: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        name: "AzureCloud",
        resource_manager: "https://management.azure.com/",
        audience: "https://management.core.windows.net/",
        authority: "https://login.microsoftonline.com",
    },
    Known {
        name: "AzureChinaCloud",
        resource_manager: "https://management.chinacloudapi.cn",
        audience: "https://management.core.chinacloudapi.cn/",
        authority: "https://login.chinacloudapi.cn",
    },
    Known {
        name: "AzureUSGovernment",
        resource_manager: "https://management.usgovcloudapi.net/",
        audience: "https://management.core.usgovcloudapi.net/",
        authority: "https://login.microsoftonline.us",
    },
    Known {
        name: "AzureBleuCloud",
        resource_manager: "https://management.sovcloud-api.fr",
        audience: "https://management.sovcloud-api.fr/",
        authority: "https://login.sovcloud-identity.fr",
    },
    Known {
        name: EMULATOR,
        resource_manager: "http://localhost/",
        audience: "http://localhost/",
        authority: "http://localhost/",
    },
];

/// The cloud that `context` asks for.
pub fn choose(context: &Context) -> Result<Cloud> {
    let name = context.setting("cloud", "name")?.unwrap_or_else(|| KNOWN[0].name.to_owned());
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

fn find(name: &str, context: &Context) -> Result<Cloud> {
    let path = context.config_dir().map(|dir| dir.join("clouds.config"));
    let from = path.as_ref().map(|p| p.display().to_string()).unwrap_or_default();
    let custom = Ini::read_any(path)?;
    let known = KNOWN.iter().find(|k| k.name.eq_ignore_ascii_case(name));
    let section = custom.sections().into_iter().find(|s| s.eq_ignore_ascii_case(name)).unwrap_or_default();
    if known.is_none() && section.is_empty() {
        let mut names: Vec<&str> = KNOWN.iter().map(|k| k.name).collect();
        names.extend(custom.sections().into_iter().filter(|s| !KNOWN.iter().any(|k| k.name == *s)));
        return Err(Error::invalid(format!("there is no cloud named '{name}'"))
            .with_hint(format!("AZURE_CLOUD_NAME may be one of {}.", names.join(", "))));
    }
    let value = |key: &str, of_known: fn(&Known) -> &'static str| {
        let own = custom.get(section, &format!("endpoint_{key}")).filter(|v| !v.is_empty());
        own.or(known.map(of_known)).map(str::to_owned)
    };
    let needed = |key: &str, found: Option<String>| {
        found.ok_or_else(|| Error::invalid(format!("{from}: the cloud {name} has no endpoint_{key}")))
    };
    let arm = needed("resource_manager", value("resource_manager", |k| k.resource_manager))?;
    let login = needed("active_directory", value("active_directory", |k| k.authority))?;
    Ok(Cloud {
        name: known.map_or(section, |k| k.name).to_owned(),
        audience: value("active_directory_resource_id", |k| k.audience)
            .or_else(|| value("management", |k| k.audience))
            .unwrap_or_else(|| arm.clone()),
        arm_endpoint: endpoint(&arm, &from)?,
        authority: authority(&login, &from)?,
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
            timeout: None,
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
