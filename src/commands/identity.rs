//! `azr identity`: user-assigned managed identities.

use super::names;
use super::resource::{How, On, Part, Resource, arg};
use super::tree::{Example, Node};
use super::verbs::{self, AAZ, Traits};
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
    nouns: "user-assigned managed identities of a resource group, or of the subscription",
    kind: &TYPE,
    parts: &[Part::Name(&names::IDENTITY)],
    schema: &SHAPE,
    args: &[
        arg("location", "location", "Region [default: that of the resource group]")
            .how(How::Region)
            .short('l')
            .on(On::Create),
        arg("tags", "tags", "Tags: KEY=VALUE…"),
        arg("isolation-scope", "isolationScope", "Whether it may be used in other regions").on(On::Create),
        arg("resource-restriction", "assignmentRestrictions", "Which providers may use it: {providers:[…]}")
            .on(On::Create),
    ],
};

const CREATE: Traits = Traits { located: true, ..AAZ };
const DELETE: Traits = Traits { confirm: false, ..AAZ };

/// `azr identity …`.
#[must_use]
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&IDENTITY, CREATE)
            .examples(&[Example {
                what: "Create an identity",
                line: "azr identity create -g myResourceGroup -n center-reader",
            }])
            .into(),
        verbs::delete(&IDENTITY, DELETE)
            .examples(&[Example {
                what: "Delete an identity",
                line: "azr identity delete -g myResourceGroup -n center-reader",
            }])
            .into(),
        verbs::list(&IDENTITY, AAZ)
            .examples(&[Example {
                what: "List the identities of a group",
                line: "azr identity list -g myResourceGroup -o table",
            }])
            .into(),
        verbs::show(&IDENTITY, AAZ)
            .examples(&[Example {
                what: "Read the principal",
                line: "azr identity show -g myResourceGroup -n center-reader --query principalId -o tsv",
            }])
            .into(),
    ]
}
