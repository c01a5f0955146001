//! `azr account get-access-token`: a token for other programs.

use chrono::{Local, TimeZone as _};
use clap::{Arg, ArgMatches};
use serde_json::json;

use super::super::args;
use super::super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::auth::Wanted;
use azr_core::error::{Error, Result};

/// The resource types that az has a word for, and azr an endpoint.
const TYPES: [&str; 1] = ["arm"];

/// `azr account get-access-token`.
pub fn command() -> Leaf {
    Leaf::run("get-access-token", "Print a token for other programs", options, |session, matches| {
        Box::pin(run(session, matches))
    })
    .details("The token is for the Resource Manager where nothing else is named. Whoever has it is you while it is good.")
    .examples(&[Example {
        what: "Put a token into a variable",
        line: "azr account get-access-token --query accessToken -o tsv",
    }])
}

fn options() -> Vec<Arg> {
    vec![
        args::text("resource").value_name("URI").help("What is called with the token"),
        args::choice("resource-type", TYPES)
            .value_name("TYPE")
            .help("What is called with the token, by a word"),
        args::text("scope").value_name("SCOPE").help("What is called with the token, as a scope"),
        super::subscription().help("Subscription, whose tenant the token is of"),
        args::text("tenant").short('t').value_name("TENANT").help("Tenant that the token is of"),
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let text = |name: &str| args::given(matches, name);
    let (given, tenant) = (text("subscription"), text("tenant"));
    if given.is_some() && tenant.is_some() {
        return Err(Error::usage("--subscription and --tenant contradict each other: one is enough"));
    }
    if [text("resource"), text("resource-type"), text("scope")].iter().flatten().count() > 1 {
        return Err(Error::usage(
            "--resource, --resource-type and --scope contradict each other: one is enough",
        ));
    }
    let subscription = match (tenant, given) {
        (Some(_), _) => None,
        (None, Some(given)) => Some(session.context.subscription(Some(given))?),
        // A token can be had without one.
        (None, None) => session.subscription().ok(),
    };
    let scope = match (text("resource"), text("scope")) {
        (Some(resource), _) => Some(format!("{resource}/.default")),
        (None, scope) => scope.map(str::to_owned),
    };
    let wanted = Wanted { tenant, subscription: subscription.as_ref(), scope: scope.as_deref() };
    let chain = session.chain(&wanted)?;
    let (secret, expires) = chain.issued().await?;
    let tenant = tenant.or_else(|| subscription.as_ref()?.tenant_id.as_deref());
    let mut shown = json!({
        "accessToken": secret.expose(),
        "expiresOn": expires.map(local_time),
        "expires_on": expires,
        "subscription": subscription.as_ref().map(|s| s.id.as_str()),
        "tenant": tenant,
        "tokenType": "Bearer",
    });
    if let Some(shown) = shown.as_object_mut() {
        shown.retain(|name, value| name != "subscription" || !value.is_null());
    }
    Ok(Outcome::value(shown))
}

/// A second of Unix time as az writes it: `2026-11-24 15:04:05.000000`, in the time of this machine.
#[must_use]
pub fn local_time(second: i64) -> String {
    let at = Local.timestamp_opt(second, 0).single();
    at.map_or_else(|| second.to_string(), |at| at.format("%Y-%m-%d %H:%M:%S%.6f").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_az_writes_it() {
        let text = local_time(1_800_000_000);
        let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00 00:00:00.000000", "{text}");
        assert!(text.ends_with(".000000") && text.starts_with("2027-01-1"), "{text}");
        assert_eq!(local_time(i64::MAX), i64::MAX.to_string());
    }
}
