//! The words of a command line to complete, and the options that are worth offering at its end.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};

/// Words with the same completions, for which clap's engine finds them.
///
/// The commands whose help or page is requested are completed like those that are run; the number of words must not
/// change. A hyphen alone is completed to the long names of options, which say more than the short ones.
pub(super) fn adapt(mut words: Vec<OsString>) -> Vec<OsString> {
    let names_command = match words.get(1).and_then(|word| word.to_str()) {
        Some("man") => words.len() > 2,
        // The first word may also be a topic.
        Some("help") => words.len() > 3,
        _ => false,
    };
    if names_command {
        words[1] = "--verbose".into();
    }
    if let Some(last) = words.last_mut().filter(|last| *last == "-") {
        *last = "--".into();
    }
    words
}

/// Hides the global options unless the last word begins with a hyphen, and the options that the line has already.
///
/// clap's engine offers what is hidden only if nothing else fits.
pub(super) fn hide_options(command: Command, words: &[OsString]) -> Command {
    let Some((last, earlier)) = words.split_last() else { return command };
    let has_hyphen = last.to_str().is_some_and(|last| last.starts_with('-'));
    let given: Vec<&str> = earlier.iter().filter_map(|word| word.to_str()?.split('=').next()).collect();
    hide(command, &|arg| {
        (arg.is_global_set() && !has_hyphen) || (!is_repeatable(arg) && is_given(arg, &given))
    })
}

fn hide(command: Command, is_hidden: &dyn Fn(&Arg) -> bool) -> Command {
    command
        .mut_args(|arg| {
            let hidden = arg.is_hide_set() || is_hidden(&arg);
            arg.hide(hidden)
        })
        .mut_subcommands(|inner| hide(inner, is_hidden))
}

fn is_repeatable(arg: &Arg) -> bool {
    let takes_several = arg.get_num_args().is_some_and(|count| count.max_values() > 1);
    takes_several || matches!(arg.get_action(), ArgAction::Append | ArgAction::Count)
}

fn is_given(arg: &Arg, words: &[&str]) -> bool {
    let shorts = arg.get_short_and_visible_aliases().unwrap_or_default();
    let longs = arg.get_long_and_visible_aliases().unwrap_or_default();
    words.iter().any(|word| match word.strip_prefix("--") {
        Some(name) => longs.contains(&name),
        None => {
            word.strip_prefix('-').is_some_and(|name| shorts.iter().any(|short| name.starts_with(*short)))
        }
    })
}
