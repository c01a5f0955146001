//! `azr apic api definition`.

use super::definition_resource::DEFINITION;
use super::specification;
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};

/// `azr apic api definition …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Create a definition to import a document into",
                command: "azr apic api definition create -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --title OpenAPI",
            }])
            .into(),
        verbs::delete(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Delete a definition",
                command: "azr apic api definition delete -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --yes",
            }])
            .into(),
        specification::export().into(),
        specification::import().into(),
        verbs::list(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "List the definitions of a version",
                command: "azr apic api definition list -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0",
            }])
            .into(),
        verbs::show(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Show a definition",
                command: "azr apic api definition show -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi",
            }])
            .into(),
        verbs::update(&DEFINITION, AAZ)
            .examples(&[Example {
                summary: "Change the title",
                command: "azr apic api definition update -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --title \"OpenAPI 3\"",
            }])
            .into(),
    ]
}
