//! A local stand-in for the part of Azure Resource Manager that azr uses.

pub mod apim;
pub mod http;
pub mod sample;
pub mod store;
pub mod world;
