//! `--custom-properties` of the commands that import or register several APIs.

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value};

use crate::commands::{args, shorthand};
use azr_arm::schema::{Kind, field};
use azr_core::error::Result;

/// The option.
pub(super) fn option() -> Arg {
    args::list("custom-properties", 1).value_name("KEY=VALUE")
}

/// Reads the option, in az's shorthand syntax or as JSON.
pub(super) fn read(matches: &ArgMatches) -> Result<Map<String, Value>> {
    let occurrences = args::occurrences(matches, "custom-properties");
    if occurrences.is_empty() {
        return Ok(Map::new());
    }
    let properties = const { &[field("properties", Kind::Map(&Kind::Any))] };
    let value = shorthand::parse_value("--custom-properties", properties, &occurrences)?;
    Ok(value.as_object().cloned().unwrap_or_default())
}
