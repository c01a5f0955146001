//! Where to keep what keeps somebody signed in: as an option or a variable says, or whoever is asked.

use clap::ArgMatches;

use azr_arm::auth::login::HAS_KEYRING;
use azr_core::context::{Context, SecretStore};
use azr_core::error::{Error, Result};
use azr_output::message;

/// The choices of `--store`.
pub const NAMES: [&str; 3] = ["file", "keyring", "none"];

/// The variable that says the same.
const VARIABLE: &str = "AZR_LOGIN_STORE";

/// The place that was agreed to for `what`, such as `a refresh token`.
///
/// Where nobody said anything and nobody can be asked, nothing is kept.
pub fn store(context: &Context, matches: &ArgMatches, what: &str) -> Result<SecretStore> {
    let option = matches.get_one::<String>("store").map(|given| (given.as_str(), "--store"));
    let variable = || context.var(VARIABLE).map(|given| (given, VARIABLE));
    match option.or_else(variable) {
        Some((given, from)) => named(given, from),
        None if HAS_KEYRING => Ok(SecretStore::Keyring),
        None if context.terminal().stdin => ask(context, what),
        None => Ok(SecretStore::None),
    }
}

fn named(given: &str, from: &str) -> Result<SecretStore> {
    match given.to_ascii_lowercase().as_str() {
        "file" => Ok(SecretStore::File),
        "none" => Ok(SecretStore::None),
        "keyring" if HAS_KEYRING => Ok(SecretStore::Keyring),
        "keyring" => Err(Error::unsupported(format!("{from}: this azr was built without the keyring"))
            .with_hint("Give file or none; or build azr with --features keyring.")),
        _ => Err(Error::usage(format!("{from}: there is no '{given}'"))
            .with_hint(format!("It is one of {}.", NAMES.join(", ")))),
    }
}

fn ask(context: &Context, what: &str) -> Result<SecretStore> {
    let folder = context.login_dir()?;
    let question =
        format!("To stay signed in, may azr keep {what} in {}, for you alone to read?", folder.display());
    Ok(if message::confirm(&question)? { SecretStore::File } else { SecretStore::None })
}
