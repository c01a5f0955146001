//! `--subscription` as `az account` names it.

use clap::Arg;

/// Adds to `--subscription` the other names that it has in `az account`, and the name of its value.
pub(super) fn with_az_names(subscription: Arg) -> Arg {
    subscription.short('s').visible_alias("name").visible_short_alias('n').value_name("NAME|ID")
}
