//! The options of commands that work on a whole center, named by `-n/--service-name` or `--ids`.

use clap::{Arg, ArgMatches};

use crate::commands::resource::NameArg;
use crate::commands::{args, names};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;

/// The options that name a center.
pub(super) fn options() -> Vec<Arg> {
    options_named(&names::CENTER)
}

/// The options that name a center, with another option for the name.
pub(super) fn options_named(name: &'static NameArg) -> Vec<Arg> {
    vec![
        args::required_unless(args::resource_group(), "ids"),
        args::required_unless(args::name(name), "ids"),
        args::ids(),
    ]
}

/// The center that the options name.
pub(super) fn read_center(
    session: &Session,
    matches: &ArgMatches,
    name: &'static NameArg,
) -> Result<ResourceId> {
    let ids = args::occurrences(matches, "ids").concat();
    match &ids[..] {
        [] => {
            let name = args::name_value(matches, name)?
                .ok_or_else(|| Error::usage(format!("--{} is required", name.long[0])))?;
            Ok(CENTER.id(&session.group_scope(args::resource_group_value(matches))?, &[name]))
        }
        [id] => {
            let id: ResourceId = id.parse()?;
            if !CENTER.matches(&id) {
                return Err(Error::invalid(format!("--ids: '{id}' is not the id of an API center")));
            }
            Ok(id)
        }
        _ => Err(Error::usage("--ids: the command works on a single center; give one id")),
    }
}
