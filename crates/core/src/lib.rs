//! What every part of azr uses: errors, resource ids and types, the surroundings of a run, files.

pub mod context;
pub mod error;
pub mod files;
pub mod glob;
pub mod id;
pub mod python;
pub mod resource;
