//! What the fuzz targets in `fuzz/` call of the command line's private modules.

use azr_core::error::Error;
use clap::Command;
use serde_json::Value;

use crate::cli::file_values;
use crate::commands::{arg_file, yaml};

pub use crate::commands::apic::ruleset_zip::{Member, pack, unpack};
pub use crate::commands::{generic_update, shorthand};

/// The text that `@file` makes of a file's bytes.
#[must_use]
pub fn value_of_file(bytes: &[u8]) -> String {
    arg_file::decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}

/// The value of a YAML file of an option.
pub fn parse_yaml(text: &str) -> Result<Value, String> {
    yaml::parse(text)
}

/// The words of a command line after `@FILE` has been replaced in the values of the command's options.
pub fn expand_file_values(words: Vec<String>, command: &Command) -> Result<Vec<String>, Error> {
    file_values::expand(words, command, &[])
}
