//! `azr apim api release`.

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::{ID, NAME, TYPE, shape};
use crate::commands::args;
use crate::commands::names;
use crate::commands::resource::{BodyArg, NameArg, Part, Resource, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, Traits};
use azr_arm::edit::{Edit, Step};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::error::Result;
use azr_core::resource::APIM_RELEASE;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("apiId"),
            field("createdDateTime", Kind::Time).read_only(),
            field("updatedDateTime", Kind::Time).read_only(),
            text("notes"),
        ],
    ),
]);

static RELEASE_ID: NameArg = names::apim("release-id", &["release-id"], "Release of the API");
static NEW_RELEASE_ID: NameArg =
    NameArg { generated: true, ..names::apim("release-id", &["release-id"], "Release [default: a new id]") };

const ARGS: &[BodyArg] = &[arg("notes", "notes", "Release notes")];

const fn release(parts: &'static [Part]) -> Resource {
    Resource {
        noun: "release of an API's revision",
        nouns: "releases of an API",
        kind: &APIM_RELEASE,
        parts,
        schema: &SHAPE,
        args: ARGS,
    }
}

static RELEASE: Resource =
    release(&[Part::Name(&names::APIM), Part::Name(&names::APIM_API), Part::Name(&RELEASE_ID)]);
static NEW_RELEASE: Resource =
    release(&[Part::Name(&names::APIM), Part::Name(&names::APIM_API), Part::Name(&NEW_RELEASE_ID)]);

fn create_args() -> Vec<Arg> {
    vec![args::text("api-revision").required(true).value_name("N").help("Revision to make current")]
}

/// The edit that sets the revision to release.
fn api_id_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |name: &str| matches.get_one::<String>(name).map_or("", String::as_str);
    let value = Value::String(format!("/apis/{};rev={}", text("api-id"), text("api-revision")));
    Ok(vec![Edit::Set { path: vec![Step::Key("apiId".to_owned())], value }])
}

const CREATE: Traits = Traits { more: create_args, extra: api_id_edits, if_match: Some("*"), ..SDK };
const UPDATE: Traits = Traits { if_match: Some(""), ..SDK };
const DELETE: Traits = Traits { if_match: Some("*"), confirm: false, ..SDK };

/// `azr apim api release …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&NEW_RELEASE, CREATE)
            .examples(&[Example { what: "Make revision 2 current", line: "azr apim api release create -g myResourceGroup --service-name myAPIManagement --api-id my-api --api-revision 2 --release-id r1 --notes \"Faster\"" }])
            .into(),
        verbs::delete(&RELEASE, DELETE)
            .examples(&[Example { what: "Delete a release", line: "azr apim api release delete -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1" }])
            .into(),
        verbs::list(&RELEASE, SDK)
            .examples(&[Example { what: "List the releases", line: "azr apim api release list -g myResourceGroup --service-name myAPIManagement --api-id my-api" }])
            .into(),
        verbs::show(&RELEASE, SDK)
            .examples(&[Example { what: "Show a release", line: "azr apim api release show -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1" }])
            .into(),
        verbs::update(&RELEASE, UPDATE)
            .examples(&[Example { what: "Change the notes", line: "azr apim api release update -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1 --notes \"Faster and safer\"" }])
            .into(),
    ]
}
