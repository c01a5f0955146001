//! `Microsoft.ApiCenter`: API centers and what they catalog.
//!
//! Shapes, statuses and spellings are those of recorded conversations with the service; where nothing was recorded, a
//! comment says what is assumed.

mod analysis;
mod center;
mod custom_properties;
mod dialect;
mod errors;
mod export_schema;
mod from_apim;
mod hooks;
mod kinds;
mod operations;
mod sample;
mod schema_check;
mod sources;
mod specification;

pub use specification::requested_link;

use crate::arm_errors;
use crate::context::Context;
use crate::resources;
use crate::response::{self, HandlerResult, Response};
use kinds::PROVIDER;

/// The API versions of the provider.
const VERSIONS: &[&str] = &["2023-07-01-preview", "2024-03-01", "2024-03-15-preview", "2024-06-01-preview"];

/// Handles a request to `Microsoft.ApiCenter`.
pub fn handle(context: &mut Context<'_>) -> HandlerResult {
    check_api_version(context)?;
    match &context.route.rest[..] {
        [] => Err(arm_errors::unknown_route(context.route)),
        [kind, ..] if !kind.eq_ignore_ascii_case("services") => Err(arm_errors::unknown_route(context.route)),
        [_] if context.method() == "GET" => center::list(context),
        [_] => Err(arm_errors::method_not_allowed(context.method())),
        _ if context.route.group.is_none() => Err(arm_errors::unknown_route(context.route)),
        [_, name] => center::handle(context, name),
        [.., kind, id] if kind.eq_ignore_ascii_case("operationResults") => operations::poll(context, id),
        [_, name, segments @ ..] => {
            let id = center::id(context, name);
            resources::handle(context, &PROVIDER, &id, segments)
        }
    }
}

fn check_api_version(context: &Context<'_>) -> Result<(), Response> {
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

#[cfg(test)]
mod tests;
