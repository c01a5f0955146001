//! Writes a report one result at a time.

use std::io;
use std::path::Path;

use super::exporter::ReportExporter;
use super::heading::ReportHeading;
use super::json::JsonExporter;
use super::junit::JunitExporter;
use super::markdown::MarkdownExporter;
use super::types::{ApiResult, ReportFormat};
use azr_core::error::{Error, Result};
use azr_core::files::AtomicFile;

impl ReportFormat {
    fn exporter(self) -> Box<dyn ReportExporter> {
        match self {
            Self::Json => Box::<JsonExporter>::default(),
            Self::Junit => Box::<JunitExporter>::default(),
            Self::Markdown => Box::<MarkdownExporter>::default(),
        }
    }
}

/// Writes a report one result at a time, so that a large one does not have to be in memory.
///
/// An existing file is replaced only when the report is finished.
pub struct ReportWriter {
    file: AtomicFile,
    exporter: Box<dyn ReportExporter>,
}

impl ReportWriter {
    /// Starts the report at `path`, so that a folder that is not writable is an error before any work is done.
    pub fn create(path: &Path, format: ReportFormat) -> Result<Self> {
        let mut writer = Self { file: AtomicFile::create(path)?, exporter: format.exporter() };
        let result = writer.exporter.begin(&mut writer.file);
        writer.check(result)?;
        Ok(writer)
    }

    /// Sets what the report is about.
    pub fn set_heading(&mut self, heading: ReportHeading) {
        self.exporter.set_heading(heading);
    }

    /// Adds a result.
    pub fn add(&mut self, result: &ApiResult) -> Result<()> {
        let result = self.exporter.add(result, &mut self.file);
        self.check(result)
    }

    /// Finishes the report and moves it to its path.
    pub fn finish(mut self) -> Result<()> {
        let result = self.exporter.finish(&mut self.file);
        self.check(result)?;
        self.file.commit()
    }

    fn check(&self, outcome: io::Result<()>) -> Result<()> {
        outcome.map_err(|e| Error::write(self.file.path(), e))
    }
}
