//! `azr apim api release`.

use clap::{ArgMatches, Args};
use serde_json::Value;

use super::shapes::{ID, NAME, TYPE, shape};
use super::workspace::READ;
use crate::commands::args;
use crate::commands::names;
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, arg};
use crate::commands::tree::{Example, Node, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::edit::{Edit, PathSegment};
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

const fn release(segments: &'static [Segment]) -> Resource {
    Resource {
        noun: "release of an API's revision",
        plural: "releases of an API",
        resource_type: &APIM_RELEASE,
        segments,
        schema: &SHAPE,
        args: ARGS,
    }
}

static RELEASE: Resource =
    release(&[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API), Segment::Name(&RELEASE_ID)]);
static NEW_RELEASE: Resource =
    release(&[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API), Segment::Name(&NEW_RELEASE_ID)]);

/// The options of `create` that do not come from the table.
#[derive(Args)]
struct CreateOptions {
    #[arg(long, value_name = "N", help = "Revision to make current")]
    api_revision: String,
}

/// The edit that sets the revision to release.
fn api_id_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let options: CreateOptions = read_options(matches)?;
    let api = args::text_value(matches, names::APIM_API.key).unwrap_or_default();
    let value = Value::String(format!("/apis/{api};rev={}", options.api_revision));
    Ok(vec![Edit::Set { path: vec![PathSegment::Key("apiId".to_owned())], value }])
}

const CREATE: VerbConfig = VerbConfig {
    extra_args: args::derived::<CreateOptions>,
    extra_edits: api_id_edits,
    default_if_match: Some("*"),
    ..SDK
};
const UPDATE: VerbConfig = VerbConfig { default_if_match: Some(""), ..SDK };
const DELETE: VerbConfig = VerbConfig { default_if_match: Some("*"), confirm: false, ..SDK };

/// `azr apim api release …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&NEW_RELEASE, CREATE)
            .examples(&[Example { summary: "Make revision 2 current", command: "azr apim api release create -g myResourceGroup --service-name myAPIManagement --api-id my-api --api-revision 2 --release-id r1 --notes \"Faster\"" }])
            .into(),
        verbs::delete(&RELEASE, DELETE)
            .examples(&[Example { summary: "Delete a release", command: "azr apim api release delete -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1" }])
            .into(),
        verbs::list(&RELEASE, READ)
            .examples(&[Example { summary: "List the releases", command: "azr apim api release list -g myResourceGroup --service-name myAPIManagement --api-id my-api" }])
            .into(),
        verbs::show(&RELEASE, READ)
            .examples(&[Example { summary: "Show a release", command: "azr apim api release show -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1" }])
            .into(),
        verbs::update(&RELEASE, UPDATE)
            .examples(&[Example { summary: "Change the notes", command: "azr apim api release update -g myResourceGroup --service-name myAPIManagement --api-id my-api --release-id r1 --notes \"Faster and safer\"" }])
            .into(),
    ]
}
