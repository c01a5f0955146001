//! Exports the definition of an API: as a link for `format=…-link&export=true`, or for API Center's import.

mod openapi;
mod parts;
mod swagger;
mod wadl;

use serde_json::{Value, json};

use super::import::GRAPHQL_SCHEMA;
use super::{apis, errors, revisions};
use crate::context::Context;
use crate::request::ParsedRequest;
use crate::resources::Target;
use crate::response::{self, HandlerResult, Response};
use crate::state::State;
use crate::store::Entry;
use azr_core::number::PlainNumbers;

/// The first API version in which the response to an export has no `properties` around its members.
const FLAT_SINCE: &str = "2024-05-01";

/// A document to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    OpenApiYaml,
    OpenApiJson,
    Swagger,
    Wsdl,
    Wadl,
    GraphQl,
}

const FORMATS: &[(&str, Format, &str)] = &[
    ("openapi-link", Format::OpenApiYaml, "application/vnd.oai.openapi"),
    ("openapi+json-link", Format::OpenApiJson, "application/vnd.oai.openapi+json"),
    ("swagger-link", Format::Swagger, "application/vnd.swagger.doc+json"),
    ("wsdl-link", Format::Wsdl, "application/wsdl+xml"),
    (INLINE_WSDL, Format::Wsdl, "application/wsdl+xml"),
    ("wadl-link", Format::Wadl, "application/vnd.sun.wadl+xml"),
    // Not in the specification; clients report that the service responds with a link, or with 406 if there is no schema.
    ("graphql-link", Format::GraphQl, "text/plain"),
];

/// The format whose document is in the response itself.
///
/// It is not in the specification, but clients fall back to it. They accept several shapes; which one the service sends
/// is not recorded.
const INLINE_WSDL: &str = "wsdl";

/// Handles `GET …/apis/{name}?format=…&export=true`: the response has a link to the document.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>, name: &str) -> HandlerResult {
    let request = context.request;
    let entry = target.entry(context.state)?;
    let requested = request.query("format").unwrap_or_default();
    let Some((name_of_format, format, content_type)) =
        FORMATS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(requested))
    else {
        let known: Vec<&str> = FORMATS.iter().map(|(name, ..)| *name).collect();
        let message = format!("'format' is '{requested}'; it must be one of: {}.", known.join(", "));
        return Err(errors::invalid("format", &message));
    };
    let document = make_document(context.state, entry, *format)
        .ok_or_else(|| unsupported_format(entry, *format, name_of_format))?;
    let id = apis::body_under_name(target, entry, name)["id"].clone();
    let file: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' }).collect();
    let file = format!("{file}.{name_of_format}");
    let value = if *name_of_format == INLINE_WSDL {
        json!(document)
    } else {
        let path = context.state.add_download_link(&file, content_type, document, request.now);
        json!({"link": format!("{}{path}", request.origin)})
    };
    let is_flat = request.query("api-version").is_some_and(|version| version >= FLAT_SINCE);
    let body = if is_flat {
        json!({"id": id, "format": name_of_format, "value": value})
    } else {
        json!({"id": id, "properties": {"format": name_of_format, "value": value}})
    };
    Ok(response::json(200, &body))
}

/// Whether a request exports WSDL as a link.
#[must_use]
pub(crate) fn is_wsdl_link_export(request: &ParsedRequest) -> bool {
    let format = request.query("format").unwrap_or_default();
    request.method == "GET"
        && apis::is_true(request.query("export"))
        && format.eq_ignore_ascii_case("wsdl-link")
}

/// A key for the exports that the real service may mix up with this one when they are requested at once.
///
/// These are exports in the same format of the APIs of one version set, or else of the revisions of one API. `None` if the
/// request is not an export.
#[must_use]
pub(crate) fn export_family(state: &State, request: &ParsedRequest) -> Option<String> {
    if request.method != "GET" || !apis::is_true(request.query("export")) {
        return None;
    }
    let (collection, name) = request.path.rsplit_once('/')?;
    collection.rsplit_once('/').filter(|(_, kind)| kind.eq_ignore_ascii_case("apis"))?;
    let entry = revisions::resolve(state, collection, name)?;
    let set = entry.body["properties"]["apiVersionSetId"].as_str();
    let format = request.query("format").unwrap_or_default().to_ascii_lowercase();
    Some(format!("{format} {}", set.unwrap_or_else(|| revisions::api_name(&entry.id))))
}

