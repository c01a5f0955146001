//! Resources that only say that one resource belongs to another: the APIs of a product, the tags of an API.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::revisions;
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{Target, View, body_in_view, page, respond_with};
use crate::response::{self, HandlerResult, Response};
use crate::state::State;
use crate::store::Entry;

/// The ends of a link: `products/{owner}/apis/{member}`.
struct Ends<'a> {
    target: &'a Target<'a>,
    /// The id of the service or workspace that both are in.
    base: String,
    /// The id of the owner. Links belong to APIs, not to their revisions.
    owner: String,
}

impl<'a> Ends<'a> {
    fn new(target: &'a Target<'_>) -> Self {
        let owner = match target.parent.rsplit_once('/') {
            Some((collection, name)) => format!("{collection}/{}", revisions::api_name(name)),
            None => target.parent.clone(),
        };
        Self { target, base: target.scope().to_owned(), owner }
    }

    fn collection(&self) -> String {
        format!("{}/{}", self.owner, self.target.kind.collection())
    }

    /// The id of the member with this name.
    fn member(&self, state: &State, name: &str) -> Result<String, Response> {
        let collection = self.target.kind.collection();
        let name = if collection == "apis" { revisions::api_name(name) } else { name };
        let member = state.store.get(&format!("{}/{collection}/{name}", self.base));
        let member = member.filter(|entry| entry.is_visible_in(self.target.version));
        member.map(|e| e.id.clone()).ok_or_else(|| self.target.not_found())
    }

    /// A member as lists show it, under the id of the link to it.
    fn body(&self, link_id: &str, member: &Entry) -> Value {
        let kind = self.target.provider.kind(&[self.target.kind.collection()]);
        let mut body = kind.map_or(Value::Null, |kind| body_in_view(kind, &member.body, View::List));
        body["id"] = json!(link_id);
        body["type"] = json!(self.target.provider.full_type(link_id));
        body
    }

    /// The body of a stored link.
    fn stored_body(&self, state: &State, link: &Entry) -> Result<Value, Response> {
        let member = self.link_member(state, link).ok_or_else(|| self.target.not_found())?;
        Ok(self.body(&link.id, member))
    }

    /// The member that a link names, if the API version of the request shows it.
    fn link_member<'s>(&self, state: &'s State, link: &Entry) -> Option<&'s Entry> {
        let member = state.store.get(link.body["to"].as_str()?)?;
        member.is_visible_in(self.target.version).then_some(member)
    }

    fn list(&self, context: &Context<'_>, members: Vec<(String, &Entry)>) -> HandlerResult {
        let show = |(id, member): &(String, &Entry)| self.body(id, member);
        page(context, self.target.provider, members.into_iter(), |(_, m)| Cow::Borrowed(&m.body), show)
    }
}

fn parent_of(id: &str) -> &str {
    id.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn last_segment(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// Handles a request for the links of an owner.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let ends = Ends::new(target);
    let Some(name) = target.name else {
        if context.method() != "GET" {
            return Err(arm_errors::method_not_allowed(context.method()));
        }
        let links = context.state.store.list(&ends.collection());
        let members =
            links.filter_map(|link| Some((link.id.clone(), ends.link_member(context.state, link)?)));
        return ends.list(context, members.collect());
    };
    let id = format!("{}/{name}", ends.collection());
    let find = |state: &State| state.store.get(&id).cloned().ok_or_else(|| target.not_found());
    match context.method() {
        "PUT" => {
            let member = ends.member(context.state, name)?;
            let id = format!("{}/{}", ends.collection(), last_segment(&member));
            let is_new = context.state.store.put(&id, json!({"to": member}));
            let link = context.state.store.get(&id).ok_or_else(|| target.not_found())?;
            let mut body = ends.stored_body(context.state, link)?;
            // Lists show the protocols of an API, the response to a PUT does not.
            if let Some(protocols) = body["properties"].get_mut("protocols") {
                *protocols = Value::Null;
            }
            Ok(respond_with(target, if is_new { 201 } else { 200 }, link, &body))
        }
        "HEAD" => {
            let link = find(context.state)?;
            // Recorded of the APIs of a product; tags are specified to have 200 and an `ETag`.
            if target.kind.collection() == "apis" {
                return Ok(response::empty(204));
            }
            Ok(respond_with(target, 200, &link, &Value::Null))
        }
        "GET" => {
            let link = find(context.state)?;
            Ok(respond_with(target, 200, &link, &ends.stored_body(context.state, &link)?))
        }
        "DELETE" => {
            let existed = context.state.store.delete(&id);
            Ok(response::empty(if existed { 200 } else { 204 }))
        }
        other => Err(arm_errors::method_not_allowed(other)),
    }
}

/// Handles a request for the owners of a member, such as the products of an API; they can only be listed.
pub(super) fn handle_reverse(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    if context.method() != "GET" || target.name.is_some() {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let ends = Ends::new(target);
    let member = last_segment(&ends.owner);
    let collection = last_segment(parent_of(&ends.owner));
    let owners = context.state.store.list(&format!("{}/{}", ends.base, target.kind.collection()));
    let owners = owners
        .filter(|owner| context.state.store.get(&format!("{}/{collection}/{member}", owner.id)).is_some())
        .map(|owner| (format!("{}/{}", ends.collection(), last_segment(&owner.id)), owner));
    ends.list(context, owners.collect())
}

/// Deletes every product's link to an API that is deleted.
pub(super) fn delete_links_to_api(state: &mut State, base: &str, api: &str) {
    let products: Vec<String> =
        state.store.list(&format!("{base}/products")).map(|product| product.id.clone()).collect();
    for product in products {
        state.store.delete(&format!("{product}/apis/{api}"));
    }
}
