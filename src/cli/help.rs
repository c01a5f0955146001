//! The help of a command, laid out for a width of the terminal.
//!
//! clap's own help cannot put required options first, show real alternatives in the usage, or fold usage and examples.

mod usage;

use clap::{Arg, Command};

use crate::commands::args;
use crate::commands::fold::{fold_command, fold_prose};
use crate::commands::sections::{SECTIONS, Section};
use crate::commands::tree::Leaf;

/// The width of help that is not printed to a terminal, and that usage errors are folded to.
pub(crate) const DEFAULT_WIDTH: usize = 80;

/// The maximum width of help.
const MAX_WIDTH: usize = 100;

/// The column at which the texts of options start at most.
const MAX_TEXT_COLUMN: usize = 32;

/// How much help shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// `-h`: without the paragraphs about the command.
    Summary,
    /// `--help`: everything.
    Full,
}

/// How help is laid out.
#[derive(Clone, Copy)]
pub(crate) struct Layout {
    /// The width in columns.
    pub width: usize,
    /// Whether headings and names are bold.
    pub has_color: bool,
}

impl Layout {
    /// The layout for a terminal of `columns`; None if the output is not a terminal.
    pub(crate) fn for_terminal(columns: Option<usize>, has_color: bool) -> Self {
        Self { width: columns.map_or(DEFAULT_WIDTH, |columns| columns.clamp(40, MAX_WIDTH)), has_color }
    }

