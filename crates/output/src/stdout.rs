//! Writing results to stdout.

use std::io::{self, ErrorKind, Write};

use azr_core::error::{Error, Result};
use azr_core::interrupt::BlockedSection;

/// Writes to stdout. A pipe closed by its reader (`| head -1`) is not an error.
pub fn write_stdout(bytes: &[u8]) -> Result<()> {
    let _section = BlockedSection::start();
    ignore_closed_pipe(write_and_flush(&mut io::stdout().lock(), bytes))
}

fn write_and_flush(output: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    output.write_all(bytes)?;
    output.flush()
}

fn ignore_closed_pipe(result: io::Result<()>) -> Result<()> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::write("the standard output", error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_pipe_is_not_an_error() {
        assert!(ignore_closed_pipe(Err(ErrorKind::BrokenPipe.into())).is_ok());
        let error = ignore_closed_pipe(Err(ErrorKind::StorageFull.into())).unwrap_err();
        assert!(error.to_string().starts_with("cannot write the standard output: "), "{error}");
    }
}
