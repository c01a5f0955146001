//! `azr apic api`.

use super::shapes::{ID, KINDS, NAME, STAGES, SYSTEM_DATA, TYPE, shape};
use super::{api_wide, definition, deployment, mcp_config, register, version};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, AAZ, VerbConfig};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_API;

const CONTACT: &[Field] = &[text("email"), text("name"), text("url")];
const DOCUMENTATION: &[Field] = &[text("description"), text("title"), text("url").required()];
const LICENSE: &[Field] = &[text("identifier"), text("name"), text("url")];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened(
        "properties",
        &[
            field("contacts", Kind::List(&Kind::Object(CONTACT))),
            field("customProperties", Kind::Map(&Kind::Any)),
            text("description"),
            field("externalDocumentation", Kind::List(&Kind::Object(DOCUMENTATION))),
            field("kind", Kind::Choice(KINDS)),
            field("license", Kind::Object(LICENSE)),
            Field { read_only: true, ..field("lifecycleStage", Kind::Choice(STAGES)) },
            text("summary"),
            field("termsOfService", Kind::Object(&[text("url")])),
            text("title"),
        ],
    ),
    SYSTEM_DATA,
    TYPE,
]);

/// An API in a center.
pub(super) static API: Resource = Resource {
    noun: "API in a center",
    plural: "APIs in a center",
    resource_type: &CENTER_API,
    segments: &[Segment::Name(&names::CENTER), Segment::Fixed("default"), Segment::Name(&names::API)],
    schema: &SHAPE,
    args: &[
        arg("contacts", "contacts", "Contacts: [{name:N,email:E,url:U}]"),
        arg("custom-properties", "customProperties", "Custom metadata: KEY=VALUE… or JSON"),
        arg("description", "description", "Description, up to 1000 characters").length(0, 1000),
        arg("external-documentation", "externalDocumentation", "Links to documentation: [{title:T,url:U}]"),
        arg("type", "kind", "Kind of API").required().not_null(),
        arg("license", "license", "License: {name:N,url:U} or {identifier:I}"),
        arg("summary", "summary", "Summary, up to 200 characters").length(0, 200),
        arg("title", "title", "Title, 1 to 50 characters").required().not_null().length(1, 50),
    ],
};

/// `azr apic api …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&API, AAZ)
            .examples(&[
                Example {
                    summary: "Create an API",
                    command: "azr apic api create -g myResourceGroup -n myAPICenter --api-id my-api --title \"My API\" --type rest",
                },
                Example {
                    summary: "Create an API with a contact",
                    command: "azr apic api create -g myResourceGroup -n myAPICenter --api-id my-api --title \"My API\" --type rest --contacts \"[{name:Ada,email:ada@example.com}]\"",
                },
            ])
            .into(),
        verbs::delete(&API, AAZ)
            .examples(&[Example {
                summary: "Delete an API with its versions, definitions and deployments",
                command: "azr apic api delete -g myResourceGroup -n myAPICenter --api-id my-api --yes",
            }])
            .into(),
        verbs::list(&API, AAZ)
            .wide(api_wide::rows)
            .details(
                "-o wide counts the versions, definitions and deployments of each API, which takes two requests for it \
                 and one for each of its versions.",
            )
            .examples(&[
                Example {
                    summary: "List the REST APIs as a table",
                    command: "azr apic api list -g myResourceGroup -n myAPICenter --filter \"kind eq 'rest'\" -o table",
                },
                Example {
                    summary: "List them with stage, counts, and when they were changed",
                    command: "azr apic api list -g myResourceGroup -n myAPICenter -o wide",
                },
            ])
            .into(),
        register::command().into(),
        verbs::show(&API, VerbConfig { extra_args: mcp_config::args, ..AAZ })
            .alternative(mcp_config::FLAG, mcp_config::config)
            .details(
                "--mcp-json prints {\"servers\": {NAME: {\"type\": \"http\", \"url\": URL}}}, the content of .vscode/mcp.json \
                 for an MCP server, with the address of its default deployment.",
            )
            .examples(&[
                Example {
                    summary: "Show an API",
                    command: "azr apic api show -g myResourceGroup -n myAPICenter --api-id my-api",
                },
                Example {
                    summary: "Connect an editor to an MCP server of the catalog",
                    command: "azr apic api show -g myResourceGroup -n myAPICenter --api-id library-tools --mcp-json",
                },
            ])
            .into(),
        verbs::update(&API, AAZ)
            .examples(&[Example {
                summary: "Change the summary",
                command: "azr apic api update -g myResourceGroup -n myAPICenter --api-id my-api --summary \"What it is for\"",
            }])
            .into(),
        group("definition", "Definitions of a version", definition::children),
        group("deployment", "Deployments of an API", deployment::children),
        group("version", "Versions of an API", version::children),
    ]
}
