//! The clap command for a command line: only the groups along its path are built.
//!
//! Building the whole tree takes longer than the fastest commands do; names and summaries are all that help of the
//! other groups needs.

use std::fmt::Write as _;

use clap::Command;

use super::globals;
use crate::commands::tree::{Leaf, Node};
use crate::commands::{help, root};
use azr_core::context::Context;
use azr_core::error::Result;

/// The width that help is folded at, where the terminal is wider.
const HELP_WIDTH: usize = 110;

/// The command that `argv` is parsed with, and the leaf that it names, if it names one.
pub fn along(argv: &[String], context: &Context) -> Result<(Command, Option<Leaf>)> {
    let words: Vec<&str> =
        argv.iter().skip(1).take_while(|w| !w.starts_with('-')).map(String::as_str).collect();
    let (command, leaf) = group(program(), root::children(), &words);
    // az's default group stands in for -g.
    let command =
        if leaf.is_some() && context.default_group()?.is_some() { relaxed(command) } else { command };
    Ok((command, leaf))
}

/// `azr help COMMAND…` as `azr COMMAND… --help`; a topic of that name goes before a command.
pub fn help_of(mut argv: Vec<String>) -> Vec<String> {
    let is_command = |word: &String| root::children().iter().any(|node| node.name() == word);
    let asked = argv.get(1).is_some_and(|word| word == "help");
    if asked && argv.get(2).is_some_and(|word| help::text(word).is_none() && is_command(word)) {
        argv.remove(1);
        argv.push("--help".to_owned());
    }
    argv
}

/// The whole tree, for completions and the golden file.
#[must_use]
pub fn whole() -> Command {
    everything(program(), root::children())
}

fn program() -> Command {
    Command::new("azr")
        .version(env!("CARGO_PKG_VERSION"))
        .about("az apic and az apim as one native binary: export, register and import APIs")
        .after_help(
            "Try it without Azure: azr emulator demo\nRead about auth, output, query and more: azr help",
        )
        .infer_long_args(true)
        .max_term_width(HELP_WIDTH)
        .args(globals::options())
}

fn group(command: Command, children: Vec<Node>, words: &[&str]) -> (Command, Option<Leaf>) {
    let mut command =
        command.subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true);
    let mut found = None;
    for child in children {
        let hidden = child.hidden();
        let chosen = words.first() == Some(&child.name());
        let (sub, below) = match child {
            Node::Group(g) => {
                let sub = Command::new(g.name).about(g.about);
                if chosen { group(sub, (g.children)(), &words[1..]) } else { (sub, None) }
            }
            Node::Leaf(leaf) if chosen => (filled(&leaf), Some(*leaf)),
            Node::Leaf(leaf) => (Command::new(leaf.name).about(leaf.about.clone()), None),
        };
        found = found.or(below);
        command = command.subcommand(sub.hide(hidden));
    }
    (command, found)
}

fn everything(command: Command, children: Vec<Node>) -> Command {
    children.into_iter().fold(command.disable_help_subcommand(true), |command, child| {
        let hidden = child.hidden();
        let sub = match child {
            Node::Group(g) => everything(Command::new(g.name).about(g.about), (g.children)()),
            Node::Leaf(leaf) => filled(&leaf).after_help(examples(&leaf)),
        };
        command.subcommand(sub.hide(hidden))
    })
}

fn filled(leaf: &Leaf) -> Command {
    let mut command = Command::new(leaf.name).about(leaf.about.clone());
    if !leaf.details.is_empty() {
        command = command.long_about(format!("{}.\n\n{}", leaf.about, leaf.details));
    }
    let (required, optional): (Vec<_>, Vec<_>) =
        (leaf.args)().into_iter().partition(clap::Arg::is_required_set);
    command.args(required).args(optional)
}

/// The examples of a command, as they follow its help; not folded, so that they can be copied.
#[must_use]
pub fn examples(leaf: &Leaf) -> String {
    let mut text = String::new();
    for (index, example) in leaf.examples.iter().enumerate() {
        text.push_str(if index == 0 { "\nExamples:\n" } else { "\n" });
        let _ = writeln!(text, "  {}\n    {}", example.what, example.line);
    }
    text
}

/// The same command whose `-g` may be missing.
fn relaxed(command: Command) -> Command {
    let command = command.mut_subcommands(relaxed);
    if command.get_arguments().any(|a| a.get_id() == "resource-group") {
        return command.mut_arg("resource-group", |a| a.required(false));
    }
    command
}
