//! `azr apim graphql resolver`, and its policy.

use clap::{ArgMatches, Args};
use serde_json::Value;

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::resource::{NameArg, Resource, Segment, WriteVerb, arg};
use crate::commands::tree::{Example, Node, group, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::plan::Target;
use azr_arm::schema::{Schema, flattened, text};
use azr_core::error::Result;
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
    plural: "resolvers of a GraphQL API",
    resource_type: &APIM_RESOLVER,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API), Segment::Name(&RESOLVER_ID)],
    schema: &RESOLVER_SHAPE,
    args: &[
        arg("display-name", "displayName", "Display name").required().only_for(WriteVerb::Create),
        arg("path", "path", "Type and field to resolve, such as Query/users")
            .required()
            .only_for(WriteVerb::Create),
        arg("description", "description", "Description").only_for(WriteVerb::Create),
    ],
};

static POLICY: Resource = Resource {
    noun: "policy of a GraphQL resolver",
    plural: "policies of a GraphQL resolver",
    resource_type: &APIM_RESOLVER_POLICY,
    segments: &[
        Segment::Name(&names::APIM),
        Segment::Name(&names::APIM_API),
        Segment::Name(&RESOLVER_ID),
        Segment::Fixed("policy"),
    ],
    schema: &POLICY_SHAPE,
    args: &[arg("policy-format", "format", "Format of the policy: xml, rawxml, xml-link or rawxml-link")
        .only_for(WriteVerb::Create)],
};

/// The options of a policy that do not come from the table.
#[derive(Args)]
struct PolicyOptions {
    #[arg(long, value_name = "FILE", help = "File with the policy")]
    value_path: String,
}

fn policy_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let options: PolicyOptions = read_options(matches)?;
    let value = Value::String(args::read_text("--value-path", &options.value_path)?);
    Ok(vec![Edit::Set { path: vec![PathSegment::Key("value".to_owned())], value }])
}

fn request_xml(_: &ArgMatches, target: Target) -> Result<Target> {
    Ok(target.query("format", "xml"))
}

const DELETE: VerbConfig = VerbConfig { default_if_match: Some("*"), ..SDK };
const CREATE_POLICY: VerbConfig =
    VerbConfig { extra_args: args::derived::<PolicyOptions>, extra_edits: policy_edits, ..SDK };
const SHOW_POLICY: VerbConfig = VerbConfig { customize_target: request_xml, ..SDK };

/// `azr apim graphql …`.
pub(super) fn children() -> Vec<Node> {
    vec![group("resolver", "Resolvers of a GraphQL API", resolver)]
}

fn resolver() -> Vec<Node> {
    vec![
        group("policy", "The policy of a resolver", policy),
        verbs::create(&RESOLVER, SDK)
            .examples(&[Example { summary: "Create a resolver", command: "azr apim graphql resolver create -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --display-name Users --path Query/users" }])
            .into(),
        verbs::delete(&RESOLVER, DELETE)
            .examples(&[Example { summary: "Delete a resolver", command: "azr apim graphql resolver delete -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --yes" }])
            .into(),
        verbs::list(&RESOLVER, SDK)
            .examples(&[Example { summary: "List the resolvers", command: "azr apim graphql resolver list -g myResourceGroup --service-name myAPIManagement --api-id graph" }])
            .into(),
        verbs::show(&RESOLVER, SDK)
            .examples(&[Example { summary: "Show a resolver", command: "azr apim graphql resolver show -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
    ]
}

fn policy() -> Vec<Node> {
    vec![
        verbs::create(&POLICY, CREATE_POLICY)
            .examples(&[Example { summary: "Set the policy", command: "azr apim graphql resolver policy create -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --policy-format xml --value-path policy.xml" }])
            .into(),
        verbs::delete(&POLICY, DELETE)
            .examples(&[Example { summary: "Delete the policy", command: "azr apim graphql resolver policy delete -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users --yes" }])
            .into(),
        verbs::list(&POLICY, SDK)
            .examples(&[Example { summary: "List the policies", command: "azr apim graphql resolver policy list -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
        verbs::show(&POLICY, SHOW_POLICY)
            .examples(&[Example { summary: "Show the policy", command: "azr apim graphql resolver policy show -g myResourceGroup --service-name myAPIManagement --api-id graph --resolver-id users" }])
            .into(),
    ]
}
