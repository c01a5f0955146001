//! The declaration of a definition in a center.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_DEFINITION;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
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
    TYPE,
]);

/// A definition of a version.
pub(super) static DEFINITION: Resource = Resource {
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
        arg("title", "title", "Title, 1 to 50 characters").required().not_null().length(1, 50),
    ],
};
