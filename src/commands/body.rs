//! The options of a request body, and the edits that they make.

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value};

use super::arg_file;
use super::args;
use super::resource::{BodyArg, Resource, ValueSyntax, WriteVerb};
use super::shorthand::{self, Nulls};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::schema::{Absent, Kind};
use azr_core::error::{Error, Result};

/// The body options of a verb; only create requires the required ones.
#[must_use]
pub(crate) fn options(resource: &'static Resource, verb: WriteVerb) -> Vec<Arg> {
    args_of_verb(resource, verb).map(|arg| args::body(resource, arg, verb == WriteVerb::Create)).collect()
}

fn args_of_verb(resource: &'static Resource, verb: WriteVerb) -> impl Iterator<Item = &'static BodyArg> {
    resource.args.iter().filter(move |arg| arg.only_for.is_none_or(|only| only == verb))
}

/// The edits that the options make to a resource, in the order of the resource's table.
pub(crate) fn edits(resource: &'static Resource, matches: &ArgMatches, verb: WriteVerb) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for arg in args_of_verb(resource, verb).filter(|arg| !arg.json_path.is_empty()) {
        let occurrences = args::occurrences(matches, arg.long);
        if let Some(last) = occurrences.last() {
            // In a new resource, there is nothing that null could remove.
            let nulls = match verb {
                WriteVerb::Update if !arg.not_null => Nulls::Optional,
                _ => Nulls::FreeForm,
            };
            edits.extend(edits_of_arg(resource, arg, nulls, &occurrences, last)?);
        }
    }
    Ok(edits)
}

fn edits_of_arg(
    resource: &Resource,
    arg: &BodyArg,
    nulls: Nulls,
    occurrences: &[Vec<String>],
    last: &[String],
) -> Result<Vec<Edit>> {
    let option = format!("--{}", arg.long);
    let expanded;
    let last = if arg.syntax == ValueSyntax::Schema && resource.schema.absent == Absent::Omit {
        last
    } else {
        let read = |word: &String| arg_file::expand(&option, word).map(|expanded| expanded.full_text());
        expanded = last.iter().map(read).collect::<Result<Vec<String>>>()?;
        &expanded[..]
    };
    let path: Vec<PathSegment> =
        arg.json_path.split('.').map(|name| PathSegment::Key(name.to_owned())).collect();
    let kind = resource.kind_of(arg);
    let word = last.first().map(String::as_str);
    let value = match arg.syntax {
        ValueSyntax::Schema if matches!(kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_) | Kind::Any) => {
            return shorthand::parse(&option, &kind, nulls, &path, occurrences);
        }
        ValueSyntax::Words => match args::choices(arg, &kind) {
            Some(choices) => last.iter().map(|word| args::canonical_choice(choices, word)).collect(),
            None => last.iter().cloned().collect(),
        },
        ValueSyntax::Tags => parse_tags(last),
        ValueSyntax::Keys => parse_keys(last),
        ValueSyntax::Bool => parse_bool(&option, word)?,
        ValueSyntax::Region => Value::String(args::region_name(word.unwrap_or_default())),
        ValueSyntax::Schema | ValueSyntax::Text => parse_scalar(resource, arg, nulls, &option, &kind, word)?,
    };
    Ok(vec![Edit::Set { path, value }])
}

fn parse_scalar(
    resource: &Resource,
    arg: &BodyArg,
    nulls: Nulls,
    option: &str,
    kind: &Kind,
    word: Option<&str>,
) -> Result<Value> {
    if matches!(kind, Kind::Bool) {
        return parse_bool(option, word);
    }
    let word = word.unwrap_or_default();
    let value = match kind {
        Kind::Choice(choices) => Value::String(args::canonical_choice(choices, word)),
        _ if arg.syntax == ValueSyntax::Schema && resource.schema.absent == Absent::Omit => {
            shorthand::parse_scalar(option, kind, nulls, word)?
        }
        Kind::Int => Value::from(
            word.parse::<i64>()
                .map_err(|_| Error::usage(format!("{option}: '{word}' is not a whole number")))?,
        ),
        _ => Value::String(word.to_owned()),
    };
    if let Value::String(text) = &value {
        let (min, max) = arg.length;
        let length = text.chars().count();
        if length < min || length > max {
            return Err(Error::invalid(format!(
                "{option}: the text has {length} characters; {min} to {max} are allowed"
            )));
        }
    }
    Ok(value)
}

/// Parses true or false; an option without a value means true.
fn parse_bool(option: &str, word: Option<&str>) -> Result<Value> {
    let Some(text) = word else { return Ok(Value::Bool(true)) };
    let parsed = args::parse_bool(text).map_err(|reason| Error::usage(format!("{option}: {reason}")));
    Ok(Value::Bool(parsed?))
}

/// The keys of `key[=value]` words; an empty word means no keys.
fn parse_keys(words: &[String]) -> Value {
    let key = |word: &String| word.split_once('=').map_or(word.as_str(), |(key, _)| key).to_owned();
    words.iter().filter(|word| !word.is_empty()).map(key).collect()
}

/// az's tags: `key=value`; a `key` alone has an empty value, and an empty word means no tags.
fn parse_tags(words: &[String]) -> Value {
    let mut tags = Map::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        tags.insert(key.to_owned(), Value::String(value.to_owned()));
    }
    Value::Object(tags)
}
