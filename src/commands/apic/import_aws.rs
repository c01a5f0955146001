//! `azr apic import aws`: the service imports APIs of an Amazon API Gateway into a center, once.

use clap::{Arg, ArgMatches};
use serde_json::json;

use super::center;
use super::integration::{self, AWS};
use crate::commands::aaz_value::mark_texts;
use crate::commands::resource::WriteVerb;
use crate::commands::tree::{Example, Leaf};
use crate::commands::{args, body, names};
use crate::session::Session;
use azr_arm::edit;
use azr_arm::plan::{Action, Job, Plan, Target};
use azr_core::error::Result;
use azr_core::resource::APIC_PREVIEW;

/// `aws`.
pub(super) fn command() -> Leaf {
    Leaf::plan("aws", "Import APIs of an Amazon API Gateway, once", options, plan)
        .details(
            "The service does the import, with keys that it reads from Azure Key Vault: the options take links to \
             secrets, never the keys. It may take long; --no-wait does not wait for it.",
        )
        .examples(&[Example {
            summary: "Import the APIs of a region",
            command: "azr apic import aws -g myResourceGroup -n myAPICenter -a https://myVault.vault.azure.net/secrets/key -s https://myVault.vault.azure.net/secrets/secret -r us-east-2",
        }])
}

fn options() -> Vec<Arg> {
    let mut all = mark_texts(center::options_named(&names::CENTER_WITHOUT_S));
    all.extend(body::options(&AWS, WriteVerb::Create));
    all.push(args::no_wait());
    all
}

/// The body is what an integration with the gateway has below `properties`.
fn plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let center = center::read_center(session, matches, &names::CENTER_WITHOUT_S)?;
    let mut shown = json!({});
    edit::apply(&body::edits(&AWS, matches, WriteVerb::Create)?, &mut shown, AWS.schema.fields)?;
    integration::complete_aws_body(session, matches, &mut shown)?;
    let source = AWS.schema.wire(&shown)["properties"].take();
    let target = Target::new(format!("{center}/workspaces/default/importApiSource"), APIC_PREVIEW);
    let mut job = Job::new(target, Action::Post { body: Some(source), location_from_group: None }, None);
    job.no_wait = args::no_wait_value(matches);
    job.silent = true;
    Ok(job.into())
}
