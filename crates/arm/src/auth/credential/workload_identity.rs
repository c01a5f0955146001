//! Workload identity of Kubernetes: `AZURE_FEDERATED_TOKEN_FILE`, `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`.
//!
//! The file is read for each token: Kubernetes writes another one into it every hour.

use std::path::PathBuf;

use azure_identity::{
    ClientAssertionCredentialOptions, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use crate::auth::offer::{Candidate, Offer, Setup};

/// Whether the variables are there.
pub fn offer(setup: &Setup) -> Offer {
    match setup.need("AZURE_FEDERATED_TOKEN_FILE") {
        Err(why) => Offer::Absent(why),
        Ok(file) => Offer::complete(candidate(setup, file)),
    }
}

fn candidate(setup: &Setup, file: &str) -> Result<Candidate, String> {
    let client = setup.need("AZURE_CLIENT_ID")?.to_owned();
    let tenant = setup.principal_tenant()?.to_owned();
    let file = PathBuf::from(file);
    let wire = setup.wire.clone();
    Ok(Candidate {
        label: format!("workload identity (client {client}, tenant {tenant})"),
        key: vec!["workload".to_owned(), client.clone(), tenant.clone(), file.display().to_string()],
        is_login: false,
        make: Box::new(move || {
            let options = WorkloadIdentityCredentialOptions {
                credential_options: ClientAssertionCredentialOptions {
                    client_options: wire.client_options(),
                },
                client_id: Some(client.clone()),
                tenant_id: Some(tenant.clone()),
                token_file_path: Some(file.clone()),
            };
            Ok(WorkloadIdentityCredential::new(Some(options))?)
        }),
    })
}
