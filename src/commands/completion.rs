//! `azr completion`: what a shell needs to complete azr's command lines.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches};

use super::complete;
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// The shells, as they are typed.
const SHELLS: &[&str] = &["bash", "elvish", "fish", "powershell", "zsh"];

/// `azr completion`.
pub fn command() -> Leaf {
    Leaf::run("completion", "Print the completions of a shell", options, |_: &Session, matches| {
        Box::pin(std::future::ready(run(matches)))
    })
    .details(
        "The shell then completes groups, commands, options, the choices of options, files, and from Azure the names \
         of subscriptions, resource groups, centers, API Management services, APIs and what is in them. It asks azr \
         for them, with the credential that azr has; names are remembered for a minute. What is not there within a \
         second is left out, and no other program (az, azd) is asked to sign in. The script is short, and belongs to \
         the azr that printed it: print it at each start of the shell, rather than once into a file.",
    )
    .examples(&[
        Example {
            what: "Print what bash completes with after: source <(azr completion bash)",
            line: "azr completion bash",
        },
        Example {
            what: "Print what fish completes with after: azr completion fish | source",
            line: "azr completion fish",
        },
        Example {
            what: "Print what zsh completes with after compinit: source <(azr completion zsh)",
            line: "azr completion zsh",
        },
        Example {
            what: "Print what PowerShell completes with after: azr completion powershell | Out-String | Invoke-Expression",
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

fn run(matches: &ArgMatches) -> Result<Outcome> {
    let given = matches.get_one::<String>("shell").map_or("", String::as_str);
    let shell = complete::SHELLS
        .completer(&given.to_ascii_lowercase())
        .ok_or_else(|| Error::usage(format!("there are no completions for '{given}'")))?;
    let mut text = Vec::new();
    shell
        .write_registration(complete::VARIABLE, "azr", "azr", "azr", &mut text)
        .map_err(|e| Error::unexpected(format!("the completions cannot be written: {e}")))?;
    Ok(Outcome { raw: Some(text), ..Outcome::default() })
}
