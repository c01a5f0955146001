//! The options for the names of the header and the query parameter with the subscription key.

use clap::ArgMatches;
use serde_json::json;

use crate::commands::args;
use azr_arm::edit::{Edit, PathSegment};
use azr_core::error::{Error, Result};

/// The edit that sets the names of the header and query parameter for the subscription key.
///
/// The two options require each other.
pub(super) fn subscription_key_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let header = args::text_value(matches, "subscription-key-header-name");
    let query = args::text_value(matches, "subscription-key-query-param-name");
    match (header, query) {
        (None, None) => Ok(Vec::new()),
        (Some(header), Some(query)) => Ok(vec![Edit::Set {
            path: vec![PathSegment::Key("subscriptionKeyParameterNames".to_owned())],
            value: json!({"header": header, "query": query}),
        }]),
        _ => Err(Error::invalid(
            "--subscription-key-header-name and --subscription-key-query-param-name must be given together",
        )),
    }
}
