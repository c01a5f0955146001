//! `--report`, the option for a file with the result of each API.

use std::path::PathBuf;

use clap::{Arg, ArgMatches};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::commands::args;
use crate::session::Session;
use azr_catalog::report::{ReportFormat, ReportHeading, ReportWriter};
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

    /// Starts the report with a heading, so that a path that is not writable is an error before any work is done.
    pub(super) fn start_about(&self, session: &Session, subject: String) -> Result<ReportWriter> {
        let mut writer = self.start()?;
        let now = OffsetDateTime::now_utc();
        let time =
            now.format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC")).unwrap_or_default();
        let run_url = run_url(|name| session.context.var(name));
        writer.set_heading(ReportHeading { subject, time, run_url });
        Ok(writer)
    }

    /// Starts the report, so that a path that is not writable is an error before any work is done.
    pub(super) fn start(&self) -> Result<ReportWriter> {
        ReportWriter::create(&self.path, self.format)
    }
}

/// The page of the run of GitHub Actions or Azure Pipelines, from the variables that these set.
fn run_url<'v>(var: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    if let (Some(server), Some(repository), Some(run)) =
        (var("GITHUB_SERVER_URL"), var("GITHUB_REPOSITORY"), var("GITHUB_RUN_ID"))
    {
        return Some(format!("{server}/{repository}/actions/runs/{run}"));
    }
    let (collection, project, build) =
        (var("SYSTEM_COLLECTIONURI")?, var("SYSTEM_TEAMPROJECT")?, var("BUILD_BUILDID")?);
    let project = project.replace(' ', "%20");
    Some(format!("{}/{project}/_build/results?buildId={build}", collection.trim_end_matches('/')))
}

/// `--report`.
pub(super) fn option() -> Arg {
    args::text("report")
        .value_name("FILE")
        .help("File for the result of each API: .json, .xml (JUnit) or .md (Markdown)")
}

#[cfg(test)]
mod tests {
    use super::run_url;

    #[test]
    fn the_run_is_that_of_the_pipeline() {
        let github = |name: &str| match name {
            "GITHUB_SERVER_URL" => Some("https://github.com"),
            "GITHUB_REPOSITORY" => Some("o/r"),
            "GITHUB_RUN_ID" => Some("7"),
            _ => None,
        };
        assert_eq!(run_url(github).as_deref(), Some("https://github.com/o/r/actions/runs/7"));
        let azure = |name: &str| match name {
            "SYSTEM_COLLECTIONURI" => Some("https://dev.azure.com/o/"),
            "SYSTEM_TEAMPROJECT" => Some("my project"),
            "BUILD_BUILDID" => Some("9"),
            _ => None,
        };
        assert_eq!(
            run_url(azure).as_deref(),
            Some("https://dev.azure.com/o/my%20project/_build/results?buildId=9")
        );
        assert_eq!(run_url(|_| None), None);
    }
}
