//! `azr apim nv`: named values.

use clap::ArgMatches;

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{NameArg, Resource, Segment, ValueSyntax, WriteVerb, arg};
use crate::commands::tree::{Example, Leaf, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::Absent;
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::error::Result;
use azr_core::resource::APIM_NAMED_VALUE;

const LAST_ACCESS: &[Field] = &[text("code"), text("message"), field("timeStampUtc", Kind::Time)];

const KEY_VAULT: &[Field] =
    &[text("secretIdentifier"), text("identityClientId"), field("lastStatus", Kind::Object(LAST_ACCESS))];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            field("tags", Kind::List(&Kind::Text)),
            field("secret", Kind::Bool),
            text("displayName"),
            text("value"),
            field("keyVault", Kind::Object(KEY_VAULT)),
        ],
    ),
]);
static SECRET: Schema = Schema { fields: &[text("value")], absent: Absent::Null };

static NAMED_VALUE_ID: NameArg = names::apim("named-value-id", &["named-value-id"], "Named value");

static NAMED_VALUE: Resource = Resource {
    noun: "named value",
    plural: "named values",
    resource_type: &APIM_NAMED_VALUE,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&NAMED_VALUE_ID)],
    schema: &SHAPE,
    args: &[
        arg("display-name", "displayName", "Name used in policies").only_for(WriteVerb::Create).required(),
        arg("secret", "secret", "Whether the value is a secret").syntax(ValueSyntax::Bool),
        arg("tags", "tags", "Tags").syntax(ValueSyntax::Keys),
        arg("value", "value", "Value").syntax(ValueSyntax::Text),
    ],
};

/// Sets `secret` to false unless `--secret` is given.
fn default_secret_to_false(_: &ArgMatches) -> Result<Vec<Edit>> {
    Ok(vec![Edit::Default { path: vec![PathSegment::Key("secret".to_owned())], value: false.into() }])
}

const CREATE: VerbConfig = VerbConfig {
    extra_edits: default_secret_to_false,
    has_no_wait: true,
    default_if_match: Some("*"),
    ..SDK
};
const UPDATE: VerbConfig = VerbConfig { default_if_match: Some(""), ..SDK };
const DELETE: VerbConfig =
    VerbConfig { customize_target: |_, target| Ok(target.header("if-match", "*")), ..SDK };

/// `azr apim nv show-secret`.
fn show_secret() -> Leaf {
    Leaf::plan(
        "show-secret",
        "Show the value of a secret named value",
        || verbs::name_args(&NAMED_VALUE, false),
        |session, matches| {
            let id = verbs::resource_id(session, &NAMED_VALUE, matches)?;
            let target = Target::new(id.as_str(), NAMED_VALUE.resource_type.api_version).join("listValue");
            Ok(Job::new(target, Action::Post { body: None, location_from_group: None }, Some(&SECRET)).into())
        },
    )
}

/// `azr apim nv …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&NAMED_VALUE, CREATE)
            .examples(&[Example { summary: "Create a secret", command: "azr apim nv create -g myResourceGroup --service-name myAPIManagement --named-value-id key --display-name key --value s3cret --secret true" }])
            .into(),
        verbs::delete(&NAMED_VALUE, DELETE)
            .examples(&[Example { summary: "Delete a named value", command: "azr apim nv delete -g myResourceGroup --service-name myAPIManagement --named-value-id key --yes" }])
            .into(),
        verbs::list(&NAMED_VALUE, SDK)
            .examples(&[Example { summary: "List the named values", command: "azr apim nv list -g myResourceGroup --service-name myAPIManagement" }])
            .into(),
        verbs::show(&NAMED_VALUE, SDK)
            .examples(&[Example { summary: "Show a named value without its secret", command: "azr apim nv show -g myResourceGroup --service-name myAPIManagement --named-value-id key" }])
            .into(),
        show_secret()
            .examples(&[Example { summary: "Read a secret", command: "azr apim nv show-secret -g myResourceGroup --service-name myAPIManagement --named-value-id key --query value -o tsv" }])
            .into(),
        verbs::update(&NAMED_VALUE, UPDATE)
            .examples(&[Example { summary: "Change the value", command: "azr apim nv update -g myResourceGroup --service-name myAPIManagement --named-value-id key --value n3w" }])
            .into(),
        verbs::wait(&NAMED_VALUE)
            .examples(&[Example { summary: "Wait until a named value exists", command: "azr apim nv wait -g myResourceGroup --service-name myAPIManagement --named-value-id key --exists" }])
            .into(),
    ]
}