fn unsupported_format(entry: &Entry, format: Format, name: &str) -> Response {
    let kind = entry.body["properties"]["type"].as_str().unwrap_or("http");
    if kind == "graphql" && format == Format::GraphQl {
        return response::error(406, "NotAcceptable", "The API has no GraphQL schema.");
    }
    errors::invalid("format", &format!("An API of the type '{kind}' cannot be exported as '{name}'."))
}

/// The definition that API Center's import takes of an API.
///
/// Returns the document, the name of its specification (`openapi`, `wsdl`, `graphql`) and its version. `None` for an API
/// without a definition, such as a WebSocket API, and for one that does not exist.
#[must_use]
pub(crate) fn export_document(state: &State, api_id: &str) -> Option<(String, &'static str, String)> {
    let (collection, name) = api_id.trim_end_matches('/').rsplit_once('/')?;
    let entry = revisions::resolve(state, collection, name)?;
    match entry.body["properties"]["type"].as_str().unwrap_or("http") {
        "soap" => Some((make_document(state, entry, Format::Wsdl)?, "wsdl", "1.1".to_owned())),
        "graphql" => Some((make_document(state, entry, Format::GraphQl)?, "graphql", "2021".to_owned())),
        "websocket" | "mcp" | "a2a" => None,
        _ => {
            let text = make_document(state, entry, Format::OpenApiJson)?;
            let version = serde_json::from_str::<Value>(&text).ok()?["openapi"].as_str().map(str::to_owned);
            Some((text, "openapi", version.unwrap_or_else(|| "3.0.1".to_owned())))
        }
    }
}

/// The document of an API in a format; `None` if APIs of its type do not have the format.
///
/// The imported document is returned byte for byte in its own format as long as nothing has changed since; other
/// formats are generated from the operations.
fn make_document(state: &State, entry: &Entry, format: Format) -> Option<String> {
    let kind = entry.body["properties"]["type"].as_str().unwrap_or("http");
    if !supports(kind, format) {
        return None;
    }
    let is_changed = entry.hidden["changed"] == json!(true);
    let import = &entry.hidden["import"];
    let original = import["document"].as_str();
    let is_original = |family: &str, syntax: &str| import["family"] == family && import["syntax"] == syntax;
    let generate = || openapi::generate(state, entry);
    match format {
        Format::Wsdl => original.filter(|_| import["family"] == "wsdl").map(str::to_owned),
        Format::GraphQl => {
            let mut schemas = state.store.list(&format!("{}/schemas", entry.id));
            let schema =
                schemas.find(|s| s.body["properties"]["contentType"].as_str() == Some(GRAPHQL_SCHEMA))?;
            schema.body["properties"]["document"]["value"].as_str().map(str::to_owned)
        }
        Format::Wadl if !is_changed && is_original("wadl", "xml") => original.map(str::to_owned),
        Format::Wadl => Some(wadl::generate(state, entry)),
        Format::Swagger if !is_changed && is_original("swagger", "json") => original.map(str::to_owned),
        Format::Swagger => Some(pretty(&swagger::from_openapi(&generate()))),
        Format::OpenApiJson if !is_changed && is_original("openapi", "json") => original.map(str::to_owned),
        Format::OpenApiYaml if !is_changed && is_original("openapi", "yaml") => original.map(str::to_owned),
        Format::OpenApiJson | Format::OpenApiYaml => {
            let imported = original.filter(|_| !is_changed && import["family"] == "openapi");
            let document = imported.and_then(parse).unwrap_or_else(generate);
            if format == Format::OpenApiJson {
                return Some(pretty(&document));
            }
            serde_saphyr::to_string(&PlainNumbers(&document)).ok()
        }
    }
}

fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_saphyr::from_str(text).ok())
}

fn supports(kind: &str, format: Format) -> bool {
    match kind {
        "soap" => format == Format::Wsdl,
        "graphql" => format == Format::GraphQl,
        "websocket" | "mcp" | "a2a" => false,
        _ => !matches!(format, Format::Wsdl | Format::GraphQl),
    }
}

fn pretty(document: &Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}
