//! `Microsoft.ApiCenter`: API centers and what they catalog.
//!
//! Shapes, statuses and spellings are those of recorded conversations with the service; where nothing was recorded, a
//! comment says what is assumed.

mod access;
mod analysis;
mod center;
mod custom_properties;
mod deleted_centers;
mod dialect;
mod errors;
mod export_schema;
mod from_apim;
mod hooks;
mod kinds;
mod linked;
mod operations;
mod sample;
mod schema_check;
mod sources;
mod specification;

pub(crate) use center::LOCATIONS;
pub(crate) use specification::requested_link;

use crate::arm_errors;
use crate::context::Context;
use crate::resources;
use crate::response::HandlerResult;
pub(crate) use kinds::PROVIDER;

/// Handles a request to `Microsoft.ApiCenter`.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    resources::check_api_version(context, &PROVIDER)?;
    match &context.route.rest[..] {
        [] => Err(arm_errors::unknown_route(context.route)),
        [kind, rest @ ..] if kind.eq_ignore_ascii_case("deletedServices") => {
            deleted_centers::handle(context, rest)
        }
        [kind, ..] if !kind.eq_ignore_ascii_case("services") => Err(arm_errors::unknown_route(context.route)),
        [_] if context.method() == "GET" => center::list(context),
        [_] => Err(arm_errors::method_not_allowed(context.method())),
        _ if context.route.group.is_none() => Err(arm_errors::unknown_route(context.route)),
        [_, name] => center::handle(context, name),
        [.., kind, id] if kind.eq_ignore_ascii_case("operationResults") => operations::poll(context, id),
        [_, name, segments @ ..] => {
            let id = center::id(context, name);
            sources::synchronize_due(context, &id);
            resources::handle(context, &PROVIDER, &id, segments)
        }
    }
}

#[cfg(test)]
mod access_tests;
#[cfg(test)]
mod tests;
