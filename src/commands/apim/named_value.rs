//! `azr apim nv`: named values.

use clap::ArgMatches;

use super::{ID, NAME, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{How, NameArg, On, Part, Resource, arg};
use crate::commands::tree::{Example, Leaf, Node};
use crate::commands::verbs::{self, SDK, Traits};
use azr_arm::edit::{Edit, Step};
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
    nouns: "named values",
    kind: &APIM_NAMED_VALUE,
    parts: &[Part::Name(&names::APIM), Part::Name(&NAMED_VALUE_ID)],
    schema: &SHAPE,
    args: &[
        arg("display-name", "displayName", "Name used in policies").on(On::Create).required(),
        arg("secret", "secret", "Whether the value is a secret").how(How::Flag),
        arg("tags", "tags", "Tags").how(How::Keys),
        arg("value", "value", "Value").how(How::Plain),
    ],
};

/// Sets `secret` to false unless `--secret` is given.
fn default_secret_to_false(_: &ArgMatches) -> Result<Vec<Edit>> {
    Ok(vec![Edit::Default { path: vec![Step::Key("secret".to_owned())], value: false.into() }])
}

const CREATE: Traits = Traits { extra: default_secret_to_false, no_wait: true, if_match: Some("*"), ..SDK };
const UPDATE: Traits = Traits { if_match: Some(""), ..SDK };
const DELETE: Traits = Traits { aim: |_, target| Ok(target.header("if-match", "*")), ..SDK };

/// `azr apim nv show-secret`.
fn show_secret() -> Leaf {
    Leaf::plan(
        "show-secret",
        "Show the value of a secret named value",
        || verbs::naming(&NAMED_VALUE, false),
        |session, matches| {
            let id = verbs::id(session, &NAMED_VALUE, matches)?;
            let target = Target::new(id.as_str(), NAMED_VALUE.kind.api_version).join("listValue");
            Ok(Job::new(target, Action::Post { body: None, location_of: None }, Some(&SECRET)).into())
        },
    )
}

/// `azr apim nv …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&NAMED_VALUE, CREATE)
            .examples(&[Example { what: "Create a secret", line: "azr apim nv create -g myResourceGroup --service-name myAPIManagement --named-value-id key --display-name key --value s3cret --secret true" }])
            .into(),
        verbs::delete(&NAMED_VALUE, DELETE)
            .examples(&[Example { what: "Delete a named value", line: "azr apim nv delete -g myResourceGroup --service-name myAPIManagement --named-value-id key --yes" }])
            .into(),
        verbs::list(&NAMED_VALUE, SDK)
            .examples(&[Example { what: "List the named values", line: "azr apim nv list -g myResourceGroup --service-name myAPIManagement" }])
            .into(),
        verbs::show(&NAMED_VALUE, SDK)
            .examples(&[Example { what: "Show a named value without its secret", line: "azr apim nv show -g myResourceGroup --service-name myAPIManagement --named-value-id key" }])
            .into(),
        show_secret()
            .examples(&[Example { what: "Read a secret", line: "azr apim nv show-secret -g myResourceGroup --service-name myAPIManagement --named-value-id key --query value -o tsv" }])
            .into(),
        verbs::update(&NAMED_VALUE, UPDATE)
            .examples(&[Example { what: "Change the value", line: "azr apim nv update -g myResourceGroup --service-name myAPIManagement --named-value-id key --value n3w" }])
            .into(),
        verbs::wait(&NAMED_VALUE)
            .examples(&[Example { what: "Wait until a named value exists", line: "azr apim nv wait -g myResourceGroup --service-name myAPIManagement --named-value-id key --exists" }])
            .into(),
    ]
}
