//! Exporting an API's definition: by link, as `format=…-link&export=true` asks, or to API Center.

mod openapi;
mod parts;
mod swagger;
mod wadl;

use serde_json::{Value, json};

use super::api;
use super::errors;
use super::import::GRAPHQL_SCHEMA;
use super::place::Place;
use super::revisions;
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::state::State;
use crate::store::Entry;

/// From this api-version on, an export answers without `properties` around it.
const FLAT_SINCE: &str = "2024-05-01";

/// A document to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    OpenApiYaml,
    OpenApiJson,
    Swagger,
    Wsdl,
    Wadl,
}

const FORMATS: &[(&str, Format, &str)] = &[
    ("openapi-link", Format::OpenApiYaml, "application/vnd.oai.openapi"),
    ("openapi+json-link", Format::OpenApiJson, "application/vnd.oai.openapi+json"),
    ("swagger-link", Format::Swagger, "application/vnd.swagger.doc+json"),
    ("wsdl-link", Format::Wsdl, "application/wsdl+xml"),
    ("wadl-link", Format::Wadl, "application/vnd.sun.wadl+xml"),
];

/// Answers `GET …/apis/{name}?format=…&export=true` with a link to the document.
pub fn link(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let entry = api::find(state, place, name)?;
    let asked = request.query("format").unwrap_or_default();
    let Some((format, kind, content_type)) = FORMATS.iter().find(|(f, ..)| f.eq_ignore_ascii_case(asked))
    else {
        let known: Vec<&str> = FORMATS.iter().map(|(f, ..)| *f).collect();
        let message = format!("'format' is '{asked}'; it must be one of: {}.", known.join(", "));
        return Err(errors::invalid("format", &message));
    };
    let document = document(state, entry, *kind).ok_or_else(|| unfit(entry, format))?;
    let id = api::named(entry, name)["id"].clone();
    let file: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' }).collect();
    let path = state.add_download_link(&format!("{file}.{format}"), content_type, document, request.now);
    let value = json!({"link": format!("{}{path}", request.origin)});
    let flat = request.query("api-version").is_some_and(|v| v >= FLAT_SINCE);
    let body = if flat {
        json!({"id": id, "format": format, "value": value})
    } else {
        json!({"id": id, "properties": {"format": format, "value": value}})
    };
    Ok(response::json(200, &body))
}

/// The exports that the real service may mix up with this one when they are asked for at once.
///
/// Those in the same format of APIs of one version set, or else of the revisions of one API. None where nothing is to be
/// exported.
#[must_use]
pub fn export_family(state: &State, request: &ParsedRequest) -> Option<String> {
    if request.method != "GET" || !api::truth(request.query("export")) {
        return None;
    }
    let (collection, name) = request.path.rsplit_once('/')?;
    let service = collection.rsplit_once('/').filter(|(_, kind)| kind.eq_ignore_ascii_case("apis"))?.0;
    let entry = state.store.get(&revisions::resolve(state, service, name)?)?;
    let set = entry.body["properties"]["apiVersionSetId"].as_str();
    let format = request.query("format").unwrap_or_default().to_ascii_lowercase();
    Some(format!("{format} {}", set.unwrap_or_else(|| revisions::api_name(&entry.id))))
}

fn unfit(entry: &Entry, format: &str) -> Response {
    let kind = entry.body["properties"]["type"].as_str().unwrap_or("http");
    errors::invalid("format", &format!("An API of the type '{kind}' cannot be exported as '{format}'."))
}

/// The definition that API Center's server-side import would take of an API.
///
/// The document, the name of its specification (`openapi`, `wsdl`, `graphql`) and its version. None for an API
/// without a definition, such as a WebSocket, and for one that is not there.
#[must_use]
pub fn export_document(state: &State, api_id: &str) -> Option<(String, &'static str, String)> {
    let (service, name) = api_id.trim_end_matches('/').rsplit_once('/')?;
    let (service, _) = service.rsplit_once('/')?;
    let entry = state.store.get(&revisions::resolve(state, service, name)?)?;
    match entry.body["properties"]["type"].as_str().unwrap_or("http") {
        "soap" => Some((document(state, entry, Format::Wsdl)?, "wsdl", "1.1".to_owned())),
        "graphql" => {
            let schemas = state.store.list(&format!("{}/schemas", entry.id));
            let schema = schemas
                .into_iter()
                .find(|s| s.body["properties"]["contentType"].as_str() == Some(GRAPHQL_SCHEMA))?;
            let text = schema.body["properties"]["document"]["value"].as_str()?;
            Some((text.to_owned(), "graphql", "2021".to_owned()))
        }
        "websocket" => None,
        _ => {
            let text = document(state, entry, Format::OpenApiJson)?;
            let stated = serde_json::from_str::<Value>(&text).ok()?["openapi"].as_str().map(str::to_owned);
            Some((text, "openapi", stated.unwrap_or_else(|| "3.0.1".to_owned())))
        }
    }
}

/// The document of an API in a format; None where the two do not fit.
///
/// The document that was imported is served byte for byte in its own format, as long as nothing was changed
/// since; other formats are made from the operations.
fn document(state: &State, entry: &Entry, format: Format) -> Option<String> {
    let kind = entry.body["properties"]["type"].as_str().unwrap_or("http");
    if !fits(kind, format) {
        return None;
    }
    let changed = entry.hidden["changed"] == json!(true);
    let import = &entry.hidden["import"];
    let original = import["document"].as_str();
    let same = |family: &str, syntax: &str| import["family"] == family && import["syntax"] == syntax;
    let made = || openapi::make(state, entry);
    match format {
        Format::Wsdl => original.filter(|_| import["family"] == "wsdl").map(str::to_owned),
        Format::Wadl if !changed && same("wadl", "xml") => original.map(str::to_owned),
        Format::Wadl => Some(wadl::make(state, entry)),
        Format::Swagger if !changed && same("swagger", "json") => original.map(str::to_owned),
        Format::Swagger => Some(pretty(&swagger::from_openapi(&made()))),
        Format::OpenApiJson if !changed && same("openapi", "json") => original.map(str::to_owned),
        Format::OpenApiYaml if !changed && same("openapi", "yaml") => original.map(str::to_owned),
        Format::OpenApiJson | Format::OpenApiYaml => {
            let kept = original.filter(|_| !changed && import["family"] == "openapi");
            let document = kept.and_then(parsed).unwrap_or_else(made);
            if format == Format::OpenApiJson {
                return Some(pretty(&document));
            }
            serde_saphyr::to_string(&document).ok()
        }
    }
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_saphyr::from_str(text).ok())
}

fn fits(kind: &str, format: Format) -> bool {
    match kind {
        "soap" => format == Format::Wsdl,
        "graphql" | "websocket" => false,
        _ => format != Format::Wsdl,
    }
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}
