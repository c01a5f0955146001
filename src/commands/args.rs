//! The options that many commands share, and how their values are read.
//!
//! An irregular command declares its options as a struct that derives [`clap::Args`], and gets them from clap already
//! typed; [`derived`] applies az's rules to them. The regular verbs build theirs from the tables of a resource.

use clap::builder::{
    ArgExt, EnumValueParser, PathBufValueParser, PossibleValuesParser, TypedValueParser as _, ValueParser,
};
use clap::{Arg, ArgAction, ArgMatches, Args, ValueEnum};
use serde_json::Value;

use azr_core::error::{Error, Result};

use super::aaz_value::AazValue;
use super::arg_file;
use super::generic_update::Dialect;
use super::numeral;
use super::resource::{BodyArg, NameArg, Resource, ValueSyntax};
use azr_arm::schema::Kind;

/// The heading of the options that name a resource.
pub(crate) const RESOURCE: &str = "Resource";
/// The heading of `--set`, `--add` and `--remove`.
pub(crate) const GENERIC_UPDATE: &str = "Generic update";

/// The options that `T` declares, under az's rules: the last of several occurrences wins, and a negative number is a
/// value.
#[must_use]
pub(crate) fn derived<T: Args>() -> Vec<Arg> {
    let command = T::augment_args(clap::Command::new("options"));
    command.get_arguments().cloned().map(with_az_rules).collect()
}

fn with_az_rules(arg: Arg) -> Arg {
    if arg.is_positional() {
        return arg;
    }
    let id = arg.get_id().clone();
    let arg = with_short_value_name(arg);
    match arg.get_action() {
        ArgAction::Set => arg.overrides_with(id).allow_negative_numbers(true),
        ArgAction::SetTrue => arg.overrides_with(id),
        ArgAction::Append => arg.allow_negative_numbers(true),
        _ => arg,
    }
}

/// Replaces the name that clap has made for the value, `SERVICE_URL`, by a shorter one.
fn with_short_value_name(arg: Arg) -> Arg {
    let Some(long) = arg.get_long().map(str::to_owned) else { return arg };
    let generated = long.to_ascii_uppercase().replace('-', "_");
    match arg.get_value_names() {
        Some([name]) if name.as_str() == generated => arg.value_name(value_name(&long)),
        _ => arg,
    }
}

/// Marks an option that az does not have, so that it does not take part in abbreviations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AzrOnly;

impl ArgExt for AzrOnly {}

/// Marks the path that a command writes to, which `--output` sets too, unless its value is an output format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputPath;

impl ArgExt for OutputPath {}

/// The parser of a path to write to; `-` is refused, because other programs then write to stdout.
pub(crate) fn output_path() -> ValueParser {
    ValueParser::new(PathBufValueParser::new().try_map(|path| {
        let is_stdout = path.as_os_str() == "-";
        if is_stdout { Err("it cannot be written to stdout; give a path, such as ./-") } else { Ok(path) }
    }))
}

/// Marks an option that replaces `@FILE` itself, because it must know the name of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadsFile;

impl ArgExt for ReadsFile {}

/// Marks an option that is required unless another is given, whose id this is; for help, because clap does not tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequiredUnless(pub(crate) &'static str);

impl ArgExt for RequiredUnless {}

/// Requires an option unless another is given.
#[must_use]
pub(crate) fn required_unless(arg: Arg, other: &'static str) -> Arg {
    arg.required_unless_present(other).add(RequiredUnless(other))
}

/// Parses true or false, in any of az's spellings.
pub(crate) fn parse_bool(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Ok(true),
        "false" | "f" | "no" | "n" | "0" => Ok(false),
        _ => Err(format!("'{text}' is not true or false")),
    }
}

/// `--resource-group`.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ResourceGroupArg {
    #[arg(id = "resource-group", long, short = 'g', value_name = "GROUP", help = "Resource group", help_heading = RESOURCE)]
    pub resource_group: Option<String>,
}

/// `--resource-group`.
#[must_use]
pub(crate) fn resource_group() -> Arg {
    text("resource-group").short('g').value_name("GROUP").help("Resource group").help_heading(RESOURCE)
}

/// The value of `--resource-group`; None if the option was omitted, or the command does not have it.
#[must_use]
pub(crate) fn resource_group_value(matches: &ArgMatches) -> Option<&str> {
    text_value(matches, "resource-group")
}

