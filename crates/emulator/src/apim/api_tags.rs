//! `apisByTags`: every API once for each of its tags, and on request those without any.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{api, errors, page};
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// An API with one of its tags.
struct Tagged<'a> {
    api: &'a Entry,
    /// None for an API without tags.
    tag: Option<&'a Entry>,
}

/// The list of a service, as the published example of `Api_ListByTags` (2022-08-01) has it.
///
/// `{"tag": {"id": "/tags/bulk", "name": "Bulk"}, "api": {"id": "/apis/echo", "name": "Echo API", "apiRevision": "1", …}}`:
/// ids are relative to the service, and `name` is the name to show. `$filter` takes members of the API, and
/// `tag/id eq 'bulk'` and `api/…` as the developer portal writes them.
pub fn list(state: &State, request: &ParsedRequest, service: &str) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let all = api::truth(request.query("includeNotTaggedApis"));
    let mut tagged = Vec::new();
    for api in state.store.list(&format!("{service}/apis")) {
        let before = tagged.len();
        for link in state.store.list(&format!("{}/tags", api.id)) {
            let tag = link.body["to"].as_str().and_then(|id| state.store.get(id));
            tagged.extend(tag.map(|tag| Tagged { api, tag: Some(tag) }));
        }
        if all && tagged.len() == before {
            tagged.push(Tagged { api, tag: None });
        }
    }
    page::answer(request, tagged.into_iter(), |t| Cow::Owned(t.filtered()), Tagged::shown)
}

impl Tagged<'_> {
    fn api(&self) -> Map<String, Value> {
        let mut properties = self.api.body["properties"].as_object().cloned().unwrap_or_default();
        let name = properties.shift_remove("displayName").unwrap_or_default();
        let id = format!("/apis/{}", self.api.body["name"].as_str().unwrap_or_default());
        let mut shown = Map::from_iter([("id".to_owned(), Value::from(id)), ("name".to_owned(), name)]);
        shown.extend(properties);
        shown
    }

    fn shown(&self) -> Value {
        let mut shown = Map::new();
        if let Some(tag) = self.tag {
            let id = format!("/tags/{}", tag.body["name"].as_str().unwrap_or_default());
            shown.insert("tag".to_owned(), json!({"id": id, "name": tag.body["properties"]["displayName"]}));
        }
        shown.insert("api".to_owned(), Value::Object(self.api()));
        Value::Object(shown)
    }

    /// What a filter sees: the API's members without a prefix, too.
    fn filtered(&self) -> Value {
        let api = self.api();
        let mut bare = api.clone();
        bare.insert("displayName".to_owned(), api["name"].clone());
        let tag = self
            .tag
            .map(|tag| json!({"id": tag.body["name"], "name": tag.body["properties"]["displayName"]}));
        json!({"tag": tag, "api": api, "properties": bare})
    }
}
