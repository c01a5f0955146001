//! The API Management service that options beside those of a center name.

use clap::ArgMatches;

use crate::commands::{args, names};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

/// The service of this name: in the subscription and the group that `--apim-subscription` and `--apim-resource-group`
/// name, else in these.
pub fn service(
    session: &Session,
    matches: &ArgMatches,
    name: &str,
    subscription: &str,
    group: Option<&str>,
) -> Result<ResourceId> {
    names::APIM_ITSELF.check(name)?;
    let subscription = match args::given(matches, "apim-subscription") {
        Some(given) => session.context.subscription(Some(given))?.id,
        None => subscription.to_owned(),
    };
    let group = args::given(matches, "apim-resource-group")
        .or(group)
        .ok_or_else(|| Error::usage("--resource-group is required"))?;
    Ok(APIM_SERVICE.id(&ResourceId::resource_group(&subscription, group), &[name]))
}
