//! `azr emulator reset`: back to the sample data.

use clap::Args;

use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// `azr emulator reset`.
pub(super) fn command() -> Leaf {
    Leaf::run_sync("reset", "Restore the sample data of the emulator that AZURE_CLOUD_NAME=AzureEmulator uses", run)
        .details(
            "Deletes the file in which the emulator keeps its state between commands (AZR_EMULATOR_STATE). It has no \
             effect on a server that azr emulator start has started, nor on Azure.",
        )
        .examples(&[Example { summary: "Start again with the sample data", command: "azr emulator reset" }])
}

#[derive(Args)]
struct ResetOptions {}

fn run(session: &Session, _: &ResetOptions) -> Result<Outcome> {
    let path = session.context.emulator_state()?;
    match files::retry_while_in_use(|| std::fs::remove_file(&path)) {
        Ok(()) => {
            let path = path.display();
            message::status(&format!("Deleted {path}: the emulator has its sample data again."));
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            message::status("The emulator has its sample data: nothing was changed.");
        }
        Err(error) => return Err(Error::write(&path, error)),
    }
    Ok(Outcome::empty())
}
