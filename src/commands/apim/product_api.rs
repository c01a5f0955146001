//! `azr apim product api`: which APIs a product has.

use super::api_shape;
use super::product::PRODUCT_ID;
use crate::commands::names;
use crate::commands::resource::{Part, Resource};
use crate::commands::tree::{Example, Leaf, Node};
use crate::commands::verbs::{self, SDK, Traits};
use azr_arm::plan::{Action, Job, Target};
use azr_core::resource::APIM_PRODUCT_API;

static PRODUCT_API: Resource = Resource {
    noun: "API of a product",
    nouns: "APIs of a product",
    kind: &APIM_PRODUCT_API,
    parts: &[Part::Name(&names::APIM), Part::Name(&PRODUCT_ID), Part::Name(&names::APIM_API)],
    schema: &api_shape::API,
    args: &[],
};

const DELETE: Traits = Traits { confirm: false, ..SDK };

/// A command that acts on the link between a product and an API.
fn link_command(name: &'static str, about: &'static str, action: fn() -> Action) -> Leaf {
    Leaf::plan(
        name,
        about,
        || verbs::naming(&PRODUCT_API, false),
        move |session, matches| {
            let id = verbs::id(session, &PRODUCT_API, matches)?;
            let target = Target::new(id.as_str(), PRODUCT_API.kind.api_version);
            Ok(Job::new(target, action(), Some(PRODUCT_API.schema)).into())
        },
    )
}

/// `azr apim product api …`.
pub fn children() -> Vec<Node> {
    vec![
        link_command("add", "Add an API to a product", || Action::Put { body: None, location_of: None })
            .examples(&[Example { what: "Add an API", line: "azr apim product api add -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        link_command("check", "Check whether a product contains an API", || Action::Head)
            .examples(&[Example { what: "Check whether a product contains an API", line: "azr apim product api check -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        verbs::delete(&PRODUCT_API, DELETE)
            .examples(&[Example { what: "Remove an API from a product", line: "azr apim product api delete -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        verbs::list(&PRODUCT_API, SDK)
            .examples(&[Example { what: "List the APIs of a product", line: "azr apim product api list -g myResourceGroup --service-name myAPIManagement --product-id basic" }])
            .into(),
    ]
}
