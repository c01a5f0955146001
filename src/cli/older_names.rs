//! Detects older names of commands and options on a command line, which still work, and names the current ones.
//!
//! clap does not report which alias was typed, so the words are examined again.

use std::fmt::Write as _;

use clap::{Arg, Command};

/// An older name and the current one.
type Pair = (String, String);

/// The older names on a command line with the current ones, in one line, for `--verbose`.
///
/// Older names stay valid, so nobody has to act.
///
/// `root` must have parsed `argv` successfully.
pub(crate) fn describe(argv: &[String], root: &Command) -> Option<String> {
    let mut words = argv.iter().skip(1).map(String::as_str).peekable();
    let (mut command, mut typed, mut current) = (root, Vec::new(), Vec::new());
    while let Some(inner) = words.peek().and_then(|word| command.find_subcommand(word)) {
        command = inner;
        typed.push(inner.get_name());
        // The members of a hidden group are now in the group above it.
        if !(inner.is_hide_set() && inner.has_subcommands()) {
            current.push(inner.get_name());
        }
        words.next();
    }
    let (typed, current) = (typed.join(" "), current.join(" "));
    let mut pairs: Vec<Pair> = Vec::new();
    if typed != current {
        pairs.push((typed, current));
    }
    for word in words.take_while(|word| *word != "--") {
        for pair in older_names_in_word(command, word) {
            if !pairs.contains(&pair) {
                pairs.push(pair);
            }
        }
    }
    let mut pairs = pairs.into_iter();
    let (older, current) = pairs.next()?;
    let mut text = format!("{older} is the older name of {current}");
    for (older, current) in pairs {
        // Writing to a string cannot fail.
        let _ = write!(text, ", {older} of {current}");
    }
    Some(text)
}

/// The older names of options in a word; only a cluster such as `-ys` can hold several.
fn older_names_in_word(command: &Command, word: &str) -> Vec<Pair> {
    if let Some(long) = word.strip_prefix("--") {
        let name = long.split('=').next().unwrap_or(long);
        return older_long_name(command, name).into_iter().collect();
    }
    let mut pairs = Vec::new();
    for short in word.strip_prefix('-').unwrap_or_default().chars() {
        let Some(arg) = command.get_arguments().find(|arg| has_short(arg, short)) else { break };
        if arg.get_short() != Some(short)
            && !arg.get_visible_short_aliases().unwrap_or_default().contains(&short)
        {
            let current = arg.get_short().map_or_else(|| long_name(arg), |current| format!("-{current}"));
            pairs.push((format!("-{short}"), current));
        }
        // The rest of the word is its value.
        if arg.get_action().takes_values() {
            break;
        }
    }
    pairs
}

/// The older name that a long option is, by clap's rule: an exact name, else the prefix of one.
fn older_long_name(command: &Command, name: &str) -> Option<Pair> {
    let is = |known: &str| known == name;
    let starts = |known: &str| known.starts_with(name);
    match find(command, &is, false) {
        Some(_) => None,
        None => find(command, &is, true).or_else(|| match find(command, &starts, false) {
            Some(_) => None,
            None => find(command, &starts, true),
        }),
    }
}

/// The option with a matching name, among the current names or the older ones.
fn find(command: &Command, fits: &dyn Fn(&str) -> bool, older: bool) -> Option<Pair> {
    command.get_arguments().find_map(|arg| {
        let current: Vec<&str> =
            arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default()).collect();
        let names = if older {
            let all = arg.get_all_aliases().unwrap_or_default();
            all.into_iter().filter(|name| !current.contains(name)).collect()
        } else {
            current
        };
        let name = names.into_iter().find(|name| fits(name))?;
        Some((format!("--{name}"), long_name(arg)))
    })
}

fn has_short(arg: &Arg, short: char) -> bool {
    arg.get_short() == Some(short) || arg.get_all_short_aliases().unwrap_or_default().contains(&short)
}

fn long_name(arg: &Arg) -> String {
    arg.get_long().map(|long| format!("--{long}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::build;

    fn description_of(line: &str) -> Option<String> {
        let argv: Vec<String> = ["azr"].into_iter().chain(line.split(' ')).map(str::to_owned).collect();
        let mut command = build::command_tree();
        command.try_get_matches_from_mut(&argv).unwrap_or_else(|e| panic!("{line}: {e}"));
        super::describe(&argv, &command)
    }

    #[test]
    fn current_names_are_not_mentioned() {
        for line in [
            "apic show -g g -n n",
            "apic api show -g g --service-name=n --api-id a",
            "apic api show -g g --service-n n --api-i a -o json",
            "apic api-analysis show -g g -n n --analyzer-config-name c",
            "apic integration create aws -g g -n n -i i -a a -s s -r r",
            "apic api list -g g -n n --query [].service --max-items 1",
            "apim backup -g g -n n --backup-name b --storage-account-name s --container-name c --storage-account-key k",
            "account set -n sub",
            "apim api operation create -g g -n n --api-id a --url-template /a --method GET --display-name -1",
        ] {
            assert_eq!(description_of(line), None, "{line}");
        }
    }

    #[test]
    fn older_names_are_mentioned_once_with_the_current_ones() {
        for (line, want) in [
            ("apic api show -g g -n n --api-name a", "--api-name is the older name of --api-id"),
            ("apic api show -g g -n n --api-name=a", "--api-name is the older name of --api-id"),
            ("apic api show -g g -n n --api-na a", "--api-name is the older name of --api-id"),
            ("apic api show -g g -sn --api a", "-s is the older name of -n, --api of --api-id"),
            (
                "apic api delete -g g -ys n --api-id a --api-name b --api-name c",
                "-s is the older name of -n, --api-name of --api-id",
            ),
            ("apic show -g g --service n", "--service is the older name of --name"),
            (
                "apic service show -g g --service-name n",
                "apic service show is the older name of apic show, --service-name of --name",
            ),
            (
                "apic service import-from-apim -g g -s n --apim-name a --apim-apis x",
                "apic service import-from-apim is the older name of apic import-from-apim, -s of -n",
            ),
        ] {
            assert_eq!(description_of(line).as_deref(), Some(want), "{line}");
        }
    }
}
