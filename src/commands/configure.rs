//! `azr configure`: the defaults of options, which az manages besides `az config`.

use clap::{ArgAction, Args, ValueEnum};

use super::args::parse_bool;
use super::config::{check_key, items_to_json, strip_empty_quotes};
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::context::ConfigScope;
use azr_core::error::{Error, Result};

/// The section with the defaults of options.
const DEFAULTS: &str = "defaults";

/// `azr configure`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("configure", "Set or list the defaults of options", run)
        .details(
            "It is not interactive. azr config set changes the settings that are not defaults of options.",
        )
        .examples(&[
            Example {
                summary: "Set a default for -g",
                command: "azr configure --defaults group=myResourceGroup",
            },
            Example { summary: "Remove the default group", command: "azr configure --defaults group=''" },
            Example { summary: "List the defaults", command: "azr configure --list-defaults" },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(
        long,
        short = 'd',
        action = ArgAction::Set,
        num_args = 1..,
        value_name = "NAME=VALUE",
        help = "Defaults of options, separated by spaces; group='' removes one"
    )]
    defaults: Option<Vec<String>>,
    #[arg(
        long,
        short = 'l',
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = parse_bool,
        help = "List the defaults that are set"
    )]
    list_defaults: Option<bool>,
    #[arg(
        long,
        ignore_case = true,
        help = "Whether the defaults apply everywhere, or in the working folder and below [default: global]"
    )]
    scope: Option<ScopeOption>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ScopeOption {
    Global,
    Local,
}

fn run(session: &Session, options: &Options) -> Result<Outcome> {
    let scope = match options.scope {
        Some(ScopeOption::Local) => ConfigScope::Local,
        Some(ScopeOption::Global) | None => ConfigScope::Global,
    };
    if let Some(defaults) = &options.defaults {
        // Parse everything before writing anything.
        let pairs: Vec<(&str, &str)> = defaults.iter().map(|text| parse_pair(text)).collect::<Result<_>>()?;
        for (name, value) in pairs {
            session.context.set_config(scope, DEFAULTS, name, strip_empty_quotes(value))?;
        }
        return Ok(Outcome::empty());
    }
    if options.list_defaults == Some(true) {
        let mut items = session.context.config_files(scope)?.entries(DEFAULTS);
        items.retain(|item| !item.value.is_empty());
        return Ok(Outcome::value(items_to_json(&items)));
    }
    Err(Error::unsupported("azr configure is not interactive: --defaults or --list-defaults is required")
        .with_hint(
            "Use --defaults NAME=VALUE or --list-defaults; azr config set changes all other settings.",
        ))
}

fn parse_pair(text: &str) -> Result<(&str, &str)> {
    let invalid = || {
        Error::invalid(format!("--defaults: '{text}' is not NAME=VALUE"))
            .with_hint("Example: --defaults group=myResourceGroup location=westeurope")
    };
    let (name, value) = text.split_once('=').ok_or_else(invalid)?;
    if name.trim().is_empty() {
        return Err(invalid());
    }
    check_key(name)?;
    Ok((name.trim(), value))
}
