//! `azr apim product`.

use clap::{Arg, ArgMatches};

use super::product_api;
use super::{ID, NAME, TYPE, shape};
use crate::commands::args;
use crate::commands::names;
use crate::commands::resource::{BodyArg, How, NameArg, Part, Resource, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, SDK, Traits};
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

/// `--product-id`.
pub static PRODUCT_ID: NameArg = names::apim("product-id", &["product-id"], "Product");
static NEW_PRODUCT_ID: NameArg =
    NameArg { generated: true, ..names::apim("product-id", &["product-id"], "Product [default: a new id]") };

const ARGS: &[BodyArg] = &[
    arg("product-name", "displayName", "Display name").required(),
    arg("description", "description", "Description; may contain HTML"),
    arg("legal-terms", "terms", "Terms of use that subscribers must accept"),
    arg("subscription-required", "subscriptionRequired", "Whether its APIs require a subscription")
        .short('s')
        .how(How::Flag),
    arg("approval-required", "approvalRequired", "Whether subscriptions require approval").how(How::Flag),
    arg("subscriptions-limit", "subscriptionsLimit", "Maximum number of subscriptions per user"),
    arg("state", "state", "Whether the product is visible to developers")
        .kind(Kind::Choice(&["notPublished", "published"])),
];

const fn product(parts: &'static [Part]) -> Resource {
    Resource { noun: "product", nouns: "products", kind: &APIM_PRODUCT, parts, schema: &SHAPE, args: ARGS }
}

static PRODUCT: Resource = product(&[Part::Name(&names::APIM), Part::Name(&PRODUCT_ID)]);
static NEW_PRODUCT: Resource = product(&[Part::Name(&names::APIM), Part::Name(&NEW_PRODUCT_ID)]);

fn delete_args() -> Vec<Arg> {
    vec![
        args::text("delete-subscriptions")
            .value_name("true|false")
            .help("Whether to delete the subscriptions of the product, too"),
    ]
}

fn apply_delete_subscriptions(matches: &ArgMatches, target: Target) -> Result<Target> {
    Ok(match args::bool_of(matches, "delete-subscriptions")? {
        Some(delete) => target.query("deleteSubscriptions", delete.to_string()),
        None => target,
    })
}

const CREATE: Traits = Traits { no_wait: true, ..SDK };
const UPDATE: Traits = Traits { no_wait: true, if_match: Some(""), ..SDK };
const DELETE: Traits =
    Traits { no_wait: true, if_match: Some("*"), more: delete_args, aim: apply_delete_subscriptions, ..SDK };

/// `azr apim product …`.
pub fn children() -> Vec<Node> {
    vec![
        group("api", "APIs of a product", product_api::children),
        verbs::create(&NEW_PRODUCT, CREATE)
            .examples(&[Example { what: "Create a published product", line: "azr apim product create -g myResourceGroup --service-name myAPIManagement --product-id basic --product-name Basic --state published" }])
            .into(),
        verbs::delete(&PRODUCT, DELETE)
            .examples(&[Example { what: "Delete a product and its subscriptions", line: "azr apim product delete -g myResourceGroup --service-name myAPIManagement --product-id basic --delete-subscriptions true --yes" }])
            .into(),
        verbs::list(&PRODUCT, SDK)
            .examples(&[Example { what: "List the products as a table", line: "azr apim product list -g myResourceGroup --service-name myAPIManagement -o table" }])
            .into(),
        verbs::show(&PRODUCT, SDK)
            .examples(&[Example { what: "Show a product", line: "azr apim product show -g myResourceGroup --service-name myAPIManagement --product-id basic" }])
            .into(),
        verbs::update(&PRODUCT, UPDATE)
            .examples(&[Example { what: "Publish a product", line: "azr apim product update -g myResourceGroup --service-name myAPIManagement --product-id basic --state published" }])
            .into(),
        verbs::wait(&PRODUCT)
            .examples(&[Example { what: "Wait until it is there", line: "azr apim product wait -g myResourceGroup --service-name myAPIManagement --product-id basic --exists" }])
            .into(),
    ]
}
