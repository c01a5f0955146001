//! Builds the clap command for a command line, with only the groups along its path.
//!
//! Building the whole tree would take longer than the fastest commands do, and the help of a group needs only the names
//! and summaries of its members.

use std::fmt::Write as _;

use clap::Command;

use crate::commands::global_options::GlobalOptions;
use crate::commands::tree::{Leaf, Node};
use crate::commands::{help, root};
use azr_core::context::Context;
use azr_core::error::Result;

/// The maximum width of help, in columns.
const HELP_WIDTH: usize = 110;

/// Builds the clap command to parse `argv` with, and returns the command of azr that `argv` names, if any.
pub(crate) fn build_for_argv(argv: &[String], context: &Context) -> Result<(Command, Option<Leaf>)> {
    let words: Vec<&str> =
        argv.iter().skip(1).take_while(|w| !w.starts_with('-')).map(String::as_str).collect();
    let (command, leaf) = build_path(program(), root::children(), &words);
    // Abbreviations of a command's options are expanded before parsing.
    let command = if leaf.is_some() { command.infer_long_args(false) } else { command };
    // az's default group replaces -g.
    let command = if leaf.is_some() && context.default_group()?.is_some() {
        make_group_optional(command)
    } else {
        command
    };
    Ok((command, leaf))
}

/// Rewrites `azr help COMMAND…` to `azr COMMAND… --help`; a topic takes precedence over a command of the same name.
pub(crate) fn rewrite_help(mut argv: Vec<String>) -> Vec<String> {
    let is_command = |word: &String| root::children().iter().any(|node| node.name() == word);
    let is_help = argv.get(1).is_some_and(|word| word == "help");
    if is_help && argv.get(2).is_some_and(|word| help::text(word).is_none() && is_command(word)) {
        argv.remove(1);
        argv.push("--help".to_owned());
    }
    argv
}

/// The whole command tree, for completions, the manual and tests.
#[must_use]
pub fn command_tree() -> Command {
    build_all(program(), root::children())
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
        .args(GlobalOptions::args())
}

fn build_path(command: Command, children: Vec<Node>, words: &[&str]) -> (Command, Option<Leaf>) {
    let mut command =
        command.subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true);
    let mut selected = None;
    for child in children {
        let hidden = child.is_hidden();
        let chosen = words.first() == Some(&child.name());
        let (sub, inner) = match child {
            Node::Group(g) => {
                let sub = Command::new(g.name).about(g.about);
                if chosen { build_path(sub, (g.children)(), &words[1..]) } else { (sub, None) }
            }
            Node::Leaf(leaf) if chosen => (with_args(&leaf), Some(*leaf)),
            Node::Leaf(leaf) => (Command::new(leaf.name).about(leaf.about.clone()), None),
        };
        selected = selected.or(inner);
        command = command.subcommand(sub.hide(hidden));
    }
    (command, selected)
}

fn build_all(command: Command, children: Vec<Node>) -> Command {
    children.into_iter().fold(command.disable_help_subcommand(true), |command, child| {
        let hidden = child.is_hidden();
        let sub = match child {
            Node::Group(g) => build_all(Command::new(g.name).about(g.about), (g.children)()),
            Node::Leaf(leaf) => with_args(&leaf).after_help(examples(&leaf)),
        };
        command.subcommand(sub.hide(hidden))
    })
}

fn with_args(leaf: &Leaf) -> Command {
    let mut command = Command::new(leaf.name).about(leaf.about.clone());
    if !leaf.details.is_empty() {
        command = command.long_about(format!("{}.\n\n{}", leaf.about, leaf.details));
    }
    let (required, optional): (Vec<_>, Vec<_>) =
        (leaf.args)().into_iter().partition(clap::Arg::is_required_set);
    command.args(required).args(optional)
}

/// The examples that follow the help of a command; not wrapped, so that they can be copied.
#[must_use]
pub(crate) fn examples(leaf: &Leaf) -> String {
    let mut text = String::new();
    for (index, example) in leaf.examples.iter().enumerate() {
        text.push_str(if index == 0 { "\nExamples:\n" } else { "\n" });
        let _ = writeln!(text, "  {}\n    {}", example.summary, example.command);
    }
    text
}

/// Makes `-g` optional in a command and all below it.
fn make_group_optional(command: Command) -> Command {
    let command = command.mut_subcommands(make_group_optional);
    if command.get_arguments().any(|a| a.get_id() == "resource-group") {
        return command.mut_arg("resource-group", |a| a.required(false));
    }
    command
}
