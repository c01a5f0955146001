//! The options `--set`, `--add`, `--remove` and `--force-string`.

use clap::{Arg, ArgMatches};

use super::args;
use super::generic_update::{self, Dialect, Op};
use azr_arm::edit::Edit;
use azr_arm::schema::Field;
use azr_core::error::Result;

/// The arguments.
#[must_use]
pub(crate) fn options() -> Vec<Arg> {
    vec![
        args::list("set", 1)
            .add(args::ReadsFile)
            .value_name("PATH=VALUE")
            .help("Set members by path")
            .help_heading(args::GENERIC_UPDATE),
        args::list("add", 1)
            .add(args::ReadsFile)
            .value_name("PATH VALUE")
            .help("Append to a list: PATH KEY=VALUE…, PATH TEXT or PATH JSON")
            .help_heading(args::GENERIC_UPDATE),
        args::list("remove", 1)
            .add(args::ReadsFile)
            .value_name("PATH [INDEX]")
            .help("Remove a member, or an element of a list")
            .help_heading(args::GENERIC_UPDATE),
        args::boolean("force-string")
            .help("Keep the values of --set and --add as text")
            .help_heading(args::GENERIC_UPDATE),
    ]
}

/// The edits, in the order of the command line.
pub(crate) fn edits(dialect: Dialect, fields: &'static [Field], matches: &ArgMatches) -> Result<Vec<Edit>> {
    let mut occurrences = Vec::new();
    for (long, op) in [("set", Op::Set), ("add", Op::Add), ("remove", Op::Remove)] {
        let mut indices = matches.indices_of(long).into_iter().flatten();
        for words in args::occurrences(matches, long) {
            let first = indices.next().unwrap_or_default();
            if words.len() > 1 {
                indices.nth(words.len() - 2);
            }
            occurrences.push((first, op, words));
        }
    }
    occurrences.sort_by_key(|(index, _, _)| *index);
    let ops: Vec<(Op, Vec<String>)> = occurrences.into_iter().map(|(_, op, words)| (op, words)).collect();
    let force_string = args::bool_value(matches, "force-string")? == Some(true);
    generic_update::parse(dialect, &ops, force_string, fields)
}
