//! The command tree: pinned by a golden file, documented, and compatible with the option table of az.

mod az;
mod golden;
mod help;

use clap::Command;

/// A command with its path, such as `apic api create`.
struct Entry {
    path: String,
    command: Command,
}

impl Entry {
    /// Whether this is a command, not a group.
    fn is_leaf(&self) -> bool {
        !self.command.has_subcommands()
    }
}

/// Every group and command, each before those below it.
fn tree() -> Vec<Entry> {
    fn walk(command: &Command, parent: &str, entries: &mut Vec<Entry>) {
        for child in command.get_subcommands() {
            let path = format!("{parent} {}", child.get_name()).trim_start().to_owned();
            entries.push(Entry { path: path.clone(), command: child.clone() });
            walk(child, &path, entries);
        }
    }
    let mut entries = Vec::new();
    walk(&azr::cli::command_tree(), "", &mut entries);
    entries
}
