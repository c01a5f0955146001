//! Azure Resource Manager: ids and types, shapes of resources, and the client that executes a plan.

pub mod edit;
pub mod id;
pub mod names;
mod python;
pub mod resource;
pub mod schema;
pub mod transport;
