//! The command tree as a whole: pinned by a golden file, documented, and compatible with az's option table.

mod az;
mod golden;
mod help;

use clap::Command;

/// A command of the tree with the words that lead to it, such as `apic api create`.
struct Entry {
    path: String,
    command: Command,
}

impl Entry {
    /// Whether it does something, rather than lead to other commands.
    fn is_leaf(&self) -> bool {
        !self.command.has_subcommands()
    }
}

/// Every group and command, each before those below it.
fn tree() -> Vec<Entry> {
    fn walk(command: &Command, above: &str, found: &mut Vec<Entry>) {
        for child in command.get_subcommands() {
            let path = format!("{above} {}", child.get_name()).trim_start().to_owned();
            found.push(Entry { path: path.clone(), command: child.clone() });
            walk(child, &path, found);
        }
    }
    let mut found = Vec::new();
    walk(&azr::cli::command_tree(), "", &mut found);
    found
}
