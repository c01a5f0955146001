//! Explains a word that is neither a command nor the value of an option.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

use super::mistakes;
use crate::commands::args;
use azr_core::error::Error;

/// First words that people try, and the command that they look for.
const USUAL: &[(&str, &str)] = &[
    ("import", "azr apic import-from-apim"),
    ("export", "azr apim api export"),
    ("register", "azr apic api register"),
    ("list", "azr apic list"),
];

/// The hint for a word without characters.
const EMPTY_WORD: &str = "An argument is empty, as that of a variable without a value in double quotes: check the variables of the command.";

/// The maximum number of commands that a hint names.
const MAX_NAMED: usize = 3;

/// The error for a word that is not a command, or that follows a command without being the value of an option; None if
/// `error` is about something else.
///
/// `root` is the whole tree; it is built only if it is needed.
pub(super) fn explain(error: &clap::Error, argv: &[String], root: impl Fn() -> Command) -> Option<Error> {
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let ContextValue::String(word) = error.get(ContextKind::InvalidSubcommand)? else { return None };
            let suggestion = match error.get(ContextKind::SuggestedSubcommand) {
                // The most similar one is last.
                Some(ContextValue::Strings(all)) => all.last().cloned(),
                Some(ContextValue::String(one)) => Some(one.clone()),
                _ => None,
            };
            Some(unknown_command(word, suggestion.as_deref(), argv, &root()))
        }
        ErrorKind::UnknownArgument => {
            let ContextValue::String(word) = error.get(ContextKind::InvalidArg)? else { return None };
            if word.starts_with('-') {
                return None;
            }
            Some(unknown_value(word, argv, &root()))
        }
        _ => None,
    }
}

fn unknown_command(word: &str, suggestion: Option<&str>, argv: &[String], root: &Command) -> Error {
    let (group, path) = innermost(argv, root);
    let error = Error::usage(format!("'{word}' is not a command of {path}"));
    if word.is_empty() {
        return error.with_hint(EMPTY_WORD);
    }
    if path == "azr" && ["az", "azr"].contains(&word) {
        return error.with_hint(format!("Leave out '{word}', for which azr stands."));
    }
    let usual = USUAL.iter().find(|(name, _)| path == "azr" && *name == word).map(|(_, command)| *command);
    if let Some(command) = usual {
        return error.with_hint(format!("Did you mean {command}?"));
    }
    if let Some(suggestion) = suggestion {
        return error.with_hint(format!("Did you mean {path} {suggestion}?"));
    }
    let same_name = if path == "azr" { commands_named(word, root) } else { Vec::new() };
    if !same_name.is_empty() {
        return error.with_hint(format!("Did you mean {}?", same_name.join(" or ")));
    }
    let rest: Vec<&str> =
        argv[1..].iter().take_while(|word| !word.starts_with('-')).map(String::as_str).collect();
    let for_others = format!("for other commands use the Azure CLI: az {}", rest.join(" "));
    if path == "azr" {
        return error.with_hint(format!(
            "azr has the commands of az apic and az apim, and those that they need; {for_others}"
        ));
    }
    let members: Vec<&str> =
        group.get_subcommands().filter(|inner| !inner.is_hide_set()).map(Command::get_name).collect();
    let members = format!("Commands of {path}: {}", members.join(", "));
    // az has more of these groups than azr needs.
    let is_partial = ["group", "role", "identity", "account", "cloud", "config"]
        .iter()
        .any(|name| path.split(' ').nth(1) == Some(name));
    error.with_hint(if is_partial { format!("{members}; {for_others}") } else { members })
}

