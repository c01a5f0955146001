//! The commands: argv to a plan, without any network.

pub mod apic;
pub mod generic_update;
pub mod shorthand;
