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
use crate::auth::credential_source::{Candidate, CredentialFactory, CredentialSource, SignInContext};
use crate::auth::transport::AuthTransport;

const PATH: &str = "AZURE_CLIENT_CERTIFICATE_PATH";

/// The credential, if its variables are set.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    match sign_in.require(PATH) {
        Err(reason) => CredentialSource::NotConfigured(reason),
        Ok(path) => CredentialSource::from_candidate(candidate(sign_in, path)),
    }
}

fn candidate(sign_in: &SignInContext, path: &str) -> Result<Candidate, String> {
    let client = sign_in.require("AZURE_CLIENT_ID")?.to_owned();
    let tenant = sign_in.principal_tenant()?.to_owned();
    let file = PemFile {
        path: PathBuf::from(path),
        named_by: PATH,
        sends_chain: sign_in.context.is_var_enabled("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN"),
    };
    Ok(Candidate {
        label: format!("service principal with a certificate (client {client}, tenant {tenant})"),
        key: vec!["certificate".to_owned(), client.clone(), tenant.clone(), path.to_owned()],
        is_external_login: false,
        create: credential_factory(file, client, tenant, sign_in.transport.clone()),
    })
}

/// Where a certificate is.
#[derive(Debug, Clone)]
pub(super) struct PemFile {
    /// The file.
    pub path: PathBuf,
    /// The variable or option that names it.
    pub named_by: &'static str,
    /// Whether the whole certificate chain is sent.
    pub sends_chain: bool,
}

/// The credential of `client` in `tenant`; the file is read for each token.
pub(super) fn credential_factory(
    file: PemFile,
    client: String,
    tenant: String,
    transport: AuthTransport,
) -> CredentialFactory {
    let audience =
        format!("{}/{tenant}/oauth2/v2.0/token", transport.authority.as_str().trim_end_matches('/'));
    let assertion = Arc::new(SignedAssertion { file, client: client.clone(), audience });
    Box::new(move || {
        let options = ClientAssertionCredentialOptions { client_options: transport.client_options() };
        let assertion = SharedAssertion(Arc::clone(&assertion));
        Ok(ClientAssertionCredential::new(tenant.clone(), client.clone(), assertion, Some(options))?)
    })
}

#[derive(Debug)]
struct SignedAssertion {
    file: PemFile,
    client: String,
    audience: String,
}

#[derive(Debug)]
struct SharedAssertion(Arc<SignedAssertion>);

#[async_trait]
impl ClientAssertion for SharedAssertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let SignedAssertion { file, client, audience } = &*self.0;
        Certificate::read(&file.path, file.named_by)
            .and_then(|c| c.assertion(client, audience, file.sends_chain))
            .map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
