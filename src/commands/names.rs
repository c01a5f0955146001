//! The options that name resources, shared by the commands that take them.

use super::resource::{Charset, NameArg};

const fn center(
    key: &'static str,
    long: &'static [&'static str],
    older: &'static [&'static str],
    help: &'static str,
) -> NameArg {
    NameArg {
        key,
        long,
        short: &[],
        older,
        older_short: &[],
        help,
        max: 90,
        charset: Charset::Center,
        generated: false,
    }
}

/// `-n/--service-name` of an API center; the how-to says `--service` and `-s`.
pub static CENTER: NameArg = NameArg {
    short: &['n'],
    older_short: &['s'],
    ..center("service-name", &["service-name"], &["service"], "API center")
};

/// The same where `-s` means something else.
pub static CENTER_WITHOUT_S: NameArg =
    NameArg { short: &['n'], ..center("service-name", &["service-name"], &["service"], "API center") };

/// `-n/--name` of an API center, for the commands on the center itself.
pub static CENTER_ITSELF: NameArg = NameArg {
    short: &['n'],
    older_short: &['s'],
    ..center("name", &["name"], &["service-name", "service"], "API center")
};

/// `--api-id` of an API in a center.
pub static API: NameArg = center("api-id", &["api-id"], &["api-name", "api"], "API in the center");
/// `--version-id`.
pub static VERSION: NameArg =
    center("version-id", &["version-id"], &["version-name", "version"], "Version of the API");
/// `--definition-id`.
pub static DEFINITION: NameArg = center(
    "definition-id",
    &["definition-id"],
    &["definition-name", "definition"],
    "Definition of the version",
);
/// `--deployment-id`.
pub static DEPLOYMENT: NameArg =
    center("deployment-id", &["deployment-id"], &["deployment-name", "deployment"], "Deployment of the API");
/// `--environment-id`.
pub static ENVIRONMENT: NameArg = center(
    "environment-id",
    &["environment-id"],
    &["environment-name", "environment"],
    "Environment of the center",
);
/// `--metadata-name`.
pub static METADATA: NameArg = center(
    "metadata-name",
    &["metadata-name"],
    &["metadata-schema-name", "metadata-schema"],
    "Metadata schema",
);
/// `-i/--integration-name`.
pub static INTEGRATION: NameArg =
    NameArg { short: &['i'], ..center("integration-name", &["integration-name"], &[], "Integration") };
/// `-c/--config-name/--analyzer-config-name`.
pub static ANALYZER: NameArg = NameArg {
    short: &['c'],
    ..center("config-name", &["config-name", "analyzer-config-name"], &[], "API analysis configuration")
};

/// An option that names something of API Management.
#[must_use]
pub const fn apim(key: &'static str, long: &'static [&'static str], help: &'static str) -> NameArg {
    NameArg {
        key,
        long,
        short: &[],
        older: &[],
        older_short: &[],
        help,
        max: 256,
        charset: Charset::Apim,
        generated: false,
    }
}

/// `-n/--name` of an API Management service.
pub static APIM_ITSELF: NameArg =
    NameArg { short: &['n'], ..apim("name", &["name"], "API Management service") };
/// `-n/--service-name` of an API Management service.
pub static APIM: NameArg =
    NameArg { short: &['n'], ..apim("service-name", &["service-name"], "API Management service") };
/// `--api-id` of an API in API Management.
pub static APIM_API: NameArg =
    apim("api-id", &["api-id"], "API, with ;rev=N for a revision that is not current");
/// `--api-id` where az makes an id when none is given.
pub static APIM_API_GENERATED: NameArg =
    NameArg { generated: true, ..apim("api-id", &["api-id"], "API [default: a new id]") };

/// `-n/--name/--resource-name` of a user-assigned identity.
pub static IDENTITY: NameArg = NameArg {
    key: "name",
    long: &["name", "resource-name"],
    short: &['n'],
    older: &[],
    older_short: &[],
    help: "User-assigned identity",
    max: 128,
    charset: Charset::Group,
    generated: false,
};
