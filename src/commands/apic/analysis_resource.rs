//! The declaration of an API analysis configuration of a center.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_ANALYZER;

/// Conditions of a property, an operator and a value; az accepts any members.
const CONDITIONS: Kind = Kind::List(&Kind::Map(&Kind::Any));
const FILTER: &[Field] = &[
    field("apiDefinitions", CONDITIONS).required(),
    field("apiVersions", CONDITIONS).required(),
    field("apis", CONDITIONS).required(),
];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened(
        "properties",
        &[
            text("analyzerType"),
            text("description"),
            field("filter", Kind::Object(FILTER)),
            Field { read_only: true, ..text("state") },
            text("title"),
        ],
    ),
    SYSTEM_DATA,
    TYPE,
]);

/// An API analysis configuration of a center.
pub(super) static ANALYZER: Resource = Resource {
    noun: "configuration of API analysis",
    plural: "configurations of API analysis",
    resource_type: &CENTER_ANALYZER,
    segments: &[Segment::Name(&names::CENTER), Segment::Fixed("default"), Segment::Name(&names::ANALYZER)],
    schema: &SHAPE,
    args: &[
        arg("description", "description", "Description"),
        arg(
            "filter",
            "filter",
            "Filter of what to analyze: {apis:[{property:kind,operator:equals,value:rest}],apiVersions:[…],apiDefinitions:[…]}",
        ),
        arg("title", "title", "Title").not_null(),
    ],
};
