//! `importSpecification` and `exportSpecification` of a definition.

use serde_json::{Value, json};
use url::Url;

use super::{errors, operations};
use crate::context::{Context, Reply};
use crate::http::{Answer, Call};
use crate::world::World;
use crate::{links, stamp};

/// The most the service takes and gives inline: 3 MB.
const INLINE_BYTES: usize = 3 * 1024 * 1024;

/// Takes a document: inline at once, from a link as an operation.
pub fn import(context: &mut Context<'_>, id: &str) -> Reply {
    let given = context.call.json()?;
    let value = given["value"].as_str().unwrap_or_default();
    if value.is_empty() {
        return Err(errors::invalid_one("value", "The value field is required."));
    }
    let specification = specification(&given)?;
    match given["format"].as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("inline") => {
            if value.len() > INLINE_BYTES {
                let text = "An inline specification may not be larger than 3 MB; use the format 'link'.";
                return Err(errors::invalid_one("value", text));
            }
            store(context.world, id, value.to_owned(), specification, &stamp::utc(context.call.now));
            Ok(Answer::empty(200))
        }
        Some("link") => {
            let url = Url::parse(value).ok().filter(|u| matches!(u.scheme(), "http" | "https"));
            let Some(url) = url else {
                let text = format!("'{value}' is not a valid absolute http or https URL.");
                return Err(errors::invalid_one("value", text));
            };
            let failure = match fetch(context, &url) {
                Ok(document) => {
                    store(context.world, id, document, specification, &stamp::utc(context.call.now));
                    None
                }
                Err(why) => Some(json!({
                    "code": "SpecificationLinkNotReachable",
                    "message": format!("The specification could not be fetched from the link: {why}."),
                })),
            };
            Ok(operations::accept(context, id, failure))
        }
        _ => {
            let text = format!("The value '{}' is not valid. Allowed values: inline, link.", given["format"]);
            Err(errors::invalid_one("format", text))
        }
    }
}

/// The name and version the caller gives, in the service's order; null for none.
fn specification(given: &Value) -> Result<Value, Answer> {
    let specification = &given["specification"];
    let text = |name: &str| specification[name].as_str();
    match (specification, text("name"), text("version")) {
        (Value::Null, ..) => Ok(Value::Null),
        (_, Some(name), Some(version)) => Ok(json!({"name": name, "version": version})),
        (_, Some(name), None) if specification["version"].is_null() => Ok(json!({"name": name})),
        _ => Err(errors::invalid_one("specification", "The name must be a string, and so the version.")),
    }
}

/// The link that a request asks to import from, if that is what it asks.
#[must_use]
pub fn wanted_link(call: &Call) -> Option<Url> {
    let (_, action) = call.path.rsplit_once('/')?;
    if call.method != "POST" || !action.eq_ignore_ascii_case("importSpecification") {
        return None;
    }
    let given: Value = serde_json::from_slice(&call.body).ok()?;
    given["format"].as_str().filter(|f| f.eq_ignore_ascii_case("link"))?;
    Url::parse(given["value"].as_str()?).ok().filter(|u| matches!(u.scheme(), "http" | "https"))
}

fn fetch(context: &Context<'_>, url: &Url) -> Result<String, String> {
    if let Some(found) = links::find(context.world, url, context.call.now) {
        return found.map(|link| link.document.clone()).map_err(str::to_owned);
    }
    match &context.fetched {
        Some(fetched) => fetched.clone(),
        None => {
            Err(format!("the emulator has no network, so it cannot reach {}", url.host_str().unwrap_or("it")))
        }
    }
}

/// Puts the document into the definition; its content is never part of a GET.
pub fn store(world: &mut World, id: &str, document: String, specification: Value, now: &str) {
    let Some(entry) = world.store.get(id) else { return };
    let (mut body, mut hidden) = (entry.body.clone(), entry.hidden.clone());
    if !specification.is_null() {
        body["properties"]["specification"] = specification;
    }
    body["systemData"]["lastModifiedAt"] = Value::from(now);
    hidden["document"] = Value::from(document);
    world.store.put(id, body);
    if let Some(entry) = world.store.get_mut(id) {
        entry.hidden = hidden;
    }
}

/// Gives the document back: inline, or behind a link when it is too large for that.
pub fn export(context: &mut Context<'_>, id: &str) -> Reply {
    let Some(document) = context.world.store.get(id).and_then(|e| e.hidden["document"].as_str()) else {
        return Err(Answer::json(404, &json!({"code": "404"})));
    };
    let document = document.to_owned();
    if document.len() <= INLINE_BYTES {
        return Ok(Answer::json(200, &json!({"format": "inline", "value": document})));
    }
    let name = id.rsplit('/').next().unwrap_or_default();
    let link = context.world.link(name, "text/plain", document, context.call.now);
    let link = format!("{}{link}", context.call.base);
    Ok(Answer::json(200, &json!({"format": "link", "value": link})))
}
