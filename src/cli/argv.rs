//! Prepares argv for clap, which reads some words differently from az's parser.

use std::ffi::OsString;

use clap::{Arg, Command};

use crate::commands::args::OutputPath;
use azr_core::error::{Error, Result};
use azr_output::Format;

/// Joins each value that starts with `-` and contains a space to the option before it.
///
/// az's parser reads such a word as a value; clap would read it as options.
pub(crate) fn normalize(argv: Vec<OsString>) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::with_capacity(argv.len());
    for word in argv {
        let word = word
            .into_string()
            .map_err(|word| Error::usage(format!("'{}' is not valid Unicode", word.to_string_lossy())))?;
        let is_value = word.starts_with('-') && word.contains(' ') && !is_option_with_value(&word);
        match out.last_mut() {
            Some(option) if is_value && may_take_value(option) => {
                option.push('=');
                option.push_str(&word);
            }
            _ => out.push(word),
        }
    }
    Ok(out)
}

/// Moves global options that precede the name of a command behind it: `azr -o json apic list`.
///
/// clap accepts them only after the command, because only the groups along the typed path are built. Scanning stops at the
/// first option that is not global, such as `--help`.
pub(crate) fn move_global_options(argv: Vec<String>, global: &[Arg]) -> Vec<String> {
    let mut words = argv.into_iter();
    let mut command: Vec<String> = words.next().into_iter().collect();
    let mut options = Vec::new();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            command.push(word);
            continue;
        }
        let (name, value) =
            word.split_once('=').map_or((&word[..], None), |(name, value)| (name, Some(value)));
        let Some(option) = global.iter().find(|option| is_named(option, name)) else {
            command.push(word);
            break;
        };
        let takes_value = option.get_action().takes_values() && value.is_none();
        options.push(word);
        if takes_value {
            options.extend(words.next());
        }
    }
    command.extend(words);
    command.extend(options);
    command
}

/// Distinguishes paths from output formats by the value.
///
/// `--output` is renamed to the option that is marked as [`OutputPath`], if its value is not a format. `--out`, az's
/// abbreviation of `--output`, is renamed to that if a command has an option `--out` and the value is a format.
pub(crate) fn rename_output(argv: Vec<String>, command: &Command) -> Vec<String> {
    let path = command.get_arguments().find(|option| option.get::<OutputPath>().is_some());
    let argv = match path.and_then(Arg::get_long) {
        Some(path) => rename(argv, "--output", &format!("--{path}"), |value| !is_format(value)),
        None => argv,
    };
    if command.get_arguments().any(|option| option.get_long() == Some("out")) {
        return rename(argv, "--out", "--output", is_format);
    }
    argv
}

fn is_format(value: &str) -> bool {
    value.parse::<Format>().is_ok()
}

/// Renames an option, if its value is one that `applies` accepts.
fn rename(mut argv: Vec<String>, from: &str, to: &str, applies: impl Fn(&str) -> bool) -> Vec<String> {
    for index in 0..argv.len() {
        let value = argv[index].strip_prefix(from).and_then(|rest| rest.strip_prefix('='));
        if let Some(value) = value.filter(|value| applies(value)) {
            argv[index] = format!("{to}={value}");
        } else if argv[index] == from && argv.get(index + 1).is_some_and(|value| applies(value)) {
            to.clone_into(&mut argv[index]);
        }
    }
    argv
}

/// Whether a word such as `--output` or `-o` is the name of an option.
fn is_named(option: &Arg, word: &str) -> bool {
    let long = word.strip_prefix("--").is_some_and(|name| option.get_long() == Some(name));
    let short = option
        .get_short()
        .is_some_and(|short| word.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4])));
    long || short
}

/// Whether a word with a space is `--option=value with spaces`.
fn is_option_with_value(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| name.starts_with("--") && !name.contains(' '))
}

/// Whether a word is an option that the next word may be the value of.
fn may_take_value(word: &str) -> bool {
    word.starts_with('-') && word.len() > 1 && !word.contains('=') && !word.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::global_options::GlobalOptions;

    fn normalized(words: &[&str]) -> Vec<String> {
        normalize(words.iter().map(OsString::from).collect()).expect("Unicode")
    }

    #[test]
    fn a_text_that_starts_with_a_hyphen_stays_a_value() {
        assert_eq!(normalized(&["azr", "--description", "- a list"]), ["azr", "--description=- a list"]);
        assert_eq!(normalized(&["azr", "-d", "-x y"]), ["azr", "-d=-x y"]);
    }

    #[test]
    fn options_stay_options() {
        for words in
            [&["azr", "--title=a b", "--x=c d"][..], &["azr", "--a", "-b", "c d"], &["azr", "--a", "-1"]]
        {
            assert_eq!(normalized(words), words);
        }
    }

    #[test]
    fn output_is_a_path_if_it_is_not_a_format() {
        let options = [Arg::new("path").long("path").add(OutputPath), Arg::new("x").long("x")];
        let command = |options: &[Arg]| Command::new("b").args(options);
        let renamed = |line: &str, options: &[Arg]| {
            rename_output(line.split(' ').map(str::to_owned).collect(), &command(options)).join(" ")
        };
        for (line, expected) in [
            ("azr b --output x.zip", "azr b --path x.zip"),
            ("azr b --output=./json", "azr b --path=./json"),
            ("azr b --output JSON -o x", "azr b --output JSON -o x"),
            ("azr b --output", "azr b --output"),
        ] {
            assert_eq!(renamed(line, &options), expected);
            assert_eq!(renamed(line, &options[1..]), line);
        }
        let out = [Arg::new("out").long("out")];
        for (line, expected) in [
            ("azr b --out x.json", "azr b --out x.json"),
            ("azr b --out json --out=Table", "azr b --output json --output=Table"),
            ("azr b --output json", "azr b --output json"),
        ] {
            assert_eq!(renamed(line, &out), expected);
            assert_eq!(renamed(line, &options), line);
        }
    }

    #[test]
    fn global_options_may_precede_the_command() {
        let global: Vec<Arg> = GlobalOptions::args().collect();
        let moved = |line: &str| {
            let words = line.split(' ').map(str::to_owned).collect();
            move_global_options(words, &global).join(" ")
        };
        assert_eq!(moved("azr -o tsv apic list -g rg"), "azr apic list -g rg -o tsv");
        assert_eq!(moved("azr --query [].name apic --debug list"), "azr apic list --query [].name --debug");
        assert_eq!(moved("azr --output=tsv apim list"), "azr apim list --output=tsv");
        assert_eq!(moved("azr apic list --output tsv"), "azr apic list --output tsv");
        for line in
            ["azr --version", "azr apic list -g -o", "azr --help -o json", "azr apic --nonsense -o json"]
        {
            assert_eq!(moved(line), line);
        }
    }
}
