//! `azr apic metadata`: the schemas of custom metadata.

use super::metadata_export;
use super::metadata_resource::METADATA;
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};

/// `azr apic metadata …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&METADATA, AAZ)
            .examples(&[
                Example {
                    summary: "Create metadata that every API must have",
                    command: "azr apic metadata create -g myResourceGroup -n myAPICenter --metadata-name public-facing --schema '{\"type\":\"boolean\",\"title\":\"Public facing\"}' --assignments '[{entity:api,required:true}]'",
                },
                Example {
                    summary: "Create metadata with a schema from a file",
                    command: "azr apic metadata create -g myResourceGroup -n myAPICenter --metadata-name region --schema @schema.json --assignments '[{entity:environment}]'",
                },
            ])
            .into(),
        verbs::delete(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Delete a metadata schema",
                command: "azr apic metadata delete -g myResourceGroup -n myAPICenter --metadata-name region --yes",
            }])
            .into(),
        metadata_export::command().into(),
        verbs::list(&METADATA, AAZ)
            .examples(&[Example {
                summary: "List the names of the metadata schemas",
                command: "azr apic metadata list -g myResourceGroup -n myAPICenter --query [].name -o tsv",
            }])
            .into(),
        verbs::show(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Show a metadata schema",
                command: "azr apic metadata show -g myResourceGroup -n myAPICenter --metadata-name region",
            }])
            .into(),
        verbs::update(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Change the schema",
                command: "azr apic metadata update -g myResourceGroup -n myAPICenter --metadata-name region --schema '{\"type\":\"string\",\"maxLength\":20}'",
            }])
            .into(),
    ]
}
