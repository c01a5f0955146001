//! The options of a body: what they are, and the edits they come down to.

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value};

use super::arg_file;
use super::args;
use super::resource::{BodyArg, How, On, Resource};
use super::shorthand;
use azr_arm::edit::{Edit, Step};
use azr_arm::schema::{Absent, Kind};
use azr_core::error::{Error, Result};

/// The body's options for one verb; create insists on the required ones.
#[must_use]
pub fn options(resource: &'static Resource, verb: On) -> Vec<Arg> {
    taken(resource, verb).map(|arg| args::body(resource, arg, verb == On::Create)).collect()
}

fn taken(resource: &'static Resource, verb: On) -> impl Iterator<Item = &'static BodyArg> {
    resource.args.iter().filter(move |arg| arg.on == On::Both || arg.on == verb)
}

/// What the given options change in the shown form of a resource, in the order of the resource's table.
pub fn edits(resource: &'static Resource, matches: &ArgMatches, verb: On) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for arg in taken(resource, verb).filter(|arg| !arg.at.is_empty()) {
        let occurrences = args::occurrences(matches, arg.long);
        if let Some(last) = occurrences.last() {
            let more = of_option(resource, arg, &occurrences, last)?;
            if verb == On::Create && resource.schema.absent == Absent::Omit && more.iter().any(is_null) {
                return Err(Error::invalid(format!(
                    "--{}: null is no value for a new {}",
                    arg.long, resource.noun
                )));
            }
            edits.extend(more);
        }
    }
    Ok(edits)
}

/// Whether an edit takes a value away, which there is none of in a new resource; free-form members may be null.
fn is_null(edit: &Edit) -> bool {
    matches!(edit, Edit::Set { path, value: Value::Null } if path.first() != Some(&Step::Key("customProperties".to_owned())))
}

fn of_option(
    resource: &Resource,
    arg: &BodyArg,
    occurrences: &[Vec<String>],
    last: &[String],
) -> Result<Vec<Edit>> {
    let option = format!("--{}", arg.long);
    let expanded;
    let last = if arg.how == How::Shape && resource.schema.absent == Absent::Omit {
        last
    } else {
        let read = |word: &String| arg_file::expand(&option, word).map(|given| given.whole());
        expanded = last.iter().map(read).collect::<Result<Vec<String>>>()?;
        &expanded[..]
    };
    let path: Vec<Step> = arg.at.split('.').map(|name| Step::Key(name.to_owned())).collect();
    let kind = resource.kind_of(arg);
    let value = match arg.how {
        How::Shape if matches!(kind, Kind::Object(_) | Kind::List(_) | Kind::Map(_) | Kind::Any) => {
            return shorthand::parse(&option, &kind, &path, occurrences);
        }
        How::Words => match args::choices(arg, &kind) {
            Some(choices) => last.iter().map(|word| args::canonical(choices, word)).collect(),
            None => last.iter().cloned().collect(),
        },
        How::Tags => tags(last),
        How::Keys => last.iter().map(|word| key_of(word).to_owned()).collect(),
        How::Flag => flag(&option, last)?,
        How::Region => Value::String(args::region(last.first().map_or("", String::as_str))),
        How::Shape | How::Plain => {
            let word = last.first().map_or("", String::as_str);
            scalar(resource, arg, &option, &kind, word)?
        }
    };
    Ok(vec![Edit::Set { path, value }])
}

fn scalar(resource: &Resource, arg: &BodyArg, option: &str, kind: &Kind, word: &str) -> Result<Value> {
    let value = match kind {
        Kind::Bool => flag(option, &[word.to_owned()])?,
        Kind::Choice(choices) => Value::String(args::canonical(choices, word)),
        _ if arg.how == How::Shape && resource.schema.absent == Absent::Omit => {
            shorthand::scalar(option, kind, word)?
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

fn flag(option: &str, words: &[String]) -> Result<Value> {
    let word = words.first().map_or("true", String::as_str);
    match word.to_ascii_lowercase().as_str() {
        "" | "true" | "t" | "yes" | "y" | "1" => Ok(Value::Bool(true)),
        "false" | "f" | "no" | "n" | "0" => Ok(Value::Bool(false)),
        _ => Err(Error::usage(format!("{option}: '{word}' is neither true nor false"))),
    }
}

fn key_of(word: &str) -> &str {
    word.split_once('=').map_or(word, |(key, _)| key)
}

/// az's tags: `key=value`, a bare `key` has an empty value, an empty word means no tags at all.
fn tags(words: &[String]) -> Value {
    let mut tags = Map::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        tags.insert(key.to_owned(), Value::String(value.to_owned()));
    }
    Value::Object(tags)
}
