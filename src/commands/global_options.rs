//! The options that every command has.
//!
//! Each is one field of [`GlobalOptions`], which declares it and holds its value.

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Arg, ArgMatches, Args, FromArgMatches as _};

use super::args::{self, AzrOnly};
use azr_core::context::{Context, Overrides};
use azr_core::error::{Error, Result};
use azr_output::message::Verbosity;
use azr_output::{Format, Query};

/// The options that every command has.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalOptions {
    #[arg(long, value_name = "NAME|ID", help = "Subscription name or id")]
    pub(crate) subscription: Option<String>,

    #[arg(
        long, short = 'o', value_name = "FORMAT", help = "Output format", ignore_case = true,
        value_parser = PossibleValuesParser::new(Format::NAMES).try_map(|name| name.parse::<Format>()),
    )]
    output: Option<Format>,

    #[arg(long, value_name = "JMESPATH", help = "JMESPath query over the result; see jmespath.org")]
    query: Option<String>,

    #[arg(long, help = "Print what is done, and with which credential")]
    verbose: bool,

    #[arg(long, help = "Print requests and responses (without secrets)")]
    debug: bool,

    #[arg(long, help = "Print neither warnings nor progress")]
    only_show_errors: bool,

    #[arg(
        id = "arm-endpoint",
        long,
        value_name = "URL",
        add = AzrOnly,
        help = "Endpoint of Azure Resource Manager [default: that of the cloud]"
    )]
    arm_endpoint: Option<String>,

    #[arg(
        long,
        value_name = "SECONDS",
        add = AzrOnly,
        value_parser = clap::value_parser!(u64).range(1..),
        help = "Timeout for each HTTP response, in seconds; AZR_OPERATION_TIMEOUT limits long-running operations"
    )]
    timeout: Option<u64>,
}

impl GlobalOptions {
    /// The options, as clap sees them.
    pub(crate) fn args() -> impl Iterator<Item = Arg> {
        args::derived::<Self>().into_iter().map(|arg| arg.global(true))
    }

    /// Reads the options of a command.
    ///
    /// `has_own_timeout` says that `--timeout` is an option of the command itself, as in `wait`, where it limits all
    /// responses together.
    pub(crate) fn read(matches: &ArgMatches, has_own_timeout: bool) -> Result<Self> {
        let options = Self::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))?;
        Ok(Self { timeout: options.timeout.filter(|_| !has_own_timeout), ..options })
    }

    /// What the options change about the context.
    pub(crate) fn overrides(&self) -> Overrides {
        Overrides { arm_endpoint: self.arm_endpoint.clone(), timeout: self.timeout, ..Overrides::default() }
    }

    /// How much is printed on stderr.
    pub(crate) fn verbosity(&self, context: &Context) -> Result<Verbosity> {
        Ok(if self.debug {
            Verbosity::Debug
        } else if self.verbose {
            Verbosity::Verbose
        } else if self.only_show_errors || context.only_show_errors()? {
            Verbosity::OnlyErrors
        } else {
            Verbosity::Normal
        })
    }

    /// The output format: `--output`, else az's default; None if neither is set.
    pub(crate) fn format(&self, context: &Context) -> Result<Option<Format>> {
        if self.output.is_some() {
            return Ok(self.output);
        }
        let Some(name) = context.default_output()? else { return Ok(None) };
        let format = name.parse().map_err(|_| {
            Error::invalid(format!("az's default output format '{name}' does not exist"))
                .with_hint("Set another: az config set core.output=json")
        });
        format.map(Some)
    }

    /// The query over the result.
    pub(crate) fn query(&self) -> Result<Option<Query>> {
        self.query.as_deref().map(Query::parse).transpose()
    }
}
