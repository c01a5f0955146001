//! `azr apic sync`: brings a center to what several sources contain, as a file describes it.

mod file_keys;
mod folder_run;
pub(super) mod options;
pub(super) mod plans;
pub(super) mod preview;
pub(super) mod run;
mod run_state;
mod selected_apis;
mod service_run;
pub(super) mod sources;

use super::api_rows;
use crate::commands::tree::{Example, Leaf};

const DETAILS: &str = "The file lists API Management services and folders of definitions, and how the APIs of each appear \
    in the center: environment, APIs, lifecycle stage, metadata, and rules that find the same API in several services. The \
    sources are imported one after the other, as import-from-apim --mode client and api register would import them, with one \
    report. Every source is read before anything is written, and an interrupted run resumes with the same command. The \
    command exits with 4 if some APIs failed, 5 if a dry run with --detailed-exitcode would change something, 130 if it was \
    interrupted.";

pub(super) use options::RunOptions;
pub(super) use preview::PreviewOptions;
pub(super) use run::import_services;
pub(super) use service_run::read_inventory;
pub(super) use sources::ServiceWork;

/// `azr apic sync`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches(
        "sync",
        "Import APIs from several sources, as a file describes them",
        options::args,
        run::run,
    )
    .details(DETAILS)
    .handles_interrupt()
    .table(api_rows::import_table)
    .examples(&[
        Example {
            summary: "Show what would change",
            command: "azr apic sync -g myResourceGroup -n myAPICenter --file azr.yaml --dry-run",
        },
        Example {
            summary: "Import, and delete what the sources with prune: true no longer have",
            command: "azr apic sync -g myResourceGroup -n myAPICenter --file azr.yaml --yes --report sync.md",
        },
    ])
}
