//! Entities that only say that one thing belongs to another: the APIs of a product, the tags of an API.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{errors, page, precondition, revisions, rules};
use crate::http::{Answer, Call};
use crate::store::Entry;
use crate::world::World;

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
    world: &mut World,
    call: &Call,
    service: &str,
    link: &'static Link,
    below: &[&str],
) -> Result<Answer, Answer> {
    let owner = target(world, service, link.owner, below[1])?;
    match (call.method.as_str(), below.get(3)) {
        ("GET", None) => {
            let members = members(world, service, link, &owner);
            let show = |(id, member): &(String, &Entry)| shown_as(link, id, member);
            page::answer(call, members.into_iter(), |(_, member)| Cow::Borrowed(&member.body), show)
        }
        (_, None) => Err(errors::method_not_allowed(&call.method)),
        (method, Some(_)) if link.mirror => Err(errors::method_not_allowed(method)),
        (method, Some(name)) => item(world, service, link, &owner, name, method),
    }
}

fn item(
    world: &mut World,
    service: &str,
    link: &'static Link,
    owner: &str,
    name: &str,
    method: &str,
) -> Result<Answer, Answer> {
    let id = format!("{owner}/{}/{name}", link.member);
    let noun = noun(link.member);
    match method {
        "PUT" => {
            let member = target(world, service, link.member, name)?;
            // Links are of APIs, not of their revisions.
            let id = format!("{owner}/{}/{}", link.member, revisions::split(last(&member)).0);
            let new = world.store.put(&id, json!({"to": member}));
            let entry = world.store.get(&id).ok_or_else(|| errors::not_found(noun))?;
            let body = shown(world, link, entry).unwrap_or_default();
            let answer = Answer::json(if new { 201 } else { 200 }, &body);
            Ok(answer.with("etag", precondition::quoted(entry)))
        }
        "HEAD" => match world.store.get(&id) {
            Some(entry) => Ok(Answer::empty(204).with("etag", precondition::quoted(entry))),
            None => Err(errors::not_found(noun)),
        },
        "GET" => {
            let entry = world.store.get(&id).ok_or_else(|| errors::not_found(noun))?;
            let body = shown(world, link, entry).ok_or_else(|| errors::not_found(noun))?;
            Ok(Answer::json(200, &body).with("etag", precondition::quoted(entry)))
        }
        "DELETE" => {
            let there = world.store.delete(&id);
            Ok(Answer::empty(if there { 200 } else { 204 }))
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

fn target(world: &World, service: &str, collection: &str, name: &str) -> Result<String, Answer> {
    let found = if collection == "apis" {
        revisions::resolve(world, service, revisions::split(name).0)
    } else {
        world.store.get(&format!("{service}/{collection}/{name}")).map(|e| e.id.clone())
    };
    found.ok_or_else(|| errors::not_found(noun(collection)))
}

fn shown(world: &World, link: &Link, entry: &Entry) -> Option<Value> {
    Some(shown_as(link, &entry.id, world.store.get(entry.body["to"].as_str()?)?))
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
fn members<'a>(world: &'a World, service: &str, link: &Link, owner: &str) -> Vec<(String, &'a Entry)> {
    if !link.mirror {
        let entries = world.store.list(&format!("{owner}/{}", link.member));
        let member = |e: &Entry| Some((e.id.clone(), world.store.get(e.body["to"].as_str()?)?));
        return entries.filter_map(member).collect();
    }
    let name = last(owner);
    let owners = world.store.list(&format!("{service}/{}", link.member));
    owners
        .filter(|o| world.store.get(&format!("{}/{}/{name}", o.id, link.owner)).is_some())
        .map(|o| (format!("{owner}/{}/{}", link.member, last(&o.id)), o))
        .collect()
}

/// Removes every link to an API that is gone.
pub fn forget_api(world: &mut World, service: &str, name: &str) {
    let products: Vec<String> =
        world.store.list(&format!("{service}/products")).map(|e| e.id.clone()).collect();
    for product in products {
        world.store.delete(&format!("{product}/apis/{name}"));
    }
}
