//! `azr config`: az's settings, in az's files.

use clap::{ArgAction, Args};
use serde_json::{Map, Value, json};

use super::tree::{Example, Leaf, Node, Outcome};
use crate::session::Session;
use azr_core::context::{ConfigEntry, ConfigScope};
use azr_core::error::{Error, Result};

/// `azr config …`.
pub(crate) fn children() -> Vec<Node> {
    vec![
        Leaf::run_sync("get", "Show settings", get)
            .examples(&[
                Example { summary: "Show all settings", command: "azr config get" },
                Example { summary: "Show the defaults of options", command: "azr config get defaults" },
                Example {
                    summary: "Show where the default group is set",
                    command: "azr config get defaults.group --local",
                },
            ])
            .into(),
        Leaf::run_sync("set", "Change settings", set)
            .details(
                "az uses the same files; azr preserves the comments in them. An environment variable \
                 AZURE_{SECTION}_{KEY} takes precedence over a setting.",
            )
            .examples(&[
                Example {
                    summary: "Set defaults for -g and -l",
                    command: "azr config set defaults.group=myResourceGroup defaults.location=westeurope",
                },
                Example {
                    summary: "Print tables in this folder and the folders below",
                    command: "azr config set core.output=table --local",
                },
            ])
            .into(),
        Leaf::run_sync("unset", "Remove settings", unset)
            .examples(&[Example {
                summary: "Remove the default group",
                command: "azr config unset defaults.group",
            }])
            .into(),
    ]
}

#[derive(Args)]
struct GetOptions {
    #[arg(value_name = "KEY", help = "SECTION or SECTION.KEY [default: all settings]")]
    key: Option<String>,
    #[arg(long, help = "Search the working folder and its parents before the global file")]
    local: bool,
}

#[derive(Args)]
struct SetOptions {
    #[arg(
        value_name = "KEY_VALUE",
        action = ArgAction::Append,
        num_args = 1..,
        required = true,
        help = "SECTION.KEY=VALUE; several are separated by spaces"
    )]
    settings: Vec<String>,
    #[arg(long, help = "Use the file of the working folder, which applies there and below")]
    local: bool,
}

#[derive(Args)]
struct UnsetOptions {
    #[arg(
        value_name = "KEY",
        action = ArgAction::Append,
        num_args = 1..,
        required = true,
        help = "SECTION.KEY; several are separated by spaces"
    )]
    keys: Vec<String>,
    #[arg(long, help = "Use the file of the working folder, which applies there and below")]
    local: bool,
}

fn scope(is_local: bool) -> ConfigScope {
    if is_local { ConfigScope::Local } else { ConfigScope::Global }
}

fn get(session: &Session, options: &GetOptions) -> Result<Outcome> {
    let config = session.context.config_files(scope(options.local))?;
    let Some(key) = &options.key else {
        let section_to_json = |section: &str| (section.to_owned(), items_to_json(&config.entries(section)));
        let all: Map<String, Value> = config.sections().into_iter().map(section_to_json).collect();
        return Ok(Outcome::value(Value::Object(all)));
    };
    let Some((section, name)) = key.split_once('.') else {
        return Ok(Outcome::value(items_to_json(&config.entries(key))));
    };
    let items = config.entries(section);
    let item = items.iter().find(|item| item.name == name.to_lowercase());
    let item = item.ok_or_else(|| {
        Error::no_match(format!("Configuration '{key}' is not set."))
            .with_hint(format!("azr config get {section} shows the settings of the section."))
    })?;
    Ok(Outcome::value(item_to_json(item)))
}

fn set(session: &Session, options: &SetOptions) -> Result<Outcome> {
    // Parse everything before writing anything.
    let settings: Vec<Setting> =
        options.settings.iter().map(|text| Setting::parse(text)).collect::<Result<_>>()?;
    for setting in settings {
        session.context.set_config(scope(options.local), setting.section, setting.key, setting.value)?;
    }
    Ok(Outcome::empty())
}

fn unset(session: &Session, options: &UnsetOptions) -> Result<Outcome> {
    let keys: Vec<(&str, &str)> =
        options.keys.iter().map(|text| section_and_key(text)).collect::<Result<_>>()?;
    for (section, key) in keys {
        session.context.unset_config(scope(options.local), section, key)?;
    }
    Ok(Outcome::empty())
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
                .with_hint("Example: azr config set defaults.group=myResourceGroup"));
        };
        let (section, key) = section_and_key(name)?;
        Ok(Self { section, key, value: strip_empty_quotes(value) })
    }
}

/// The value of a setting: empty for a pair of quotes that the shell did not remove.
pub(crate) fn strip_empty_quotes(text: &str) -> &str {
    if matches!(text, "''" | "\"\"") { "" } else { text }
}

/// Splits `SECTION.KEY` and checks that it can be written to the file.
fn section_and_key(text: &str) -> Result<(&str, &str)> {
    let invalid = |reason: &str| Err(Error::invalid(format!("'{text}' is not SECTION.KEY: {reason}")));
    let Some((section, key)) = text.split_once('.') else { return invalid("it has no dot") };
    if section.trim().is_empty() || key.trim().is_empty() {
        return invalid("the section or the key is empty");
    }
    check_key(text)?;
    Ok((section.trim(), key.trim()))
}

/// Rejects a key that az would read differently from the file.
pub(crate) fn check_key(key: &str) -> Result<()> {
    let is_comment_or_section = key.starts_with(['#', ';', '[']);
    match key.chars().find(|c| c.is_control() || matches!(c, '=' | ':' | ']')) {
        None if !is_comment_or_section => Ok(()),
        other => {
            let c = other.or(key.chars().next()).unwrap_or_default();
            Err(Error::invalid(format!("'{}' is not a valid key: it contains {c:?}", key.escape_debug())))
        }
    }
}

/// Settings in the shape of az.
pub(crate) fn items_to_json(items: &[ConfigEntry]) -> Value {
    items.iter().map(item_to_json).collect()
}

fn item_to_json(item: &ConfigEntry) -> Value {
    json!({"name": item.name, "source": item.source, "value": item.value})
}
