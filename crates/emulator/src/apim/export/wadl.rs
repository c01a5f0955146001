//! Generates a WADL document from the operations of an API.

use std::fmt::Write;

use serde_json::Value;

use super::parts;
use crate::state::State;
use crate::store::Entry;

/// Generates the document: one resource for each operation, as API Management does.
pub(super) fn generate(state: &State, api: &Entry) -> String {
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let base = parts::urls(state, api).pop().unwrap_or_default();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    xml.push_str("<application xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"http://wadl.dev.java.net/2009/02\">\n");
    // Writing to a string cannot fail.
    let _ = writeln!(xml, "  <doc title=\"{}\" />", text(&api.body["properties"]["displayName"]));
    let _ = writeln!(xml, "  <resources base=\"{}\">", escape(&base));
    for operation in parts::operations(state, api) {
        let properties = &operation.body["properties"];
        let template = properties["urlTemplate"].as_str().unwrap_or("/");
        let path = template.split('?').next().unwrap_or("/");
        let _ = writeln!(xml, "    <resource path=\"{}\">", escape(path));
        parameters(&mut xml, "      ", "template", &properties["templateParameters"]);
        let _ = writeln!(
            xml,
            "      <method name=\"{}\" id=\"{}\">",
            text(&properties["method"]),
            text(&operation.body["name"])
        );
        let _ = writeln!(xml, "        <doc title=\"{}\" />", text(&properties["displayName"]));
        xml.push_str("        <request>\n");
        parameters(&mut xml, "          ", "query", &properties["request"]["queryParameters"]);
        parameters(&mut xml, "          ", "header", &properties["request"]["headers"]);
        xml.push_str("        </request>\n");
        for response in properties["responses"].as_array().into_iter().flatten() {
            let _ = writeln!(xml, "        <response status=\"{}\" />", response["statusCode"]);
        }
        xml.push_str("      </method>\n    </resource>\n");
    }
    xml.push_str("  </resources>\n</application>\n");
    xml
}

fn parameters(xml: &mut String, indent: &str, style: &str, list: &Value) {
    for parameter in list.as_array().into_iter().flatten() {
        let name = escape(parameter["name"].as_str().unwrap_or_default());
        let kind = escape(parameter["type"].as_str().unwrap_or("string"));
        let required = style == "template" || parameter["required"].as_bool().unwrap_or(false);
        let _ = writeln!(
            xml,
            "{indent}<param name=\"{name}\" style=\"{style}\" type=\"xs:{kind}\" required=\"{required}\" />"
        );
    }
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // XML has no way to write other control characters at all.
            c if c.is_control() && !"\t\n\r".contains(c) => {}
            c => safe.push(c),
        }
    }
    safe
}