/// A plain text option; the last of several occurrences wins, as in az.
#[must_use]
pub(crate) fn text(long: &'static str) -> Arg {
    Arg::new(long)
        .long(long)
        .action(ArgAction::Set)
        .overrides_with(long)
        .allow_negative_numbers(true)
        .value_name(value_name(long))
}

/// The name of an option's value in help: what the last word of the option says, such as `URL` for `--service-url`.
fn value_name(long: &str) -> String {
    let name = match long {
        "on-collision" | "on-invalid" => "ACTION",
        "import-specification" => "WHEN",
        "virtual-network" => "TYPE",
        // Not a file: see `complete::is_path_option`.
        "path" => "RELATIVE-PATH",
        "description"
        | "title"
        | "summary"
        | "display-name"
        | "notes"
        | "legal-terms"
        | "schema-content"
        | "api-revision-description" => "TEXT",
        _ => return long.rsplit('-').next().unwrap_or(long).to_ascii_uppercase(),
    };
    name.to_owned()
}

/// The value of a text option; None if it was omitted, or the command does not have it.
#[must_use]
pub(crate) fn text_value<'a>(matches: &'a ArgMatches, long: &str) -> Option<&'a str> {
    matches.try_get_one::<String>(long).ok().flatten().map(String::as_str)
}

/// A flag.
#[must_use]
pub(crate) fn flag(long: &'static str) -> Arg {
    Arg::new(long).long(long).action(ArgAction::SetTrue).overrides_with(long)
}

/// An option whose values are the variants of `T`, in any case; [`choice_value`] reads it.
#[must_use]
pub(crate) fn choice<T: ValueEnum + Clone + Send + Sync + 'static>(long: &'static str) -> Arg {
    text(long).value_parser(EnumValueParser::<T>::new()).ignore_case(true)
}

/// The value of a [`choice`]; None if it was omitted, or the command does not have it.
#[must_use]
pub(crate) fn choice_value<T: ValueEnum + Clone + Send + Sync + 'static>(
    matches: &ArgMatches,
    long: &str,
) -> Option<T> {
    matches.try_get_one::<T>(long).ok().flatten().cloned()
}

/// An option with the value true or false; without a value it means true.
#[must_use]
pub(crate) fn boolean(long: &'static str) -> Arg {
    text(long).num_args(0..=1).default_missing_value("true").value_name("true|false")
}

/// The value of a [`boolean`] option.
pub(crate) fn bool_value(matches: &ArgMatches, long: &str) -> Result<Option<bool>> {
    let parse = |text| parse_bool(text).map_err(|reason| Error::usage(format!("--{long}: {reason}")));
    text_value(matches, long).map(parse).transpose()
}

const NO_WAIT: &str = "Do not wait for the long-running operation to finish";

/// `--no-wait`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct NoWaitArg {
    #[arg(
        id = "no-wait",
        long,
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = parse_bool,
        help = NO_WAIT
    )]
    no_wait: Option<bool>,
}

impl NoWaitArg {
    /// Whether the command returns before the operation has finished.
    pub(crate) fn is_set(self) -> bool {
        self.no_wait == Some(true)
    }
}

/// `--no-wait`, for options that are built from a table; [`no_wait_value`] reads it.
#[must_use]
pub(crate) fn no_wait() -> Arg {
    boolean("no-wait").value_parser(parse_bool).help(NO_WAIT)
}

/// Whether `--no-wait` is set; false if the command does not have it.
#[must_use]
pub(crate) fn no_wait_value(matches: &ArgMatches) -> bool {
    matches.try_get_one::<bool>("no-wait").ok().flatten() == Some(&true)
}

/// `--yes`.
#[must_use]
pub(crate) fn yes() -> Arg {
    flag("yes").short('y').help("Do not ask for confirmation")
}

/// `--ids`.
#[must_use]
pub(crate) fn ids() -> Arg {
    Arg::new("ids")
        .long("ids")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_name("ID")
        .help("Resource ids, instead of the names; several print a list. @FILE or @- for one id per line, or for the output of a list command")
        .help_heading(RESOURCE)
}

/// The ids in the words of `--ids`: each word has one id per line, or is the JSON output of another command.
pub(crate) fn split_ids(words: &[String]) -> Vec<String> {
    let id = |item: &Value| item["id"].as_str().map(str::to_owned);
    words
        .iter()
        .flat_map(|word| match serde_json::from_str(word) {
            Ok(Value::Array(items)) => items.iter().filter_map(id).collect(),
            Ok(item) => id(&item).into_iter().collect(),
            Err(_) => {
                let lines = word.lines().map(str::trim).filter(|line| !line.is_empty());
                lines.map(str::to_owned).collect::<Vec<_>>()
            }
        })
        .collect()
}

