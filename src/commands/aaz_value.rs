//! Options that az's generated commands read by the rules of its shorthand syntax.
//!
//! Even their plain texts follow these rules: `'a'` is the text a, `null` is null, and `??` prints help for the value.

use std::fmt::Write as _;

use clap::Arg;
use clap::builder::ArgExt;

use super::shorthand;
use azr_arm::edit::PathSegment;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// Marks an option that az reads by the rules of shorthand syntax, as a value of this type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AazValue(pub Kind);

impl ArgExt for AazValue {}

/// Marks options as texts of az's generated commands, except for `--ids`, which all commands have.
pub(crate) fn mark_texts(args: Vec<Arg>) -> Vec<Arg> {
    let mark = |arg: Arg| if arg.get_id() == "ids" { arg } else { arg.add(AazValue(Kind::Text)) };
    args.into_iter().map(mark).collect()
}

/// The help that a word of an option requests by `??`: for its whole value, or for a member (`a.b=??`, `{a:??}`).
pub(crate) fn requested_help(arg: &Arg, kind: Kind, word: &str) -> Option<String> {
    if word == "??" {
        return Some(help(arg, kind, &[]));
    }
    if shorthand::is_simple(&kind) || !word.contains("??") {
        return None;
    }
    shorthand::path_to_help(word).map(|path| help(arg, kind, &path))
}

/// The type and the members of the value at a path.
fn help(arg: &Arg, kind: Kind, path: &[PathSegment]) -> String {
    let mut name = format!("--{}", arg.get_long().unwrap_or_default());
    let mut kind = kind;
    for segment in path {
        let Some((shown, inner)) = step(kind, segment) else { break };
        name.push_str(&shown);
        kind = inner;
    }
    let mut text = format!("\nArgument\n    {name} : {}\n", describe(kind));
    if let Some(summary) = arg.get_help().filter(|_| name.starts_with("--") && !name.contains(['.', '['])) {
        let _ = writeln!(text, "        {summary}");
    }
    if !shorthand::is_simple(&kind) {
        text.push_str("        See azr help shorthand for the syntax of values\n");
    }
    let (title, fields) = match kind {
        Kind::Object(fields) => ("Members", fields),
        Kind::List(Kind::Object(fields)) => ("Members of an element", *fields),
        Kind::Map(Kind::Object(fields)) => ("Members of a value", *fields),
        _ => return text,
    };
    let _ = writeln!(text, "\n{title}");
    let fields = writable(fields);
    let width = fields.iter().map(|field| field.shown.len()).max().unwrap_or_default();
    for field in fields {
        let required = if field.required { ", required" } else { "" };
        let _ = writeln!(text, "    {:width$} : {}{required}", field.shown, describe(field.kind));
    }
    text
}

fn writable(fields: &'static [Field]) -> Vec<&'static Field> {
    names::flattened_fields(fields).into_iter().filter(|field| !field.read_only).collect()
}

/// The name of a member or an element, and its type.
fn step(kind: Kind, segment: &PathSegment) -> Option<(String, Kind)> {
    match (kind, segment) {
        (Kind::Object(fields), PathSegment::Key(key)) => {
            let field = names::find_field(fields, key).filter(|field| !field.read_only)?;
            Some((format!(".{}", field.shown), field.kind))
        }
        (Kind::Map(element), PathSegment::Key(_)) => Some((".{}".to_owned(), *element)),
        (Kind::List(element), PathSegment::Index(_)) => Some(("[]".to_owned(), *element)),
        _ => None,
    }
}

fn describe(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Choice(choices) => format!("one of {}", choices.join(", ")),
        Kind::Bool => "true or false".to_owned(),
        Kind::Int => "whole number".to_owned(),
        Kind::Number => "number".to_owned(),
        Kind::Time => "date and time".to_owned(),
        Kind::Any => "any value".to_owned(),
        Kind::Object(_) => "object".to_owned(),
        Kind::List(element) => format!("list of {}", plural(*element)),
        Kind::Map(element) => format!("object with any keys, and {} as values", plural(*element)),
    }
}

fn plural(kind: Kind) -> String {
    match kind {
        Kind::Text | Kind::Choice(_) => "texts",
        Kind::Bool => "true or false",
        Kind::Int | Kind::Number => "numbers",
        Kind::Time => "times",
        Kind::Any => "any values",
        Kind::Object(_) | Kind::Map(_) => "objects",
        Kind::List(_) => "lists",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_arm::schema::{field, text};

    const CONTACTS: Kind = Kind::List(&Kind::Object(&[text("name"), text("email")]));
    const SERVERS: Kind =
        Kind::Object(&[field("runtimeUri", Kind::List(&Kind::Text)), text("id").read_only()]);

    fn requested(kind: Kind, word: &str) -> Option<String> {
        requested_help(&Arg::new("value").long("value").help("The value"), kind, word)
    }

    #[test]
    fn question_marks_show_the_members() {
        let text = requested(CONTACTS, "??").expect("help");
        assert!(text.contains("--value : list of objects\n        The value"), "{text}");
        assert!(text.contains("    name  : text\n    email : text\n"), "{text}");
        for word in ["[??]", "[0]=??", "[{name:??}]", "[{name:'a ?? b',email:??}]"] {
            assert!(requested(CONTACTS, word).is_some(), "{word}");
        }
        let text = requested(SERVERS, "{runtimeUri:??}").expect("help");
        assert!(text.contains("--value.runtimeUri : list of texts"), "{text}");
        assert_eq!(requested(SERVERS, "runtimeUri=??"), Some(text));
    }

    #[test]
    fn question_marks_within_a_text_are_not_a_request() {
        for word in ["a ??", "'??'", "{name:'??'}", "{name:a??}", "name=a??", "[{name:'a:??'}]"] {
            assert_eq!(requested(CONTACTS, word), None, "{word}");
        }
        assert_eq!(requested(Kind::Text, "{a:??}"), None);
    }
}
