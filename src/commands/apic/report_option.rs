//! `--report`, the option for a file with the result of each API.

use std::path::PathBuf;

use clap::{Arg, ArgMatches};

use crate::commands::args;
use azr_catalog::report::{ReportFormat, ReportWriter};
use azr_core::error::Result;

/// The file of `--report`.
#[derive(Debug, Clone)]
pub(super) struct ReportFile {
    /// The path.
    pub path: PathBuf,
    /// The format, which follows from the extension.
    pub format: ReportFormat,
}

impl ReportFile {
    /// Reads `--report`; None if it is not given.
    pub(super) fn read(matches: &ArgMatches) -> Result<Option<Self>> {
        let path = args::text_value(matches, "report").map(PathBuf::from);
        path.map(|path| Ok(Self { format: ReportFormat::for_path(&path)?, path })).transpose()
    }

    /// Starts the report, so that a path that is not writable is an error before any work is done.
    pub(super) fn start(&self) -> Result<ReportWriter> {
        ReportWriter::create(&self.path, self.format)
    }
}

/// `--report`.
pub(super) fn option() -> Arg {
    args::text("report")
        .value_name("FILE")
        .help("File for the result of each API: .json, .xml (JUnit) or .md (Markdown)")
}
