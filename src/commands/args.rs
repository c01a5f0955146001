//! Options that many commands share, as clap sees them.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches};

use azr_core::error::{Error, Result};

use super::arg_file;
use super::resource::{BodyArg, How, NameArg, Resource};
use azr_arm::schema::Kind;

/// The heading of the options that name a resource.
pub const RESOURCE: &str = "Resource";
/// The heading of `--set`, `--add` and `--remove`.
pub const GENERIC_UPDATE: &str = "Generic update";

/// `--resource-group`.
#[must_use]
pub fn resource_group() -> Arg {
    text("resource-group").short('g').value_name("GROUP").help("Resource group").help_heading(RESOURCE)
}

/// A plain text option; the last of several wins, as in az.
#[must_use]
pub fn text(long: &'static str) -> Arg {
    Arg::new(long)
        .long(long)
        .action(ArgAction::Set)
        .overrides_with(long)
        .allow_negative_numbers(true)
        .value_name(long.to_ascii_uppercase().replace('-', "_"))
}

/// The text of an option; none where it was not given, or the command has none of this name.
#[must_use]
pub fn given<'a>(matches: &'a ArgMatches, long: &str) -> Option<&'a str> {
    matches.try_get_one::<String>(long).ok().flatten().map(String::as_str)
}

/// A flag.
#[must_use]
pub fn flag(long: &'static str) -> Arg {
    Arg::new(long).long(long).action(ArgAction::SetTrue).overrides_with(long)
}

/// An option with choices, in whatever case.
#[must_use]
pub fn choice(long: &'static str, choices: impl IntoIterator<Item = &'static str>) -> Arg {
    text(long).value_parser(PossibleValuesParser::new(choices)).ignore_case(true)
}

/// true or false; the bare option means true.
#[must_use]
pub fn three_state(long: &'static str) -> Arg {
    text(long).num_args(0..=1).default_missing_value("true").value_name("true|false")
}

/// Reads a [`three_state`] option.
pub fn bool_of(matches: &ArgMatches, long: &str) -> Result<Option<bool>> {
    let Some(given) = matches.get_one::<String>(long) else { return Ok(None) };
    match given.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Ok(Some(true)),
        "false" | "f" | "no" | "n" | "0" => Ok(Some(false)),
        _ => Err(Error::usage(format!("--{long}: '{given}' is neither true nor false"))),
    }
}

/// `--no-wait`.
#[must_use]
pub fn no_wait() -> Arg {
    three_state("no-wait").help("Do not wait for a long-running operation to end")
}

/// `--yes`.
#[must_use]
pub fn yes() -> Arg {
    flag("yes").short('y').help("Do not ask for confirmation")
}

/// `--ids`.
#[must_use]
pub fn ids() -> Arg {
    Arg::new("ids")
        .long("ids")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_name("ID")
        .help("Resource ids, instead of the names; several print a list")
        .help_heading(RESOURCE)
}

/// `--if-match`.
#[must_use]
pub fn if_match() -> Arg {
    text("if-match").value_name("ETAG").help("Act only if the resource still has this ETag; * for any")
}

/// An option that names a resource.
#[must_use]
pub fn name(name: &'static NameArg) -> Arg {
    let mut arg = text(name.key).long(name.long[0]).value_name("NAME").help(name.help).help_heading(RESOURCE);
    for long in &name.long[1..] {
        arg = arg.visible_alias(long);
    }
    for long in name.older {
        arg = arg.alias(long);
    }
    if let [first, rest @ ..] = name.short {
        arg = arg.short(*first);
        for short in rest {
            arg = arg.visible_short_alias(*short);
        }
    }
    for short in name.older_short {
        arg = arg.short_alias(*short);
    }
    arg
}

/// The value of an option that names a resource, checked.
pub fn name_of<'a>(matches: &'a ArgMatches, name: &NameArg) -> Result<Option<&'a str>> {
    let Some(given) = matches.try_get_one::<String>(name.key).ok().flatten() else { return Ok(None) };
    name.check(given)?;
    Ok(Some(given))
}

