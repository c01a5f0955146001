//! `azr logout`: forgetting a login of azr's own.

use std::future;

use clap::{Arg, ArgMatches};

use super::args;
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::auth::login;
use azr_core::error::{Error, Result};

/// `azr logout`.
pub fn command() -> Leaf {
    Leaf::run("logout", "Sign out of Azure", options, |session, matches| {
        Box::pin(future::ready(run(session, matches)))
    })
    .details(
        "Forgets who signed in with azr login, with all that is kept of it: the refresh token or secret, the \
         subscriptions, and every access token that azr keeps. The login of az is another, and stays: az logout.",
    )
    .examples(&[Example { what: "Sign out", line: "azr logout" }])
}

fn options() -> Vec<Arg> {
    vec![
        args::text("username")
            .short('u')
            .value_name("NAME")
            .help("Who signs out [default: who is signed in to the subscription worked in]"),
    ]
}

fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let name = matches.get_one::<String>("username").map(String::as_str);
    match (login::leave(&session.context, name)?, name) {
        (Some(_), _) => Ok(Outcome::nothing()),
        (None, Some(name)) => Err(Error::no_match(format!("{name} is not signed in with azr login"))
            .with_hint("azr account list shows who is; az logout is for the login of az.")),
        (None, None) => Err(Error::no_match("nobody is signed in with azr login")
            .with_hint("az logout is for the login of az.")),
    }
}
