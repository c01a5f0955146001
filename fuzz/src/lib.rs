//! Fuzz targets: each module reads one family of foreign input and panics where azr breaks a promise.
//!
//! The functions need no fuzzer, so the tests below run them on the seeds with the toolchain that builds azr. The
//! programs in `targets/` give them to libFuzzer.
#![allow(clippy::missing_panics_doc, reason = "to panic is how a target reports a bug")]

pub mod answer;
pub mod archive;
pub mod arguments;
pub mod backup;
pub mod bundle;
pub mod definition;
pub mod import;
pub mod query;
pub mod rules;
pub mod settings;
pub mod shorthand;
pub mod sync;
pub mod terminal;
pub mod yaml;

#[cfg(test)]
mod seeds;
