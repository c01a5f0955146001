//! The commands: argv to a plan, without any network.

pub mod arg_file;
pub mod generic_update;
mod literal;
pub mod shorthand;
