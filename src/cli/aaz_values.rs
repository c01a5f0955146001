//! Reads the options that follow the rules of shorthand syntax ([`AazValue`]) before clap does.
//!
//! az prints the help that `??` requests before it checks which options are missing.

use clap::{Arg, Command};

use super::file_values::option_of_word;
use crate::commands::aaz_value::{AazValue, requested_help};
use crate::commands::args::ReadsFile;
use crate::commands::shorthand::{self, Nulls};
use azr_arm::schema::Kind;
use azr_core::error::Result;

/// The words for clap, or the help that one of them requests.
pub(crate) enum Words {
    Words(Vec<String>),
    Help(String),
}

/// Unquotes the texts; `command` has the options.
pub(crate) fn read(words: Vec<String>, command: &Command, global: &[Arg]) -> Result<Words> {
    let args: Vec<&Arg> = command.get_arguments().chain(global).collect();
    let mut current: Option<&Arg> = None;
    let mut out = Vec::with_capacity(words.len());
    for word in words {
        let is_option = word.len() > 1 && word.starts_with('-');
        let (name, value) = match (is_option, word.split_once('=')) {
            (true, Some((name, value))) => (Some(name), Some(value)),
            (true, None) => (Some(&word[..]), None),
            (false, _) => (None, Some(&word[..])),
        };
        if let Some(name) = name {
            current = option_of_word(&args, name);
        }
        let Some((arg, value)) = current.zip(value) else {
            out.push(word);
            continue;
        };
        let Some(AazValue(kind)) = arg.get::<AazValue>() else {
            out.push(word);
            continue;
        };
        if let Some(help) = requested_help(arg, *kind, value) {
            return Ok(Words::Help(help));
        }
        // A text belongs to one option only.
        if matches!(kind, Kind::Text) {
            current = None;
        }
        match (read_text(arg, *kind, value)?, name, out.last_mut()) {
            (None, ..) => out.push(word),
            (Some(text), Some(name), _) => out.push(format!("{name}={text}")),
            // clap would read the text as an option.
            (Some(text), None, Some(option)) if text.starts_with('-') => {
                option.push('=');
                option.push_str(&text);
            }
            (Some(text), None, _) => out.push(text),
        }
    }
    Ok(Words::Words(out))
}

/// The text of a value that its command does not read by the rules itself; None if it stays as it is.
fn read_text(arg: &Arg, kind: Kind, value: &str) -> Result<Option<String>> {
    let is_text = matches!(kind, Kind::Text) && arg.get::<ReadsFile>().is_none();
    if !is_text || (value != "null" && !value.starts_with('\'')) {
        return Ok(None);
    }
    let option = format!("--{}", arg.get_long().unwrap_or_default());
    let value = shorthand::parse_scalar(&option, &kind, Nulls::FreeForm, value)?;
    Ok(value.as_str().map(str::to_owned))
}
