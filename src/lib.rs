//! azr: `az apic` and `az apim` as one native binary.
//!
//! Data flows one way: argv -> cli -> commands (a pure plan) -> arm (executed) -> output (rendered).

pub mod cli;
pub mod commands;
#[doc(hidden)]
pub mod fuzzing;
pub mod session;
