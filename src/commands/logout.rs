//! `azr logout`: removes a login of azr.

use clap::Args;

use super::tree::{Closing, Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::auth::login;
use azr_core::error::{Error, Result};

/// `azr logout`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("logout", "Sign out of Azure", run)
        .details(
            "Removes a login made with azr login and everything stored for it: the refresh token or secret, the \
             subscriptions, and all cached access tokens. The login of az is separate; az logout removes it.",
        )
        .examples(&[Example { summary: "Sign out", command: "azr logout" }])
}

#[derive(Args)]
struct Options {
    #[arg(
        long,
        short = 'u',
        value_name = "NAME",
        help = "User or application to sign out [default: the one signed in to the current subscription]"
    )]
    username: Option<String>,
}

fn run(session: &Session, options: &Options) -> Result<Outcome> {
    let name = options.username.as_deref();
    match (login::logout(&session.context, name)?, name) {
        (Some(account), _) => {
            let next = vec![format!("Signed out {}.", account.name)];
            Ok(Outcome { closing: Closing { summary: None, next }, ..Outcome::empty() })
        }
        (None, Some(name)) => Err(Error::no_match(format!("'{name}' is not signed in with azr login"))
            .with_hint("azr account list shows who is signed in; az logout removes the login of az.")),
        (None, None) => Err(Error::no_match("no user is signed in with azr login")
            .with_hint("az logout removes the login of az.")),
    }
}
