//! A way for the fuzz targets of `fuzz/` to what is private and reads foreign input.
//!
//! Built with the feature `fuzzing` only. It forwards, so that a target runs the code that azr runs.

use crate::commands::arg_file;
use azr_catalog::journal;

pub use crate::commands::apic::ruleset_zip::{Member, pack, unpack};

/// The text that `@file` makes of a file's bytes.
#[must_use]
pub fn value_of_file(bytes: &[u8]) -> String {
    arg_file::decode(bytes)
}

/// How many steps a journal of these bytes has, and how many of its bytes are whole lines; else why it is damaged.
pub fn journal(bytes: &[u8]) -> Result<(usize, usize), String> {
    journal::read(bytes).map(|content| (content.done.len(), content.good))
}
