//! The login of az: `az account get-access-token`.

use std::sync::Arc;

use azure_identity::{AzureCliCredential, AzureCliCredentialOptions};

use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};
use crate::auth::program::{NESTED_VARIABLE, ProgramRunner, is_installed};

/// The credential, if az is installed and a user is signed in with it.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    let context = sign_in.context;
    if context.var(NESTED_VARIABLE).is_some() {
        return CredentialSource::NotConfigured("azr runs in place of az".to_owned());
    }
    let profile = match context.profile_path() {
        Ok(path) => path,
        Err(error) => return CredentialSource::NotConfigured(error.to_string()),
    };
    // Starting az takes a second; without this file no user is signed in.
    if !profile.is_file() {
        return CredentialSource::NotConfigured(format!("{} does not exist", profile.display()));
    }
    if !is_installed(context, "az") {
        return CredentialSource::Incomplete("az is not on PATH".to_owned());
    }
    // az does not accept both; the subscription also selects one of several accounts.
    let subscription = sign_in.az_subscription.map(str::to_owned);
    let tenant =
        sign_in.tenant.filter(|_| subscription.is_none() && !sign_in.is_known_to_az).map(str::to_owned);
    let runner = Arc::new(ProgramRunner::new(context.environment()));
    CredentialSource::Ready(Candidate {
        label: match (&subscription, &tenant) {
            (Some(id), _) => format!("login of az (subscription {id})"),
            (None, Some(tenant)) => format!("login of az (tenant {tenant})"),
            (None, None) => "login of az".to_owned(),
        },
        key: vec![
            "az".to_owned(),
            subscription.clone().unwrap_or_default(),
            tenant.clone().unwrap_or_default(),
            profile.display().to_string(),
        ],
        is_external_login: true,
        create: Box::new(move || {
            let options = AzureCliCredentialOptions {
                subscription: subscription.clone(),
                tenant_id: tenant.clone(),
                executor: Some(Arc::clone(&runner) as _),
            };
            Ok(AzureCliCredential::new(Some(options))?)
        }),
    })
}
