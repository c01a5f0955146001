//! `azr doctor`: whether everything is as an import needs it, and what mends what is not.

mod finding;
mod identity;
mod services;
mod surroundings;

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use super::apic::management;
use super::tree::{Example, Leaf, Outcome};
use super::{args, names};
use crate::session::Session;
use azr_arm::client::Client;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;
use finding::{Finding, State};

/// `azr doctor`.
pub fn command() -> Leaf {
    Leaf::run("doctor", "Check whether azr can do its work here", options, |session, matches| {
        Box::pin(run(session, matches))
    })
    .details(
        "Settings, certificates, proxy, endpoint, clock, login and subscription are checked always; with --name whether \
         the API center may be written, with --apim-name whether the API Management service may be read, and with both \
         whether the center's own identity may read it. Nothing is changed. The exit code is 1 where something is not \
         ok; each such line has the command that mends it.",
    )
    .table(table)
    .examples(&[
        Example { what: "Check the login and the way to Azure", line: "azr doctor" },
        Example {
            what: "Check everything that an import needs",
            line: "azr doctor -g myResourceGroup -n myAPICenter --apim-name myAPIManagement -o table",
        },
    ])
}

fn options() -> Vec<Arg> {
    vec![
        args::resource_group(),
        args::text("name").short('n').value_name("CENTER").help("API center that is to be written"),
        args::text("apim-name").value_name("SERVICE").help("API Management service that is to be read"),
        args::text("apim-resource-group")
            .value_name("GROUP")
            .help("Its resource group [default: --resource-group]"),
        args::text("apim-subscription")
            .value_name("NAME|ID")
            .help("Its subscription [default: that of the API center]"),
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let wanted = Wanted::of(session, matches)?;
    let mut findings = vec![
        surroundings::settings(&session.context),
        surroundings::certificates(&session.context),
        surroundings::proxy(&session.context),
    ];
    match session.client() {
        Ok(client) => findings.extend(remote(session, client, &wanted).await),
        Err(error) => findings.extend(surroundings::unreachable(&error)),
    }
    let is_amiss = findings.iter().any(|finding| finding.state == State::Amiss);
    let shown: Value = findings.iter().map(Finding::shown).collect();
    Ok(Outcome { code: u8::from(is_amiss), as_table: true, ..Outcome::value(shown) })
}

/// What the options name.
struct Wanted {
    center: Option<ResourceId>,
    management: Option<ResourceId>,
}

impl Wanted {
    fn of(session: &Session, matches: &ArgMatches) -> Result<Self> {
        let (center, management) = (args::given(matches, "name"), args::given(matches, "apim-name"));
        if center.is_none() && management.is_none() {
            return Ok(Self { center: None, management: None });
        }
        let in_group = |name: &str| {
            names::CENTER.check(name)?;
            Ok::<_, Error>(CENTER.id(&session.group_scope(matches)?, &[name]))
        };
        let center = center.map(in_group).transpose()?;
        let group = session.group(matches)?;
        let subscription = session.subscription()?.id;
        let of_options = |name| management::service(session, matches, name, &subscription, group.as_deref());
        Ok(Self { center, management: management.map(of_options).transpose()? })
    }
}

async fn remote(session: &Session, client: &Client, wanted: &Wanted) -> Vec<Finding> {
    let (endpoint, answer) = surroundings::endpoint(client).await;
    let is_reached = endpoint.state == State::Well;
    let mut findings = vec![endpoint, surroundings::clock(answer.as_ref())];
    if !is_reached {
        findings.push(Finding::untried("signed in", "the endpoint does not answer"));
        return findings;
    }
    let (credential, signed_in) = identity::credential(client).await;
    findings.push(credential);
    findings.push(identity::subscription(session, client, signed_in).await);
    if !signed_in {
        return findings;
    }
    if let Some(service) = &wanted.management {
        findings.push(services::management(client, service).await);
    }
    if let Some(center) = &wanted.center {
        let (finding, found) = services::center(client, center).await;
        findings.push(finding);
        if let Some(found) = found {
            findings.push(services::reader(client, center, &found, wanted.management.as_ref()).await);
        }
    }
    findings
}

/// A line for each check, and below what is not ok the command that mends it.
fn table(result: &Value) -> Value {
    let rows = result.as_array().into_iter().flatten().flat_map(|finding| {
        let line =
            json!({"State": finding["state"], "Check": finding["check"], "Finding": finding["detail"]});
        let mend = finding["mend"]
            .as_str()
            .map(|mend| json!({"State": "", "Check": "", "Finding": format!("  {mend}")}));
        std::iter::once(line).chain(mend)
    });
    rows.collect()
}
