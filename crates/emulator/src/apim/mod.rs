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

use super::http::{Answer, Call};
use super::world::World;
use place::{Place, Scope};

/// Answers any request to the provider `Microsoft.ApiManagement`.
///
/// The caller has seen to the subscription, the resource group, the token and the api-version.
#[must_use]
pub fn handle(world: &mut World, call: &Call) -> Answer {
    let mut answer = route(world, call).unwrap_or_else(|refusal| refusal);
    if call.method == "HEAD" {
        answer.body = bytes::Bytes::new();
    }
    answer
}

fn route(world: &mut World, call: &Call) -> Result<Answer, Answer> {
    let unknown = || errors::unknown_type(call.query("api-version").unwrap_or_default());
    let (scope, rest) = place::split(&call.path).ok_or_else(unknown)?;
    let lower: Vec<String> = rest.iter().map(|s| s.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match (scope.group, lower.as_slice()) {
        (_, ["service"]) => service::list(world, call, &scope),
        (None, ["checknameavailability"]) => service_actions::check_name(world, call),
        (None, ["deletedservices"]) => deleted::list(world, call, &scope, None),
        (None, ["locations", _, "deletedservices"]) => deleted::list(world, call, &scope, Some(rest[1])),
        (None, ["locations", _, "deletedservices", _]) => {
            deleted::item(world, call, &scope, rest[1], rest[3])
        }
        (Some(_), ["service", _]) => service::item(world, call, &scope, rest[1]),
        (Some(_), ["service", _, action]) if service_actions::is_action(action) => {
            service_actions::act(world, call, &scope, rest[1], action)
        }
        (Some(_), ["service", _, ..]) => inside(world, call, &scope, &rest).ok_or_else(unknown)?,
        _ => Err(unknown()),
    }
}

/// A request for something inside a service; None for a type that is not known.
fn inside(world: &mut World, call: &Call, scope: &Scope, rest: &[&str]) -> Option<Result<Answer, Answer>> {
    let (name, below) = (rest[1], &rest[2..]);
    let types: Vec<&str> = below.iter().step_by(2).copied().collect();
    let service = service::id(scope, name);
    let Some(service) = world.store.get(&service).map(|e| e.id.clone()) else {
        let types = format!("service/{}", types.join("/"));
        return Some(Err(match call.method.as_str() {
            "PUT" | "PATCH" => errors::no_parent(&types, &service),
            _ => errors::no_service(name, scope.group.unwrap_or_default()),
        }));
    };
    if let [collection, api, last] = below
        && collection.eq_ignore_ascii_case("apis")
        && last.eq_ignore_ascii_case("revisions")
    {
        return Some(revisions::list(world, call, &service, api));
    }
    if let [only] = below
        && only.eq_ignore_ascii_case("apisByTags")
    {
        return Some(api_tags::list(world, call, &service));
    }
    if let Some(link) = links::find(&types) {
        return Some(links::handle(world, call, &service, link, below));
    }
    let place = match Place::find(world, &service, below)? {
        Ok(place) => place,
        Err(refusal) => return Some(Err(refusal)),
    };
    Some(match place.kind.nature {
        rules::Nature::Api => api::handle(world, call, &place),
        _ => collection::handle(world, call, &place),
    })
}

#[cfg(test)]
mod tests;
