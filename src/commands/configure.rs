//! `azr configure`: the defaults of options, as az has them beside `az config`.

use clap::{Arg, ArgMatches};

use super::args;
use super::config::{check, shown, value_of};
use super::tree::{Example, Leaf, Outcome, ready};
use crate::session::Session;
use azr_core::context::ConfigScope;
use azr_core::error::{Error, Result};

/// The section of the defaults of options.
const DEFAULTS: &str = "defaults";

/// `azr configure`.
pub fn command() -> Leaf {
    Leaf::run("configure", "Set or list the defaults of options", options, |session, matches| {
        ready(run(session, matches))
    })
    .details("It asks no questions; azr config set sets what is no default of an option.")
    .examples(&[
        Example { what: "Leave out -g from now on", line: "azr configure --defaults group=myResourceGroup" },
        Example { what: "Have no default group any more", line: "azr configure --defaults group=''" },
        Example { what: "List the defaults", line: "azr configure --list-defaults" },
    ])
}

fn options() -> Vec<Arg> {
    vec![
        args::many("defaults", 1)
            .short('d')
            .value_name("NAME=VALUE")
            .help("Defaults of options, several with spaces between; group='' takes one away"),
        args::three_state("list-defaults").short('l').help("List the defaults that are set"),
        args::choice("scope", ["global", "local"])
            .help("Whether they count everywhere, or in the working folder and below [default: global]"),
    ]
}

fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let is_local = matches.get_one::<String>("scope").is_some_and(|s| s.eq_ignore_ascii_case("local"));
    let scope = if is_local { ConfigScope::Local } else { ConfigScope::Global };
    if let Some(given) = args::words(matches, DEFAULTS) {
        // All are read before one is written.
        let pairs: Vec<(&str, &str)> = given.iter().map(|text| pair(text)).collect::<Result<_>>()?;
        for (name, value) in pairs {
            session.context.set_config(scope, DEFAULTS, name, value_of(value))?;
        }
        return Ok(Outcome::nothing());
    }
    if args::bool_of(matches, "list-defaults")? == Some(true) {
        let mut items = session.context.config_files(scope)?.entries(DEFAULTS);
        items.retain(|item| !item.value.is_empty());
        return Ok(Outcome::value(shown(&items)));
    }
    Err(Error::unsupported("azr configure asks no questions, so it has to be told what to do")
        .with_hint("Give --defaults NAME=VALUE or --list-defaults; azr config set sets everything else."))
}

fn pair(text: &str) -> Result<(&str, &str)> {
    let bad = || {
        Error::invalid(format!("--defaults: '{text}' is not NAME=VALUE"))
            .with_hint("Such as --defaults group=myResourceGroup location=westeurope")
    };
    let (name, value) = text.split_once('=').ok_or_else(bad)?;
    if name.trim().is_empty() {
        return Err(bad());
    }
    check(name)?;
    Ok((name.trim(), value))
}
