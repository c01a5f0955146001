//! Where to store the credential of a login.

use clap::ValueEnum as _;

use super::options::StoreOption;
use azr_arm::auth::login::HAS_KEYRING;
use azr_core::context::{Context, SecretStore};
use azr_core::error::{Error, Result};
use azr_output::message;

/// The variable with the same meaning as `--store`.
const VARIABLE: &str = "AZR_LOGIN_STORE";

/// The store for `credential`, such as `a refresh token`.
///
/// Nothing is stored unless the user agreed to it, by an option, a variable or an answer.
pub(crate) fn choose(
    context: &Context,
    option: Option<StoreOption>,
    credential: &str,
) -> Result<SecretStore> {
    if let Some(option) = option {
        return to_store(option, "--store");
    }
    if let Some(name) = context.var(VARIABLE) {
        let option = StoreOption::from_str(name, true).map_err(|_| {
            let names: Vec<String> = StoreOption::value_variants()
                .iter()
                .filter_map(|option| Some(option.to_possible_value()?.get_name().to_owned()))
                .collect();
            Error::usage(format!("{VARIABLE}: '{name}' is not a valid store"))
                .with_hint(format!("Valid values: {}.", names.join(", ")))
        })?;
        return to_store(option, VARIABLE);
    }
    if HAS_KEYRING {
        Ok(SecretStore::Keyring)
    } else if context.terminal().stdin {
        ask(context, credential)
    } else {
        Ok(SecretStore::None)
    }
}

fn to_store(option: StoreOption, origin: &str) -> Result<SecretStore> {
    match option {
        StoreOption::File => Ok(SecretStore::File),
        StoreOption::None => Ok(SecretStore::None),
        StoreOption::Keyring if HAS_KEYRING => Ok(SecretStore::Keyring),
        StoreOption::Keyring => {
            Err(Error::unsupported(format!("{origin}: this build of azr does not support the keyring"))
                .with_hint("Use file or none, or build azr with --features keyring."))
        }
    }
}

fn ask(context: &Context, credential: &str) -> Result<SecretStore> {
    let folder = context.login_dir()?;
    let question =
        format!("To stay signed in, store {credential} in {}, readable only by you?", folder.display());
    Ok(if message::confirm(&question)? { SecretStore::File } else { SecretStore::None })
}
