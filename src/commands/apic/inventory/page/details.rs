//! What a row of the page shows when it is opened.

use maud::{Markup, html};
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use super::super::contents::{Definition, Deployment, Operations, Version};
use super::super::model::Api;
use super::charts::stage_label;
use super::numbers::{group_digits, plural, readable_time};
use crate::commands::apic::portal;

/// The custom metadata in which azr records where an API was imported from.
const PROVENANCE: &str = "azr-import";

/// The details of an API.
pub(super) fn details(api: &Api, portal: Option<&str>) -> Markup {
    let metadata: Vec<(&String, &Value)> = api
        .custom_properties
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != PROVENANCE)
        .collect();
    html! {
        @if let Some(summary) = &api.summary { p.summary { bdi { (summary) } } }
        @if let Some(description) = &api.description { p { bdi { (description) } } }
        dl.parts {
            @if !api.versions.is_empty() {
                dt { "Versions" }
                @for version in &api.versions { dd { (version_markup(version)) } }
            }
            @if !api.deployments.is_empty() {
                dt { "Deployments" }
                @for deployment in &api.deployments { dd { (deployment_markup(deployment)) } }
            }
            @if !api.owners.is_empty() {
                dt { "Contacts and owners" }
                @for owner in &api.owners { dd { bdi { (owner) } } }
            }
            @if !api.documentation.is_empty() {
                dt { "Documentation" }
                @for documentation in &api.documentation {
                    dd { (link(&documentation.url, documentation.title.as_deref().unwrap_or(&documentation.url))) }
                }
            }
            @if !metadata.is_empty() {
                dt { "Custom metadata" }
                @for (name, value) in metadata { dd { bdi { (name) } ": " bdi { (plain_text(value)) } } }
            }
            @if let Some(provenance) = api.custom_properties[PROVENANCE].as_str() {
                dt { "Imported" }
                dd { bdi { (provenance) } }
            }
            @if let Some(updated) = &api.updated {
                dt { "Last change" }
                dd { bdi { (readable_change(updated)) } }
            }
            @if let Some(base_url) = portal.filter(|_| !api.id.is_empty()) {
                dt { "Azure portal" }
                dd { (link(&portal::resource_url(base_url, &api.id), "Open this API")) }
            }
        }
    }
}

/// The time of a change to the minute, as the head of the page shows its own; unchanged if it is not a time.
fn readable_change(updated: &str) -> String {
    let time = OffsetDateTime::parse(updated, &Rfc3339).map(|time| time.to_offset(UtcOffset::UTC));
    time.map_or_else(|_| updated.to_owned(), readable_time)
}

fn version_markup(version: &Version) -> Markup {
    html! {
        bdi { (version.title.as_deref().unwrap_or(&version.name)) }
        @if let Some(stage) = &version.lifecycle_stage { " (" (stage_label(stage)) ")" }
        @for definition in &version.definitions {
            ", " bdi { (definition.specification.as_deref().unwrap_or(&definition.name)) }
            @if definition.specification.is_none() { " without a document" }
        }
        @for definition in &version.definitions {
            @if let Some(operations) = &definition.operations { (operations_markup(definition, operations)) }
        }
    }
}

/// The operations of a definition, which a click or the Enter key shows.
fn operations_markup(definition: &Definition, operations: &Operations) -> Markup {
    let count = operations.count;
    let unlisted = count - operations.listed.len();
    html! {
        @if let Some(reason) = &operations.error {
            p.note { "The operations of " bdi { (definition.name) } " cannot be read: " bdi { (reason) } }
        } @else if count > 0 {
            details.operations {
                summary {
                    (group_digits(count)) (plural(count, " operation", " operations")) " in " bdi { (definition.name) }
                }
                ul {
                    @for operation in &operations.listed {
                        li {
                            span.verb { (operation.verb) } " " bdi.path { (operation.name) }
                            @if let Some(summary) = &operation.summary { " " bdi.what { (summary) } }
                        }
                    }
                    @if unlisted > 0 { li { "and " (group_digits(unlisted)) " more" } }
                }
            }
        }
    }
}

fn deployment_markup(deployment: &Deployment) -> Markup {
    html! {
        bdi { (deployment.title.as_deref().unwrap_or(&deployment.name)) }
        @if deployment.state.as_deref() == Some("inactive") { " (inactive)" }
        @for uri in &deployment.runtime_uris { " " (link(uri, uri)) }
    }
}

/// A link to another site; only text if the URL is not of the web.
pub(super) fn link(url: &str, text: &str) -> Markup {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if is_web { a.out href=(url) target="_blank" rel="noopener noreferrer" { bdi { (text) } } }
        @else { bdi { (text) } }
    }
}

fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_shown_to_the_minute() {
        assert_eq!(readable_change("2026-11-27T20:42:22.4927392+01:00"), "27 November 2026, 19:42 UTC");
        assert_eq!(readable_change("yesterday"), "yesterday");
    }
}
