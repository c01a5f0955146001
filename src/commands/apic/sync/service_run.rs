//! The part of a run that imports the APIs of one service.

use super::sources::ServiceWork;
use crate::commands::apic::linked_service::{self, LinkCheck};
use crate::session::Session;
use azr_arm::client::Client;
use azr_catalog::bulk_import::{BulkImport, Inventory};
use azr_catalog::clients::Clients;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The clients of a service and a center.
pub(super) struct ServiceClients<'a> {
    other: Option<Client>,
    center: &'a Client,
}

impl<'a> ServiceClients<'a> {
    /// Creates a client for the tenant of the service, if it is not the tenant of the center.
    pub(super) fn new(session: &'a Session, work: &ServiceWork) -> Result<Self> {
        let subscription = work.import.source.service_id().subscription();
        let other = session.client_for_subscription(subscription, work.tenant.as_deref())?;
        Ok(Self { other, center: session.client()? })
    }

    /// The clients for an import.
    pub(super) fn get(&self) -> Clients<'_> {
        Clients { source: self.other.as_ref().unwrap_or(self.center), center: self.center }
    }
}

/// Reads a service and the center.
pub(crate) async fn read_inventory(
    import: &BulkImport<'_>,
    label: &str,
    center: &ResourceId,
) -> Result<Inventory> {
    let progress = Progress::spinner(format!("Reading {label} and {}", center.name()));
    let on_progress = |read: usize, count: Option<usize>| {
        let total = count.map_or(String::new(), |count| format!(" of {count}"));
        progress.set_message(format!("Reading {label}: {read}{total} APIs"));
    };
    let inventory = Box::pin(import.read_inventory(&on_progress)).await?;
    progress.finish();
    Ok(inventory)
}

/// Warns about patterns that match nothing, and about what is uncertain.
pub(super) fn warn_about_patterns(inventory: &Inventory, label: &str) {
    for pattern in &inventory.unmatched_patterns {
        message::warn(&format!("No API of {label} matches '{pattern}'."));
    }
    if let Some(warning) = &inventory.warning {
        message::warn(warning);
    }
}

/// Fails if the center synchronizes the service by an integration, unless the user accepts that.
pub(super) async fn check_links(
    client: &Client,
    center: &ResourceId,
    work: &ServiceWork,
    dry_run: bool,
) -> Result<()> {
    match linked_service::check(client, center, work.import.source.service_id()).await {
        LinkCheck::NotLinked => {}
        LinkCheck::Unknown(warning) => message::warn(&warning),
        LinkCheck::Linked(refusal) if work.beside_link => message::warn(&format!("{refusal}.")),
        LinkCheck::Linked(refusal) if dry_run => {
            message::warn(&format!("{refusal}. Without 'beside-link: true' it will be refused."));
        }
        LinkCheck::Linked(refusal) => return Err(refusal),
    }
    Ok(())
}
