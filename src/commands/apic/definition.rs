//! `azr apic api definition`.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use super::specification;
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_DEFINITION;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("description"),
            Field {
                read_only: true,
                ..field("specification", Kind::Object(&[text("name"), text("version")]))
            },
            text("title"),
        ],
    ),
    SYSTEM_DATA,
]);

/// A definition of a version.
pub static DEFINITION: Resource = Resource {
    noun: "definition of a version",
    plural: "definitions of a version",
    resource_type: &CENTER_DEFINITION,
    segments: &[
        Segment::Name(&names::CENTER),
        Segment::Fixed("default"),
        Segment::Name(&names::API),
        Segment::Name(&names::VERSION),
        Segment::Name(&names::DEFINITION),
    ],
    schema: &SHAPE,
    args: &[
        arg("description", "description", "Description"),
        arg("title", "title", "Title, 1 to 50 characters").required().length(1, 50),
    ],
};

/// `azr apic api definition …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Create a definition to import a document into",
                command: "azr apic api definition create -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --title OpenAPI",
            }])
            .into(),
        verbs::delete(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Delete a definition",
                command: "azr apic api definition delete -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --yes",
            }])
            .into(),
        specification::export().into(),
        specification::import().into(),
        verbs::list(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "List the definitions of a version",
                command: "azr apic api definition list -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0",
            }])
            .into(),
        verbs::show(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Show a definition",
                command: "azr apic api definition show -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi",
            }])
            .into(),
        verbs::update(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Change the title",
                command: "azr apic api definition update -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --title \"OpenAPI 3\"",
            }])
            .into(),
    ]
}
