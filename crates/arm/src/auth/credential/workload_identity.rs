//! Workload identity of Kubernetes: `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`.
//!
//! The file is read for each token: Kubernetes writes another one into it every hour.

use std::path::PathBuf;

use azure_identity::{
    ClientAssertionCredentialOptions, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};

/// The credential, if its variables are set.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    match sign_in.require("AZURE_FEDERATED_TOKEN_FILE") {
        Err(reason) => CredentialSource::NotConfigured(reason),
        Ok(file) => CredentialSource::from_candidate(candidate(sign_in, file)),
    }
}

fn candidate(sign_in: &SignInContext, file: &str) -> Result<Candidate, String> {
    let client = sign_in.require("AZURE_CLIENT_ID")?.to_owned();
    let tenant = sign_in.principal_tenant()?.to_owned();
    let file = PathBuf::from(file);
    let transport = sign_in.transport.clone();
    Ok(Candidate {
        label: format!("workload identity (client {client}, tenant {tenant})"),
        key: vec!["workload".to_owned(), client.clone(), tenant.clone(), file.display().to_string()],
        is_external_login: false,
        create: Box::new(move || {
            let options = WorkloadIdentityCredentialOptions {
                credential_options: ClientAssertionCredentialOptions {
                    client_options: transport.client_options(),
                },
                client_id: Some(client.clone()),
                tenant_id: Some(tenant.clone()),
                token_file_path: Some(file.clone()),
            };
            Ok(WorkloadIdentityCredential::new(Some(options))?)
        }),
    })
}
