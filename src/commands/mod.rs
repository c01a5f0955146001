//! The commands: argv to a plan, without any network.

pub mod args;
pub mod body;
pub mod generic_update;
pub mod resource;
pub mod shorthand;
pub mod tree;
pub mod update_args;
pub mod verbs;
