//! Sign-in without other programs: with a browser, with a code on another device, or as an application.
//!
//! The `oauth2` crate implements the protocol; azr's transport sends its requests to the authority, and to no other host.

mod browser_sign_in;
mod callback_server;
mod device_code;
mod id_token;
mod login_secret;
mod oauth;
mod pending_login;

pub use browser_sign_in::{BrowserSignIn, can_open_browser};
pub use login_secret::HAS_KEYRING;
pub(crate) use login_secret::LoginSecret;
pub(crate) use oauth::SIGN_IN_AGAIN;
pub use oauth::{OAuthClient, TokenGrant};
pub use pending_login::{PendingLogin, logout};

/// The variable with the application to sign in with.
pub const CLIENT_VARIABLE: &str = "AZR_CLIENT_ID";

/// The application to sign in with by default: "Microsoft Azure CLI", a public client that exists in every tenant and may
/// request tokens for the Resource Manager on behalf of a user.
///
/// Its id is public: <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>.
/// Conditional access policies and sign-in logs show it as Azure CLI, as they do for az.
pub const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// The tenant of the user who signs in.
pub const ANY_TENANT: &str = "organizations";