    fn bold(self, text: &str) -> String {
        if self.has_color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The usage for errors of clap.
pub(crate) fn usage(command: &Command, path: &str, is_group: bool) -> String {
    usage::lines(command, path, is_group, DEFAULT_WIDTH).join("\n")
}

/// The help of the command at `path`, such as `azr apic api`; `leaf` is None for a group.
pub(crate) fn page(
    command: &Command,
    path: &str,
    leaf: Option<&Leaf>,
    detail: Detail,
    layout: Layout,
) -> String {
    let mut page = Page { layout, text: String::new() };
    page.add_description(command, leaf, detail);
    page.add_usage(command, path, leaf.is_none());
    match leaf {
        None if path == "azr" => page.add_root_commands(command),
        None => page.add_commands("Commands", command.get_subcommands().collect()),
        Some(_) => page.add_options(command),
    }
    page.add_global_options(command);
    match leaf {
        Some(leaf) => {
            page.add_examples(leaf);
            page.add_notes(leaf, detail);
        }
        None => page.add_closing(path),
    }
    page.text
}

/// The examples of a command, folded into a width.
pub(crate) fn examples(leaf: &Leaf, width: usize) -> String {
    let mut page = Page { layout: Layout { width, has_color: false }, text: String::new() };
    page.add_examples(leaf);
    page.text
}

/// A page that is being written.
struct Page {
    layout: Layout,
    text: String,
}

impl Page {
    fn add_line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn add_heading(&mut self, heading: &str) {
        let heading = self.layout.bold(&format!("{heading}:"));
        self.add_line("");
        self.add_line(&heading);
    }

    fn add_prose(&mut self, text: &str, indent: usize) {
        for line in fold_prose(text, self.layout.width - indent) {
            self.add_line(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    fn add_description(&mut self, command: &Command, leaf: Option<&Leaf>, detail: Detail) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        self.add_prose(&about, 0);
        let details = leaf.map(|leaf| leaf.details).unwrap_or_default();
        if detail == Detail::Full {
            self.add_paragraphs(details);
        }
    }

    fn add_notes(&mut self, leaf: &Leaf, detail: Detail) {
        match detail {
            Detail::Full => self.add_paragraphs(leaf.notes),
            Detail::Summary => {}
        }
    }

    fn add_paragraphs(&mut self, text: &str) {
        for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
            self.add_line("");
            paragraph.lines().for_each(|line| self.add_paragraph_line(line));
        }
    }

    /// Adds a line of a paragraph; one that is indented is an item of a list, and continues further to the right.
    fn add_paragraph_line(&mut self, line: &str) {
        let indent = line.len() - line.trim_start().len();
        if indent == 0 {
            return self.add_prose(line, 0);
        }
        for (index, text) in fold_prose(line, self.layout.width - indent - 4).into_iter().enumerate() {
            let hanging = if index == 0 { 0 } else { 4 };
            self.add_line(&format!("{}{text}", " ".repeat(indent + hanging)));
        }
    }

    fn add_usage(&mut self, command: &Command, path: &str, is_group: bool) {
        self.add_line("");
        for (index, line) in usage::lines(command, path, is_group, self.layout.width).into_iter().enumerate()
        {
            let label = if index == 0 { self.layout.bold(usage::LABEL) } else { String::new() };
            self.add_line(&format!("{label}{line}"));
        }
    }

    fn add_root_commands(&mut self, command: &Command) {
        for Section { title, names } in SECTIONS {
            let commands = names.iter().filter_map(|name| command.find_subcommand(name)).collect();
            self.add_commands(title, commands);
        }
    }

    fn add_commands(&mut self, heading: &str, commands: Vec<&Command>) {
        let visible: Vec<&Command> = commands.into_iter().filter(|command| !command.is_hide_set()).collect();
        let column = 4 + visible.iter().map(|command| command.get_name().len()).max().unwrap_or_default();
        self.add_heading(heading);
        for command in visible {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            self.add_entry(&format!("  {}", command.get_name()), &about, column);
        }
    }

    fn add_options(&mut self, command: &Command) {
        let required = usage::required(command);
        let replaceable = usage::replaceable(command);
        let is_listed = |arg: &Arg| {
            required.iter().any(|other| other.get_id() == arg.get_id())
                || replaceable
                    .iter()
                    .any(|group| group.options.iter().any(|other| other.get_id() == arg.get_id()))
        };
        let optional: Vec<&Arg> = command
            .get_arguments()
            .filter(|arg| {
                !arg.is_hide_set()
                    && !arg.is_positional()
                    && !arg.is_global_set()
                    && !is_listed(arg)
                    // clap's own, which every page lists among the global options.
                    && arg.get_id() != "help"
                    && arg.get_id() != "version"
            })
            .collect();
        self.add_option_group("Arguments", &command.get_positionals().collect::<Vec<_>>());
        self.add_option_group("Required", &required);
        for group in &replaceable {
            self.add_option_group(
                &format!("Required, unless --{} is given", group.replacement),
                &group.options,
            );
        }
        let mut headings: Vec<Option<&str>> = vec![None];
        for arg in &optional {
            if !headings.contains(&heading_of(arg)) {
                headings.push(heading_of(arg));
            }
        }
        for heading in headings {
            let group: Vec<&Arg> =
                optional.iter().copied().filter(|arg| heading_of(arg) == heading).collect();
            self.add_option_group(heading.unwrap_or("Options"), &group);
        }
    }

    fn add_global_options(&mut self, command: &Command) {
        let options: Vec<&Arg> = command.get_arguments().filter(|arg| arg.is_global_set()).collect();
        self.add_option_group("Global options", &options);
        let column = self.text_column(options.iter().map(|arg| specification(arg)));
        self.add_entry("  -h, --help", "Print help; -h is shorter", column);
        if command.get_version().is_some() {
            self.add_entry("  -V, --version", "Print the version", column);
        }
    }

    fn add_option_group(&mut self, heading: &str, options: &[&Arg]) {
        if options.is_empty() {
            return;
        }
        self.add_heading(heading);
        let column = self.text_column(options.iter().map(|arg| specification(arg)));
        for arg in options {
            self.add_entry(&specification(arg), &args::help_with_choices(arg), column);
        }
    }

    /// The column at which the texts of options start: in a narrow terminal there is more room below them.
    fn text_column(&self, specifications: impl Iterator<Item = String>) -> usize {
        let max = MAX_TEXT_COLUMN.min(self.layout.width * 2 / 5);
        let columns = specifications.map(|specification| specification.chars().count() + 2);
        columns.filter(|column| *column <= max).max().unwrap_or(max)
    }

    /// Adds a name and its text, which starts at `column`, in the next line if the name is too long.
    fn add_entry(&mut self, name: &str, text: &str, column: usize) {
        let mut lines = fold_prose(text, self.layout.width.saturating_sub(column)).into_iter();
        let length = name.chars().count();
        let bold = self.layout.bold(name.trim_start());
        let indent = &name[..name.len() - name.trim_start().len()];
        if length + 2 > column {
            self.add_line(&format!("{indent}{bold}"));
        } else {
            let first = lines.next().unwrap_or_default();
            self.add_line(&format!("{indent}{bold}{}{first}", " ".repeat(column - length)));
        }
        for line in lines {
            self.add_line(&format!("{}{line}", " ".repeat(column)));
        }
    }

    fn add_examples(&mut self, leaf: &Leaf) {
        for (index, example) in leaf.examples.iter().enumerate() {
            if index == 0 {
                self.add_heading("Examples");
            } else {
                self.add_line("");
            }
            self.add_prose(example.summary, 2);
            for line in fold_command(example.command, self.layout.width - 4, 4) {
                self.add_line(&format!("    {line}"));
            }
        }
    }

    fn add_closing(&mut self, path: &str) {
        self.add_line("");
        if path == "azr" {
            self.add_line("Try it without Azure:                    azr emulator demo");
            self.add_line("Read about auth, output, query and more: azr help");
            self.add_line("See the options of a command:            azr <COMMAND> --help");
        } else {
            self.add_line(&format!("See the options of a command: {path} <COMMAND> --help"));
        }
    }
}

/// The heading of an option that is not required.
fn heading_of(arg: &Arg) -> Option<&str> {
    arg.get_help_heading().filter(|heading| *heading != args::RESOURCE)
}

/// An option with all its names and its value: `  -g, --resource-group <GROUP>`.
fn specification(arg: &Arg) -> String {
    if arg.is_positional() {
        return format!("  {}", usage::positional(arg));
    }
    let shorts = arg.get_short().into_iter().chain(arg.get_visible_short_aliases().unwrap_or_default());
    let longs = arg.get_long().into_iter().chain(arg.get_visible_aliases().unwrap_or_default());
    let shorts: Vec<String> = shorts.map(|short| format!("-{short}")).collect();
    let longs: Vec<String> = longs.map(|long| format!("--{long}")).collect();
    let names = if shorts.is_empty() {
        format!("    {}", longs.join(", "))
    } else {
        [shorts, longs].concat().join(", ")
    };
    match usage::value(arg) {
        Some(value) => format!("  {names} {value}"),
        None => format!("  {names}"),
    }
}
