//! `azr apim api versionset`.

use clap::{ArgMatches, ValueEnum};
use serde_json::Value;

use super::shapes::{ID, NAME, TYPE, shape};
use super::workspace::READ;
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, WriteVerb, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::schema::{Kind, Schema, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_VERSION_SET;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("description"),
            text("versionQueryName"),
            text("versionHeaderName"),
            text("displayName"),
            text("versioningScheme"),
        ],
    ),
]);

static VERSION_SET_ID: NameArg = names::apim("version-set-id", &["version-set-id"], "Version set");
static NEW_VERSION_SET_ID: NameArg = NameArg {
    generated: true,
    ..names::apim("version-set-id", &["version-set-id"], "Version set [default: a new id]")
};

const ARGS: &[BodyArg] = &[
    arg("display-name", "displayName", "Display name").required(),
    arg("versioning-scheme", "versioningScheme", "Where requests carry the version")
        .kind(Kind::Choice(&["Header", "Query", "Segment"]))
        .required(),
    arg("description", "description", "Description").only_for(WriteVerb::Create),
    arg("description", "", "Ignored, as in az; use --set description=TEXT").only_for(WriteVerb::Update),
    arg("version-header-name", "", "Name of the header with the version, for the scheme Header"),
    arg("version-query-name", "", "Name of the query parameter with the version, for the scheme Query"),
];

const fn version_set(segments: &'static [Segment]) -> Resource {
    Resource {
        noun: "version set",
        plural: "version sets",
        resource_type: &APIM_VERSION_SET,
        segments,
        schema: &SHAPE,
        args: ARGS,
    }
}

static VERSION_SET: Resource = version_set(&[Segment::Name(&names::APIM), Segment::Name(&VERSION_SET_ID)]);
static NEW_VERSION_SET: Resource =
    version_set(&[Segment::Name(&names::APIM), Segment::Name(&NEW_VERSION_SET_ID)]);

/// A value of `--versioning-scheme`: where requests carry the version.
#[derive(Clone, Copy, ValueEnum)]
enum VersioningScheme {
    Header,
    Query,
    Segment,
}

/// The edits that set the name of the header or query parameter, as the versioning scheme requires.
fn version_name_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let scheme = args::text_value(matches, "versioning-scheme");
    let scheme = scheme.and_then(|text| VersioningScheme::from_str(text, true).ok());
    let (scheme, option, used, unused) = match scheme {
        Some(VersioningScheme::Header) => {
            ("header", "version-header-name", "versionHeaderName", "versionQueryName")
        }
        Some(VersioningScheme::Query) => {
            ("query", "version-query-name", "versionQueryName", "versionHeaderName")
        }
        Some(VersioningScheme::Segment) | None => return Ok(Vec::new()),
    };
    let name = args::text_value(matches, option).ok_or_else(|| {
        Error::invalid(format!("--{option} is required with the versioning scheme {scheme}"))
    })?;
    let key = |name: &str| vec![PathSegment::Key(name.to_owned())];
    Ok(vec![
        Edit::Set { path: key(used), value: Value::from(name) },
        Edit::Set { path: key(unused), value: Value::Null },
    ])
}

const CREATE: VerbConfig = VerbConfig { extra_edits: version_name_edits, default_if_match: Some("*"), ..SDK };
const UPDATE: VerbConfig = VerbConfig { extra_edits: version_name_edits, default_if_match: Some(""), ..SDK };
const DELETE: VerbConfig = VerbConfig { default_if_match: Some("*"), confirm: false, ..SDK };

/// `azr apim api versionset …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&NEW_VERSION_SET, CREATE)
            .examples(&[Example { summary: "Create a version set with versions in the path", command: "azr apim api versionset create -g myResourceGroup --service-name myAPIManagement --version-set-id orders --display-name Orders --versioning-scheme Segment" }, Example { summary: "Create a version set with versions in a header", command: "azr apim api versionset create -g myResourceGroup --service-name myAPIManagement --display-name Orders --versioning-scheme Header --version-header-name X-Version" }])
            .into(),
        verbs::delete(&VERSION_SET, DELETE)
            .examples(&[Example { summary: "Delete a version set", command: "azr apim api versionset delete -g myResourceGroup --service-name myAPIManagement --version-set-id orders" }])
            .into(),
        verbs::list(&VERSION_SET, READ)
            .examples(&[Example { summary: "List the version sets", command: "azr apim api versionset list -g myResourceGroup --service-name myAPIManagement -o table" }])
            .into(),
        verbs::show(&VERSION_SET, READ)
            .examples(&[Example { summary: "Show a version set", command: "azr apim api versionset show -g myResourceGroup --service-name myAPIManagement --version-set-id orders" }])
            .into(),
        verbs::update(&VERSION_SET, UPDATE)
            .examples(&[Example { summary: "Rename a version set", command: "azr apim api versionset update -g myResourceGroup --service-name myAPIManagement --version-set-id orders --display-name \"All orders\"" }])
            .into(),
    ]
}
