//! What is said when azr has come upon a mistake of its own.
//!
//! Rust shows a panic's message, which may hold whatever was being worked on: a token, a secret, a document. azr says
//! where it was, and shows the message only to whoever asks for it.

use std::panic::{self, PanicHookInfo};

use super::message;
use azr_core::error::Error;

/// Has panics told so from now on.
pub fn tell_without_message() {
    panic::set_hook(Box::new(|info| message::error(&told(info))));
}

fn told(info: &PanicHookInfo) -> Error {
    let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    Error::bug(&place)
}
