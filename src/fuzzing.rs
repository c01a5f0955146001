//! What the fuzz targets in `fuzz/` call of the command line's private modules.

use crate::commands::arg_file;

pub use crate::commands::apic::ruleset_zip::{Member, pack, unpack};
pub use crate::commands::{generic_update, shorthand};

/// The text that `@file` makes of a file's bytes.
#[must_use]
pub fn value_of_file(bytes: &[u8]) -> String {
    arg_file::decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned())
}
