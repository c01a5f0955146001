//! The mistakes that clap finds on a command line, as errors of azr.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use azr_core::error::Error;

/// Describes a mistake; `path` is the command that was typed.
///
/// `is_usage` is false for mistakes that az finds only after parsing, which have another exit code.
pub(super) fn describe(error: &clap::Error, path: &str, is_usage: bool) -> Error {
    let (message, hint) = explain(error, path);
    let described = if is_usage { Error::usage(message) } else { Error::invalid(message) };
    described.with_hint(hint)
}

fn explain(error: &clap::Error, path: &str) -> (String, String) {
    let text = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) if !texts.is_empty() => Some(texts.join(", ")),
        _ => None,
    };
    let help = format!("{path} --help lists the options.");
    let arg = text(ContextKind::InvalidArg);
    let value = text(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    match (error.kind(), arg) {
        (ErrorKind::UnknownArgument, Some(arg)) => {
            let similar = text(ContextKind::SuggestedArg);
            let hint = similar.map_or(help, |similar| format!("Did you mean {similar}?"));
            (format!("{path} does not have the option {arg}"), hint)
        }
        (ErrorKind::MissingRequiredArgument, Some(missing)) => {
            (format!("{path} requires {missing}"), usage(error).unwrap_or(help))
        }
        (ErrorKind::ArgumentConflict, Some(arg)) => match text(ContextKind::PriorArg) {
            Some(other) if other == arg => (format!("{arg} can only be given once"), help),
            Some(other) => {
                (format!("{arg} cannot be used together with {other}"), "Remove one of them.".into())
            }
            None => (format!("{arg} cannot be used here"), help),
        },
        (ErrorKind::InvalidValue, Some(arg)) if value.is_none() => {
            let choices = text(ContextKind::ValidValue).map(|choices| format!("Choices: {choices}"));
            (format!("{arg} requires a value"), choices.unwrap_or(help))
        }
        (ErrorKind::InvalidValue, Some(arg)) => {
            let choices = text(ContextKind::ValidValue).unwrap_or_default();
            let suggestion = text(ContextKind::SuggestedValue).map(|value| format!("Did you mean {value}? "));
            let hint = format!("{}Choices: {choices}", suggestion.unwrap_or_default());
            (format!("{arg}: '{}' is not a valid value", value.unwrap_or_default()), hint)
        }
        (ErrorKind::ValueValidation, Some(arg)) => {
            let reason = error.source().map(|source| reason(&source.to_string())).unwrap_or_default();
            (format!("{arg}: '{}' is not a valid value: {reason}", value.unwrap_or_default()), help)
        }
        (ErrorKind::TooManyValues, Some(arg)) => (format!("{arg} does not take a value"), help),
        (ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues, Some(arg)) => {
            (format!("{arg} requires more values"), help)
        }
        _ => (rendered_message(error), help),
    }
}

/// The usage of the command, one alternative per line.
fn usage(error: &clap::Error) -> Option<String> {
    let ContextValue::StyledStr(usage) = error.get(ContextKind::Usage)? else { return None };
    let words = usage.to_string();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let alternatives = words.trim_start_matches("Usage:").split(" azr ").map(str::trim);
    let lines = alternatives.filter(|line| !line.is_empty());
    let lines = lines.map(|line| format!("azr {}", line.trim_start_matches("azr ")));
    Some(format!("Usage:\n{}", lines.collect::<Vec<_>>().join("\n")))
}

/// The reason why a value is refused; clap and the parser of numbers write it for programmers.
fn reason(clap_reason: &str) -> String {
    if clap_reason.contains("found in string") || clap_reason.contains("from empty string") {
        return "it is not a whole number".to_owned();
    }
    if clap_reason.starts_with("number too ") {
        return "the number is too large".to_owned();
    }
    let range = clap_reason.split_once(" is not in ").and_then(|(_, range)| range.split_once(".."));
    match range.map(|(from, to)| (from, to.strip_prefix('='))) {
        Some((from, Some(to))) => format!("it is not between {from} and {to}"),
        // The end of such a range is that of the type.
        Some((from, None)) => format!("it is less than {from}"),
        None => clap_reason.to_owned(),
    }
}

/// The first line of clap's own text.
fn rendered_message(error: &clap::Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::build::command_tree;

    fn explained(line: &str) -> String {
        let error = command_tree().try_get_matches_from(line.split(' ')).expect_err(line);
        let error = describe(&error, "azr apic", true);
        format!("{error} / {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn mistakes_name_the_option_the_value_and_the_choices() {
        for (line, expected) in [
            (
                "azr apic api list --resorce-group x",
                "azr apic does not have the option --resorce-group / Did you mean --resource-group?",
            ),
            (
                "azr apic api list --zzz",
                "azr apic does not have the option --zzz / azr apic --help lists the options.",
            ),
            (
                "azr apic api list -g",
                "--resource-group <GROUP> requires a value / azr apic --help lists the options.",
            ),
            (
                "azr apic api list -o tabel",
                "--output <FORMAT>: 'tabel' is not a valid value / Did you mean table? Choices: json, ",
            ),
            ("azr apic api list -o", "--output <FORMAT> requires a value / Choices: json, "),
            (
                "azr apic inventory -n c -g g --concurrency 99",
                "--concurrency <N>: '99' is not a valid value: it is not between 1 and 64 / ",
            ),
            (
                "azr apic inventory -n c -g g --html x --format csv",
                "--html <FILE> cannot be used together with --format <FORMAT> / Remove one",
            ),
            (
                "azr apic inventory -n c -g g --timeout 0",
                "--timeout <SECONDS>: '0' is not a valid value: it is less than 1 / ",
            ),
            (
                "azr apic inventory -n c -g g --timeout 1.5",
                "--timeout <SECONDS>: '1.5' is not a valid value: it is not a whole number / ",
            ),
            (
                "azr apic inventory -n c -g g --timeout -1",
                "--timeout <SECONDS>: '-1' is not a valid value: it is not a whole number / ",
            ),
            (
                "azr apic inventory -n c -g g --timeout 99999999999999999999",
                "--timeout <SECONDS>: '99999999999999999999' is not a valid value: the number is too large / ",
            ),
            ("azr apic api list --verbose=true", "--verbose does not take a value / "),
            ("azr apic inventory -n c -g g --kind 'a b'", "azr apic does not have the option --kind"),
        ] {
            let text = explained(line);
            assert!(text.replace('\'', "").starts_with(&expected.replace('\'', "")), "{line}: {text}");
        }
    }

    #[test]
    fn missing_options_are_followed_by_the_usage() {
        let text = explained("azr apim api export -g g -n n");
        assert!(text.starts_with("azr apic requires --api-id <NAME>..., --export-format <FORMAT> / Usage:\nazr apim api export "), "{text}");
        assert!(!text.contains("\n "), "{text}");
    }
}
