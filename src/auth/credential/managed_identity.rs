//! The managed identity of the machine, where its endpoint is announced: App Service, Functions, Container Apps.
//!
//! A virtual machine announces nothing, and asking its metadata service anywhere else hangs for over a minute:
//! it is asked only where `AZR_USE_MANAGED_IDENTITY=1` says so. `AZURE_CLIENT_ID` names a user-assigned identity.

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use crate::auth::offer::{Candidate, Offer, Setup};

const WANTED: &str = "AZR_USE_MANAGED_IDENTITY";

/// Whether an endpoint is announced, or asked for.
pub fn offer(setup: &Setup) -> Offer {
    let context = setup.context;
    let endpoint = context.var("IDENTITY_ENDPOINT");
    if endpoint.is_none() && !context.is_on(WANTED) {
        return Offer::Absent(format!("IDENTITY_ENDPOINT and {WANTED} are not set"));
    }
    if endpoint.is_some() && context.var("IDENTITY_HEADER").is_none() {
        return Offer::Incomplete(
            "IDENTITY_HEADER is not set: Azure Arc's identity is not supported".to_owned(),
        );
    }
    let client = context.var("AZURE_CLIENT_ID").map(str::to_owned);
    let wire = setup.wire.clone();
    Offer::Ready(Candidate {
        label: match &client {
            Some(client) => format!("managed identity (client {client})"),
            None => "managed identity of the machine".to_owned(),
        },
        key: vec![
            "managed".to_owned(),
            client.clone().unwrap_or_default(),
            endpoint.unwrap_or_default().to_owned(),
        ],
        is_login: false,
        make: Box::new(move || {
            let options = ManagedIdentityCredentialOptions {
                user_assigned_id: client.clone().map(UserAssignedId::ClientId),
                client_options: wire.options(),
            };
            Ok(ManagedIdentityCredential::new(Some(options))?)
        }),
    })
}
