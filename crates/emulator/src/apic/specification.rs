//! `importSpecification` and `exportSpecification` of a definition.

use serde_json::{Value, json};
use url::Url;

use super::kinds::PROVIDER;
use super::{errors, linked, operations};
use crate::context::Context;
use crate::request::ParsedRequest;
use crate::response::{self, HandlerResult, Response};
use crate::state::State;
use crate::{download_links, timestamps};

/// The maximum size of an inline document, in both directions: 3 MB.
const MAX_INLINE_BYTES: usize = 3 * 1024 * 1024;

/// Imports a document: at once if it is inline, as a long-running operation if it is a link.
pub(super) fn import(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let body = context.request.json()?;
    let value = body["value"].as_str().unwrap_or_default();
    if value.is_empty() {
        return Err(errors::invalid("value", "The value field is required."));
    }
    let specification = read_specification(&body)?;
    linked::check_not_linked(context.state, id)
        .map_err(|problem| PROVIDER.dialect.invalid_properties(&[problem]))?;
    match body["format"].as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("inline") => {
            if value.len() > MAX_INLINE_BYTES {
                let text = "An inline specification may not be larger than 3 MB; use the format 'link'.";
                return Err(errors::invalid("value", text));
            }
            store(context.state, id, value.to_owned(), specification, &timestamps::utc(context.request.now));
            Ok(response::empty(200))
        }
        Some("link") => {
            let url = Url::parse(value).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
            let Some(url) = url else {
                let text = format!("'{value}' is not a valid absolute http or https URL.");
                return Err(errors::invalid("value", text));
            };
            let failure = match fetch(context, &url) {
                Ok(document) => {
                    store(context.state, id, document, specification, &timestamps::utc(context.request.now));
                    None
                }
                Err(reason) => Some(json!({
                    "code": "SpecificationLinkNotReachable",
                    "message": format!("The specification could not be fetched from the link: {reason}."),
                })),
            };
            Ok(operations::accept(context, id, failure))
        }
        _ => {
            let text = format!("The value '{}' is not valid. Allowed values: inline, link.", body["format"]);
            Err(errors::invalid("format", text))
        }
    }
}

/// The name and version in a request, in the service's order; null if there are none.
fn read_specification(body: &Value) -> Result<Value, Response> {
    let specification = &body["specification"];
    let text = |name: &str| specification[name].as_str();
    match (specification, text("name"), text("version")) {
        (Value::Null, ..) => Ok(Value::Null),
        (_, Some(name), Some(version)) => Ok(json!({"name": name, "version": version})),
        (_, Some(name), None) if specification["version"].is_null() => Ok(json!({"name": name})),
        _ => Err(errors::invalid("specification", "The name and the version must be strings.")),
    }
}

/// The link that a request wants to import a document from.
#[must_use]
pub(crate) fn requested_link(request: &ParsedRequest) -> Option<Url> {
    let (_, action) = request.path.rsplit_once('/')?;
    if request.method != "POST" || !action.eq_ignore_ascii_case("importSpecification") {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    body["format"].as_str().filter(|f| f.eq_ignore_ascii_case("link"))?;
    Url::parse(body["value"].as_str()?).ok().filter(|u| matches!(u.scheme(), "http" | "https"))
}

fn fetch(context: &Context<'_>, url: &Url) -> Result<String, String> {
    if let Some(link) = download_links::find(context.state, url, context.request.now) {
        return link.map(|link| link.document.clone()).map_err(str::to_owned);
    }
    match &context.fetched {
        Some(fetched) => fetched.clone(),
        None => Err(format!(
            "the emulator has no network access, so it cannot reach {}",
            url.host_str().unwrap_or("it")
        )),
    }
}

/// Stores the document of a definition; no GET shows it.
pub(super) fn store(state: &mut State, id: &str, document: String, specification: Value, now: &str) {
    let Some(entry) = state.store.get(id) else { return };
    let (mut body, mut hidden) = (entry.body.clone(), entry.hidden.clone());
    if !specification.is_null() {
        body["properties"]["specification"] = specification;
    }
    body["systemData"]["lastModifiedAt"] = Value::from(now);
    hidden["document"] = Value::from(document);
    state.store.put(id, body);
    if let Some(entry) = state.store.get_mut(id) {
        entry.hidden = hidden;
    }
}

/// Returns the document: inline, or as a link if it is too large for that.
pub(super) fn export(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let Some(document) = context.state.store.get(id).and_then(|e| e.hidden["document"].as_str()) else {
        return Err(response::json(404, &json!({"code": "404"})));
    };
    let document = document.to_owned();
    if document.len() <= MAX_INLINE_BYTES {
        return Ok(response::json(200, &json!({"format": "inline", "value": document})));
    }
    let name = id.rsplit('/').next().unwrap_or_default();
    let link = context.state.add_download_link(name, "text/plain", document, context.request.now);
    let link = format!("{}{link}", context.request.origin);
    Ok(response::json(200, &json!({"format": "link", "value": link})))
}
