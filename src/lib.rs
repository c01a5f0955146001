//! azr: `az apic` and `az apim` as one native binary.
//!
//! Data flows one way: argv -> cli -> commands (a pure plan) -> arm (executed) -> output (rendered).

pub mod arm;
pub mod auth;
pub mod cli;
pub mod commands;
pub mod context;
pub mod emulator;
pub mod error;
pub mod files;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod glob;
pub mod import;
pub mod output;
pub mod python;
pub mod session;
pub mod spec;
pub mod transport;
