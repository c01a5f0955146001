//! The options of `azr apic sync`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches};

use crate::commands::aaz_value::mark_texts;
use crate::commands::apic::center;
use crate::commands::apic::report_option::{self, ReportFile};
use crate::commands::args;
use azr_catalog::writer::ExecutionOptions;
use azr_core::error::{Error, Result};

/// The default of `--concurrency`.
const DEFAULT_CONCURRENCY: u16 = 16;

/// The default of `--max-delete`.
const DEFAULT_MAX_DELETE: u32 = 10;

/// The arguments of the command.
pub(super) fn args() -> Vec<Arg> {
    let mut all = mark_texts(center::options());
    all.extend([
        args::text("file")
            .short('f')
            .required(true)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("File with the sources, such as azr.yaml"),
        args::flag("dry-run").help("Show what would happen without writing anything"),
        plan_file_arg(),
        args::flag("detailed-exitcode").help("With --dry-run: exit with 5 if anything would change"),
        args::yes().help("Delete without asking at a terminal"),
        args::text("max-delete").value_name("N").value_parser(clap::value_parser!(u32)).help(
            "Abort if more than N APIs, versions, definitions and deployments of all sources would be deleted \
             [default: 10]",
        ),
    ]);
    all.extend(execution_args());
    all
}

/// The arguments of every run that writes: `--concurrency`, `--fail-fast` and `--report`.
pub(crate) fn execution_args() -> [Arg; 3] {
    [
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("Number of APIs to import at the same time, 1 to 64 [default: 16]"),
        args::flag("fail-fast").help("Stop after the first failure"),
        report_option::option(),
    ]
}

/// Reads `--concurrency` and `--fail-fast`.
pub(crate) fn read_execution(matches: &ArgMatches) -> ExecutionOptions {
    ExecutionOptions {
        concurrency: usize::from(*matches.get_one("concurrency").unwrap_or(&DEFAULT_CONCURRENCY)),
        fail_fast: matches.get_flag("fail-fast"),
    }
}

/// `--out`.
pub(crate) fn plan_file_arg() -> Arg {
    args::text("out")
        .value_name("FILE")
        .value_parser(args::output_path())
        .help("With --dry-run: save the plan, which azr apic apply carries out")
}

/// The parsed options.
pub(super) struct SyncOptions {
    /// `--file`.
    pub file: PathBuf,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--detailed-exitcode`.
    pub detailed_exitcode: bool,
    /// `--out`.
    pub plan_file: Option<PathBuf>,
    /// How the import runs.
    pub run: RunOptions,
}

/// The options of a run that writes.
pub(crate) struct RunOptions {
    /// `--yes`.
    pub yes: bool,
    /// `--max-delete`, for all sources together.
    pub max_deletions: usize,
    /// `--concurrency` and `--fail-fast`.
    pub execution: ExecutionOptions,
    /// `--report`.
    pub report: Option<ReportFile>,
}

impl SyncOptions {
    /// Reads the options.
    pub(super) fn read(matches: &ArgMatches) -> Result<Self> {
        let file = matches.get_one::<PathBuf>("file").cloned();
        let max_delete = *matches.get_one("max-delete").unwrap_or(&DEFAULT_MAX_DELETE);
        let run = RunOptions {
            yes: matches.get_flag("yes"),
            max_deletions: usize::try_from(max_delete).unwrap_or(usize::MAX),
            execution: read_execution(matches),
            report: ReportFile::read(matches)?,
        };
        let options = Self {
            file: file.ok_or_else(|| Error::usage("--file is required"))?,
            dry_run: matches.get_flag("dry-run"),
            detailed_exitcode: matches.get_flag("detailed-exitcode"),
            plan_file: matches.get_one::<PathBuf>("out").cloned(),
            run,
        };
        for (is_given, message) in [
            (options.detailed_exitcode, "--detailed-exitcode needs --dry-run"),
            (options.plan_file.is_some(), "--out needs --dry-run"),
        ] {
            if is_given && !options.dry_run {
                return Err(Error::usage(message));
            }
        }
        Ok(options)
    }
}
