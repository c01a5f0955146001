//! Explicit tags of YAML values, as the safe loader of `PyYAML` constructs them, if JSON has such a value.

use serde_json::Value;
use serde_saphyr::granit_parser::{Event, ScalarStyle, Tag};

use super::scalar;

/// The prefix of the tags that YAML defines, which `!!` abbreviates.
const YAML_PREFIX: &str = "tag:yaml.org,2002:";

/// The name of a tag, such as `!!int` or `!local`.
pub(super) fn name(tag: &Tag) -> String {
    let name = format!("{}{}", tag.handle(), tag.suffix());
    name.strip_prefix(YAML_PREFIX).map_or_else(|| name.clone(), |name| format!("!!{name}"))
}

/// The value of a scalar. The tag `!` is the same as none.
pub(super) fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let name = tag.map(name);
    match name.as_deref() {
        None | Some("!") if style == ScalarStyle::Plain => scalar::resolve(text),
        None | Some("!" | "!!str") => Ok(text.into()),
        Some("!!null") => Ok(Value::Null),
        Some("!!bool") => scalar::parse_bool(text),
        Some("!!int") => scalar::parse_int(text),
        Some("!!float") => scalar::parse_float(text),
        // A date is sent as it is written.
        Some("!!timestamp") if scalar::starts_with_date(text) => Ok(text.into()),
        Some("!!timestamp") => Err(format!("'{text}' is not a date")),
        Some(name) => Err(unsupported(name, "a single value")),
    }
}

/// Whether a list with this tag consists of pairs; other lists are those without a tag.
pub(super) fn is_list_of_pairs(tag: Option<&Tag>) -> Result<bool, String> {
    match tag.map(name).as_deref() {
        None | Some("!" | "!!seq") => Ok(false),
        Some("!!omap" | "!!pairs") => Ok(true),
        Some(name) => Err(unsupported(name, "a list")),
    }
}

/// Checks that a mapping has no tag, or the one that it has anyway.
pub(super) fn check_mapping(tag: Option<&Tag>) -> Result<(), String> {
    match tag.map(name).as_deref() {
        None | Some("!" | "!!map") => Ok(()),
        Some(name) => Err(unsupported(name, "a mapping")),
    }
}

/// Removes the tag of a list or mapping: a merge key takes the members of any.
pub(super) fn without_tag(event: Event<'_>) -> Event<'_> {
    match event {
        Event::SequenceStart(style, anchor, _) => Event::SequenceStart(style, anchor, None),
        Event::MappingStart(style, anchor, _) => Event::MappingStart(style, anchor, None),
        other => other,
    }
}

fn unsupported(name: &str, kind: &str) -> String {
    match name {
        "!!binary" | "!!set" => format!("{name} has no value in JSON"),
        "!!seq" | "!!map" | "!!omap" | "!!pairs" | "!!str" | "!!null" | "!!bool" | "!!int" | "!!float"
        | "!!timestamp" => format!("the tag {name} does not fit {kind}"),
        _ => format!("the tag {name} is not supported"),
    }
}
