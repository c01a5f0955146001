//! The login of azd, the Azure Developer CLI: `azd auth token`.

use std::sync::Arc;

use azure_identity::{AzureDeveloperCliCredential, AzureDeveloperCliCredentialOptions};

use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};
use crate::auth::program::{ProgramRunner, is_installed};

/// The credential, if azd is installed; only running it shows whether a user is signed in.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    if !is_installed(sign_in.context, "azd") {
        return CredentialSource::NotConfigured("azd is not on PATH".to_owned());
    }
    let tenant = sign_in.tenant.map(str::to_owned);
    let runner = Arc::new(ProgramRunner::new(sign_in.context.environment()));
    CredentialSource::Ready(Candidate {
        label: "login of azd".to_owned(),
        key: vec!["azd".to_owned(), tenant.clone().unwrap_or_default()],
        is_external_login: true,
        create: Box::new(move || {
            let options = AzureDeveloperCliCredentialOptions {
                executor: Some(Arc::clone(&runner) as _),
                tenant_id: tenant.clone(),
            };
            Ok(AzureDeveloperCliCredential::new(Some(options))?)
        }),
    })
}
