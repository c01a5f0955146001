//! A service principal with a certificate: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_CLIENT_CERTIFICATE_PATH`.
//!
//! The SDK's credential of that name needs OpenSSL, so azr signs the assertion itself and lets the SDK send it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::{ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions};

use super::certificate::Certificate;
use crate::auth::offer::{Candidate, Make, Offer, Setup};
use crate::auth::transport::AuthTransport;

const PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";

/// Whether the variables are there.
pub fn offer(setup: &Setup) -> Offer {
    match setup.need(PATH) {
        Err(why) => Offer::Absent(why),
        Ok(path) => Offer::complete(candidate(setup, path)),
    }
}

fn candidate(setup: &Setup, path: &str) -> Result<Candidate, String> {
    let client = setup.need("AZURE_CLIENT_ID")?.to_owned();
    let tenant = setup.principal_tenant()?.to_owned();
    let file = PemFile {
        path: PathBuf::from(path),
        named_by: PATH,
        sends_chain: setup.context.is_var_enabled("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
    };
    Ok(Candidate {
        label: format!("service principal with a certificate (client {client}, tenant {tenant})"),
        key: vec!["certificate".to_owned(), client.clone(), tenant.clone(), path.to_owned()],
        is_login: false,
        make: make(file, client, tenant, setup.wire.clone()),
    })
}

/// Where a certificate is.
#[derive(Debug, Clone)]
pub struct PemFile {
    /// The file.
    pub path: PathBuf,
    /// The variable or option that names it.
    pub named_by: &'static str,
    /// Whether the whole chain is sent.
    pub sends_chain: bool,
}

/// The credential of `client` in `tenant`; the file is read for each token.
pub fn make(file: PemFile, client: String, tenant: String, wire: AuthTransport) -> Make {
    let audience = format!("{}/{tenant}/oauth2/v2.0/token", wire.authority.as_str().trim_end_matches('/'));
    let assertion = Arc::new(Signed { file, client: client.clone(), audience });
    Box::new(move || {
        let options = ClientAssertionCredentialOptions { client_options: wire.client_options() };
        let assertion = Shared(Arc::clone(&assertion));
        Ok(ClientAssertionCredential::new(tenant.clone(), client.clone(), assertion, Some(options))?)
    })
}

#[derive(Debug)]
struct Signed {
    file: PemFile,
    client: String,
    audience: String,
}

#[derive(Debug)]
struct Shared(Arc<Signed>);

#[async_trait]
impl ClientAssertion for Shared {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let Signed { file, client, audience } = &*self.0;
        Certificate::read(&file.path, file.named_by)
            .and_then(|c| c.assertion(client, audience, file.sends_chain))
            .map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
