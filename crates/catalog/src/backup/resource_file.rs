//! The file of a resource in a backup.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use azr_core::error::{Error, Result};
use azr_core::text::without_byte_order_mark;

/// Members of a resource's properties that the service maintains, and that change by themselves.
const MAINTAINED_BY_SERVICE: &[&str] = &["provisioningState", "linkState", "etag", "eTag", "systemData"];

/// Members that are enumerations, which the service returns in different cases.
const ENUMERATIONS: &[&str] =
    &["kind", "lifecycleStage", "state", "analyzerType", "importSpecification", "targetLifecycleStage"];

/// Flags that the service sets; only a default among several resources says something.
const FLAGS: &[&str] = &["isDefault", "isRecommended", "recommended"];

/// Parts of the names of members that may be secrets; compared in lower case.
const SECRET_PARTS: &[&str] =
    &["accesskey", "secret", "password", "token", "credential", "connectionstring", "apikey"];

/// A resource as a backup has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceFile {
    /// The name of the resource.
    pub name: String,
    /// Its properties.
    pub properties: Value,
    /// The file with the document of a definition, beside this one; None if it has no document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The folder or the archive with the ruleset of an analyzer, beside this file; None if it has no ruleset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruleset: Option<String>,
}

impl ResourceFile {
    /// A resource with the properties that a backup keeps of it.
    pub(super) fn new(name: &str, properties: &Value) -> Self {
        let mut kept = Map::new();
        for (member, value) in properties.as_object().into_iter().flatten() {
            let is_left_out = value.is_null()
                || MAINTAINED_BY_SERVICE.contains(&member.as_str())
                || (FLAGS.contains(&member.as_str()) && *value == Value::Bool(false));
            if is_left_out {
                continue;
            }
            let value = match value {
                Value::String(text) if ENUMERATIONS.contains(&member.as_str()) => {
                    Value::String(text.to_ascii_lowercase())
                }
                value => sort_members(value),
            };
            kept.insert(member.clone(), value);
        }
        kept.sort_keys();
        Self { name: name.to_owned(), properties: Value::Object(kept), document: None, ruleset: None }
    }

    /// Removes the flag of a default that is one because it is the only resource of its collection.
    pub(super) fn remove_default_flag(&mut self) {
        if let Some(members) = self.properties.as_object_mut() {
            members.shift_remove("isDefault");
        }
    }

    /// Removes what may be a secret, and returns the names of these members.
    pub(super) fn remove_secrets(&mut self) -> Vec<String> {
        let mut removed = Vec::new();
        remove_secrets(&mut self.properties, "", &mut removed);
        removed
    }

    /// The bytes of the file.
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)
            .map_err(|e| Error::unexpected(format!("{} cannot be converted to JSON: {e}", self.name)))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// The value with sorted members at every level.
fn sort_members(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut sorted: Map<String, Value> =
                members.iter().map(|(name, value)| (name.clone(), sort_members(value))).collect();
            sorted.sort_keys();
            Value::Object(sorted)
        }
        Value::Array(items) => items.iter().map(sort_members).collect(),
        other => other.clone(),
    }
}

fn remove_secrets(value: &mut Value, path: &str, removed: &mut Vec<String>) {
    let Some(members) = value.as_object_mut() else { return };
    members.retain(|name, _| {
        let lower_case = name.to_lowercase();
        let is_secret = SECRET_PARTS.iter().any(|part| lower_case.contains(part));
        if is_secret {
            removed.push(format!("{path}{name}"));
        }
        !is_secret
    });
    for (name, value) in members.iter_mut() {
        remove_secrets(value, &format!("{path}{name}."), removed);
    }
}

/// The name of the file with a document: its extension says what it is.
pub(super) fn document_file_name(document: &[u8], specification: &Value) -> String {
    let format = specification["name"].as_str().unwrap_or_default().to_ascii_lowercase();
    let text = without_byte_order_mark(document).trim_ascii_start();
    let extension = match text.first() {
        Some(b'{' | b'[') => "json",
        Some(b'<') if format == "wsdl" => "wsdl",
        Some(b'<') if format == "wadl" => "wadl",
        Some(b'<') => "xml",
        _ => match format.as_str() {
            "graphql" => "graphql",
            "grpc" | "protobuf" => "proto",
            "openapi" | "swagger" | "asyncapi" => "yaml",
            "markdown" => "md",
            _ => "txt",
        },
    };
    format!("document.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_has_sorted_members_and_nothing_that_changes_by_itself() {
        let properties = json!({"title": "T", "provisioningState": "Succeeded", "summary": null,
            "license": {"url": "u", "name": "n"}, "contacts": [], "isRecommended": false, "kind": "REST"});
        let file = ResourceFile::new("a", &properties);
        let text = String::from_utf8(file.to_bytes().expect("bytes")).expect("text");
        let expected = "{\n  \"name\": \"a\",\n  \"properties\": {\n    \"contacts\": [],\n    \"kind\": \"rest\",\n    \"license\": {\n      \
                        \"name\": \"n\",\n      \"url\": \"u\"\n    },\n    \"title\": \"T\"\n  }\n}\n";
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<ResourceFile>(&text).expect("read"), file);
    }

    #[test]
    fn secrets_are_removed_and_named() {
        let properties = json!({"amazonApiGatewaySource": {"accessKey": "a", "secretAccessKey": "b",
            "regionName": "eu-west-1"}});
        let mut file = ResourceFile::new("aws", &properties);
        let mut removed = file.remove_secrets();
        removed.sort_unstable();
        assert_eq!(removed, ["amazonApiGatewaySource.accessKey", "amazonApiGatewaySource.secretAccessKey"]);
        assert_eq!(file.properties, json!({"amazonApiGatewaySource": {"regionName": "eu-west-1"}}));
    }

    #[test]
    fn the_extension_of_a_document_says_what_it_is() {
        for (text, format, name) in [
            ("{}", "openapi", "document.json"),
            ("\u{feff} {}", "openapi", "document.json"),
            ("openapi: 3.0.1", "OpenAPI", "document.yaml"),
            ("<definitions/>", "wsdl", "document.wsdl"),
            ("<x/>", "other", "document.xml"),
            ("type Query { a: Int }", "graphql", "document.graphql"),
            ("syntax = \"proto3\";", "grpc", "document.proto"),
            ("text", "", "document.txt"),
        ] {
            assert_eq!(document_file_name(text.as_bytes(), &json!({"name": format})), name, "{text}");
        }
    }
}
