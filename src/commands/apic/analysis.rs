//! `azr apic api-analysis`: configurations with the rules that APIs are analyzed by.

use super::analysis_resource::ANALYZER;
use super::ruleset;
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ, VerbConfig};
use azr_arm::edit::{Edit, PathSegment};

/// Create and update send the type of analyzer: the service shows `Spectral` and expects `spectral`.
const SPECTRAL: VerbConfig = VerbConfig {
    extra_edits: |_| {
        let path = vec![PathSegment::Key("analyzerType".to_owned())];
        Ok(vec![Edit::Set { path, value: "spectral".into() }])
    },
    ..AAZ
};

/// `azr apic api-analysis …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&ANALYZER, SPECTRAL)
            .examples(&[Example {
                summary: "Create a configuration",
                command: "azr apic api-analysis create -g myResourceGroup -n myAPICenter -c spectral-openapi --title OpenAPI",
            }])
            .into(),
        verbs::delete(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "Delete a configuration",
                command: "azr apic api-analysis delete -g myResourceGroup -n myAPICenter -c spectral-openapi --yes",
            }])
            .into(),
        ruleset::export().into(),
        ruleset::import().into(),
        verbs::list(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "List the configurations as a table",
                command: "azr apic api-analysis list -g myResourceGroup -n myAPICenter -o table",
            }])
            .into(),
        verbs::show(&ANALYZER, AAZ)
            .examples(&[Example {
                summary: "Show a configuration",
                command: "azr apic api-analysis show -g myResourceGroup -n myAPICenter -c spectral-openapi",
            }])
            .into(),
        verbs::update(&ANALYZER, SPECTRAL)
            .examples(&[Example {
                summary: "Analyze REST APIs only",
                command: "azr apic api-analysis update -g myResourceGroup -n myAPICenter -c spectral-openapi --filter \"{apis:[{property:kind,operator:equals,value:rest}]}\"",
            }])
            .into(),
    ]
}