fn unknown_value(word: &str, argv: &[String], root: &Command) -> Error {
    let (command, path) = innermost(argv, root);
    let error = Error::usage(format!("{path} does not take the value '{word}' without an option"));
    if word.is_empty() {
        return error.with_hint(EMPTY_WORD);
    }
    let name = command
        .get_arguments()
        .filter(|arg| arg.get_help_heading() == Some(args::RESOURCE) && arg.get_id() != "ids")
        .filter(|arg| arg.get_id() != "resource-group" && !is_typed(arg, argv))
        .map(spelling)
        .next();
    let position = argv.iter().position(|typed| typed == word).unwrap_or_default();
    let (before, option) = (&argv[..position], |typed: &&String| typed.starts_with('-'));
    if let Some(option) = before.iter().rev().find(option)
        && mistakes::is_file_name(word)
        && before.last().is_some_and(|last| mistakes::is_file_name(last))
    {
        return error.with_hint(mistakes::expanded_pattern_hint(option));
    }
    error.with_hint(match name {
        Some(name) => format!("Did you mean {name} {word}?"),
        None => format!("If it is part of a value with spaces, put the value in quotes. See {path} --help"),
    })
}

/// The innermost command that the first words name, and its path.
pub(super) fn innermost<'a>(argv: &[String], root: &'a Command) -> (&'a Command, String) {
    let (mut command, mut path) = (root, "azr".to_owned());
    for word in argv.iter().skip(1) {
        let Some(inner) = command.find_subcommand(word) else { break };
        command = inner;
        path = format!("{path} {word}");
    }
    (command, path)
}

/// The commands anywhere below `azr` whose last word is `name`, the shortest first.
fn commands_named(name: &str, root: &Command) -> Vec<String> {
    fn walk(command: &Command, path: &str, name: &str, found: &mut Vec<String>) {
        for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
            let path = format!("{path} {}", inner.get_name());
            if inner.get_name() == name {
                found.push(path.clone());
            }
            walk(inner, &path, name, found);
        }
    }
    let mut found = Vec::new();
    walk(root, "azr", name, &mut found);
    // A verb such as show is a command of nearly every group, so that naming some would mislead.
    if found.len() > MAX_NAMED {
        return Vec::new();
    }
    found.sort_by_key(String::len);
    found
}

fn is_typed(arg: &Arg, argv: &[String]) -> bool {
    argv.iter().any(|word| {
        let name = word.split('=').next().unwrap_or(word);
        arg.get_short().is_some_and(|short| name.starts_with(&format!("-{short}")) && !name.starts_with("--"))
            || arg.get_long().is_some_and(|long| name == format!("--{long}"))
    })
}

fn spelling(arg: &Arg) -> String {
    match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => format!("-{short}"),
        (None, long) => format!("--{}", long.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::build;
    use super::*;

    fn explained(line: &str) -> (String, String) {
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let error = build::command_tree().try_get_matches_from(&argv).expect_err(line);
        let error = explain(&error, &argv, build::command_tree).unwrap_or_else(|| panic!("{line}"));
        (error.to_string(), error.hint().unwrap_or_default().to_owned())
    }

    #[test]
    fn an_unknown_command_is_explained() {
        for (line, message, hint) in [
            ("azr vm list", "'vm' is not a command of azr", "use the Azure CLI: az vm list"),
            ("azr import", "'import' is not a command of azr", "Did you mean azr apic import-from-apim?"),
            ("azr environment list", "'environment'", "Did you mean azr apic environment?"),
            ("azr apic api shw", "'shw' is not a command of azr apic api", "Did you mean azr apic api show?"),
            (
                "azr role zzz",
                "not a command of azr role",
                "Commands of azr role: assignment, definition; for other",
            ),
            ("azr apic zzz", "'zzz' is not a command of azr apic", "Commands of azr apic: "),
            ("azr az apic list", "'az' is not a command of azr", "Leave out 'az'"),
            ("azr  apic list", "'' is not a command of azr", "An argument is empty"),
        ] {
            let (shown, shown_hint) = explained(line);
            assert!(shown.contains(message) && shown_hint.contains(hint), "{line}: {shown} / {shown_hint}");
        }
    }

    #[test]
    fn a_value_without_an_option_is_explained() {
        for (line, hint) in [
            ("azr apic api list myAPICenter", "Did you mean -n myAPICenter?"),
            ("azr apic api show -n c my-api", "Did you mean --api-id my-api?"),
            ("azr apic list x", "put the value in quotes"),
            ("azr apic api list ", "An argument is empty"),
        ] {
            let (shown, shown_hint) = explained(line);
            assert!(shown_hint.contains(hint), "{line}: {shown} / {shown_hint}");
        }
    }
}
