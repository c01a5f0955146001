//! The commands: argv to a plan, without any network.

pub mod account;
pub mod apic;
pub mod apim;
pub mod arg_file;
pub mod args;
pub mod body;
pub mod cloud;
pub mod complete;
mod completion;
mod config;
mod configure;
mod doctor;
pub mod emulator;
pub mod generic_update;
pub mod identity;
mod literal;
pub mod man;
pub mod names;
pub mod resource;
pub mod resource_group;
pub mod rest;
pub mod role;
pub mod root;
pub mod shorthand;
pub mod tree;
pub mod update_args;
pub mod verbs;
