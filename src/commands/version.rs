//! `azr version`: the version of azr, and of the az whose commands it has.

use clap::Args;
use serde_json::json;

use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::Result;

/// The version of az whose commands, options and output azr has.
const AZ: &str = "2.91.0";

/// The version of az's extension for API Center that azr has.
const APIC_EXTENSION: &str = "1.2.0b3";

/// `azr version`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("version", "Show the versions of azr and of the compatible az", run)
        .details(
            "Prints the members of az version that scripts read, too: azure-cli is the version of az, and apic-extension \
             that of its extension, whose commands, options and output azr has.",
        )
        .examples(&[
            Example { summary: "Show the versions", command: "azr version" },
            Example { summary: "Print only azr's own", command: "azr version --query azr -o tsv" },
        ])
}

#[derive(Args)]
struct Options {}

fn run(_: &Session, _: &Options) -> Result<Outcome> {
    Ok(Outcome::value(json!({
        "azr": env!("CARGO_PKG_VERSION"),
        "azure-cli": AZ,
        "azure-cli-core": AZ,
        "extensions": { "apic-extension": APIC_EXTENSION },
    })))
}
