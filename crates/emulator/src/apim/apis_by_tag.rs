//! `apisByTags`: every API once for each of its tags, and on request those without tags.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::apis;
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{Target, page};
use crate::response::HandlerResult;
use crate::store::Entry;

/// An API with one of its tags.
struct TaggedApi<'a> {
    api: &'a Entry,
    /// `None` for an API without tags.
    tag: Option<&'a Entry>,
}

/// Handles a request for the list, in the shape of the published example of `Api_ListByTags` (2022-08-01).
///
/// `{"tag": {"id": "/tags/bulk", "name": "Bulk"}, "api": {"id": "/apis/echo", "name": "Echo API", "apiRevision": "1", …}}`:
/// ids are relative to the service, and `name` is the display name. `$filter` compares members of the API, and
/// `tag/id eq 'bulk'` and `api/…` as the developer portal sends them.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let includes_untagged = apis::is_true(context.request.query("includeNotTaggedApis"));
    let store = &context.state.store;
    let mut tagged = Vec::new();
    for api in store.list_in_version(&format!("{}/apis", target.parent), target.version) {
        let before = tagged.len();
        for link in store.list(&format!("{}/tags", api.id)) {
            let tag = link.body["to"].as_str().and_then(|id| store.get(id));
            tagged.extend(tag.map(|tag| TaggedApi { api, tag: Some(tag) }));
        }
        if includes_untagged && tagged.len() == before {
            tagged.push(TaggedApi { api, tag: None });
        }
    }
    page(context, target.provider, tagged.into_iter(), |t| Cow::Owned(t.filtered()), TaggedApi::body)
}

impl TaggedApi<'_> {
    fn api(&self) -> Map<String, Value> {
        let mut properties = self.api.body["properties"].as_object().cloned().unwrap_or_default();
        let name = properties.shift_remove("displayName").unwrap_or_default();
        let id = format!("/apis/{}", self.api.body["name"].as_str().unwrap_or_default());
        let mut api = Map::from_iter([("id".to_owned(), Value::from(id)), ("name".to_owned(), name)]);
        api.extend(properties);
        api
    }

    fn body(&self) -> Value {
        let mut body = Map::new();
        if let Some(tag) = self.tag {
            let id = format!("/tags/{}", tag.body["name"].as_str().unwrap_or_default());
            body.insert("tag".to_owned(), json!({"id": id, "name": tag.body["properties"]["displayName"]}));
        }
        body.insert("api".to_owned(), Value::Object(self.api()));
        Value::Object(body)
    }

    /// What a filter compares: also the API's members without a prefix.
    fn filtered(&self) -> Value {
        let api = self.api();
        let mut properties = api.clone();
        properties.insert("displayName".to_owned(), api["name"].clone());
        let tag = self
            .tag
            .map(|tag| json!({"id": tag.body["name"], "name": tag.body["properties"]["displayName"]}));
        json!({"tag": tag, "api": api, "properties": properties})
    }
}
