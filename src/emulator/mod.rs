//! A local stand-in for the part of Azure Resource Manager that azr uses.

pub mod http;
pub mod store;
pub mod world;
