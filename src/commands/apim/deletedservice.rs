//! `azr apim deletedservice`.

use clap::{Arg, ArgMatches, Args};

use super::shapes::{ID, NAME, TYPE, shape};
use crate::commands::tree::{Example, Leaf, Node, read_options};
use crate::commands::{args, names};
use crate::session::Session;
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_DELETED;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    text("location").read_only(),
    flattened(
        "properties",
        &[text("serviceId"), field("scheduledPurgeDate", Kind::Time), field("deletionDate", Kind::Time)],
    ),
]);

/// The option that names a deleted service, besides its name.
#[derive(Args)]
struct RegionOptions {
    #[arg(
        id = "location",
        long,
        short = 'l',
        required = true,
        value_name = "REGION",
        help = "Region of the deleted service"
    )]
    location: Option<String>,
}

fn name_args() -> Vec<Arg> {
    let mut all = args::derived::<RegionOptions>();
    all.push(args::name(&names::APIM).required(true));
    all
}

fn target(session: &Session, matches: &ArgMatches) -> Result<Target> {
    let options: RegionOptions = read_options(matches)?;
    let location = match options.location {
        Some(location) => args::region_name(&location),
        None => session.context.default_location()?.unwrap_or_default(),
    };
    if location.is_empty() || !location.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(Error::invalid(format!("--location: '{location}' is not a valid region")));
    }
    let name =
        args::name_value(matches, &names::APIM)?.ok_or_else(|| Error::usage("--service-name is required"))?;
    let scope = session.subscription_scope()?;
    Ok(Target::new(APIM_DELETED.id(&scope, &[&location, name]).as_str(), APIM_DELETED.api_version))
}

/// `azr apim deletedservice …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        Leaf::plan("list", "List the deleted services of the subscription", Vec::new, |session, _| {
            let scope = session.subscription_scope()?;
            let target = Target::new(
                format!("{scope}/providers/Microsoft.ApiManagement/deletedservices"),
                APIM_DELETED.api_version,
            );
            Ok(Job::new(target, Action::List { max_items: None, next_token: None }, Some(&SHAPE)).into())
        })
        .examples(&[Example {
            summary: "List the deleted services as a table",
            command: "azr apim deletedservice list -o table",
        }])
        .into(),
        Leaf::plan("purge", "Permanently delete a deleted service", name_args, |session, matches| {
            Ok(Job::new(target(session, matches)?, Action::Delete, None).into())
        })
        .examples(&[Example {
            summary: "Free the name of a deleted service",
            command: "azr apim deletedservice purge -l eastus -n oldAPIManagement",
        }])
        .into(),
        Leaf::plan("show", "Show a deleted service", name_args, |session, matches| {
            Ok(Job::new(target(session, matches)?, Action::Get, Some(&SHAPE)).into())
        })
        .examples(&[Example {
            summary: "See when a deleted service will be purged",
            command: "azr apim deletedservice show -l eastus -n oldAPIManagement",
        }])
        .into(),
    ]
}
