//! Azure Resource Manager: ids and types, shapes of resources, and the client that executes a plan.

pub mod auth;
pub mod client;
pub mod edit;
pub mod execute;
pub mod export;
pub mod limiter;
pub mod lro;
pub mod names;
pub mod pager;
pub mod patience;
pub mod plan;
pub mod provider;
pub mod retry;
pub mod schema;
pub mod service_error;
#[cfg(test)]
mod testing;
pub mod transport;
