//! `azr apim graphql resolver`, and its policy.

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::{ID, NAME, TYPE, shape};
use crate::commands::resource::{NameArg, On, Part, Resource, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, SDK, Traits};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, Step};
use azr_arm::plan::Target;
use azr_arm::schema::{Schema, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::resource::{APIM_RESOLVER, APIM_RESOLVER_POLICY};

static RESOLVER_SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened("properties", &[text("displayName"), text("path"), text("description")]),
]);
static POLICY_SHAPE: Schema =
    shape(&[ID, NAME, TYPE, flattened("properties", &[text("value"), text("format")])]);

static RESOLVER_ID: NameArg = names::apim("resolver-id", &["resolver-id"], "Resolver of the GraphQL API");

static RESOLVER: Resource = Resource {
    noun: "GraphQL resolver",
    nouns: "resolvers of a GraphQL API",
    kind: &APIM_RESOLVER,
    parts: &[Part::Name(&names::APIM), Part::Name(&names::APIM_API), Part::Name(&RESOLVER_ID)],
    schema: &RESOLVER_SHAPE,
    args: &[
        arg("display-name", "displayName", "Display name").required().on(On::Create),
        arg("path", "path", "Type and field to resolve, such as Query/users").required().on(On::Create),
        arg("description", "description", "Description").on(On::Create),
    ],
};

static POLICY: Resource = Resource {
    noun: "policy of a GraphQL resolver",
    nouns: "policies of a GraphQL resolver",
    kind: &APIM_RESOLVER_POLICY,
    parts: &[
        Part::Name(&names::APIM),
        Part::Name(&names::APIM_API),
        Part::Name(&RESOLVER_ID),
        Part::Fixed("policy"),
    ],
    schema: &POLICY_SHAPE,
    args: &[arg("policy-format", "format", "Format of the policy: xml, rawxml, xml-link or rawxml-link")
        .on(On::Create)],
};

fn policy_args() -> Vec<Arg> {
    vec![args::text("value-path").required(true).value_name("FILE").help("File with the policy")]
}

fn policy_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let path =
        matches.get_one::<String>("value-path").ok_or_else(|| Error::usage("--value-path is required"))?;
    let value = Value::String(args::read_text("--value-path", path)?);
    Ok(vec![Edit::Set { path: vec![Step::Key("value".to_owned())], value }])
}

fn request_xml(_: &ArgMatches, target: Target) -> Result<Target> {
    Ok(target.query("format", "xml"))
}

const DELETE: Traits = Traits { if_match: Some("*"), ..SDK };
const CREATE_POLICY: Traits = Traits { more: policy_args, extra: policy_edits, ..SDK };
const SHOW_POLICY: Traits = Traits { aim: request_xml, ..SDK };

/// `azr apim graphql …`.
pub fn children() -> Vec<Node> {
    vec![group("resolver", "Resolvers of a GraphQL API", resolver)]
}

fn resolver() -> Vec<Node> {
    vec![
        group("policy", "The policy of a resolver", policy),
        verbs::create(&RESOLVER, SDK)
            .examples(&[Example { what: "Create a resolver", line: "azr apim graphql resolver create -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --display-name Users --path Query/users" }])
            .into(),
        verbs::delete(&RESOLVER, DELETE)
            .examples(&[Example { what: "Delete a resolver", line: "azr apim graphql resolver delete -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --yes" }])
            .into(),
        verbs::list(&RESOLVER, SDK)
            .examples(&[Example { what: "List the resolvers", line: "azr apim graphql resolver list -g myResourceGroup --service-name myAPIManagement --api-id graph" }])
            .into(),
        verbs::show(&RESOLVER, SDK)
            .examples(&[Example { what: "Show a resolver", line: "azr apim graphql resolver show -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
    ]
}

fn policy() -> Vec<Node> {
    vec![
        verbs::create(&POLICY, CREATE_POLICY)
            .examples(&[Example { what: "Set the policy", line: "azr apim graphql resolver policy create -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --policy-format xml --value-path policy.xml" }])
            .into(),
        verbs::delete(&POLICY, DELETE)
            .examples(&[Example { what: "Delete the policy", line: "azr apim graphql resolver policy delete -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --yes" }])
            .into(),
        verbs::list(&POLICY, SDK)
            .examples(&[Example { what: "List the policies", line: "azr apim graphql resolver policy list -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
        verbs::show(&POLICY, SHOW_POLICY)
            .examples(&[Example { what: "Show the policy", line: "azr apim graphql resolver policy show -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
    ]
}
