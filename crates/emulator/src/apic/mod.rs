//! `Microsoft.ApiCenter`: API centers and what they catalog.
//!
//! Shapes, statuses and spellings are those of recorded conversations with the service; where none was recorded a
//! comment says what is assumed.

mod analysis;
mod custom;
mod entities;
mod errors;
mod export_schema;
mod from_apim;
mod kinds;
mod operations;
mod paging;
mod place;
mod rules;
mod sample;
mod schema_check;
mod service;
mod shape;
mod sources;
mod specification;

pub use specification::wanted_link;

use super::context::{Context, HandlerResult};
use crate::arm_errors;
use crate::response::{self, Response};
use place::Place;

/// The API versions the provider announces.
const VERSIONS: &[&str] = &["2023-07-01-preview", "2024-03-01", "2024-03-15-preview", "2024-06-01-preview"];

/// Answers for everything under `providers/Microsoft.ApiCenter`.
pub fn handle(context: &mut Context<'_>) -> HandlerResult {
    check_version(context)?;
    let rest = context.route.rest.clone();
    let post = context.method() == "POST";
    match &rest[..] {
        [kind, ..] if !kind.eq_ignore_ascii_case("services") => Err(arm_errors::unknown_route(context.route)),
        [] => Err(arm_errors::unknown_route(context.route)),
        [_] if context.method() == "GET" => service::list(context),
        [_] => Err(arm_errors::method_not_allowed(context.method())),
        _ if context.route.group.is_none() => Err(arm_errors::unknown_route(context.route)),
        [_, name] => service::handle(context, name),
        [.., kind, id] if kind.eq_ignore_ascii_case("operationResults") => operations::poll(context, id),
        [_, name, action] if post => {
            let center = place::center(context, name)?;
            match action.to_ascii_lowercase().as_str() {
                "importfromapim" => from_apim::handle(context, &center),
                "exportmetadataschema" => export_schema::handle(context, &center),
                _ => Err(errors::problem_404()),
            }
        }
        [_, _, below @ ..] if post => act(context, below),
        [_, _, below @ ..] => {
            let place = Place::find(context, below)?;
            entities::handle(context, &place)
        }
    }
}

/// An action on a resource below a center: the last segment of the path.
fn act(context: &mut Context<'_>, below: &[&str]) -> HandlerResult {
    let Some((action, resource)) = below.split_last() else { return Err(errors::problem_404()) };
    let place = Place::find(context, resource)?;
    let Some(id) = place.id() else { return Err(arm_errors::method_not_allowed(context.method())) };
    if context.state.store.get(&id).is_none() {
        return Err(errors::missing(place.kind));
    }
    match (place.kind.collection(), action.to_ascii_lowercase().as_str()) {
        ("definitions", "importspecification") => specification::import(context, &id),
        ("definitions", "exportspecification") => specification::export(context, &id),
        ("analyzerConfigs", "importruleset") => analysis::import(context, &id),
        ("analyzerConfigs", "exportruleset") => Ok(analysis::export(context, &id)),
        ("workspaces", "importapisource") => from_apim::handle_source(context, &place.center),
        _ => Err(errors::problem_404()),
    }
}

fn check_version(context: &Context<'_>) -> Result<(), Response> {
    let version = context.request.query("api-version").unwrap_or_default();
    if VERSIONS.iter().any(|v| v.eq_ignore_ascii_case(version)) {
        return Ok(());
    }
    let kind = context.route.rest.first().copied().unwrap_or_default();
    let text = format!(
        "No registered resource provider found for location '' and API version '{version}' for type '{kind}'. The \
         supported api-versions are '{}'.",
        VERSIONS.join(", ")
    );
    Err(response::error(400, "NoRegisteredProviderFound", &text))
}

/// Whether the request is of an API version that has what only the preview has.
fn is_preview(context: &Context<'_>) -> bool {
    context.request.query("api-version").is_some_and(|v| v.eq_ignore_ascii_case("2024-06-01-preview"))
}

#[cfg(test)]
mod tests;
