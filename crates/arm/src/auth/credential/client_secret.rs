//! A service principal with a secret: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`.

use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};

use crate::auth::Secret;
use crate::auth::credential_source::{Candidate, CredentialFactory, CredentialSource, SignInContext};
use crate::auth::transport::AuthTransport;

/// The credential, if its variables are set.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    match sign_in.require("AZURE_CLIENT_SECRET") {
        Err(reason) => CredentialSource::NotConfigured(reason),
        Ok(secret) => CredentialSource::from_candidate(candidate(sign_in, Secret::new(secret))),
    }
}

fn candidate(sign_in: &SignInContext, secret: Secret) -> Result<Candidate, String> {
    let client = sign_in.require("AZURE_CLIENT_ID")?.to_owned();
    let tenant = sign_in.principal_tenant()?.to_owned();
    let transport = sign_in.transport.clone();
    Ok(Candidate {
        label: format!("service principal with a secret (client {client}, tenant {tenant})"),
        key: vec!["secret".to_owned(), client.clone(), tenant.clone(), secret.expose().to_owned()],
        is_external_login: false,
        create: credential_factory(secret, client, tenant, transport),
    })
}

/// The credential of `client` in `tenant`.
pub(super) fn credential_factory(
    secret: Secret,
    client: String,
    tenant: String,
    transport: AuthTransport,
) -> CredentialFactory {
    Box::new(move || {
        let options = ClientSecretCredentialOptions { client_options: transport.client_options() };
        let secret = secret.expose().to_owned().into();
        Ok(ClientSecretCredential::new(&tenant, client.clone(), secret, Some(options))?)
    })
}
