//! `azr man`: the manual, one page for each command.

use std::path::{Path, PathBuf};

use clap::{Args, Command};

use super::tree::{Example, Leaf, Outcome};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// `azr man`.
pub(crate) fn command() -> Leaf {
    Leaf::run_on_tree("man", "Write the manual: one page for each group and command", run)
        .details("The files are named azr.1, azr-apic.1, azr-apic-api-create.1 and so on.")
        .examples(&[Example {
            summary: "Install the manual for the current user",
            command: "azr man --folder ~/.local/share/man/man1",
        }])
}

#[derive(Args)]
struct Options {
    #[arg(long, value_name = "PATH", help = "Folder for the pages; created if it does not exist")]
    folder: PathBuf,
}

fn run(mut tree: Command, options: &Options) -> Result<Outcome> {
    let folder = &options.folder;
    std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    // Adds the global options to every command.
    tree.build();
    let count = write_pages(&tree, "azr", folder)?;
    message::status(&format!("{count} pages written to {}", folder.display()));
    Ok(Outcome::empty())
}

/// Writes the pages of a command and of all below it; returns their number.
fn write_pages(command: &Command, name: &str, folder: &Path) -> Result<usize> {
    let file = folder.join(format!("{name}.1"));
    let text = render_page(command, name).map_err(|e| Error::write(&file, e))?;
    files::write_file(&file, &text)?;
    let mut count = 1;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        count += write_pages(inner, &format!("{name}-{}", inner.get_name()), folder)?;
    }
    Ok(count)
}

/// Renders the page of a command, always the same for the same command.
fn render_page(command: &Command, name: &str) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(name))
        .title(name.to_uppercase())
        // An empty date must be quoted: unquoted, the next field would be read as the date.
        .date("\"\"")
        .source(format!("azr {}", env!("CARGO_PKG_VERSION")))
        .render(&mut text)?;
    // The text after the options consists of examples, which clap_mangen does not know.
    let text = String::from_utf8_lossy(&text).replace(".SH EXTRA\n\nExamples:\n", ".SH EXAMPLES\n");
    Ok(text.into_bytes())
}
