//! Custom metadata of an API from what API Management knows about it.

use serde_json::{Value, json};

use super::types::PlanOptions;
use crate::desired::DesiredResource;
use crate::metadata_value::fit;
use crate::provenance;
use crate::service::{ApimApi, ServiceSnapshot};
use crate::snapshot::CenterSnapshot;
use azr_core::error::{Error, Result};
use azr_core::resource::CENTER_METADATA;

/// The entity that mapped metadata belongs to.
const ENTITY: &str = "api";

/// The characters that may separate a tag's name from its value.
const TAG_SEPARATORS: [char; 4] = [':', '=', '/', '-'];

/// A metadata schema, and the template of its value for each API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataMapping {
    /// The name of the metadata schema.
    pub name: String,
    /// The value.
    pub template: MetadataTemplate,
}

impl MetadataMapping {
    /// Parses a mapping.
    pub fn parse(name: &str, template: &str) -> Result<Self> {
        let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_name || !(1..=90).contains(&name.len()) {
            return Err(Error::invalid(format!("'{name}' is not a valid name of metadata"))
                .with_hint("A name has 1 to 90 letters, digits and hyphens."));
        }
        if name.eq_ignore_ascii_case(provenance::METADATA_NAME) {
            return Err(Error::invalid(format!("'{name}' is the metadata that azr itself writes")));
        }
        Ok(Self { name: name.to_owned(), template: MetadataTemplate::parse(template)? })
    }
}

/// A text with placeholders, such as `{tag:team}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name,
    Path,
    Service,
    Products,
    Tags,
    /// The values of the tags with this name.
    Tag(String),
}

impl MetadataTemplate {
    /// Parses a template; `{{` and `}}` are braces.
    pub fn parse(text: &str) -> Result<Self> {
        let mut parts: Vec<Part> = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(position) = rest.find(['{', '}']) {
            literal.push_str(&rest[..position]);
            let brace = &rest[position..=position];
            rest = &rest[position + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
                continue;
            }
            let Some((placeholder, after)) = rest.split_once('}').filter(|_| brace == "{") else {
                return Err(Error::invalid(format!("'{text}' has a brace without its counterpart"))
                    .with_hint("{{ and }} stand for braces."));
            };
            if !literal.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut literal)));
            }
            parts.push(parse_placeholder(placeholder)?);
            rest = after;
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal));
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The text that it was parsed from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The value, if the template has no placeholders.
    fn constant(&self) -> Option<&str> {
        match &self.parts[..] {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the value is a list: the template is a single placeholder that may have several values.
    fn is_list(&self) -> bool {
        matches!(&self.parts[..], [Part::Products | Part::Tags])
    }

    /// Whether products of APIs have to be read.
    fn needs_products(&self) -> bool {
        self.parts.contains(&Part::Products)
    }

    /// Whether tags of APIs have to be read.
    fn needs_tags(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Tags | Part::Tag(_)))
    }

    /// The values for an API with these source APIs; empty if a placeholder has no value.
    fn evaluate(&self, service: &ServiceSnapshot, apis: &[&ApimApi]) -> Vec<String> {
        let names: Vec<&str> = apis.iter().map(|api| api.root_name()).collect();
        let values = |part: &Part| match part {
            Part::Text(text) => vec![text.clone()],
            Part::Name => newest(apis, |api| api.root_name().to_owned()),
            Part::Path => newest(apis, |api| api.path.to_string()),
            Part::Service => vec![service.source.service_id().name().to_owned()],
            Part::Products => service.labels.products_of(&names),
            Part::Tags => service.labels.tags_of(&names),
            Part::Tag(name) => {
                let tags = service.labels.tags_of(&names);
                let mut values: Vec<String> =
                    tags.iter().filter_map(|tag| tag_value(tag, name)).map(str::to_owned).collect();
                values.dedup();
                values
            }
        };
        if let [part] = &self.parts[..] {
            return values(part).into_iter().filter(|value| !value.is_empty()).collect();
        }
        let mut text = String::new();
        for part in &self.parts {
            let values = values(part);
            if values.iter().all(String::is_empty) {
                return Vec::new();
            }
            text.push_str(&values.join(", "));
        }
        vec![text]
    }
}

fn parse_placeholder(placeholder: &str) -> Result<Part> {
    Ok(match placeholder.split_once(':') {
        Some(("tag", name)) if !name.trim().is_empty() => Part::Tag(name.trim().to_owned()),
        None if placeholder == "name" => Part::Name,
        None if placeholder == "path" => Part::Path,
        None if placeholder == "service" => Part::Service,
        None if placeholder == "products" => Part::Products,
        None if placeholder == "tags" => Part::Tags,
        _ => {
            return Err(Error::invalid(format!("'{{{placeholder}}}' is not a placeholder")).with_hint(
                "The placeholders are {tag:NAME}, {tags}, {products}, {path}, {name} and {service}.",
            ));
        }
    })
}

