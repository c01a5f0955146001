//! Writing the result.

use std::io::{self, ErrorKind, Write};

use azr_core::error::{Error, Result};

/// Writes to stdout; a pipe that its reader has closed (`| head -1`) is silently fine.
pub fn print(bytes: &[u8]) -> Result<()> {
    written(write(&mut io::stdout().lock(), bytes))
}

fn write(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

fn written(result: io::Result<()>) -> Result<()> {
    match result {
        Err(reason) if reason.kind() != ErrorKind::BrokenPipe => {
            Err(Error::write("the standard output", reason))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_pipe_is_fine() {
        assert!(written(Err(ErrorKind::BrokenPipe.into())).is_ok());
        let error = written(Err(ErrorKind::StorageFull.into())).unwrap_err();
        assert!(error.to_string().starts_with("cannot write the standard output: "), "{error}");
    }
}
