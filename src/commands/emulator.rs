//! `azr emulator`: a local stand-in for Azure.

mod demo;
mod start;

use super::tree::Node;

/// `azr emulator …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    vec![demo::command().into(), start::command().into()]
}