/// `--if-match`.
#[must_use]
pub(crate) fn if_match() -> Arg {
    text("if-match").value_name("ETAG").help("ETag that the resource must still have; * for any")
}

/// The option that names a resource.
#[must_use]
pub(crate) fn name(name: &'static NameArg) -> Arg {
    let mut arg = text(name.key).long(name.long[0]).value_name("NAME").help(name.help).help_heading(RESOURCE);
    for long in &name.long[1..] {
        arg = arg.visible_alias(long);
    }
    for long in name.hidden_aliases {
        arg = arg.alias(long);
    }
    if let [first, rest @ ..] = name.short {
        arg = arg.short(*first);
        for short in rest {
            arg = arg.visible_short_alias(*short);
        }
    }
    for short in name.hidden_short_aliases {
        arg = arg.short_alias(*short);
    }
    arg
}

/// The value of the option that names a resource, checked.
pub(crate) fn name_value<'a>(matches: &'a ArgMatches, name: &NameArg) -> Result<Option<&'a str>> {
    let Some(value) = text_value(matches, name.key) else { return Ok(None) };
    name.check(value)?;
    Ok(Some(value))
}

/// An option of the request body.
#[must_use]
pub(crate) fn body(resource: &Resource, arg: &BodyArg, is_create: bool) -> Arg {
    let kind = resource.kind_of(arg);
    let mut out = match arg.syntax {
        ValueSyntax::Bool => boolean(arg.long),
        ValueSyntax::Words => list(arg.long, 1),
        // No value empties the list, as in az.
        ValueSyntax::Keys => list(arg.long, 0),
        ValueSyntax::Tags => list(arg.long, 0).value_name("KEY=VALUE"),
        ValueSyntax::Text | ValueSyntax::Region => text(arg.long),
        ValueSyntax::Schema => match kind {
            Kind::Bool => boolean(arg.long),
            // Free-form members may be set to nothing, as in az.
            Kind::Map(Kind::Any) => list(arg.long, 0).value_name("VALUE"),
            Kind::Object(_) | Kind::List(_) | Kind::Map(_) => list(arg.long, 1).value_name("VALUE"),
            _ => text(arg.long),
        },
    };
    if let Some(choices) = choices(arg, &kind) {
        out = out.value_parser(PossibleValuesParser::new(choices)).ignore_case(true);
    } else {
        out = out.add(ReadsFile);
    }
    if arg.json_path.ends_with("kind") {
        out = out.value_name("KIND");
    }
    if let Some(short) = arg.short {
        out = out.short(short);
    }
    for alias in arg.aliases {
        out = out.visible_alias(alias);
    }
    if resource.dialect() == Dialect::Aaz && arg.syntax != ValueSyntax::Tags {
        out = out.add(AazValue(kind));
    }
    out.help(arg.help).required(is_create && arg.required)
}

/// The choices of a body option, or those of its elements if it takes several words.
#[must_use]
pub(crate) fn choices(arg: &BodyArg, kind: &Kind) -> Option<&'static [&'static str]> {
    match (arg.syntax, kind) {
        (ValueSyntax::Words, Kind::List(Kind::Choice(choices)))
        | (ValueSyntax::Schema | ValueSyntax::Text, Kind::Choice(choices)) => Some(choices),
        _ => None,
    }
}

/// The service's spelling of a choice.
#[must_use]
pub(crate) fn canonical_choice(choices: &'static [&'static str], text: &str) -> String {
    choices.iter().find(|c| c.eq_ignore_ascii_case(text)).map_or(text, |c| *c).to_owned()
}

/// An option that takes several words and may occur several times.
#[must_use]
pub(crate) fn list(long: &'static str, min_words: usize) -> Arg {
    Arg::new(long)
        .long(long)
        .num_args(min_words..)
        .action(ArgAction::Append)
        .allow_negative_numbers(true)
        .value_name("VALUE")
}

/// The words of every occurrence of an option; empty if it was omitted, or the command does not have it.
#[must_use]
pub(crate) fn occurrences(matches: &ArgMatches, long: &str) -> Vec<Vec<String>> {
    if !matches.try_contains_id(long).unwrap_or(false) {
        return Vec::new();
    }
    match matches.get_occurrences::<String>(long) {
        Some(all) => all.map(|words| words.cloned().collect()).collect(),
        None => vec![Vec::new()],
    }
}

