//! `azr man`: the manual, a page for each command.

use std::path::Path;

use clap::{Arg, ArgMatches, Command};

use super::args;
use super::tree::{Example, Leaf, Outcome};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// `azr man`.
pub fn command() -> Leaf {
    Leaf::of_tree("man", "Write the manual: a page for each group and command", options, run)
        .details("The pages are called azr.1, azr-apic.1, azr-apic-api-create.1 and so on.")
        .examples(&[Example {
            what: "Install the manual for oneself",
            line: "azr man --folder ~/.local/share/man/man1",
        }])
}

fn options() -> Vec<Arg> {
    vec![
        args::text("folder")
            .required(true)
            .value_name("PATH")
            .help("Folder to write to; made if it is not there"),
    ]
}

fn run(tree: Command, matches: &ArgMatches) -> Result<Outcome> {
    let folder = Path::new(matches.get_one::<String>("folder").map_or("", String::as_str));
    std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    let mut tree = tree;
    // Global options are those of every page.
    tree.build();
    let count = write(&tree, "azr", folder)?;
    message::status(&format!("{count} pages written to {}", folder.display()));
    Ok(Outcome::nothing())
}

/// Writes the page of a command and of all below it; gives how many there are.
fn write(command: &Command, name: &str, folder: &Path) -> Result<usize> {
    let file = folder.join(format!("{name}.1"));
    let text = page(command, name).map_err(|e| Error::write(&file, e))?;
    files::write_file(&file, &text)?;
    let mut count = 1;
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        count += write(below, &format!("{name}-{}", below.get_name()), folder)?;
    }
    Ok(count)
}

/// The page of a command; the same command makes the same page.
fn page(command: &Command, name: &str) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(name))
        .title(name.to_uppercase())
        // No date, quoted: clap_mangen writes nothing for it, and what follows is taken for the date.
        .date("\"\"")
        .source(format!("azr {}", env!("CARGO_PKG_VERSION")))
        .render(&mut text)?;
    // What stands below a command's options is examples; clap_mangen does not know that.
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n\nExamples:\n", ".SH EXAMPLES\n");
    Ok(text.into_bytes())
}
