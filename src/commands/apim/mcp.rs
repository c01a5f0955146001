//! `azr apim mcp`: MCP servers, which API Management stores as APIs of the type `mcp`.
//!
//! az has no such commands. The shapes of servers and tools are those of the published types, examples and templates.

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::resource::{APIM_MCP_SERVER, APIM_TOOL};

static SERVER_SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("displayName"),
            text("description"),
            text("type").shown("apiType"),
            text("path"),
            field("protocols", Kind::List(&Kind::Text)),
            text("serviceUrl"),
            text("backendId"),
            field("subscriptionRequired", Kind::Bool),
            field("mcpProperties", Kind::Any),
            field("mcpTools", Kind::Any),
        ],
    ),
]);

static TOOL_SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened("properties", &[text("displayName"), text("description"), text("operationId")]),
]);

static SERVER: Resource = Resource {
    noun: "MCP server",
    plural: "MCP servers",
    resource_type: &APIM_MCP_SERVER,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API)],
    schema: &SERVER_SHAPE,
    args: &[],
};

static TOOL: Resource = Resource {
    noun: "tool of an MCP server",
    plural: "tools of an MCP server",
    resource_type: &APIM_TOOL,
    segments: &[
        Segment::Name(&names::APIM),
        Segment::Name(&names::APIM_API),
        Segment::Name(&names::APIM_TOOL),
    ],
    schema: &TOOL_SHAPE,
    args: &[],
};

/// Lists only the APIs that are MCP servers.
const LIST: VerbConfig = VerbConfig {
    customize_target: |_, target| Ok(target.query("$filter", "properties/type eq 'mcp'")),
    ..SDK
};

/// `azr apim mcp …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::list(&SERVER, LIST)
            .examples(&[Example {
                summary: "List the MCP servers",
                command: "azr apim mcp list -g myResourceGroup --service-name myAPIManagement --query '[].{id:name,title:displayName}' -o table",
            }])
            .into(),
        verbs::show(&SERVER, SDK)
            .examples(&[Example {
                summary: "Show an MCP server",
                command: "azr apim mcp show -g myResourceGroup --service-name myAPIManagement --api-id library-tools",
            }])
            .into(),
        verbs::list(&TOOL, SDK)
            .name("tools")
            .examples(&[Example {
                summary: "List the tools of an MCP server",
                command: "azr apim mcp tools -g myResourceGroup --service-name myAPIManagement --api-id library-tools",
            }])
            .into(),
    ]
}