fn newest(apis: &[&ApimApi], value: impl Fn(&ApimApi) -> String) -> Vec<String> {
    apis.last().map(|api| value(api)).into_iter().collect()
}

/// The value of a tag such as `team:payments`, if it has this name.
fn tag_value<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let start = tag.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
    let value = tag[start.len()..].trim_start().strip_prefix(TAG_SEPARATORS)?.trim();
    Some(value).filter(|value| !value.is_empty())
}

/// Which labels of APIs the mappings need: tags, products.
pub(crate) fn needed_labels(mappings: &[MetadataMapping]) -> (bool, bool) {
    let any = |needs: fn(&MetadataTemplate) -> bool| mappings.iter().any(|mapping| needs(&mapping.template));
    (any(MetadataTemplate::needs_tags), any(MetadataTemplate::needs_products))
}

/// A mapping to a metadata schema that the center has or will have.
#[derive(Debug, Clone)]
pub(super) struct ResolvedMapping {
    /// The name as the center spells it.
    pub(super) name: String,
    schema: Value,
    template: MetadataTemplate,
}

impl ResolvedMapping {
    /// The value for an API; None if it has none. The error says why it does not fit the schema.
    pub(super) fn value(
        &self,
        service: &ServiceSnapshot,
        apis: &[&ApimApi],
    ) -> Result<Option<Value>, String> {
        let values = self.template.evaluate(service, apis);
        if values.is_empty() {
            return Ok(None);
        }
        fit(values, &self.schema).map(Some).map_err(|reason| format!("the metadata '{}' {reason}", self.name))
    }
}

/// Finds the schemas of the mappings, and plans those to create.
pub(super) fn resolve_mappings(
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<(Vec<ResolvedMapping>, Vec<DesiredResource>)> {
    let mut resolved = Vec::new();
    let mut to_create = Vec::new();
    let center_id = center.workspace.parent().unwrap_or_else(|| center.workspace.clone());
    for mapping in &options.metadata {
        let MetadataMapping { name, template } = mapping;
        let existing = center.metadata_schemas.iter().find(|schema| schema.name.eq_ignore_ascii_case(name));
        if let Some(schema) = existing {
            if !schema.assignments.iter().any(|(entity, _)| entity == ENTITY) {
                return Err(Error::invalid(format!(
                    "--metadata: the metadata schema '{name}' of {} is not assigned to APIs",
                    center_id.name()
                ))
                .with_hint("azr apic metadata update --assignments … assigns it."));
            }
            let (name, schema) = (schema.name.clone(), schema.schema.clone());
            // What no API can have is an error before anything is written.
            let is_object = schema["type"] == "object";
            let constant = template.constant().or_else(|| is_object.then(|| template.as_str()));
            if let Some(constant) = constant.filter(|constant| !constant.is_empty()) {
                let fits = fit(vec![constant.to_owned()], &schema);
                fits.map_err(|reason| Error::invalid(format!("--metadata: the metadata '{name}' {reason}")))?;
            }
            resolved.push(ResolvedMapping { name, schema, template: template.clone() });
            continue;
        }
        if !options.create_metadata {
            return Err(Error::no_match(format!(
                "--metadata: {} does not have a metadata schema '{name}'",
                center_id.name()
            ))
            .with_hint("--create-metadata creates it; azr apic metadata list lists the metadata schemas."));
        }
        let schema = if template.is_list() {
            json!({"type": "array", "title": name, "items": {"type": "string"}})
        } else {
            json!({"type": "string", "title": name})
        };
        let id = center_id.child("metadataSchemas", name);
        let mut desired = DesiredResource::new(format!("metadata {name}"), id, &CENTER_METADATA);
        desired.set("schema", json!(schema.to_string()));
        let assignment = json!({"entity": ENTITY, "required": false, "deprecated": false});
        desired.set("assignedTo", json!([assignment]));
        to_create.push(desired);
        resolved.push(ResolvedMapping { name: name.clone(), schema, template: template.clone() });
    }
    Ok((resolved, to_create))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_a_text_with_placeholders() {
        let template = MetadataTemplate::parse("{{x}} {tag:team} of {service}").expect("a template");
        let expected = [
            Part::Text("{x} ".to_owned()),
            Part::Tag("team".to_owned()),
            Part::Text(" of ".to_owned()),
            Part::Service,
        ];
        assert_eq!(template.parts, expected);
        for wrong in ["{team}", "{tag:}", "{tag:team", "a } b", "{}"] {
            assert!(MetadataTemplate::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_tag_has_a_name_a_separator_and_a_value() {
        for (tag, expected) in [
            ("team:payments", Some("payments")),
            ("Team = Payments", Some("Payments")),
            ("team-a-b", Some("a-b")),
            ("team", None),
            ("teams:x", None),
            ("team:", None),
        ] {
            assert_eq!(tag_value(tag, "team"), expected, "{tag}");
        }
    }
}
