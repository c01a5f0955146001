//! `azr apic api-analysis`: configurations with the rules that APIs are analyzed by.

use super::ruleset;
use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ, VerbConfig};
use azr_arm::edit::{Edit, Step};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_ANALYZER;

/// Conditions of a property, an operator and a value; az accepts any members.
const CONDITIONS: Kind = Kind::List(&Kind::Map(&Kind::Any));
const FILTER: &[Field] =
    &[field("apiDefinitions", CONDITIONS), field("apiVersions", CONDITIONS), field("apis", CONDITIONS)];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
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
]);

/// An API analysis configuration of a center.
pub static ANALYZER: Resource = Resource {
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
        arg("title", "title", "Title"),
    ],
};

/// Create and update send the type of analyzer: the service shows `Spectral` and expects `spectral`.
const SPECTRAL: VerbConfig = VerbConfig {
    extra_edits: |_| {
        let path = vec![Step::Key("analyzerType".to_owned())];
        Ok(vec![Edit::Set { path, value: "spectral".into() }])
    },
    ..AAZ
};

/// `azr apic api-analysis …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&ANALYZER, SPECTRAL)
            .examples(&[Example {
                summary: "Create a configuration",
                command: "azr apic api-analysis create -g myResourceGroup -n myAPICenter -c spectral-openapi --title OpenAPI",
            }])
            .into(),
        verbs::delete(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "Delete a configuration",
                command: "azr apic api-analysis delete -g myResourceGroup -n myAPICenter -c spectral-openapi --yes",
            }])
            .into(),
        ruleset::export().into(),
        ruleset::import().into(),
        verbs::list(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "List the configurations as a table",
                command: "azr apic api-analysis list -g myResourceGroup -n myAPICenter -o table",
            }])
            .into(),
        verbs::show(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "Show a configuration",
                command: "azr apic api-analysis show -g myResourceGroup -n myAPICenter -c spectral-openapi",
            }])
            .into(),
        verbs::update(&ANALYZER, SPECTRAL)
            .examples(&[Example {
                summary: "Analyze REST APIs only",
                command: "azr apic api-analysis update -g myResourceGroup -n myAPICenter -c spectral-openapi --filter \"{apis:[{property:kind,operator:equals,value:rest}]}\"",
            }])
            .into(),
    ]
}
