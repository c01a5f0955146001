//! The report as a JSON list, one API a line, so that line-wise programs can read it as well.

use std::io;

use super::ApiResult;
use super::writer::{Layout, Out};

/// A list as far as it has been written.
#[derive(Default)]
pub struct Json {
    begun: bool,
}

impl Layout for Json {
    fn begin(&mut self, out: &mut dyn Out) -> io::Result<()> {
        out.write_all(b"[\n")
    }

    fn add(&mut self, result: &ApiResult, out: &mut dyn Out) -> io::Result<()> {
        let mut line = if self.begun { b",\n".to_vec() } else { Vec::new() };
        self.begun = true;
        serde_json::to_writer(&mut line, result)?;
        out.write_all(&line)
    }

    fn finish(&mut self, out: &mut dyn Out) -> io::Result<()> {
        out.write_all(if self.begun { b"\n]\n" } else { b"]\n" })
    }
}
