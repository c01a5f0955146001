//! The managed identity of the machine, if its endpoint is set: App Service, Functions, Container Apps.
//!
//! A virtual machine sets no endpoint, and a request to its metadata service hangs for over a minute on any other machine.
//! So it is sent only with `AZR_USE_MANAGED_IDENTITY=1`, or if `AZURE_POD_IDENTITY_AUTHORITY_HOST` replaces the service, as
//! for az. `AZURE_CLIENT_ID` selects a user-assigned identity.

use azure_identity::{ManagedIdentityCredential, ManagedIdentityCredentialOptions, UserAssignedId};

use url::Url;

use crate::auth::credential_source::{Candidate, CredentialFactory, CredentialSource, SignInContext};
use crate::auth::transport::AuthTransport;
use azr_core::context::{Context, is_host_local};

const ENABLE_VARIABLE: &str = "AZR_USE_MANAGED_IDENTITY";
const ENDPOINT: &str = "IDENTITY_ENDPOINT";
const METADATA: &str = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

/// The credential, if its endpoint is set, or if it is enabled.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    let context = sign_in.context;
    let (endpoint, metadata) = (context.var(ENDPOINT), context.var(METADATA));
    if endpoint.is_none() && metadata.is_none() && !context.is_var_enabled(ENABLE_VARIABLE) {
        return CredentialSource::NotConfigured(format!("{ENDPOINT} and {ENABLE_VARIABLE} are not set"));
    }
    let transport = match machine_transport(context, &sign_in.transport) {
        Ok(transport) => transport,
        Err(reason) => return CredentialSource::Incomplete(reason),
    };
    let client = context.var("AZURE_CLIENT_ID").map(str::to_owned);
    let identity = client.clone().map(UserAssignedId::ClientId);
    CredentialSource::Ready(Candidate {
        label: match &client {
            Some(client) => format!("managed identity (client {client})"),
            None => "managed identity of the machine".to_owned(),
        },
        key: vec![
            "managed".to_owned(),
            client.clone().unwrap_or_default(),
            endpoint.unwrap_or_default().to_owned(),
            transport.metadata.clone().map(String::from).unwrap_or_default(),
        ],
        is_external_login: false,
        create: credential_factory(identity, transport),
    })
}

/// The transport to the endpoints in the variables, or why it cannot be used.
pub(super) fn machine_transport(
    context: &Context,
    transport: &AuthTransport,
) -> Result<AuthTransport, String> {
    let named = |name: &str| context.var(name).map(|text| parse_machine_url(name, text)).transpose();
    if named(ENDPOINT)?.is_some() && context.var("IDENTITY_HEADER").is_none() {
        return Err("IDENTITY_HEADER is not set, and the identity of Azure Arc is not supported".to_owned());
    }
    Ok(AuthTransport { metadata: named(METADATA)?, ..transport.clone() })
}

/// The credential of a user-assigned identity, or of the system-assigned one.
pub(super) fn credential_factory(
    identity: Option<UserAssignedId>,
    transport: AuthTransport,
) -> CredentialFactory {
    Box::new(move || {
        let options = ManagedIdentityCredentialOptions {
            user_assigned_id: identity.clone(),
            client_options: transport.client_options(),
        };
        Ok(ManagedIdentityCredential::new(Some(options))?)
    })
}

/// The URL in a variable; secrets are sent to it and tokens received from it, so the connection must be private.
fn parse_machine_url(variable: &str, text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_host_local(&url)) => Ok(url),
        _ => Err(format!("{variable} is neither an https URL nor a URL of this machine")),
    }
}
