//! `azr apim api versionset`.

use clap::ArgMatches;
use serde_json::Value;

use super::{ID, NAME, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{BodyArg, NameArg, On, Part, Resource, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, Traits};
use azr_arm::edit::{Edit, Step};
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
    arg("description", "description", "Description").on(On::Create),
    arg("description", "", "Ignored, as in az; use --set description=TEXT").on(On::Update),
    arg("version-header-name", "", "Name of the header with the version, for the scheme Header"),
    arg("version-query-name", "", "Name of the query parameter with the version, for the scheme Query"),
];

const fn version_set(parts: &'static [Part]) -> Resource {
    Resource {
        noun: "version set",
        nouns: "version sets",
        kind: &APIM_VERSION_SET,
        parts,
        schema: &SHAPE,
        args: ARGS,
    }
}

static VERSION_SET: Resource = version_set(&[Part::Name(&names::APIM), Part::Name(&VERSION_SET_ID)]);
static NEW_VERSION_SET: Resource = version_set(&[Part::Name(&names::APIM), Part::Name(&NEW_VERSION_SET_ID)]);

/// The edits that set the name of the header or query parameter, as the versioning scheme requires.
fn version_name_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let scheme = text("versioning-scheme").unwrap_or_default().to_ascii_lowercase();
    let (option, used, unused) = match scheme.as_str() {
        "header" => ("version-header-name", "versionHeaderName", "versionQueryName"),
        "query" => ("version-query-name", "versionQueryName", "versionHeaderName"),
        _ => return Ok(Vec::new()),
    };
    let name = text(option).ok_or_else(|| {
        Error::invalid(format!("--{option} is required with the versioning scheme {scheme}"))
    })?;
    let key = |name: &str| vec![Step::Key(name.to_owned())];
    Ok(vec![
        Edit::Set { path: key(used), value: Value::String(name) },
        Edit::Set { path: key(unused), value: Value::Null },
    ])
}

const CREATE: Traits = Traits { extra: version_name_edits, if_match: Some("*"), ..SDK };
const UPDATE: Traits = Traits { extra: version_name_edits, if_match: Some(""), ..SDK };
const DELETE: Traits = Traits { if_match: Some("*"), confirm: false, ..SDK };

/// `azr apim api versionset …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&NEW_VERSION_SET, CREATE)
            .examples(&[Example { what: "Create a version set with versions in the path", line: "azr apim api versionset create -g myResourceGroup --service-name myAPIManagement --version-set-id orders --display-name Orders --versioning-scheme Segment" }, Example { what: "Create a version set with versions in a header", line: "azr apim api versionset create -g myResourceGroup --service-name myAPIManagement --display-name Orders --versioning-scheme Header --version-header-name X-Version" }])
            .into(),
        verbs::delete(&VERSION_SET, DELETE)
            .examples(&[Example { what: "Delete a version set", line: "azr apim api versionset delete -g myResourceGroup --service-name myAPIManagement --version-set-id orders" }])
            .into(),
        verbs::list(&VERSION_SET, SDK)
            .examples(&[Example { what: "List the version sets", line: "azr apim api versionset list -g myResourceGroup --service-name myAPIManagement -o table" }])
            .into(),
        verbs::show(&VERSION_SET, SDK)
            .examples(&[Example { what: "Show a version set", line: "azr apim api versionset show -g myResourceGroup --service-name myAPIManagement --version-set-id orders" }])
            .into(),
        verbs::update(&VERSION_SET, UPDATE)
            .examples(&[Example { what: "Rename a version set", line: "azr apim api versionset update -g myResourceGroup --service-name myAPIManagement --version-set-id orders --display-name \"All orders\"" }])
            .into(),
    ]
}