/// An option of a body.
#[must_use]
pub fn body(resource: &Resource, arg: &BodyArg, insist: bool) -> Arg {
    let kind = resource.kind_of(arg);
    let mut out = match arg.how {
        How::Flag => three_state(arg.long),
        How::Words | How::Keys => many(arg.long, 1),
        How::Tags => many(arg.long, 0).value_name("KEY=VALUE"),
        How::Plain | How::Region => text(arg.long),
        How::Shape => match kind {
            Kind::Bool => three_state(arg.long),
            // Free-form members may be given none at all, as in az.
            Kind::Map(Kind::Any) => many(arg.long, 0).value_name("VALUE"),
            Kind::Object(_) | Kind::List(_) | Kind::Map(_) => many(arg.long, 1).value_name("VALUE"),
            _ => text(arg.long),
        },
    };
    if let Some(choices) = choices(arg, &kind) {
        out = out.value_parser(PossibleValuesParser::new(choices)).ignore_case(true);
    }
    if let Some(short) = arg.short {
        out = out.short(short);
    }
    for also in arg.also {
        out = out.visible_alias(also);
    }
    out.help(arg.help).required(insist && arg.required)
}

/// The choices of an option, those of its elements if it takes several words.
#[must_use]
pub fn choices(arg: &BodyArg, kind: &Kind) -> Option<&'static [&'static str]> {
    match (arg.how, kind) {
        (How::Words, Kind::List(Kind::Choice(choices)))
        | (How::Shape | How::Plain, Kind::Choice(choices)) => Some(choices),
        _ => None,
    }
}

/// The spelling of a choice that the service knows.
#[must_use]
pub fn canonical(choices: &'static [&'static str], given: &str) -> String {
    choices.iter().find(|c| c.eq_ignore_ascii_case(given)).map_or(given, |c| *c).to_owned()
}

/// An option that takes several words, over several occurrences.
#[must_use]
pub fn many(long: &'static str, least: usize) -> Arg {
    Arg::new(long)
        .long(long)
        .num_args(least..)
        .action(ArgAction::Append)
        .allow_negative_numbers(true)
        .value_name("VALUE")
}

/// The words of every occurrence of an option; empty if it was not given, or the command has none of this name.
#[must_use]
pub fn occurrences(matches: &ArgMatches, long: &str) -> Vec<Vec<String>> {
    if !matches.try_contains_id(long).unwrap_or(false) {
        return Vec::new();
    }
    match matches.get_occurrences::<String>(long) {
        Some(all) => all.map(|words| words.cloned().collect()).collect(),
        None => vec![Vec::new()],
    }
}

/// The words of the last occurrence of an option, which is the one az uses for plain lists.
#[must_use]
pub fn words(matches: &ArgMatches, long: &str) -> Option<Vec<String>> {
    occurrences(matches, long).pop()
}

/// Seconds between two asks of `wait` (az's default).
pub const WAIT_INTERVAL: u64 = 30;
/// Seconds after which `wait` gives up (az's default).
pub const WAIT_TIMEOUT: u64 = 3600;

/// The options of `wait`.
#[must_use]
pub fn wait() -> Vec<Arg> {
    let seconds = |long| text(long).value_name("SECONDS").value_parser(clap::value_parser!(u64));
    vec![
        flag("created").help("Until it is there and provisioned"),
        flag("updated").help("Until it is provisioned"),
        flag("deleted").help("Until it is gone"),
        flag("exists").help("Until it is there"),
        text("custom").value_name("JMESPATH").help("Until this expression over the resource is true"),
        seconds("interval").help("Seconds between two asks [default: 30]"),
        seconds("timeout").help("Seconds after which to give up [default: 3600]"),
    ]
}

/// `--max-items` and `--next-token`.
#[must_use]
pub fn paging() -> Vec<Arg> {
    vec![
        text("max-items").value_name("N").help("Stop after so many and say how to go on"),
        text("next-token").value_name("TOKEN").help("Go on where an earlier list stopped"),
    ]
}

/// Reads [`paging`].
pub fn page(matches: &ArgMatches) -> Result<(Option<usize>, Option<String>)> {
    let max = match matches.get_one::<String>("max-items") {
        None => None,
        Some(given) => Some(given.parse::<usize>().ok().filter(|n| *n > 0).ok_or_else(|| {
            Error::invalid(format!("--max-items: '{given}' is not a whole number of at least 1"))
        })?),
    };
    let token = matches.get_one::<String>("next-token").cloned();
    if token.is_some() && max.is_none() {
        return Err(Error::usage("--next-token goes with --max-items"));
    }
    Ok((max, token))
}

/// The text of a file that an option names; a byte order mark is dropped, line ends are line feeds.
pub fn read_text(option: &str, path: &str) -> Result<String> {
    arg_file::read_text(std::path::Path::new(path))
        .map_err(|e| Error::read(path, e).with_context(option).with_hint("Check the path."))
}

/// The short name of a region: az takes `West US` for `westus`.
#[must_use]
pub fn region(given: &str) -> String {
    if given.contains(' ') { given.replace(' ', "").to_ascii_lowercase() } else { given.to_owned() }
}
