//! azr: `az apic` and `az apim` as one native binary.
//!
//! Data flows in one direction: argv -> cli (parse) -> commands (a plan, pure) -> arm (execute) -> output (render).

pub mod cli;
mod commands;
#[doc(hidden)]
pub mod fuzzing;
pub mod interrupt;
mod session;
