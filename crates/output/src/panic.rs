//! Reporting of panics, which are bugs in azr.
//!
//! The message of a panic may contain secrets: a token, a document. So only its location is printed, unless
//! `AZR_SHOW_PANICS` is set.

use std::panic::{self, PanicHookInfo};

use super::message;
use azr_core::error::Error;

/// Installs a panic hook that prints the location but not the message.
pub fn install_hook() {
    panic::set_hook(Box::new(|info| message::error(&to_error(info))));
}

fn to_error(info: &PanicHookInfo) -> Error {
    let location = info.location().map_or_else(|| "an unknown location".to_owned(), ToString::to_string);
    Error::bug(&location)
}
