//! A report written result by result.

use std::io::{self, Seek, Write};
use std::path::Path;

use super::json::Json;
use super::junit::Junit;
use super::markdown::Markdown;
use super::{ApiResult, Form};
use azr_core::error::{Error, Result};
use azr_core::files::AtomicFile;

/// What a report is written to: counts that stand first are known last.
pub(super) trait Out: Write + Seek {}

impl<T: Write + Seek> Out for T {}

/// A form of report, as far as it has been written.
pub(super) trait Layout: Send {
    /// Writes what comes before the first result.
    fn begin(&mut self, out: &mut dyn Out) -> io::Result<()>;
    /// Writes a result, or keeps what is to be written of it at the end.
    fn add(&mut self, result: &ApiResult, out: &mut dyn Out) -> io::Result<()>;
    /// Writes what is left to write.
    fn finish(&mut self, out: &mut dyn Out) -> io::Result<()>;
}

impl Form {
    fn layout(self) -> Box<dyn Layout> {
        match self {
            Self::Json => Box::<Json>::default(),
            Self::Junit => Box::<Junit>::default(),
            Self::Markdown => Box::<Markdown>::default(),
        }
    }
}

/// Writes a report result by result, so that a large one need not be in memory.
///
/// The file takes its place when the report is finished; until then, and if it never is, what was there stays.
pub struct Writer {
    draft: AtomicFile,
    layout: Box<dyn Layout>,
}

impl Writer {
    /// Begins the report at `path`, so that a folder that cannot be written to is noticed before any work is done.
    pub fn create(path: &Path, form: Form) -> Result<Self> {
        let mut writer = Self { draft: AtomicFile::create(path)?, layout: form.layout() };
        let begun = writer.layout.begin(&mut writer.draft);
        writer.checked(begun)?;
        Ok(writer)
    }

    /// Adds a result.
    pub fn add(&mut self, result: &ApiResult) -> Result<()> {
        let added = self.layout.add(result, &mut self.draft);
        self.checked(added)
    }

    /// Ends the report and puts it into its place.
    pub fn finish(mut self) -> Result<()> {
        let finished = self.layout.finish(&mut self.draft);
        self.checked(finished)?;
        self.draft.commit()
    }

    fn checked(&self, outcome: io::Result<()>) -> Result<()> {
        outcome.map_err(|e| Error::write(self.draft.path(), e))
    }
}
