//! The emulator's API Management: what Resource Manager forwards to `Microsoft.ApiManagement`.

mod api;
mod api_put;
mod api_tags;
mod collection;
mod deleted;
mod errors;
mod export;
mod import;
mod links;
mod natures;
mod page;
mod place;
mod precondition;
mod revisions;
mod rules;
mod service;
mod service_actions;

pub use export::{export_document, export_family};
pub use revisions::api_name;

use super::state::State;
use crate::request::ParsedRequest;
use crate::response::Response;
use place::{Place, Scope};

/// Answers any request to the provider `Microsoft.ApiManagement`.
///
/// The caller has seen to the subscription, the resource group, the token and the api-version.
#[must_use]
pub fn handle(state: &mut State, request: &ParsedRequest) -> Response {
    let mut answer = route(state, request).unwrap_or_else(|refusal| refusal);
    if request.method == "HEAD" {
        *answer.body_mut() = bytes::Bytes::new();
    }
    answer
}

fn route(state: &mut State, request: &ParsedRequest) -> Result<Response, Response> {
    let unknown = || errors::unknown_type(request.query("api-version").unwrap_or_default());
    let (scope, rest) = place::split(&request.path).ok_or_else(unknown)?;
    let lower: Vec<String> = rest.iter().map(|s| s.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (scope.group, lower.as_slice()) {
        (_, ["service"]) => service::list(state, request, &scope),
        (None, ["checknameavailability"]) => service_actions::check_name(state, request),
        (None, ["deletedservices"]) => deleted::list(state, request, &scope, None),
        (None, ["locations", _, "deletedservices"]) => deleted::list(state, request, &scope, Some(rest[1])),
        (None, ["locations", _, "deletedservices", _]) => {
            deleted::item(state, request, &scope, rest[1], rest[3])
        }
        (Some(_), ["service", _]) => service::item(state, request, &scope, rest[1]),
        (Some(_), ["service", _, action]) if service_actions::is_action(action) => {
            service_actions::act(state, request, &scope, rest[1], action)
        }
        (Some(_), ["service", _, ..]) => inside(state, request, &scope, &rest).ok_or_else(unknown)?,
        _ => Err(unknown()),
    }
}

/// A request for something inside a service; None for a type that is not known.
fn inside(
    state: &mut State,
    request: &ParsedRequest,
    scope: &Scope,
    rest: &[&str],
) -> Option<Result<Response, Response>> {
    let (name, below) = (rest[1], &rest[2..]);
    let types: Vec<&str> = below.iter().step_by(2).copied().collect();
    let service = service::id(scope, name);
    let Some(service) = state.store.get(&service).map(|e| e.id.clone()) else {
        let types = format!("service/{}", types.join("/"));
        return Some(Err(match request.method.as_str() {
            "PUT" | "PATCH" => errors::no_parent(&types, &service),
            _ => errors::no_service(name, scope.group.unwrap_or_default()),
        }));
    };
    if let [collection, api, last] = below
        && collection.eq_ignore_ascii_case("apis")
        && last.eq_ignore_ascii_case("revisions")
    {
        return Some(revisions::list(state, request, &service, api));
    }
    if let [only] = below
        && only.eq_ignore_ascii_case("apisByTags")
    {
        return Some(api_tags::list(state, request, &service));
    }
    if let Some(link) = links::find(&types) {
        return Some(links::handle(state, request, &service, link, below));
    }
    let place = match Place::find(state, &service, below)? {
        Ok(place) => place,
        Err(refusal) => return Some(Err(refusal)),
    };
    Some(match place.kind.nature {
        rules::Nature::Api => api::handle(state, request, &place),
        _ => collection::handle(state, request, &place),
    })
}

#[cfg(test)]
mod tests;