/// The words of the last occurrence of an option, which is the only one that az uses for plain lists.
#[must_use]
pub(crate) fn last_occurrence(matches: &ArgMatches, long: &str) -> Option<Vec<String>> {
    occurrences(matches, long).pop()
}

/// The default polling interval of `wait`, in seconds (az's default).
pub(crate) const WAIT_INTERVAL: u64 = 30;
/// The default timeout of `wait`, in seconds (az's default).
pub(crate) const WAIT_TIMEOUT: u64 = 3600;

/// The options of `wait`.
#[must_use]
pub(crate) fn wait() -> Vec<Arg> {
    let seconds = |long| text(long).value_name("SECONDS").value_parser(clap::value_parser!(u64));
    vec![
        flag("created").help("Wait until the resource exists and its provisioning has succeeded"),
        flag("updated").help("Wait until its provisioning has succeeded"),
        flag("deleted").help("Wait until the resource does not exist"),
        flag("exists").help("Wait until the resource exists"),
        text("custom")
            .value_name("JMESPATH")
            .help("Wait until this JMESPath expression over the resource is true"),
        seconds("interval").help("Polling interval in seconds [default: 30]"),
        seconds("timeout").help("Maximum time to wait, in seconds [default: 3600]"),
    ]
}

/// `--max-items` and `--next-token`.
#[must_use]
pub(crate) fn paging() -> Vec<Arg> {
    vec![
        text("max-items")
            .value_name("N")
            .help("Maximum number of items; prints a token for the next page if there are more"),
        text("next-token").value_name("TOKEN").help("Token of the page to start with, from an earlier list"),
    ]
}

/// The values of [`paging`].
#[derive(Debug, Default)]
pub(crate) struct Paging {
    pub max_items: Option<usize>,
    pub next_token: Option<String>,
}

impl Paging {
    /// Reads the options.
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self> {
        let parse = |text: &str| {
            let number = numeral::parse_decimal(text).as_ref().and_then(Value::as_number).cloned();
            // A number that is too large for the memory is no limit.
            let number = number.map(|number| match number.as_i128() {
                Some(number) => number,
                None if number.as_str().starts_with('-') => i128::MIN,
                None => i128::MAX,
            });
            number.filter(|n| *n > 0).map(|n| usize::try_from(n).unwrap_or(usize::MAX)).ok_or_else(|| {
                Error::invalid(format!("--max-items: '{text}' is not a whole number of at least 1"))
            })
        };
        let max_items = text_value(matches, "max-items").map(parse).transpose()?;
        let next_token = text_value(matches, "next-token").map(str::to_owned);
        Ok(Self { max_items, next_token })
    }
}

/// The text of a file that an option names; a byte order mark is dropped, and line ends become line feeds.
pub(crate) fn read_text(option: &str, path: &str) -> Result<String> {
    arg_file::read_text(std::path::Path::new(path)).map_err(|e| {
        let hint = match e.kind() {
            std::io::ErrorKind::InvalidData => "Save the file as UTF-8.",
            _ => "Check the path.",
        };
        let error = Error::read(path, e).with_context(option);
        if error.hint().is_some() { error } else { error.with_hint(hint) }
    })
}

/// The short name of a region: `westus` for `West US`, as in az.
#[must_use]
pub(crate) fn region_name(text: &str) -> String {
    if text.contains(' ') { text.replace(' ', "").to_ascii_lowercase() } else { text.to_owned() }
}

/// The names of the choices that help shows of an option.
fn shown_choices(arg: &Arg) -> Vec<String> {
    if !arg.get_action().takes_values() {
        return Vec::new();
    }
    let shown = arg.get_possible_values().into_iter().filter(|choice| !choice.is_hide_set());
    shown.map(|choice| choice.get_name().to_owned()).collect()
}

/// Whether help shows choices of an option.
pub(crate) fn has_choices(arg: &Arg) -> bool {
    !shown_choices(arg).is_empty()
}

/// The help of an option, with its choices in one line.
pub(crate) fn help_with_choices(arg: &Arg) -> String {
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    match &shown_choices(arg)[..] {
        [] => help,
        choices => format!("{help} [choices: {}]", choices.join(", ")),
    }
}
