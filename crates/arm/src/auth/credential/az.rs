//! The login that az holds: `az account get-access-token`.

use std::sync::Arc;

use azure_identity::{AzureCliCredential, AzureCliCredentialOptions};

use crate::auth::offer::{Candidate, Offer, Setup};
use crate::auth::program::{Runner, WITHIN, is_installed};

/// Whether az is there and somebody signed in with it.
pub fn offer(setup: &Setup) -> Offer {
    let context = setup.context;
    if context.var(WITHIN).is_some() {
        return Offer::Absent("azr was started by azr, in az's place".to_owned());
    }
    let profile = match context.profile_path() {
        Ok(path) => path,
        Err(error) => return Offer::Absent(error.to_string()),
    };
    // Starting az costs a second; without this file nobody has signed in.
    if !profile.is_file() {
        return Offer::Absent(format!("there is no {}", profile.display()));
    }
    if !is_installed(context, "az") {
        return Offer::Incomplete("az is not on PATH".to_owned());
    }
    // az refuses both at once; the subscription also says which of several accounts.
    let subscription = setup.subscription.map(str::to_owned);
    let tenant = setup.tenant.filter(|_| subscription.is_none() && !setup.is_login).map(str::to_owned);
    let runner = Arc::new(Runner::new(context.environment()));
    Offer::Ready(Candidate {
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
        is_login: true,
        make: Box::new(move || {
            let options = AzureCliCredentialOptions {
                subscription: subscription.clone(),
                tenant_id: tenant.clone(),
                executor: Some(Arc::clone(&runner) as _),
            };
            Ok(AzureCliCredential::new(Some(options))?)
        }),
    })
}
