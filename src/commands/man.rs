//! `azr man`: the manual, one page for each command.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Arg, Args, Command};

use super::args;
use super::tree::{Example, Leaf, Outcome};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// `azr man`.
pub(crate) fn command() -> Leaf {
    Leaf::run_on_tree("man", "Show the man page of a command, or write all pages", run)
        .details(
            "At a terminal, the page opens in the program man; elsewhere its source is printed. With --folder, a page for \
             each group and command is written; the files are named azr.1, azr-apic.1, azr-apic-api-create.1 and so on.",
        )
        .without_spinner()
        .examples(&[
            Example { summary: "Show the page of a command", command: "azr man apic import-from-apim" },
            Example {
                summary: "Install the manual for the current user",
                command: "azr man --folder ~/.local/share/man/man1",
            },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(value_name = "COMMAND", help = "Command to show the page of, such as apic api create")]
    command: Vec<String>,
    #[arg(
        long,
        value_name = "PATH",
        value_parser = args::output_path(),
        required_unless_present = "command",
        conflicts_with = "command",
        help = "Folder for the pages; created if it does not exist"
    )]
    folder: Option<PathBuf>,
}

fn run(mut tree: Command, options: &Options) -> Result<Outcome> {
    // Adds the global options to every command.
    tree.build();
    let Some(folder) = &options.folder else { return show_page(&tree, &options.command) };
    std::fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    let count = write_pages(&tree, "azr", folder)?;
    message::status(&format!("{count} pages written to {}", folder.display()));
    Ok(Outcome::empty())
}

/// Shows the page of the command that these words name, with or without `azr` before them.
fn show_page(tree: &Command, words: &[String]) -> Result<Outcome> {
    let words = words.iter().flat_map(|word| word.split_whitespace());
    let mut words: Vec<&str> = words.collect();
    if words.first() == Some(&"azr") {
        words.remove(0);
    }
    let mut command = tree;
    let mut name = "azr".to_owned();
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            let group = name.replace('-', " ");
            Error::usage(format!("'{word}' is not a command of {group}"))
                .with_hint(format!("{group} --help lists the commands."))
        })?;
        name = format!("{name}-{}", command.get_name());
    }
    let page = render_page(command, &name).map_err(|e| Error::io("the page cannot be rendered", e))?;
    if std::io::stdout().is_terminal() && open_in_man(&page) {
        return Ok(Outcome::empty());
    }
    Ok(Outcome::raw(page))
}

/// Opens a page in the program `man`; returns whether that was possible.
fn open_in_man(page: &[u8]) -> bool {
    let Ok(mut file) = tempfile::Builder::new().prefix("azr-").suffix(".1").tempfile() else { return false };
    if file.write_all(page).and_then(|()| file.flush()).is_err() {
        return false;
    }
    // A name with a slash is the path of a page.
    std::process::Command::new("man").arg(file.path()).status().is_ok_and(|status| status.success())
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

/// The longest title that fits twice into the first line of a page.
const MAX_TITLE: usize = 36;

/// Renders the page of a command, always the same for the same command.
fn render_page(command: &Command, name: &str) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let title = if name.len() > MAX_TITLE { "AZR".to_owned() } else { name.to_uppercase() };
    let page = command.clone().display_name(name).mut_args(for_page);
    clap_mangen::Man::new(page)
        .title(title)
        // An empty date must be quoted: unquoted, the next field would be read as the date.
        .date("\"\"")
        .source(format!("azr {}", env!("CARGO_PKG_VERSION")))
        .manual("azr")
        .render(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    // The text after the options consists of examples, which clap_mangen does not know.
    let (options, examples) = match text.split_once(".SH EXTRA\n\nExamples:\n") {
        Some((options, examples)) => (options, format!(".SH EXAMPLES\n{examples}")),
        None => (&*text, String::new()),
    };
    let see_also = see_also(command, name);
    Ok(format!("{options}{COMMON_SECTIONS}{examples}{see_also}").into_bytes())
}

/// An option as the page shows it: among the others if it names the resource, and with its choices in one line.
///
/// `clap_mangen` would list each choice in a line of its own.
fn for_page(arg: Arg) -> Arg {
    let arg = match arg.get_help_heading() {
        Some(args::RESOURCE) => arg.help_heading(None),
        _ => arg,
    };
    if arg.get_id() == "help" {
        return arg.help("Print help; -h is shorter").long_help(None);
    }
    if !args::has_choices(&arg) {
        return arg;
    }
    let help = args::help_with_choices(&arg);
    arg.hide_possible_values(true).help(help)
}

/// The sections that every page has.
const COMMON_SECTIONS: &str = "\
.SH \"EXIT STATUS\"
0 success; 1 failure; 2 usage error; 3 the resource does not exist; 4 a bulk command failed in part; 5 a dry run with
\\-\\-detailed\\-exitcode found changes; 130 interrupted.
.SH ENVIRONMENT
.TP
AZR_ACCESS_TOKEN
Access token to use instead of signing in
.TP
AZR_ARM_ENDPOINT
URL of Azure Resource Manager
.TP
AZR_STATE_DIR
Folder for tokens and journals
.TP
AZURE_CLOUD_NAME
The cloud; AzureEmulator for the emulator of azr
.TP
AZURE_CONFIG_DIR
Folder of the settings that azr shares with az
.TP
NO_COLOR
If set, the output has no colors
.SH FILES
.TP
~/.azure/config
Settings, shared with az
.TP
~/.local/state/azr
Logins, tokens and journals (on Linux)
";

/// The pages of the group above and of the members of a group.
fn see_also(command: &Command, name: &str) -> String {
    let above = name.rsplit_once('-').map(|_| parent_page(command, name));
    let members = command.get_subcommands().filter(|inner| !inner.is_hide_set());
    let members = members.map(|inner| format!("{name}-{}", inner.get_name()));
    let pages: Vec<String> =
        above.into_iter().chain(members).map(|page| format!("{}(1)", page.replace('-', "\\-"))).collect();
    let pages = if pages.is_empty() { "azr(1)".to_owned() } else { pages.join(", ") };
    format!(".SH \"SEE ALSO\"\n{pages}\n")
}

/// The name of the page above: without the name of the command, which may contain hyphens itself.
fn parent_page(command: &Command, name: &str) -> String {
    let end = name.len().saturating_sub(command.get_name().len() + 1);
    name[..end].to_owned()
}
