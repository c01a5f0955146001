//! Parsing of one value of an option, from a text or file.

use std::path::Path;

use serde_json::Value;

use super::error::ParseError;
use super::node::Node;
use super::{Nulls, lenient, strict, typed};
use crate::commands::{arg_file, literal, yaml};
use azr_arm::schema::Kind;
use azr_core::error::{Error, Result};

/// Whether values of this type are a single word or text.
pub(crate) fn is_simple(kind: &Kind) -> bool {
    !matches!(kind, Kind::Any | Kind::Object(_) | Kind::List(_) | Kind::Map(_))
}

/// Parses a text, which is the content of `file` if there is one, as a value of a type.
pub(super) fn parse_option_value(
    option: &str,
    kind: &Kind,
    nulls: Nulls,
    text: &str,
    file: Option<&Path>,
) -> Result<Value> {
    let node = if is_simple(kind) {
        parse_simple(text, file).map_err(|e| e.into_error(option, text))?
    } else {
        parse_structured(option, kind, text, file)?
    };
    typed::convert(kind, node, nulls).map_err(|e| e.into_error(option, text))
}

/// Parses a simple value: the text itself, except for `null` and text in single quotes.
fn parse_simple(text: &str, file: Option<&Path>) -> Result<Node, ParseError> {
    match text {
        "" => Ok(Node::Blank),
        _ if file.is_some() => Ok(Node::Text(text.to_owned())),
        "null" => Ok(Node::Scalar(Value::Null)),
        "??" => Err(ParseError::new(0, "see --help; for the text ?? use single quotes: '??'")),
        _ if text.starts_with('\'') => {
            let chars: Vec<char> = text.chars().collect();
            let (inner, length) = strict::parse_quoted(&chars)?;
            if length < chars.len() {
                return Err(ParseError::new(
                    length,
                    "unexpected text after the closing quote; use '/ for a quote",
                ));
            }
            Ok(Node::Text(inner))
        }
        _ => Ok(Node::Text(text.to_owned())),
    }
}

fn parse_structured(option: &str, kind: &Kind, text: &str, file: Option<&Path>) -> Result<Node> {
    if text.is_empty() {
        return match kind {
            Kind::Map(_) => Ok(Node::Object(Vec::new())),
            _ => Ok(Node::Blank),
        };
    }
    if let Some(file) = file {
        return parse_file(option, kind, text, file);
    }
    // az also accepts the name of any file without @; here it must look like a path.
    let path = arg_file::expand_home(text);
    if arg_file::looks_like_path(text) && path.is_file() {
        let content = arg_file::read_text(&path).map_err(|e| Error::read(&path, e))?;
        return parse_file(option, kind, &content, &path);
    }
    parse_inline(kind, text).map_err(|e| e.into_error(option, text))
}

/// Parses a structured value: as az does, else with the lenient parser.
pub(crate) fn parse_inline(kind: &Kind, text: &str) -> Result<Node, ParseError> {
    let strict_error = match strict::parse(text) {
        Ok(node) => return Ok(node),
        Err(e) => e,
    };
    if let Some(value) = literal::parse(text) {
        return Ok(value.into());
    }
    let body = text.trim_start();
    if body.starts_with(['{', '[']) {
        return lenient::parse(text).map_err(|_| json_error(body).unwrap_or(strict_error));
    }
    // A value of any type without brackets or quotes is text: `team=two words`, `url=https://x`.
    if matches!(kind, Kind::Any) && text != "??" && !text.starts_with(['\'', '"']) {
        return Ok(Node::Text(text.to_owned()));
    }
    Err(strict_error)
}

/// The error of a text that should be JSON.
fn json_error(text: &str) -> Option<ParseError> {
    let inner = text[1..].trim_start();
    if !inner.starts_with(['"', '{', '[']) || !text.contains('"') {
        return None;
    }
    let error = serde_json::from_str::<Value>(text).err()?;
    let line_start: usize = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum();
    let position =
        text[..].get(..line_start + error.column().saturating_sub(1)).map_or(0, |s| s.chars().count());
    let message = error.to_string();
    let reason = message.rsplit_once(" at line ").map_or(message.as_str(), |(reason, _)| reason);
    Some(ParseError::new(position, format!("as JSON: {reason}")))
}

fn parse_file(option: &str, kind: &Kind, text: &str, file: &Path) -> Result<Node> {
    let has_extension = |extension: &str| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(extension));
    let invalid_file = |reason: String| {
        let error = Error::invalid(format!("{option}: cannot parse {}: {reason}", file.display()));
        let is_recognized = ["json", "yaml", "yml"].into_iter().any(has_extension);
        let hint = "Use a JSON or YAML file whose name ends with .json, .yaml or .yml.";
        Err(if is_recognized { error } else { error.with_hint(hint) })
    };
    if has_extension("yaml") || has_extension("yml") {
        if text.trim().is_empty() {
            return invalid_file("the file is empty".to_owned());
        }
        return yaml::parse(text).map(Node::from).or_else(invalid_file);
    }
    let strict_text = text.trim();
    match strict::parse(strict_text) {
        Ok(node) => return Ok(node),
        Err(_) if let Some(value) = literal::parse(strict_text) => return Ok(value.into()),
        Err(_) => {}
    }
    if let (false, Ok(node)) = (has_extension("json"), parse_inline(kind, text)) {
        return Ok(node);
    }
    match serde_json::from_str::<Value>(strict_text) {
        Ok(value) => Ok(value.into()),
        Err(e) => invalid_file(e.to_string()),
    }
}
