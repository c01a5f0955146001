//! The login that azd, the Azure Developer CLI, holds: `azd auth token`.

use std::sync::Arc;

use azure_identity::{AzureDeveloperCliCredential, AzureDeveloperCliCredentialOptions};

use crate::auth::offer::{Candidate, Offer, Setup};
use crate::auth::program::{Runner, is_installed};

/// Whether azd is there; whether somebody signed in with it, it says when asked.
pub fn offer(setup: &Setup) -> Offer {
    if !is_installed(setup.context, "azd") {
        return Offer::Absent("azd is not on PATH".to_owned());
    }
    let tenant = setup.tenant.map(str::to_owned);
    let runner = Arc::new(Runner::new(setup.context.environment()));
    Offer::Ready(Candidate {
        label: "login of azd".to_owned(),
        key: vec!["azd".to_owned(), tenant.clone().unwrap_or_default()],
        is_login: true,
        make: Box::new(move || {
            let options = AzureDeveloperCliCredentialOptions {
                executor: Some(Arc::clone(&runner) as _),
                tenant_id: tenant.clone(),
            };
            Ok(AzureDeveloperCliCredential::new(Some(options))?)
        }),
    })
}
