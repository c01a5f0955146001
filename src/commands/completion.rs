//! `azr completion`: what a shell needs to complete azr's command lines.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use clap_complete::Shell;

use super::tree::{Example, Leaf, Outcome};
use crate::error::{Error, Result};

/// The shells, as they are typed.
const SHELLS: &[&str] = &["bash", "elvish", "fish", "powershell", "zsh"];

/// `azr completion`.
pub fn command() -> Leaf {
    Leaf::of_tree("completion", "Print the completions of a shell", options, run)
        .details(
            "Groups, commands, options and the choices of options. fish completes no options below the \
             second level. Where a shell looks for such a file depends on it.",
        )
        .examples(&[
            Example {
                what: "Print what bash completes with after: source <(azr completion bash)",
                line: "azr completion bash",
            },
            Example {
                what: "Print what goes into the profile of PowerShell",
                line: "azr completion powershell",
            },
        ])
}

fn options() -> Vec<Arg> {
    vec![
        Arg::new("shell")
            .required(true)
            .value_name("SHELL")
            .value_parser(PossibleValuesParser::new(SHELLS))
            .ignore_case(true)
            .help("The shell"),
    ]
}

fn run(mut tree: Command, matches: &ArgMatches) -> Result<Outcome> {
    let given = matches.get_one::<String>("shell").map_or("", String::as_str);
    let shell: Shell = given
        .to_ascii_lowercase()
        .parse()
        .map_err(|e| Error::usage(format!("there are no completions for '{given}': {e}")))?;
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut tree, "azr", &mut text);
    Ok(Outcome { raw: Some(text), ..Outcome::default() })
}
