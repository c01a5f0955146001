//! `apiLinks` of products, and `apiLinks`, `operationLinks` and `productLinks` of tags: the same links that `links` serves,
//! as resources with names of their own.
//!
//! Shapes are those of the published examples. That a link made in one way is also shown in the other is assumed; it then
//! has the name of the linked resource.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{errors, revisions};
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{Target, page, read_properties, respond_with};
use crate::response::{self, HandlerResult};
use crate::state::State;
use crate::store::Entry;

/// A link of a product or tag to another resource.
struct NamedLink<'a> {
    name: &'a str,
    /// The id of the linked resource.
    member: String,
    /// The stored link.
    entry: &'a Entry,
}

/// What the links of a collection lead to: the collection of the linked resources, and the member that has their id.
fn linked(target: &Target<'_>) -> (&'static str, &'static str) {
    match target.kind.collection() {
        "operationLinks" => ("operations", "operationId"),
        "productLinks" => ("products", "productId"),
        _ => ("apis", "apiId"),
    }
}

fn parent_of(id: &str) -> &str {
    id.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn last_segment(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// Whether the links are stored below the product; those of a tag are stored below the tagged resources.
fn is_of_product(target: &Target<'_>) -> bool {
    last_segment(parent_of(&target.parent)) == "products"
}

/// The id under which the link to a resource is stored.
fn stored_id(target: &Target<'_>, member: &str) -> String {
    if is_of_product(target) {
        format!("{}/apis/{}", target.parent, last_segment(member))
    } else {
        format!("{member}/tags/{}", last_segment(&target.parent))
    }
}

/// The links of a product or tag, oldest first.
fn all<'a>(state: &'a State, target: &Target<'_>) -> Vec<NamedLink<'a>> {
    let (collection, _) = linked(target);
    let entries = if is_of_product(target) {
        state.store.list(&format!("{}/apis", target.parent)).collect()
    } else {
        let start = format!("{}/", target.scope()).to_ascii_lowercase();
        let end = format!("/tags/{}", last_segment(&target.parent)).to_ascii_lowercase();
        state.store.find(move |key| key.starts_with(&start) && key.ends_with(&end))
    };
    let links = entries.into_iter().filter_map(|entry| {
        let to = entry.body["to"].as_str()?;
        let member = if is_of_product(target) { to } else { parent_of(parent_of(&entry.id)) };
        let linked = state.store.get(member).filter(|linked| linked.is_visible_in(target.version))?;
        let is_of_scope = is_of_product(target) || to.eq_ignore_ascii_case(&target.parent);
        let is_of_kind = last_segment(parent_of(member)).eq_ignore_ascii_case(collection);
        let name = entry.body["link"].as_str().unwrap_or_else(|| last_segment(&linked.id));
        (is_of_scope && is_of_kind).then(|| NamedLink { name, member: linked.id.clone(), entry })
    });
    links.collect()
}

fn body(target: &Target<'_>, link: &NamedLink<'_>) -> Value {
    let id = format!("{}/{}", target.collection(), link.name);
    let (_, member) = linked(target);
    json!({
        "id": id,
        "type": target.provider.full_type(&id),
        "name": link.name,
        "properties": {member: link.member},
    })
}

/// Handles a request for the links of a product or tag.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let links = all(context.state, target);
    let Some(name) = target.name else {
        if context.method() != "GET" {
            return Err(arm_errors::method_not_allowed(context.method()));
        }
        let bodies: Vec<Value> = links.iter().map(|link| body(target, link)).collect();
        return page(context, target.provider, bodies.iter(), |b| Cow::Borrowed(*b), |b| (*b).clone());
    };
    let link = links.iter().find(|link| link.name.eq_ignore_ascii_case(name));
    match context.method() {
        "GET" | "HEAD" => {
            let link = link.ok_or_else(|| target.not_found())?;
            Ok(respond_with(target, 200, link.entry, &body(target, link)))
        }
        "PUT" => {
            let previous = link.map(|link| link.entry.id.clone());
            put(context, target, name, previous.as_deref())
        }
        "DELETE" => match link.map(|link| link.entry.id.clone()) {
            Some(id) => {
                context.state.store.delete(&id);
                Ok(response::empty(200))
            }
            None => Ok(response::empty(204)),
        },
        other => Err(arm_errors::method_not_allowed(other)),
    }
}

fn put(context: &mut Context<'_>, target: &Target<'_>, name: &str, previous: Option<&str>) -> HandlerResult {
    target.kind.names.check(name).map_err(|message| target.provider.dialect.invalid_name(&message))?;
    let (collection, member) = linked(target);
    let sent = read_properties(context, target)?;
    let id = sent.get(member).and_then(Value::as_str).unwrap_or_default();
    // Ids may be relative to the service; links belong to APIs, not to their revisions.
    let id =
        if id.starts_with("/subscriptions/") { id.to_owned() } else { format!("{}{id}", target.scope()) };
    let id = if collection == "apis" { revisions::api_name(&id) } else { &id };
    let linked = context.state.store.get(id).filter(|linked| linked.is_visible_in(target.version));
    let linked = linked.map(|linked| linked.id.clone()).filter(|id| id.starts_with(target.scope()));
    let Some(linked) = linked.filter(|id| last_segment(parent_of(id)) == collection) else {
        return Err(errors::invalid(member, &format!("The resource '{id}' does not exist.")));
    };
    let link_id = stored_id(target, &linked);
    if previous.is_some_and(|previous| !previous.eq_ignore_ascii_case(&link_id)) {
        return Err(errors::invalid(member, "A link cannot be changed to lead to another resource."));
    }
    let to = if is_of_product(target) { linked.as_str() } else { target.parent.as_str() };
    context.state.store.put(&link_id, json!({"to": to, "link": name}));
    let links = all(context.state, target);
    let link = links.iter().find(|link| link.name == name).ok_or_else(|| target.not_found())?;
    let status = if previous.is_some() { 200 } else { 201 };
    Ok(respond_with(target, status, link.entry, &body(target, link)))
}
