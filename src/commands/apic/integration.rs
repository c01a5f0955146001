//! `azr apic integration`: API sources that the service synchronizes with a center.

mod status;

use clap::ArgMatches;
use serde_json::Value;

use super::shapes::{ID, NAME, STAGES, SYSTEM_DATA, TYPE, shape};
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, AAZ, VerbConfig};
use crate::commands::{args, names};
use crate::session::Session;
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_SERVICE, CENTER_SOURCE};

const APIM_SOURCE: &[Field] = &[text("msiResourceId"), text("resourceId")];
const AWS_SOURCE: &[Field] =
    &[text("accessKey"), text("msiResourceId"), text("regionName"), text("secretAccessKey")];
const LINK_STATE: &[Field] = &[text("lastUpdatedOn"), text("message"), text("state")];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened(
        "properties",
        &[
            field("amazonApiGatewaySource", Kind::Object(AWS_SOURCE)),
            text("apiSourceType"),
            field("azureApiManagementSource", Kind::Object(APIM_SOURCE)),
            field("importSpecification", Kind::Choice(&["always", "never", "ondemand"])),
            Field { read_only: true, ..field("linkState", Kind::Object(LINK_STATE)) },
            text("targetEnvironmentId"),
            field("targetLifecycleStage", Kind::Choice(STAGES)),
        ],
    ),
    SYSTEM_DATA,
    TYPE,
]);

const IMPORT_SPECIFICATION: BodyArg = arg(
    "import-specification",
    "importSpecification",
    "Whether to import the documents of definitions [default: always]",
);
const TARGET_ENVIRONMENT: BodyArg = arg(
    "target-environment-id",
    "targetEnvironmentId",
    "Environment of the imported APIs: /workspaces/default/environments/NAME",
);
const TARGET_STAGE: BodyArg =
    arg("target-lifecycle-stage", "targetLifecycleStage", "Lifecycle stage of the imported versions");

/// An integration with an API Management service.
pub(super) static APIM: Resource = Resource {
    noun: "integration of a center",
    plural: "integrations of a center",
    resource_type: &CENTER_SOURCE,
    segments: &[Segment::Name(&names::CENTER), Segment::Fixed("default"), Segment::Name(&names::INTEGRATION)],
    schema: &SHAPE,
    args: &[
        arg(
            "azure-apim",
            "azureApiManagementSource.resourceId",
            "API Management service: its name in the center's resource group, or its resource id",
        )
        .required(),
        arg(
            "msi-resource-id",
            "azureApiManagementSource.msiResourceId",
            "User-assigned identity that can read the service",
        ),
        IMPORT_SPECIFICATION,
        TARGET_ENVIRONMENT,
        TARGET_STAGE,
    ],
};

/// An integration with an Amazon API Gateway.
pub(super) static AWS: Resource = Resource {
    noun: "integration of a center",
    plural: "integrations of a center",
    resource_type: &CENTER_SOURCE,
    segments: &[
        Segment::Name(&names::CENTER_WITHOUT_S),
        Segment::Fixed("default"),
        Segment::Name(&names::INTEGRATION),
    ],
    schema: &SHAPE,
    args: &[
        arg(
            "aws-access-key-reference",
            "amazonApiGatewaySource.accessKey",
            "Link to the Key Vault secret with the access key",
        )
        .short('a')
        .required(),
        arg(
            "aws-secret-access-key-reference",
            "amazonApiGatewaySource.secretAccessKey",
            "Link to the Key Vault secret with the secret access key",
        )
        .short('s')
        .required(),
        arg("aws-region-name", "amazonApiGatewaySource.regionName", "Region of the gateway: us-east-2")
            .short('r')
            .required(),
        arg(
            "msi-resource-id",
            "amazonApiGatewaySource.msiResourceId",
            "User-assigned identity that can read the secrets",
        ),
        IMPORT_SPECIFICATION,
        TARGET_ENVIRONMENT,
        TARGET_STAGE,
    ],
};

/// The rules for a name of a service in `--azure-apim`.
static AZURE_APIM: NameArg = names::apim("azure-apim", &["azure-apim"], "API Management service");

const CREATE_APIM: VerbConfig = VerbConfig { defaults: complete_apim_body, ..AAZ };
const CREATE_AWS: VerbConfig = VerbConfig { defaults: complete_aws_body, ..AAZ };

