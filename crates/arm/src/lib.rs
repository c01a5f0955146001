//! A client of Azure Resource Manager.
//!
//! A [`Client`](client::Client) sends requests with a token, retries them, and keeps to the rate limits of the service.
//! [`lro`] waits for long-running operations, [`pager`] reads lists, [`auth`] provides tokens. Commands describe their
//! requests as a [`Plan`](plan::Plan), which [`execute`] carries out; [`schema`] describes resources as az shows them, and
//! [`edit`] changes them.
//!
//! ```
//! use std::sync::Arc;
//!
//! use async_trait::async_trait;
//! use azr_arm::auth::{Secret, TokenSource};
//! use azr_arm::client::Client;
//! use azr_arm::plan::Target;
//! use azr_arm::timeouts::Timeouts;
//! use azr_arm::transport::{Request, Response, Transport};
//! use azr_arm::{HeaderMap, Method, StatusCode};
//! use azr_core::error::Result;
//!
//! /// A service with one resource, and its token.
//! struct Fake;
//!
//! #[async_trait]
//! impl Transport for Fake {
//!     async fn send(&self, request: Request) -> Result<Response> {
//!         assert_eq!(request.url.path(), "/subscriptions/s/resourceGroups/g");
//!         Ok(Response { status: StatusCode::OK, headers: HeaderMap::new(), body: r#"{"name":"g"}"#.into() })
//!     }
//! }
//!
//! #[async_trait]
//! impl TokenSource for Fake {
//!     async fn token(&self) -> Result<Secret> {
//!         Ok(Secret::new("token"))
//!     }
//!
//!     async fn renew(&self, _: &Secret) -> Result<Secret> {
//!         self.token().await
//!     }
//!
//!     fn describe(&self) -> String {
//!         "a fake".to_owned()
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
//! let endpoint = "https://management.azure.com".parse().unwrap();
//! let client = Client::new(Arc::new(Fake), Arc::new(Fake), endpoint, Timeouts::default());
//! let group = Target::new("/subscriptions/s/resourceGroups/g", "2024-11-01");
//! let response = client.send(Method::GET, &group, None).await?;
//! assert_eq!(response.body["name"], "g");
//! # Ok::<(), azr_core::error::Error>(())
//! # }).unwrap();
//! ```

pub mod auth;
pub mod client;
pub mod edit;
pub mod execute;
pub mod export;
mod internal_address;
mod json_body;
pub mod large_responses;
mod limiter;
pub mod lro;
pub mod names;
pub mod new_role;
mod not_json;
pub mod pager;
pub mod plan;
pub mod policy_token;
mod provider;
pub mod retry;
pub mod schema;
mod service_error;
#[cfg(test)]
mod testing;
pub mod timeouts;
pub mod transport;

pub use http::{HeaderMap, Method, StatusCode};
