//! The interface of a report format: it turns results into bytes and never opens a file.

use std::io::{self, Seek, Write};

use super::heading::ReportHeading;
use super::types::ApiResult;

/// The output of a report; it can seek because counts at its start are known at the end.
pub(super) trait SeekableWrite: Write + Seek {}

impl<T: Write + Seek> SeekableWrite for T {}

/// Writes a report in one format.
pub(super) trait ReportExporter: Send {
    /// Writes what precedes the first result.
    fn begin(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()>;
    /// Sets what the report is about, before it is finished. Formats for programs may leave it out.
    fn set_heading(&mut self, _: ReportHeading) {}
    /// Writes a result, or stores it until the end.
    fn add(&mut self, result: &ApiResult, out: &mut dyn SeekableWrite) -> io::Result<()>;
    /// Writes the rest of the report.
    fn finish(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()>;
}
