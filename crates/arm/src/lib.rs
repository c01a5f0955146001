//! A client of Azure Resource Manager: sign-in, retries, rate limits, long-running operations, paging; and the schemas
//! and plans of requests.

pub mod auth;
pub mod client;
pub mod edit;
pub mod execute;
pub mod export;
mod limiter;
pub mod lro;
pub mod names;
pub mod pager;
pub mod plan;
mod provider;
pub mod retry;
pub mod schema;
mod service_error;
#[cfg(test)]
mod testing;
pub mod timeouts;
pub mod transport;

pub use http::{HeaderMap, Method, StatusCode};
