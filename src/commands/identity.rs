//! `azr identity`: user-assigned managed identities.

use super::names;
use super::resource::{Resource, Segment, ValueSyntax, WriteVerb, arg};
use super::tree::{Example, Node};
use super::verbs::{self, AAZ, VerbConfig};
use azr_arm::plan::UpdateMethod;
use azr_arm::schema::{Absent, Kind, Schema, field, flattened, text};
use azr_core::resource::IDENTITY as TYPE;

static SHAPE: Schema = Schema {
    fields: &[
        text("id").read_only(),
        text("location"),
        text("name").read_only(),
        flattened(
            "properties",
            &[
                text("clientId").read_only(),
                field("isolationScope", Kind::Choice(&["None", "Regional"])),
                text("principalId").read_only(),
                field("assignmentRestrictions", Kind::Object(&[field("providers", Kind::List(&Kind::Text))])),
                text("tenantId").read_only(),
            ],
        ),
        field(
            "systemData",
            Kind::Object(&[
                text("createdAt"),
                text("createdBy"),
                text("createdByType"),
                text("lastModifiedAt"),
                text("lastModifiedBy"),
                text("lastModifiedByType"),
            ]),
        )
        .read_only(),
        field("tags", Kind::Map(&Kind::Text)),
        text("type").read_only(),
    ],
    absent: Absent::Omit,
};

/// A user-assigned managed identity.
static IDENTITY: Resource = Resource {
    noun: "user-assigned managed identity",
    plural: "user-assigned managed identities of a resource group, or of the subscription",
    resource_type: &TYPE,
    segments: &[Segment::Name(&names::IDENTITY)],
    schema: &SHAPE,
    args: &[
        arg("location", "location", "Region [default: that of the resource group]")
            .syntax(ValueSyntax::Region)
            .short('l')
            .only_for(WriteVerb::Create),
        arg("tags", "tags", "Tags: KEY=VALUE…"),
        arg("isolation-scope", "isolationScope", "Whether it may be used in other regions"),
        arg("resource-restriction", "assignmentRestrictions", "Which providers may use it: {providers:[…]}"),
    ],
};

const CREATE: VerbConfig = VerbConfig { location_from_group: true, ..AAZ };
const UPDATE: VerbConfig = VerbConfig { update_method: UpdateMethod::Patch, ..AAZ };
const DELETE: VerbConfig = VerbConfig { confirm: false, ..AAZ };

/// `azr identity …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    vec![
        verbs::create(&IDENTITY, CREATE)
            .examples(&[Example {
                summary: "Create an identity",
                command: "azr identity create -g myResourceGroup -n center-reader",
            }])
            .into(),
        verbs::delete(&IDENTITY, DELETE)
            .examples(&[Example {
                summary: "Delete an identity",
                command: "azr identity delete -g myResourceGroup -n center-reader",
            }])
            .into(),
        verbs::list(&IDENTITY, AAZ)
            .examples(&[Example {
                summary: "List the identities of a group",
                command: "azr identity list -g myResourceGroup -o table",
            }])
            .into(),
        verbs::show(&IDENTITY, AAZ)
            .examples(&[Example {
                summary: "Read the principal",
                command: "azr identity show -g myResourceGroup -n center-reader --query principalId -o tsv",
            }])
            .into(),
        verbs::update(&IDENTITY, UPDATE)
            .examples(&[Example {
                summary: "Set a tag of an identity",
                command: "azr identity update -g myResourceGroup -n center-reader --tags team=apis",
            }])
            .into(),
    ]
}
