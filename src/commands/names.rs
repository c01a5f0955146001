//! The options that name resources, shared by the commands that take them.

use super::resource::{Charset, NameArg};

const fn center(
    key: &'static str,
    long: &'static [&'static str],
    hidden_aliases: &'static [&'static str],
    help: &'static str,
) -> NameArg {
    NameArg {
        key,
        long,
        short: &[],
        hidden_aliases,
        hidden_short_aliases: &[],
        help,
        max_length: 90,
        charset: Charset::Center,
        generated: false,
    }
}

/// `-n/--service-name` of an API center; the how-to uses `--service` and `-s`.
pub(crate) static CENTER: NameArg = NameArg {
    short: &['n'],
    hidden_short_aliases: &['s'],
    ..center("service-name", &["service-name"], &["service"], "API center")
};

/// The same for a command in which `-s` has another meaning.
pub(crate) static CENTER_WITHOUT_S: NameArg =
    NameArg { short: &['n'], ..center("service-name", &["service-name"], &["service"], "API center") };

/// `-n/--name` of an API center, for the commands on the center itself.
pub(crate) static CENTER_ITSELF: NameArg = NameArg {
    short: &['n'],
    hidden_short_aliases: &['s'],
    ..center("name", &["name"], &["service-name", "service"], "API center")
};

/// `--api-id` of an API in a center.
pub(crate) static API: NameArg = center("api-id", &["api-id"], &["api-name", "api"], "API in the center");
/// `--version-id`.
pub(crate) static VERSION: NameArg =
    center("version-id", &["version-id"], &["version-name", "version"], "Version of the API");
/// `--definition-id`.
pub(crate) static DEFINITION: NameArg = center(
    "definition-id",
    &["definition-id"],
    &["definition-name", "definition"],
    "Definition of the version",
);
/// `--deployment-id`.
pub(crate) static DEPLOYMENT: NameArg =
    center("deployment-id", &["deployment-id"], &["deployment-name", "deployment"], "Deployment of the API");
/// `--environment-id`.
pub(crate) static ENVIRONMENT: NameArg = center(
    "environment-id",
    &["environment-id"],
    &["environment-name", "environment"],
    "Environment of the center",
);
/// `--metadata-name`.
pub(crate) static METADATA: NameArg = center(
    "metadata-name",
    &["metadata-name"],
    &["metadata-schema-name", "metadata-schema"],
    "Metadata schema",
);
/// `-i/--integration-name`.
pub(crate) static INTEGRATION: NameArg =
    NameArg { short: &['i'], ..center("integration-name", &["integration-name"], &[], "Integration") };
/// `-c/--config-name/--analyzer-config-name`.
pub(crate) static ANALYZER: NameArg = NameArg {
    short: &['c'],
    ..center("config-name", &["config-name", "analyzer-config-name"], &[], "API analysis configuration")
};

/// An option that names a resource of API Management.
#[must_use]
pub(crate) const fn apim(key: &'static str, long: &'static [&'static str], help: &'static str) -> NameArg {
    NameArg {
        key,
        long,
        short: &[],
        hidden_aliases: &[],
        hidden_short_aliases: &[],
        help,
        max_length: 256,
        charset: Charset::Apim,
        generated: false,
    }
}

/// `-n/--name` of an API Management service.
pub(crate) static APIM_ITSELF: NameArg =
    NameArg { short: &['n'], ..apim("name", &["name"], "API Management service") };
/// `--apim-name` of an API Management service, for the commands of API Center.
pub(crate) static APIM_OF_CENTER: NameArg = apim("apim-name", &["apim-name"], "API Management service");
/// `-n/--service-name` of an API Management service.
pub(crate) static APIM: NameArg =
    NameArg { short: &['n'], ..apim("service-name", &["service-name"], "API Management service") };
/// `--api-id` of an API in API Management.
pub(crate) static APIM_API: NameArg =
    apim("api-id", &["api-id"], "API, with ;rev=N for a revision that is not current");
/// `--tool-id` of a tool of an MCP server.
pub(crate) static APIM_TOOL: NameArg = apim("tool-id", &["tool-id"], "Tool of the MCP server");
/// `--product-id`.
pub(crate) static APIM_PRODUCT: NameArg = apim("product-id", &["product-id"], "Product");
/// `--api-id` if a new id is generated when the option is omitted.
pub(crate) static APIM_API_GENERATED: NameArg =
    NameArg { generated: true, ..apim("api-id", &["api-id"], "API [default: a new id]") };

/// `-n/--name/--resource-name` of a user-assigned identity.
pub(crate) static IDENTITY: NameArg = NameArg {
    key: "name",
    long: &["name", "resource-name"],
    short: &['n'],
    hidden_aliases: &[],
    hidden_short_aliases: &[],
    help: "User-assigned identity",
    max_length: 128,
    charset: Charset::Group,
    generated: false,
};
