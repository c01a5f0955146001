//! The options that every command has.

use clap::{Arg, ArgAction, ArgMatches};

use azr_core::context::Context;
use azr_core::error::{Error, Result};
use azr_output::message::{self, Verbosity};
use azr_output::{Format, Query};

const HEADING: &str = "Global options";

/// What the global options say.
pub struct Globals {
    /// `--subscription`.
    pub subscription: Option<String>,
    /// `--output`, or az's default; None where neither says anything.
    pub format: Option<Format>,
    /// `--query`.
    pub query: Option<Query>,
    /// `--arm-endpoint`.
    pub arm_endpoint: Option<String>,
    /// `--timeout`, in seconds.
    pub timeout: Option<u64>,
}

/// The options themselves.
pub fn options() -> Vec<Arg> {
    let text = |long: &'static str, value: &'static str| {
        Arg::new(long).long(long).value_name(value).global(true).help_heading(HEADING).overrides_with(long)
    };
    let flag = |long: &'static str| {
        Arg::new(long)
            .long(long)
            .global(true)
            .help_heading(HEADING)
            .action(ArgAction::SetTrue)
            .overrides_with(long)
    };
    vec![
        text("subscription", "NAME|ID").help("Subscription to work in"),
        text("output", "FORMAT")
            .short('o')
            .help("Output format")
            .value_parser(clap::builder::PossibleValuesParser::new(Format::NAMES))
            .ignore_case(true),
        text("query", "JMESPATH").help("JMESPath query over the result; see jmespath.org"),
        flag("verbose").help("Say what is done, and as whom"),
        flag("debug").help("Log requests and answers (without secrets)"),
        flag("only-show-errors").help("No warnings and no progress"),
        text("arm-endpoint", "URL").help("Azure Resource Manager to talk to instead of the cloud's"),
        text("timeout", "SECONDS")
            .value_parser(clap::value_parser!(u64).range(1..))
            .help("How long to wait for each answer, to its last byte; for operations there is AZR_OPERATION_TIMEOUT"),
    ]
}

impl Globals {
    /// Reads the options, and sets how much is said on stderr.
    ///
    /// `takes_timeout` says that the command has a `--timeout` of its own, as `wait` does, which is for all its answers
    /// together.
    pub fn read(matches: &ArgMatches, context: &Context, takes_timeout: bool) -> Result<Self> {
        message::set_verbosity(if matches.get_flag("debug") {
            Verbosity::Debug
        } else if matches.get_flag("verbose") {
            Verbosity::Verbose
        } else if matches.get_flag("only-show-errors") || context.only_show_errors()? {
            Verbosity::OnlyErrors
        } else {
            Verbosity::Normal
        });
        message::install_tracing_subscriber();
        let format = match matches.get_one::<String>("output") {
            Some(given) => Some(given.parse()?),
            None => match context.default_output()? {
                Some(name) => Some(name.parse().map_err(|_| {
                    Error::invalid(format!("az's default output is '{name}', which is no output format"))
                        .with_hint("Set another: az config set core.output=json")
                })?),
                None => None,
            },
        };
        let query = matches.get_one::<String>("query").map(|text| Query::parse(text)).transpose()?;
        let own = |long| matches.try_get_one::<String>(long).ok().flatten().cloned();
        Ok(Self {
            subscription: own("subscription"),
            format,
            query,
            arm_endpoint: own("arm-endpoint"),
            timeout: matches.try_get_one::<u64>("timeout").ok().flatten().copied().filter(|_| !takes_timeout),
        })
    }
}
