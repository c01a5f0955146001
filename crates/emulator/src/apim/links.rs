//! Entities that only say that one thing belongs to another: the APIs of a product, the tags of an API.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{errors, page, precondition, revisions, rules};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;

/// One kind of link.
#[derive(Debug)]
pub struct Link {
    owner: &'static str,
    member: &'static str,
    /// Whether it is the other side of another link, and cannot be written from here.
    mirror: bool,
}

static LINKS: &[Link] = &[
    Link { owner: "products", member: "apis", mirror: false },
    Link { owner: "products", member: "tags", mirror: false },
    Link { owner: "apis", member: "tags", mirror: false },
    Link { owner: "apis", member: "products", mirror: true },
];

/// The kind of link with these types below `service`.
pub fn find(types: &[&str]) -> Option<&'static Link> {
    let [owner, member] = types else { return None };
    LINKS.iter().find(|l| l.owner.eq_ignore_ascii_case(owner) && l.member.eq_ignore_ascii_case(member))
}

/// Answers a request for links of one owner.
pub fn handle(
    state: &mut State,
    request: &ParsedRequest,
    service: &str,
    link: &'static Link,
    below: &[&str],
) -> Result<Response, Response> {
    let owner = target(state, service, link.owner, below[1])?;
    match (request.method.as_str(), below.get(3)) {
        ("GET", None) => {
            let members = members(state, service, link, &owner);
            let show = |(id, member): &(String, &Entry)| shown_as(link, id, member);
            page::answer(request, members.into_iter(), |(_, member)| Cow::Borrowed(&member.body), show)
        }
        (_, None) => Err(errors::method_not_allowed(request.method.as_str())),
        (method, Some(_)) if link.mirror => Err(errors::method_not_allowed(method)),
        (method, Some(name)) => item(state, service, link, &owner, name, method),
    }
}

fn item(
    state: &mut State,
    service: &str,
    link: &'static Link,
    owner: &str,
    name: &str,
    method: &str,
) -> Result<Response, Response> {
    let id = format!("{owner}/{}/{name}", link.member);
    let noun = noun(link.member);
    match method {
        "PUT" => {
            let member = target(state, service, link.member, name)?;
            // Links are of APIs, not of their revisions.
            let id = format!("{owner}/{}/{}", link.member, revisions::split(last(&member)).0);
            let new = state.store.put(&id, json!({"to": member}));
            let entry = state.store.get(&id).ok_or_else(|| errors::not_found(noun))?;
            let body = shown(state, link, entry).unwrap_or_default();
            let answer = response::json(if new { 201 } else { 200 }, &body);
            Ok(answer.with_header("etag", precondition::quoted(entry)))
        }
        "HEAD" => match state.store.get(&id) {
            Some(entry) => Ok(response::empty(204).with_header("etag", precondition::quoted(entry))),
            None => Err(errors::not_found(noun)),
        },
        "GET" => {
            let entry = state.store.get(&id).ok_or_else(|| errors::not_found(noun))?;
            let body = shown(state, link, entry).ok_or_else(|| errors::not_found(noun))?;
            Ok(response::json(200, &body).with_header("etag", precondition::quoted(entry)))
        }
        "DELETE" => {
            let there = state.store.delete(&id);
            Ok(response::empty(if there { 200 } else { 204 }))
        }
        other => Err(errors::method_not_allowed(other)),
    }
}

fn noun(collection: &str) -> &'static str {
    rules::kind(&[collection]).map_or("Entity", |k| k.noun)
}

fn last(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

fn target(state: &State, service: &str, collection: &str, name: &str) -> Result<String, Response> {
    let found = if collection == "apis" {
        revisions::resolve(state, service, revisions::split(name).0)
    } else {
        state.store.get(&format!("{service}/{collection}/{name}")).map(|e| e.id.clone())
    };
    found.ok_or_else(|| errors::not_found(noun(collection)))
}

fn shown(state: &State, link: &Link, entry: &Entry) -> Option<Value> {
    Some(shown_as(link, &entry.id, state.store.get(entry.body["to"].as_str()?)?))
}

/// A member under the id of the link to it.
fn shown_as(link: &Link, id: &str, member: &Entry) -> Value {
    json!({
        "id": id,
        "type": format!("Microsoft.ApiManagement/service/{}/{}", link.owner, link.member),
        "name": member.body["name"],
        "properties": member.body["properties"],
    })
}

/// The members of an owner, each with the id of the link to it.
fn members<'a>(state: &'a State, service: &str, link: &Link, owner: &str) -> Vec<(String, &'a Entry)> {
    if !link.mirror {
        let entries = state.store.list(&format!("{owner}/{}", link.member));
        let member = |e: &Entry| Some((e.id.clone(), state.store.get(e.body["to"].as_str()?)?));
        return entries.filter_map(member).collect();
    }
    let name = last(owner);
    let owners = state.store.list(&format!("{service}/{}", link.member));
    owners
        .filter(|o| state.store.get(&format!("{}/{}/{name}", o.id, link.owner)).is_some())
        .map(|o| (format!("{owner}/{}/{}", link.member, last(&o.id)), o))
        .collect()
}

/// Removes every link to an API that is gone.
pub fn forget_api(state: &mut State, service: &str, name: &str) {
    let products: Vec<String> =
        state.store.list(&format!("{service}/products")).map(|e| e.id.clone()).collect();
    for product in products {
        state.store.delete(&format!("{product}/apis/{name}"));
    }
}