/// Sets the type of source, and replaces the name of a service by its resource id.
fn complete_apim_body(session: &Session, matches: &ArgMatches, shown: &mut Value) -> Result<()> {
    let service = shown["azureApiManagementSource"]["resourceId"].as_str().unwrap_or_default().to_owned();
    if service.contains('/') {
        check_apim_id(&service)?;
    } else {
        AZURE_APIM.check(&service)?;
        let id = APIM_SERVICE.id(&session.group_scope(args::resource_group_value(matches))?, &[&service]);
        shown["azureApiManagementSource"]["resourceId"] = Value::String(id.to_string());
    }
    set_source_type("AzureApiManagement", shown);
    Ok(())
}

fn check_apim_id(text: &str) -> Result<()> {
    let id: ResourceId = text.parse()?;
    if APIM_SERVICE.matches(&id) {
        return Ok(());
    }
    Err(Error::invalid(format!("--azure-apim: '{text}' is not the id of an API Management service"))
        .with_hint(format!("The id ends in /providers/{}/NAME.", APIM_SERVICE.name())))
}

/// Sets the type of source, and refuses access keys where references to them are required.
///
/// `apic import aws-api-gateway` uses this for its body, too.
pub(super) fn complete_aws_body(_: &Session, _: &ArgMatches, shown: &mut Value) -> Result<()> {
    for (member, option) in
        [("accessKey", "aws-access-key-reference"), ("secretAccessKey", "aws-secret-access-key-reference")]
    {
        if shown["amazonApiGatewaySource"][member].as_str().is_some_and(is_aws_key) {
            return Err(Error::invalid(format!(
                "--{option}: the value looks like an access key, not a link to a secret"
            ))
            .with_hint(
                "Store the key in Azure Key Vault, and give the link to the secret: \
                     https://VAULT.vault.azure.net/secrets/NAME",
            ));
        }
    }
    set_source_type("AmazonApiGateway", shown);
    Ok(())
}

/// Whether a text has the form of an AWS access key id or of a secret access key.
fn is_aws_key(text: &str) -> bool {
    let id = text.len() == 20
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let secret =
        text.len() == 40 && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    id || secret
}

/// Sets the type of source, and the default of `importSpecification`.
fn set_source_type(kind: &str, shown: &mut Value) {
    shown["apiSourceType"] = Value::String(kind.to_owned());
    if shown.get("importSpecification").is_none_or(Value::is_null) {
        shown["importSpecification"] = Value::String("always".to_owned());
    }
}

/// `azr apic integration …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        group("create", "Create an integration", create),
        verbs::delete(&APIM, AAZ)
            .details("Also deletes the APIs that the integration imported, their environment and deployments.")
            .examples(&[Example {
                summary: "Delete an integration",
                command: "azr apic integration delete -g myResourceGroup -n myAPICenter -i sync-apim --yes",
            }])
            .into(),
        verbs::list(&APIM, AAZ)
            .examples(&[Example {
                summary: "List the integrations with their state",
                command: "azr apic integration list -g myResourceGroup -n myAPICenter --query \"[].{name:name,state:linkState.state}\" -o table",
            }])
            .into(),
        verbs::show(&APIM, AAZ)
            .examples(&[Example {
                summary: "Show an integration",
                command: "azr apic integration show -g myResourceGroup -n myAPICenter -i sync-apim",
            }])
            .into(),
        status::command().into(),
    ]
}

fn create() -> Vec<Node> {
    vec![
        verbs::create(&APIM, CREATE_APIM)
            .name("apim")
            .about("Synchronize a center with an API Management service")
            .details(
                "API Center reads the service with the managed identity of the center, or with that of --msi-resource-id. \
                 The identity needs the role API Management Service Reader Role on the service.",
            )
            .examples(&[
                Example {
                    summary: "Synchronize with a service in the same resource group",
                    command: "azr apic integration create apim -g myResourceGroup -n myAPICenter -i sync-apim --azure-apim myAPIManagement",
                },
                Example {
                    summary: "Synchronize with a service in another resource group",
                    command: "azr apic integration create apim -g myResourceGroup -n myAPICenter -i sync-apim --azure-apim \"$apimID\" --import-specification ondemand",
                },
            ])
            .into(),
        verbs::create(&AWS, CREATE_AWS)
            .name("aws")
            .about("Synchronize a center with an Amazon API Gateway")
            .details("The options take links to secrets in Azure Key Vault, never the keys themselves.")
            .examples(&[Example {
                summary: "Synchronize with the gateway of a region",
                command: "azr apic integration create aws -g myResourceGroup -n myAPICenter -i sync-aws -a https://myVault.vault.azure.net/secrets/key -s https://myVault.vault.azure.net/secrets/secret -r us-east-2",
            }])
            .into(),
    ]
}

#[cfg(test)]
mod tests;
