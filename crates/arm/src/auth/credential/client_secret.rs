//! A service principal with a secret: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_SECRET`.

use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};

use crate::auth::Secret;
use crate::auth::offer::{Candidate, Make, Offer, Setup};
use crate::auth::transport::AuthTransport;

/// Whether the variables are there.
pub fn offer(setup: &Setup) -> Offer {
    match setup.need("AZURE_CLIENT_SECRET") {
        Err(why) => Offer::Absent(why),
        Ok(secret) => Offer::complete(candidate(setup, Secret::new(secret))),
    }
}

fn candidate(setup: &Setup, secret: Secret) -> Result<Candidate, String> {
    let client = setup.need("AZURE_CLIENT_ID")?.to_owned();
    let tenant = setup.principal_tenant()?.to_owned();
    let wire = setup.wire.clone();
    Ok(Candidate {
        label: format!("service principal with a secret (client {client}, tenant {tenant})"),
        key: vec!["secret".to_owned(), client.clone(), tenant.clone(), secret.expose().to_owned()],
        is_login: false,
        make: make(secret, client, tenant, wire),
    })
}

/// The credential of `client` in `tenant`.
pub fn make(secret: Secret, client: String, tenant: String, wire: AuthTransport) -> Make {
    Box::new(move || {
        let options = ClientSecretCredentialOptions { client_options: wire.client_options() };
        let secret = secret.expose().to_owned().into();
        Ok(ClientSecretCredential::new(&tenant, client.clone(), secret, Some(options))?)
    })
}
