//! `azr emulator`: a local stand-in for Azure.

mod demo;
mod reset;
mod start;

use super::tree::Node;

/// `azr emulator …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    vec![demo::command().into(), reset::command().into(), start::command().into()]
}
