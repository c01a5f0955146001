//! Where the candidates of an option come from.

use clap::ArgMatches;

use crate::commands::args;
use crate::session::Session;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::{self, GROUPS_VERSION, ResourceType};

/// Where the candidates of an option come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The subscriptions in az's profile and azr's logins.
    Subscriptions,
    /// The resource groups of the subscription.
    Groups,
    /// The resources of one type.
    Resources(&'static ResourceOption),
}

/// A resource type and the options that name such a resource.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ResourceOption {
    resource_type: &'static ResourceType,
    /// The clap ids of the options.
    keys: &'static [&'static str],
    /// The clap ids of options for a group other than that of `-g`.
    group_keys: &'static [&'static str],
}

const fn option(resource_type: &'static ResourceType, keys: &'static [&'static str]) -> ResourceOption {
    ResourceOption { resource_type, keys, group_keys: &[] }
}

/// Options of `azr apic`.
static CENTER: &[ResourceOption] = &[
    option(&resource::CENTER, &["service-name", "name"]),
    option(&resource::CENTER_METADATA, &["metadata-name"]),
    option(&resource::CENTER_API, &["api-id"]),
    option(&resource::CENTER_VERSION, &["version-id"]),
    option(&resource::CENTER_DEFINITION, &["definition-id"]),
    option(&resource::CENTER_DEPLOYMENT, &["deployment-id"]),
    option(&resource::CENTER_ENVIRONMENT, &["environment-id"]),
    option(&resource::CENTER_SOURCE, &["integration-name"]),
    option(&resource::CENTER_ANALYZER, &["config-name"]),
    ResourceOption {
        resource_type: &resource::APIM_SERVICE,
        keys: &["apim-name", "azure-apim"],
        group_keys: &["apim-resource-group"],
    },
    ResourceOption {
        resource_type: &resource::APIM_API,
        keys: &["apim-apis"],
        group_keys: &["apim-resource-group"],
    },
];

/// Options of `azr apim`.
static MANAGEMENT: &[ResourceOption] = &[
    option(&resource::APIM_SERVICE, &["service-name", "name"]),
    option(&resource::APIM_API, &["api-id"]),
    option(&resource::APIM_OPERATION, &["operation-id"]),
    option(&resource::APIM_RELEASE, &["release-id"]),
    option(&resource::APIM_SCHEMA, &["schema-id"]),
    option(&resource::APIM_RESOLVER, &["resolver-id"]),
    option(&resource::APIM_VERSION_SET, &["version-set-id"]),
    option(&resource::APIM_PRODUCT, &["product-id"]),
    option(&resource::APIM_NAMED_VALUE, &["named-value-id"]),
    option(&resource::APIM_BACKEND, &["backend-id"]),
];

/// Options of `azr identity`.
static IDENTITIES: &[ResourceOption] = &[option(&resource::IDENTITY, &["name"])];

fn options_of_area(area: &str) -> &'static [ResourceOption] {
    match area {
        "apic" => CENTER,
        "apim" => MANAGEMENT,
        "identity" => IDENTITIES,
        _ => &[],
    }
}

impl Source {
    /// The source of the option with this clap id, in a command below `area`, the first word after `azr`.
    #[must_use]
    pub(crate) fn of_option(area: &str, key: &str) -> Option<Self> {
        match key {
            "subscription" | "apim-subscription" => Some(Self::Subscriptions),
            "resource-group" | "apim-resource-group" => Some(Self::Groups),
            _ => options_of_area(area).iter().find(|option| option.keys.contains(&key)).map(Self::Resources),
        }
    }
}

/// The collection of resource groups.
pub(crate) fn groups(session: &Session) -> Result<Target> {
    Ok(Target::new(format!("{}/resourcegroups", session.subscription_scope()?), GROUPS_VERSION))
}

impl ResourceOption {
    /// The collection of the resources; None if the command line does not name their parent yet.
    pub(crate) fn collection(
        &'static self,
        session: &Session,
        matches: &ArgMatches,
    ) -> Result<Option<Target>> {
        let subscription = session.subscription()?.id;
        let group = self.group_keys.iter().find_map(|key| args::text_value(matches, key)).map(str::to_owned);
        let group = match group {
            Some(group) => Some(group),
            None => session.group(args::resource_group_value(matches))?,
        };
        let types = self.resource_type.types;
        if group.is_none() && types.len() > 1 {
            return Ok(None);
        }
        let scope = match group {
            Some(group) => ResourceId::resource_group(&subscription, &group),
            None => ResourceId::subscription_scope(&subscription),
        };
        let mut path = format!("{scope}/providers/{}", self.resource_type.namespace);
        for depth in 1..types.len() {
            let Some(name) = self.parent_name(&types[..depth], matches) else { return Ok(None) };
            path = format!("{path}/{}/{name}", types[depth - 1]);
        }
        Ok(Some(Target::new(format!("{path}/{}", types[types.len() - 1]), self.resource_type.api_version)))
    }

    /// The name of the parent with these types on the command line.
    fn parent_name<'a>(&self, types: &[&str], matches: &'a ArgMatches) -> Option<&'a str> {
        if types == ["services", "workspaces"] {
            return Some("default");
        }
        let areas = [CENTER, MANAGEMENT, IDENTITIES];
        let options =
            areas.into_iter().find(|options| options.iter().any(|option| std::ptr::eq(option, self)))?;
        let has_types = |option: &&ResourceOption| {
            option.resource_type.namespace == self.resource_type.namespace
                && option.resource_type.types == types
        };
        options.iter().find(has_types)?.keys.iter().find_map(|key| args::text_value(matches, key))
    }
}
