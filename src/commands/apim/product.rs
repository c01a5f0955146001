//! `azr apim product`.

use clap::{Arg, ArgMatches};

use super::product_api;
use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::args;
use crate::commands::names;
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, ValueSyntax, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::plan::Target;
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::error::Result;
use azr_core::resource::APIM_PRODUCT;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("description"),
            text("terms"),
            field("subscriptionRequired", Kind::Bool),
            field("approvalRequired", Kind::Bool),
            field("subscriptionsLimit", Kind::Int),
            text("state"),
            text("displayName"),
        ],
    ),
]);

static NEW_PRODUCT_ID: NameArg =
    NameArg { generated: true, ..names::apim("product-id", &["product-id"], "Product [default: a new id]") };

const ARGS: &[BodyArg] = &[
    arg("product-name", "displayName", "Display name").required(),
    arg("description", "description", "Description; may contain HTML"),
    arg("legal-terms", "terms", "Terms of use that subscribers must accept"),
    arg("subscription-required", "subscriptionRequired", "Whether its APIs require a subscription")
        .short('s')
        .syntax(ValueSyntax::Bool),
    arg("approval-required", "approvalRequired", "Whether subscriptions require approval")
        .syntax(ValueSyntax::Bool),
    arg("subscriptions-limit", "subscriptionsLimit", "Maximum number of subscriptions per user"),
    arg("state", "state", "Whether the product is visible to developers")
        .kind(Kind::Choice(&["notPublished", "published"])),
];

const fn product(segments: &'static [Segment]) -> Resource {
    Resource {
        noun: "product",
        plural: "products",
        resource_type: &APIM_PRODUCT,
        segments,
        schema: &SHAPE,
        args: ARGS,
    }
}

static PRODUCT: Resource = product(&[Segment::Name(&names::APIM), Segment::Name(&names::APIM_PRODUCT)]);
static NEW_PRODUCT: Resource = product(&[Segment::Name(&names::APIM), Segment::Name(&NEW_PRODUCT_ID)]);

fn delete_args() -> Vec<Arg> {
    vec![
        args::text("delete-subscriptions")
            .value_name("true|false")
            .help("Whether to delete the subscriptions of the product, too"),
    ]
}

fn apply_delete_subscriptions(matches: &ArgMatches, target: Target) -> Result<Target> {
    Ok(match args::bool_value(matches, "delete-subscriptions")? {
        Some(delete) => target.query("deleteSubscriptions", delete.to_string()),
        None => target,
    })
}

const CREATE: VerbConfig = VerbConfig { has_no_wait: true, ..SDK };
const UPDATE: VerbConfig = VerbConfig { has_no_wait: true, default_if_match: Some(""), ..SDK };
const DELETE: VerbConfig = VerbConfig {
    has_no_wait: true,
    default_if_match: Some("*"),
    extra_args: delete_args,
    customize_target: apply_delete_subscriptions,
    ..SDK
};

/// `azr apim product …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        group("api", "APIs of a product", product_api::children),
        verbs::create(&NEW_PRODUCT, CREATE)
            .examples(&[Example { summary: "Create a published product", command: "azr apim product create -g myResourceGroup --service-name myAPIManagement --product-id basic --product-name Basic --state published" }])
            .into(),
        verbs::delete(&PRODUCT, DELETE)
            .examples(&[Example { summary: "Delete a product and its subscriptions", command: "azr apim product delete -g myResourceGroup --service-name myAPIManagement --product-id basic --delete-subscriptions true --yes" }])
            .into(),
        verbs::list(&PRODUCT, SDK)
            .examples(&[Example { summary: "List the products as a table", command: "azr apim product list -g myResourceGroup --service-name myAPIManagement -o table" }])
            .into(),
        verbs::show(&PRODUCT, SDK)
            .examples(&[Example { summary: "Show a product", command: "azr apim product show -g myResourceGroup --service-name myAPIManagement --product-id basic" }])
            .into(),
        verbs::update(&PRODUCT, UPDATE)
            .examples(&[Example { summary: "Publish a product", command: "azr apim product update -g myResourceGroup --service-name myAPIManagement --product-id basic --state published" }])
            .into(),
        verbs::wait(&PRODUCT)
            .examples(&[Example { summary: "Wait until it is there", command: "azr apim product wait -g myResourceGroup --service-name myAPIManagement --product-id basic --exists" }])
            .into(),
    ]
}
