//! `azr config`: az's settings, in az's files.

use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Value, json};

use super::args;
use super::tree::{Example, Leaf, Node, Outcome, ready};
use crate::session::Session;
use azr_core::context::{ConfigEntry, ConfigScope};
use azr_core::error::{Error, Result};

/// `azr config …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run("get", "Show what is set", get_options, |session, matches| ready(get(session, matches)))
            .examples(&[
                Example { what: "Show all settings", line: "azr config get" },
                Example { what: "Show the defaults of options", line: "azr config get defaults" },
                Example {
                    what: "Show where the default group is set",
                    line: "azr config get defaults.group --local",
                },
            ])
            .into(),
        Leaf::run("set", "Set something", set_options, |session, matches| ready(set(session, matches)))
            .details(
                "az reads the same files, and azr keeps the comments in them. An environment variable \
                 AZURE_{SECTION}_{KEY} goes before what is set here.",
            )
            .examples(&[
                Example {
                    what: "Leave out -g and -l from now on",
                    line: "azr config set defaults.group=myResourceGroup defaults.location=westeurope",
                },
                Example {
                    what: "Print tables in this folder and below",
                    line: "azr config set core.output=table --local",
                },
            ])
            .into(),
        Leaf::run("unset", "Unset something", unset_options, |session, matches| {
            ready(unset(session, matches))
        })
        .examples(&[Example {
            what: "Have no default group any more",
            line: "azr config unset defaults.group",
        }])
        .into(),
    ]
}

fn local() -> Arg {
    args::flag("local")
        .help("Work on the file of the working folder; what is set there counts there and below")
}

fn get_options() -> Vec<Arg> {
    vec![
        Arg::new("key").value_name("KEY").help("SECTION or SECTION.KEY [default: everything]"),
        args::flag("local").help("Look from the working folder upwards, then into the file for everything"),
    ]
}

fn set_options() -> Vec<Arg> {
    let settings = Arg::new("key-value")
        .value_name("KEY_VALUE")
        .action(ArgAction::Append)
        .num_args(1..)
        .required(true)
        .help("SECTION.KEY=VALUE, several with spaces between");
    vec![settings, local()]
}

fn unset_options() -> Vec<Arg> {
    let keys = Arg::new("key")
        .value_name("KEY")
        .action(ArgAction::Append)
        .num_args(1..)
        .required(true)
        .help("SECTION.KEY, several with spaces between");
    vec![keys, local()]
}

fn scope(matches: &ArgMatches) -> ConfigScope {
    if matches.get_flag("local") { ConfigScope::Local } else { ConfigScope::Global }
}

fn get(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let config = session.context.config_files(scope(matches))?;
    let Some(key) = matches.get_one::<String>("key") else {
        let of = |section: &str| (section.to_owned(), shown(&config.entries(section)));
        let all: Map<String, Value> = config.sections().into_iter().map(of).collect();
        return Ok(Outcome::value(Value::Object(all)));
    };
    let Some((section, name)) = key.split_once('.') else {
        return Ok(Outcome::value(shown(&config.entries(key))));
    };
    let items = config.entries(section);
    let item = items.iter().find(|item| item.name == name.to_lowercase());
    let item = item.ok_or_else(|| {
        Error::no_match(format!("Configuration '{key}' is not set."))
            .with_hint(format!("azr config get {section} shows what is."))
    })?;
    Ok(Outcome::value(one(item)))
}

fn set(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let given = matches.get_many::<String>("key-value").into_iter().flatten();
    // All are read before one is written.
    let settings: Vec<Setting> = given.map(|text| Setting::parse(text)).collect::<Result<_>>()?;
    for setting in settings {
        session.context.set_config(scope(matches), setting.section, setting.key, setting.value)?;
    }
    Ok(Outcome::nothing())
}

fn unset(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let given = matches.get_many::<String>("key").into_iter().flatten();
    let keys: Vec<(&str, &str)> = given.map(|text| section_and_key(text)).collect::<Result<_>>()?;
    for (section, key) in keys {
        session.context.unset_config(scope(matches), section, key)?;
    }
    Ok(Outcome::nothing())
}

/// `SECTION.KEY=VALUE`.
struct Setting<'a> {
    section: &'a str,
    key: &'a str,
    value: &'a str,
}

impl<'a> Setting<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        let Some((name, value)) = text.split_once('=') else {
            return Err(Error::invalid(format!("'{text}' is not SECTION.KEY=VALUE"))
                .with_hint("Such as azr config set defaults.group=myResourceGroup"));
        };
        let (section, key) = section_and_key(name)?;
        Ok(Self { section, key, value: value_of(value) })
    }
}

/// What is meant by a value: where a shell leaves the quotes of nothing, nothing.
pub fn value_of(text: &str) -> &str {
    if matches!(text, "''" | "\"\"") { "" } else { text }
}

/// The two parts of `SECTION.KEY`, which can stand in a file.
fn section_and_key(text: &str) -> Result<(&str, &str)> {
    let bad = |why: &str| Err(Error::invalid(format!("'{text}' is not SECTION.KEY: {why}")));
    let Some((section, key)) = text.split_once('.') else { return bad("there is no dot in it") };
    if section.trim().is_empty() || key.trim().is_empty() {
        return bad("a part of it is empty");
    }
    check(text)?;
    Ok((section.trim(), key.trim()))
}

/// Refuses a key that az would read as something else.
pub fn check(key: &str) -> Result<()> {
    let starts = key.starts_with(['#', ';', '[']);
    match key.chars().find(|c| c.is_control() || matches!(c, '=' | ':' | ']')) {
        None if !starts => Ok(()),
        found => {
            let what = found.or(key.chars().next()).unwrap_or_default();
            Err(Error::invalid(format!("'{}' cannot be a key: {what:?} is in it", key.escape_debug())))
        }
    }
}

/// az's list of what is set.
pub fn shown(items: &[ConfigEntry]) -> Value {
    items.iter().map(one).collect()
}

fn one(item: &ConfigEntry) -> Value {
    json!({"name": item.name, "source": item.source, "value": item.value})
}
