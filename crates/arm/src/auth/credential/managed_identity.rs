//! The managed identity of the machine, where its endpoint is announced: App Service, Functions, Container Apps.
//!
//! A virtual machine announces nothing, and asking its metadata service anywhere else hangs for over a minute:
//! it is asked only where `AZR_USE_MANAGED_IDENTITY=1` says so, or `AZURE_POD_IDENTITY_AUTHORITY_HOST` names who
//! answers in its place, as for az. `AZURE_CLIENT_ID` names a user-assigned identity.

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use url::Url;

use crate::auth::offer::{Candidate, Make, Offer, Setup};
use crate::auth::transport::AuthTransport;
use azr_core::context::{Context, is_host_local};

const WANTED: &str = "AZR_USE_MANAGED_IDENTITY";
const ENDPOINT: &str = "IDENTITY_ENDPOINT";
const METADATA: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

/// Whether an endpoint is announced, or asked for.
pub fn offer(setup: &Setup) -> Offer {
    let context = setup.context;
    let (endpoint, metadata) = (context.var(ENDPOINT), context.var(METADATA));
    if endpoint.is_none() && metadata.is_none() && !context.is_var_enabled(WANTED) {
        return Offer::Absent(format!("{ENDPOINT} and {WANTED} are not set"));
    }
    let wire = match wire(context, &setup.wire) {
        Ok(wire) => wire,
        Err(why) => return Offer::Incomplete(why),
    };
    let client = context.var("AZURE_CLIENT_ID").map(str::to_owned);
    let identity = client.clone().map(UserAssignedId::ClientId);
    Offer::Ready(Candidate {
        label: match &client {
            Some(client) => format!("managed identity (client {client})"),
            None => "managed identity of the machine".to_owned(),
        },
        key: vec![
            "managed".to_owned(),
            client.clone().unwrap_or_default(),
            endpoint.unwrap_or_default().to_owned(),
            wire.metadata.clone().map(String::from).unwrap_or_default(),
        ],
        is_login: false,
        make: make(identity, wire),
    })
}

/// The way to the endpoints that variables name, or why there is none.
pub fn wire(context: &Context, wire: &AuthTransport) -> Result<AuthTransport, String> {
    let named = |name: &str| context.var(name).map(|text| near(name, text)).transpose();
    if named(ENDPOINT)?.is_some() && context.var("IDENTITY_HEADER").is_none() {
        return Err("IDENTITY_HEADER is not set: Azure Arc's identity is not supported".to_owned());
    }
    Ok(AuthTransport { metadata: named(METADATA)?, ..wire.clone() })
}

/// The credential of an identity that was assigned to the machine, or of its own.
pub fn make(identity: Option<UserAssignedId>, wire: AuthTransport) -> Make {
    Box::new(move || {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: identity.clone(),
            client_options: wire.client_options(),
        };
        Ok(ManagedIdentityCredential::new(Some(options))?)
    })
}

/// The URL in a variable; the machine's secret goes there and its token comes from there, so nobody may listen in.
fn near(variable: &str, text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_host_local(&url)) => Ok(url),
        _ => Err(format!("{variable} is neither an https URL nor one of this machine")),
    }
}
