//! `azr apim product api`: which APIs a product has.

use super::api_shape;
use crate::commands::names;
use crate::commands::resource::{Resource, Segment};
use crate::commands::tree::{Example, Leaf, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::plan::{Action, Job, Target};
use azr_core::resource::APIM_PRODUCT_API;

static PRODUCT_API: Resource = Resource {
    noun: "API of a product",
    plural: "APIs of a product",
    resource_type: &APIM_PRODUCT_API,
    segments: &[
        Segment::Name(&names::APIM),
        Segment::Name(&names::APIM_PRODUCT),
        Segment::Name(&names::APIM_API),
    ],
    schema: &api_shape::API,
    args: &[],
};

const DELETE: VerbConfig = VerbConfig { confirm: false, ..SDK };

/// A command that acts on the link between a product and an API.
fn link_command(name: &'static str, about: &'static str, action: fn() -> Action) -> Leaf {
    Leaf::plan(
        name,
        about,
        || verbs::name_args(&PRODUCT_API, false),
        move |session, matches| {
            let id = verbs::resource_id(session, &PRODUCT_API, matches)?;
            let target = Target::new(id.as_str(), PRODUCT_API.resource_type.api_version);
            Ok(Job::new(target, action(), Some(PRODUCT_API.schema)).into())
        },
    )
}

/// `azr apim product api …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        link_command("add", "Add an API to a product", || Action::Put { body: None, location_from_group: None })
            .examples(&[Example { summary: "Add an API", command: "azr apim product api add -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        link_command("check", "Check whether a product contains an API", || Action::Head)
            .examples(&[Example { summary: "Check whether a product contains an API", command: "azr apim product api check -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        verbs::delete(&PRODUCT_API, DELETE)
            .examples(&[Example { summary: "Remove an API from a product", command: "azr apim product api delete -g myResourceGroup --service-name myAPIManagement --product-id basic --api-id my-api" }])
            .into(),
        verbs::list(&PRODUCT_API, SDK)
            .examples(&[Example { summary: "List the APIs of a product", command: "azr apim product api list -g myResourceGroup --service-name myAPIManagement --product-id basic" }])
            .into(),
    ]
}
