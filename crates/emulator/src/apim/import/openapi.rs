//! `OpenAPI` 3 and Swagger 2.0 documents.

use serde_json::{Value, json};

use azr_core::text::truncate_utf16;

use super::super::signature::signature;
use super::names::{self, UniqueNames};
use super::operation::OperationReader;
use super::schemas::Schemas;
use super::{Definition, Family, ImportError};

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Reads a document; the error says what is wrong with it.
pub(super) fn read(text: &str, family: Family, is_json_only: bool) -> Result<Definition, ImportError> {
    let (document, syntax) = parse(text, is_json_only)?;
    check_version(&document, family)?;
    let title = document["info"]["title"].as_str().unwrap_or_default();
    if title.is_empty() {
        return Err("The field 'title' in 'info' object is REQUIRED.".into());
    }
    if let Some(reference) = external_reference(&document) {
        // The wording of the service is not known.
        return Err(format!(
            "The reference '{reference}' is external; only references in the document are supported."
        )
        .into());
    }
    let mut definition = Definition::new(family, syntax, text);
    let properties = &mut definition.properties;
    properties.insert("displayName".to_owned(), json!(truncate_utf16(title, 300)));
    let info = &document["info"];
    for (member, value) in [
        ("description", &info["description"]),
        ("termsOfServiceUrl", &info["termsOfService"]),
        ("contact", &info["contact"]),
        ("license", &info["license"]),
    ] {
        if !value.is_null() {
            properties.insert(member.to_owned(), value.clone());
        }
    }
    let (url, protocols) = read_servers(&document);
    if let Some(url) = url {
        properties.insert("serviceUrl".to_owned(), json!(url));
    }
    if !protocols.is_empty() {
        properties.insert("protocols".to_owned(), json!(protocols));
    }
    properties.insert("type".to_owned(), json!("http"));
    let mut schemas = Schemas::new(&document, title);
    definition.operations = read_operations(&document, &mut schemas)?;
    definition.schemas = schemas.into_resources();
    Ok(definition)
}

/// The document as JSON, and the syntax it was in.
fn parse(text: &str, is_json_only: bool) -> Result<(Value, &'static str), String> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => Ok((value, "json")),
        Ok(_) => Err("The document is not an object.".to_owned()),
        Err(error) if is_json_only => Err(format!("{error}")),
        Err(error) => match serde_saphyr::from_str::<Value>(text) {
            Ok(value) if value.is_object() => Ok((value, "yaml")),
            Ok(_) => Err("The document is not an object.".to_owned()),
            // YAML may start with a brace too, but a document that is not valid in either is more likely JSON.
            Err(_) if text.trim_start().starts_with('{') => Err(format!("{error}")),
            Err(error) => Err(error.to_string().lines().next().unwrap_or_default().to_owned()),
        },
    }
}

/// The first `$ref` that leads out of the document. Examples and extensions are not looked at.
fn external_reference(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.iter().find_map(external_reference),
        Value::Object(members) => members.iter().find_map(|(name, member)| match (name.as_str(), member) {
            ("$ref", Value::String(reference)) => (!reference.starts_with('#')).then_some(reference.as_str()),
            ("example" | "examples" | "default" | "enum", _) => None,
            (extension, _) if extension.starts_with("x-") => None,
            (_, member) => external_reference(member),
        }),
        _ => None,
    }
}

fn check_version(document: &Value, family: Family) -> Result<(), String> {
    // YAML reads an unquoted 2.0 as a number.
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let (member, prefix) = if family == Family::Swagger { ("swagger", "2.") } else { ("openapi", "3.") };
    let version = text(&document[member]);
    // YAML may write 2.0 as 2, and JSON as 2.0.
    let is_supported = version.starts_with(prefix) || version == prefix.trim_end_matches('.');
    if !is_supported {
        return Err(format!("The version in '{member}' must begin with {prefix}, but it is '{version}'."));
    }
    if !document["info"].is_object() {
        return Err("The field 'info' in 'document' object is REQUIRED.".to_owned());
    }
    if !document["paths"].is_object() && !version.starts_with("3.1") {
        return Err("The field 'paths' in 'document' object is REQUIRED.".to_owned());
    }
    Ok(())
}

/// The URL of the first server, and the protocols of the API.
///
/// Recorded: a Swagger document has the protocols of its schemes, an `OpenAPI` document always https.
fn read_servers(document: &Value) -> (Option<String>, Vec<&'static str>) {
    let urls: Vec<String> = if let Some(host) = document["host"].as_str() {
        let base = document["basePath"].as_str().unwrap_or_default().trim_end_matches('/');
        let schemes = document["schemes"].as_array();
        let schemes = schemes.map_or_else(|| vec!["https"], |s| s.iter().filter_map(Value::as_str).collect());
        schemes.into_iter().map(|s| format!("{s}://{host}{base}")).collect()
    } else {
        let servers = document["servers"].as_array().map_or(&[][..], Vec::as_slice);
        servers.iter().map(server_url).collect()
    };
    let schemes = [("http://", "http"), ("https://", "https")];
    let mut protocols: Vec<&str> = schemes
        .into_iter()
        .filter(|(scheme, _)| document["schemes"].is_array() && urls.iter().any(|u| u.starts_with(scheme)))
        .map(|(_, name)| name)
        .collect();
    if protocols.is_empty() {
        protocols.push("https");
    }
    (urls.into_iter().find(|u| u.contains("://")), protocols)
}

fn server_url(server: &Value) -> String {
    let mut url = server["url"].as_str().unwrap_or_default().trim_end_matches('/').to_owned();
    for (name, variable) in server["variables"].as_object().into_iter().flatten() {
        let default = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), default);
    }
    url
}

fn read_operations(document: &Value, schemas: &mut Schemas) -> Result<Vec<(String, Value)>, ImportError> {
    let mut names = UniqueNames::default();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        if path.starts_with("x-") {
            continue;
        }
        if !path.starts_with('/') {
            return Err(format!("The path '{path}' must begin with a slash.").into());
        }
        for method in METHODS {
            let Some(operation) = item.get(*method).filter(|o| o.is_object()) else { continue };
            let id = operation["operationId"].as_str();
            let name = names.add(id.unwrap_or(&names::operation_name(method, path)));
            let mut reader = OperationReader { document, path, method, operation, schemas };
            operations.push((name, reader.read(item)));
        }
    }
    check_signatures(&operations)?;
    Ok(operations)
}

/// Refuses two operations with one signature.
fn check_signatures(operations: &[(String, Value)]) -> Result<(), ImportError> {
    let described = operations.iter().map(|(_, properties)| {
        let text = |member: &str| properties[member].as_str().unwrap_or_default();
        (signature(text("method"), text("urlTemplate")), text("method"), text("urlTemplate"))
    });
    let mut described: Vec<_> = described.collect();
    described.sort_unstable();
    for same in described.chunk_by(|(a, ..), (b, ..)| a == b) {
        if let [(_, method, template), _, ..] = same {
            return Err(ImportError::Content(format!(
                "Importing API has duplicate signature operations: {} operations with signature '{method} {}'",
                same.len(),
                template.to_lowercase(),
            )));
        }
    }
    Ok(())
}

/// The object that a local `$ref` refers to, or the value itself.
pub(super) fn resolve_ref(document: &Value, value: &Value) -> Value {
    let target = value["$ref"].as_str().and_then(|r| r.strip_prefix('#'));
    target.and_then(|pointer| document.pointer(pointer)).unwrap_or(value).clone()
}
