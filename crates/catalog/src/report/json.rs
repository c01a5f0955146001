//! The report as a JSON list, one API per line, so that line-based tools can read it, too.

use std::io;

use super::exporter::{ReportExporter, SeekableWrite};
use super::types::ApiResult;

/// Writes a JSON list.
#[derive(Default)]
pub(super) struct JsonExporter {
    has_items: bool,
}

impl ReportExporter for JsonExporter {
    fn begin(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()> {
        out.write_all(b"[\n")
    }

    fn add(&mut self, result: &ApiResult, out: &mut dyn SeekableWrite) -> io::Result<()> {
        let mut line = if self.has_items { b",\n".to_vec() } else { Vec::new() };
        self.has_items = true;
        serde_json::to_writer(&mut line, result)?;
        out.write_all(&line)
    }

    fn finish(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()> {
        out.write_all(if self.has_items { b"\n]\n" } else { b"]\n" })
    }
}
