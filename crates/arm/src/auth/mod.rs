//! Sign-in: the chain of credentials, and the access tokens that they provide.
//!
//! A token leaves this module only as a [`Secret`], to be sent where `may_carry_token` allows.

mod access_token_env;
mod cache;
mod chain;
mod claims;
mod credential;
mod credential_source;
mod explain;
pub mod login;
mod program;
mod secret;
#[cfg(test)]
mod tests;
mod token;
mod token_destination;
mod token_response;
mod token_source;
mod transport;

pub use chain::{CredentialChain, TokenRequest, credential_chain};
pub use claims::{Claims, claims};
pub use secret::Secret;
pub use token::Token;
pub(crate) use token_destination::may_carry_token;
pub use token_source::TokenSource;
pub use transport::AuthTransport;
