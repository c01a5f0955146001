//! A local emulator of Azure API Management, Azure API Center and the parts of Azure Resource Manager (ARM) they need.
//!
//! It answers with the shapes, status codes, headers and errors of the real services, so that a client of ARM can be
//! tested without a subscription. [`Emulator::start`] serves sample data on a free port of this machine until the
//! returned value is dropped:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # rustls::crypto::ring::default_provider().install_default().expect("the first provider");
//! let emulator = azr_emulator::Emulator::start().await?;
//!
//! let url = format!("{}/subscriptions?api-version=2022-12-01", emulator.url());
//! let subscriptions = reqwest::get(url).await?.text().await?;
//! assert!(subscriptions.contains("00000000-0000-0000-0000-000000000000"));
//! # Ok(())
//! # }
//! ```
//!
//! [`Emulator::builder`] configures it: the port, a state file, faults such as errors, resets and expired tokens.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # rustls::crypto::ring::default_provider().install_default().expect("the first provider");
//! let emulator = azr_emulator::Emulator::builder()
//!     .faults("GET /subscriptions status=503 retry-after=1 first=1".parse()?)
//!     .start()
//!     .await?;
//!
//! let url = format!("{}/subscriptions?api-version=2022-12-01", emulator.url());
//! assert_eq!(reqwest::get(&url).await?.status(), 503);
//! assert_eq!(reqwest::get(&url).await?.status(), 200);
//! # Ok(())
//! # }
//! ```
//!
//! An [`Emulator`] is also a [`tower::Service`] over the types of the [`http`] crate, which needs no port at all.

mod api_version;
mod apic;
mod apim;
mod arm_errors;
mod authorization;
mod cloud_metadata;
mod context;
mod dispatch;
mod download_links;
mod emulator;
mod ephemeral;
pub mod faults;
pub mod filter;
mod front_door;
#[cfg(test)]
mod hostile_requests;
mod ids;
mod locations;
mod options;
mod providers;
mod quirks;
mod registration;
mod request;
mod request_log;
mod resources;
mod response;
mod rng;
mod route;
mod running;
pub mod sample;
mod serve_options;
mod server;
#[cfg(test)]
mod specification;
mod state;
mod state_file;
mod store;
mod subscriptions;
#[cfg(test)]
mod testing;
mod timestamps;
pub mod tls;
mod token_buckets;
mod token_issuer;
mod user_assigned_identities;

pub use emulator::Emulator;
pub use options::{FetchDocument, Options};
pub use quirks::{QuirkList, Quirks};
pub use request::ParsedRequest;
pub use request_log::RequestLog;
pub use running::{EmulatorBuilder, RunningEmulator};
pub use serve_options::ServeOptions;
pub use server::serve;
pub use state::State;
pub use token_buckets::RateLimits;
pub use token_issuer::{DEFAULT_TOKEN_SECONDS, TokenIssuer};
