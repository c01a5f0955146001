//! What an option's values are, and where they are listed.

use clap::ArgMatches;

use crate::commands::args;
use crate::session::Session;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::{self, GROUPS_VERSION, ResourceType};

/// What an option names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A subscription that az knows.
    Subscriptions,
    /// A resource group of the subscription.
    Groups,
    /// Resources of one type.
    Of(&'static Level),
}

/// A type of resource, and the options that name one.
#[derive(Debug, PartialEq, Eq)]
pub struct Level {
    kind: &'static ResourceType,
    /// The keys of the options.
    keys: &'static [&'static str],
    /// The keys of options for another group than `-g` names.
    groups: &'static [&'static str],
}

const fn level(kind: &'static ResourceType, keys: &'static [&'static str]) -> Level {
    Level { kind, keys, groups: &[] }
}

/// Options of `azr apic`.
static CENTER: &[Level] = &[
    level(&resource::CENTER, &["service-name", "name"]),
    level(&resource::CENTER_METADATA, &["metadata-name"]),
    level(&resource::CENTER_API, &["api-id"]),
    level(&resource::CENTER_VERSION, &["version-id"]),
    level(&resource::CENTER_DEFINITION, &["definition-id"]),
    level(&resource::CENTER_DEPLOYMENT, &["deployment-id"]),
    level(&resource::CENTER_ENVIRONMENT, &["environment-id"]),
    level(&resource::CENTER_SOURCE, &["integration-name"]),
    level(&resource::CENTER_ANALYZER, &["config-name"]),
    Level {
        kind: &resource::APIM_SERVICE,
        keys: &["apim-name", "azure-apim"],
        groups: &["apim-resource-group"],
    },
    Level { kind: &resource::APIM_API, keys: &["apim-apis"], groups: &["apim-resource-group"] },
];

/// Options of `azr apim`.
static MANAGEMENT: &[Level] = &[
    level(&resource::APIM_SERVICE, &["service-name", "name"]),
    level(&resource::APIM_API, &["api-id"]),
    level(&resource::APIM_OPERATION, &["operation-id"]),
    level(&resource::APIM_RELEASE, &["release-id"]),
    level(&resource::APIM_SCHEMA, &["schema-id"]),
    level(&resource::APIM_RESOLVER, &["resolver-id"]),
    level(&resource::APIM_VERSION_SET, &["version-set-id"]),
    level(&resource::APIM_PRODUCT, &["product-id"]),
    level(&resource::APIM_NAMED_VALUE, &["named-value-id"]),
    level(&resource::APIM_BACKEND, &["backend-id"]),
];

/// Options of `azr identity`.
static IDENTITIES: &[Level] = &[level(&resource::IDENTITY, &["name"])];

fn levels(area: &str) -> &'static [Level] {
    match area {
        "apic" => CENTER,
        "apim" => MANAGEMENT,
        "identity" => IDENTITIES,
        _ => &[],
    }
}

impl Place {
    /// What the option of this key names in a command below `area`, the first word after `azr`.
    #[must_use]
    pub fn of(area: &str, key: &str) -> Option<Self> {
        match key {
            "subscription" | "apim-subscription" => Some(Self::Subscriptions),
            "resource-group" | "apim-resource-group" => Some(Self::Groups),
            _ => levels(area).iter().find(|level| level.keys.contains(&key)).map(Self::Of),
        }
    }
}

/// Where the groups are listed.
pub fn groups(session: &Session) -> Result<Target> {
    Ok(Target::new(format!("{}/resourcegroups", session.subscription_scope()?), GROUPS_VERSION))
}

impl Level {
    /// Where its resources are listed; none where the line does not say yet what they are in.
    pub fn collection(&'static self, session: &Session, matches: &ArgMatches) -> Result<Option<Target>> {
        let subscription = session.subscription()?.id;
        let group = self.groups.iter().find_map(|key| args::given(matches, key)).map(str::to_owned);
        let group = match group {
            Some(group) => Some(group),
            None => session.group(matches)?,
        };
        let types = self.kind.types;
        if group.is_none() && types.len() > 1 {
            return Ok(None);
        }
        let scope = match group {
            Some(group) => ResourceId::resource_group(&subscription, &group),
            None => ResourceId::subscription_scope(&subscription),
        };
        let mut path = format!("{scope}/providers/{}", self.kind.namespace);
        for depth in 1..types.len() {
            let Some(name) = self.above(&types[..depth], matches) else { return Ok(None) };
            path = format!("{path}/{}/{name}", types[depth - 1]);
        }
        Ok(Some(Target::new(format!("{path}/{}", types[types.len() - 1]), self.kind.api_version)))
    }

    /// The name that the line gives for what it is in, of these types.
    fn above<'a>(&self, types: &[&str], matches: &'a ArgMatches) -> Option<&'a str> {
        if types == ["services", "workspaces"] {
            return Some("default");
        }
        let areas = [CENTER, MANAGEMENT, IDENTITIES];
        let own = areas.into_iter().find(|levels| levels.iter().any(|level| std::ptr::eq(level, self)))?;
        let is_it = |level: &&Level| level.kind.namespace == self.kind.namespace && level.kind.types == types;
        own.iter().find(is_it)?.keys.iter().find_map(|key| args::given(matches, key))
    }
}
