//! What the fuzz targets in `fuzz/` call of the command line's private modules.

use azr_core::error::Result;
use clap::Command;

use crate::cli::file_values;
use crate::commands::arg_file;

pub use crate::commands::apic::ruleset_zip::{Member, pack, unpack};
pub use crate::commands::{generic_update, shorthand};

/// The text that `@file` makes of a file's bytes.
#[must_use]
pub fn value_of_file(bytes: &[u8]) -> String {
    arg_file::decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}

/// The words of a command line after `@FILE` has been replaced in the values of the command's options.
pub fn expand_file_values(words: Vec<String>, command: &Command) -> Result<Vec<String>> {
    file_values::expand(words, command, &[])
}
