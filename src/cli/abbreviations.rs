//! Expands abbreviated long options, as az's parser does.
//!
//! clap could infer them, but options that az does not have must not make an abbreviation ambiguous: scripts for az
//! rely on `--ti` for `--title`.

use clap::{Arg, Command};

use crate::commands::args::AzrOnly;

/// Replaces each unambiguous prefix of a long option with the option's name; `command` has the options.
///
/// Other words stay as they are, and clap rejects those that it does not know.
pub(crate) fn expand(words: Vec<String>, command: &Command, global: &[Arg]) -> Vec<String> {
    let args: Vec<&Arg> = command.get_arguments().chain(global).collect();
    let mut is_option = true;
    words
        .into_iter()
        .map(|word| {
            is_option &= word != "--";
            if is_option { expand_word(&args, &word).unwrap_or(word) } else { word }
        })
        .collect()
}

fn expand_word(args: &[&Arg], word: &str) -> Option<String> {
    let long = word.strip_prefix("--")?;
    let (prefix, value) = long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
    if prefix.is_empty() || args.iter().any(|arg| names(arg).any(|name| name == prefix)) {
        return None;
    }
    // az does not know the older names.
    let name = match matching_names(args, prefix, visible_names) {
        Matches::None => match matching_names(args, prefix, names) {
            Matches::One(name) => name,
            Matches::None | Matches::Several => return None,
        },
        Matches::One(name) => name,
        Matches::Several => return None,
    };
    Some(match value {
        Some(value) => format!("--{name}={value}"),
        None => format!("--{name}"),
    })
}

/// The options with a name that starts with a prefix.
enum Matches<'a> {
    None,
    One(&'a str),
    Several,
}

fn matching_names<'a, I: Iterator<Item = &'a str>>(
    args: &[&'a Arg],
    prefix: &str,
    names: impl Fn(&'a Arg) -> I,
) -> Matches<'a> {
    let candidates = args.iter().filter(|arg| arg.get::<AzrOnly>().is_none());
    let with_name = |arg: &&'a Arg| Some((arg.get_id(), names(arg).find(|name| name.starts_with(prefix))?));
    let mut matching: Vec<_> = candidates.filter_map(with_name).collect();
    // An option of the command replaces the global option of the same name.
    matching.sort_by_key(|(id, _)| id.as_str());
    matching.dedup_by_key(|(id, _)| *id);
    let mut matching: Vec<&str> = matching.into_iter().map(|(_, name)| name).collect();
    // clap adds this option only when it parses.
    if "help".starts_with(prefix) {
        matching.push("help");
    }
    match matching[..] {
        [] => Matches::None,
        [name] => Matches::One(name),
        _ => Matches::Several,
    }
}

/// The current long names of an option, the preferred one first.
fn visible_names(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default())
}

/// All long names of an option.
fn names(arg: &Arg) -> impl Iterator<Item = &str> {
    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;

    use super::super::build::command_tree;
    use super::*;
    use crate::commands::global_options::GlobalOptions;

    /// The long names of az's options of a command.
    fn az_names(options: &[Value]) -> Vec<Vec<&str>> {
        let long = |name: &'_ Value| name.as_str().and_then(|name| name.strip_prefix("--").map(str::len));
        options
            .iter()
            .map(|option| {
                let names = option["names"].as_array().into_iter().flatten();
                names
                    .filter(|name| long(name).is_some())
                    .filter_map(|name| name.as_str()?.strip_prefix("--"))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn every_abbreviation_of_az_means_the_same_option() {
        let text = include_str!("../../tests/data/az_commands.json");
        let az: BTreeMap<String, Vec<Value>> = serde_json::from_str(text).expect("az's option table");
        let global: Vec<Arg> = GlobalOptions::args().collect();
        let tree = command_tree();
        let mut wrong = Vec::new();
        for (path, options) in &az {
            let command = path.split(' ').try_fold(&tree, |command, word| command.find_subcommand(word));
            let Some(command) = command else { continue };
            let args: Vec<&Arg> = command.get_arguments().chain(&global).collect();
            let mut az_options = az_names(options);
            let az_globals = ["debug", "help", "only-show-errors", "output", "query", "verbose"];
            az_options.extend(az_globals.map(|name| vec![name]));
            if az_options.iter().all(|names| !names.contains(&"subscription")) {
                az_options.push(vec!["subscription"]);
            }
            for names in &az_options {
                for name in names {
                    for end in 1..name.len() {
                        let prefix = &name[..end];
                        let count = az_options
                            .iter()
                            .filter(|other| other.iter().any(|name| name.starts_with(prefix)))
                            .count();
                        let is_exact = az_options.iter().any(|other| other.contains(&prefix));
                        // With a format as its value, `--out` is `--output`: see `argv::rename_output`.
                        let is_out = prefix == "out" && args.iter().any(|arg| arg.get_long() == Some("out"));
                        if count > 1 || is_exact || is_out || names[..] == ["help"] {
                            continue;
                        }
                        let word = expand_word(&args, &format!("--{prefix}"));
                        let word = word.as_deref().unwrap_or(prefix).trim_start_matches('-');
                        let find = |name: &str| {
                            args.iter()
                                .find(|arg| super::names(arg).any(|other| other == name))
                                .map(|a| a.get_id())
                        };
                        if find(word).is_none() || find(word) != find(name) {
                            wrong.push(format!("{path} --{prefix} is {word:?} instead of {name}"));
                        }
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
