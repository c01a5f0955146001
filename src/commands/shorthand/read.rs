//! One value of an option, from text or file to its type.

use std::path::Path;

use serde_json::Value;

use super::node::{Bad, Node};
use super::{lenient, strict, typed};
use crate::commands::{arg_file, literal};
use azr_arm::schema::Kind;
use azr_core::error::{Error, Result};

/// How much of a value an error repeats.
const EXCERPT_CHARS: usize = 60;

/// The mend for a value that cannot be read.
const HINT: &str = "Write {key:value,list:[a,b]} with '...' around text that has spaces, quotes or , : { } [ ], or give JSON, or @file.json.";

/// Whether a value of this type is one word or text.
pub fn is_simple(kind: &Kind) -> bool {
    !matches!(kind, Kind::Any | Kind::Object(_) | Kind::List(_) | Kind::Map(_))
}

/// The value that `text`, the content of `file` if there is one, writes for a member of `kind`.
pub fn value(option: &str, kind: &Kind, text: &str, file: Option<&Path>) -> Result<Value> {
    let node = if is_simple(kind) {
        simple(text, file).map_err(|bad| unreadable(option, text, &bad))?
    } else {
        structured(option, kind, text, file)?
    };
    typed::value(kind, node).map_err(|m| super::misfit(option, text, &m))
}

/// The start of a value on one line.
pub fn excerpt(value: &str) -> String {
    let mut out: String = value.chars().take(EXCERPT_CHARS).collect();
    if out.len() < value.len() {
        out.push('…');
    }
    out.replace(['\n', '\r', '\t'], " ")
}

fn unreadable(option: &str, text: &str, bad: &Bad) -> Error {
    let at = bad.at + 1;
    Error::invalid(format!("{option}: cannot read '{}' at character {at}: {}", excerpt(text), bad.why))
        .with_hint(HINT)
}

/// Text is taken as it is, but for `null` and single quotes around all of it.
fn simple(text: &str, file: Option<&Path>) -> Result<Node, Bad> {
    match text {
        "" => Ok(Node::Blank),
        _ if file.is_some() => Ok(Node::Text(text.to_owned())),
        "null" => Ok(Node::Scalar(Value::Null)),
        "??" => Err(Bad::new(0, "see --help; the text ?? goes in single quotes: '??'")),
        _ if text.starts_with('\'') => {
            let chars: Vec<char> = text.chars().collect();
            let (inner, length) = strict::quoted(&chars)?;
            if length < chars.len() {
                return Err(Bad::new(
                    length,
                    "nothing more may follow the closing quote; '/ is a quote within",
                ));
            }
            Ok(Node::Text(inner))
        }
        _ => Ok(Node::Text(text.to_owned())),
    }
}

fn structured(option: &str, kind: &Kind, text: &str, file: Option<&Path>) -> Result<Node> {
    if text.is_empty() {
        return match kind {
            Kind::Map(_) => Ok(Node::Object(Vec::new())),
            _ => Ok(Node::Blank),
        };
    }
    if let Some(file) = file {
        return from_file(option, kind, text, file);
    }
    // az also takes the bare name of a file, whatever it is called; only what looks like one is tried here.
    let path = arg_file::home(text);
    if arg_file::looks_like_path(text) && path.is_file() {
        let content = arg_file::read_text(&path).map_err(|e| Error::read(&path, e))?;
        return from_file(option, kind, &content, &path);
    }
    inline(kind, text).map_err(|bad| unreadable(option, text, &bad))
}

/// A structured value without files: as az reads it, else as it can only be meant.
pub fn inline(kind: &Kind, text: &str) -> Result<Node, Bad> {
    let bad = match strict::parse(text) {
        Ok(node) => return Ok(node),
        Err(bad) => bad,
    };
    if let Some(value) = literal::parse(text) {
        return Ok(value.into());
    }
    let body = text.trim_start();
    if body.starts_with(['{', '[']) {
        return lenient::parse(text).map_err(|_| json_fault(body).unwrap_or(bad));
    }
    // A value of any type that has no brackets or quotes can only be text: `team=two words`, `url=https://x`.
    if matches!(kind, Kind::Any) && text != "??" && !text.starts_with(['\'', '"']) {
        return Ok(Node::Text(text.to_owned()));
    }
    Err(bad)
}

/// What is wrong with text that is clearly meant to be JSON.
fn json_fault(text: &str) -> Option<Bad> {
    let inner = text[1..].trim_start();
    if !inner.starts_with(['"', '{', '[']) || !text.contains('"') {
        return None;
    }
    let error = serde_json::from_str::<Value>(text).err()?;
    let line_start: usize = text.split_inclusive('\n').take(error.line() - 1).map(str::len).sum();
    let at = text[..].get(..line_start + error.column().saturating_sub(1)).map_or(0, |s| s.chars().count());
    let why = error.to_string();
    let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
    Some(Bad::new(at, format!("as JSON: {why}")))
}

fn from_file(option: &str, kind: &Kind, text: &str, file: &Path) -> Result<Node> {
    let fault = |why: String| {
        Err(Error::invalid(format!("{option}: {} cannot be read: {why}", file.display()))
            .with_hint("Give a file of JSON or YAML; its name ends in .json, .yaml or .yml."))
    };
    let is = |ending: &str| file.extension().is_some_and(|e| e.eq_ignore_ascii_case(ending));
    if is("yaml") || is("yml") {
        return match serde_saphyr::from_str::<Value>(text) {
            Ok(value) => Ok(value.into()),
            Err(e) => fault(e.to_string().lines().next().unwrap_or_default().to_owned()),
        };
    }
    let strict_text = text.trim();
    match strict::parse(strict_text) {
        Ok(node) => return Ok(node),
        Err(_) if let Some(value) = literal::parse(strict_text) => return Ok(value.into()),
        Err(_) => {}
    }
    if let (false, Ok(node)) = (is("json"), inline(kind, text)) {
        return Ok(node);
    }
    match serde_json::from_str::<Value>(strict_text) {
        Ok(value) => Ok(value.into()),
        Err(e) => fault(e.to_string()),
    }
}
