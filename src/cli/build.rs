//! Builds the clap command for a command line, with only the groups along its path.
//!
//! Building the whole tree would take longer than the fastest commands do, and the help of a group needs only the names
//! and summaries of its members.

use clap::{Arg, ArgAction, Command};

use super::help::{self as help_page, DEFAULT_WIDTH};
use crate::commands::global_options::GlobalOptions;
use crate::commands::policy_options::PolicyOptions;
use crate::commands::tree::{Leaf, Node};
use crate::commands::{args, help, root};
use azr_core::context::Context;
use azr_core::error::Result;

/// Builds the clap command to parse `argv` with, and returns the command of azr that `argv` names, if any.
pub(crate) fn build_for_argv(argv: &[String], context: &Context) -> Result<(Command, Option<Leaf>)> {
    let words: Vec<&str> =
        argv.iter().skip(1).take_while(|w| !w.starts_with('-')).map(String::as_str).collect();
    // az's default group replaces -g.
    let is_group_optional = context.default_group()?.is_some();
    let (command, leaf) = build_path(program(), "azr", root::children(), &words, is_group_optional);
    let has_policy_options = leaf.as_ref().is_none_or(|leaf| PolicyOptions::are_options_of(leaf.name));
    let command = if has_policy_options { command.args(PolicyOptions::args()) } else { command };
    // Abbreviations of a command's options are expanded before parsing.
    let command = if leaf.is_some() { command.infer_long_args(false) } else { command };
    Ok((command, leaf))
}

/// Writes the names of groups and of the command in lowercase: as in az, their letter case does not matter.
pub(crate) fn lowercase_command(mut argv: Vec<String>) -> Vec<String> {
    let mut children = root::children();
    for word in argv.iter_mut().skip(1) {
        let node = children.into_iter().find(|node| node.name().eq_ignore_ascii_case(word));
        if node.is_some() {
            word.make_ascii_lowercase();
        }
        let Some(Node::Group(group)) = node else { break };
        children = (group.children)();
    }
    argv
}

/// Rewrites requests for help to `azr COMMAND… --help`: `azr help COMMAND…`, `azr GROUP… help COMMAND…`, and a group
/// without a command.
///
/// A topic takes precedence over a command of the same name.
pub(crate) fn rewrite_help(mut argv: Vec<String>) -> Vec<String> {
    let words: Vec<&str> =
        argv.iter().skip(1).take_while(|word| !word.starts_with('-')).map(String::as_str).collect();
    let groups = count_groups(root::children(), &words);
    let is_command = |word: &str| root::children().iter().any(|node| node.name() == word);
    let is_first_word_command =
        words.get(1).is_some_and(|word| help::text(word).is_none() && is_command(word));
    if words.get(groups) == Some(&"help") && (groups > 0 || is_first_word_command) {
        argv.remove(groups + 1);
        argv.push("--help".to_owned());
    } else if argv.len() == groups + 1 {
        argv.push("--help".to_owned());
    }
    argv
}

/// The number of leading words that name groups.
fn count_groups(children: Vec<Node>, words: &[&str]) -> usize {
    let Some((first, rest)) = words.split_first() else { return 0 };
    let group = children.into_iter().find_map(|node| match node {
        Node::Group(group) if group.name == *first => Some(group),
        _ => None,
    });
    group.map_or(0, |group| 1 + count_groups((group.children)(), rest))
}

/// The whole command tree, for completions, the manual and tests.
#[must_use]
pub fn command_tree() -> Command {
    build_all(program().args(PolicyOptions::args()), "azr", root::children())
}

fn program() -> Command {
    Command::new("azr")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_version_flag(true)
        .arg(
            Arg::new("version")
                .short('V')
                .short_alias('v')
                .long("version")
                .action(ArgAction::Version)
                .help("Print the version"),
        )
        .about("az apic and az apim as one native binary: export, register and import APIs")
        .infer_long_args(true)
        .max_term_width(DEFAULT_WIDTH)
        .args(GlobalOptions::args())
}

fn build_path(
    command: Command,
    path: &str,
    children: Vec<Node>,
    words: &[&str],
    is_group_optional: bool,
) -> (Command, Option<Leaf>) {
    let mut command = as_group(command, path);
    let mut selected = None;
    for child in children {
        let hidden = child.is_hidden();
        let chosen = words.first() == Some(&child.name());
        let path = format!("{path} {}", child.name());
        let (sub, inner) = match child {
            Node::Group(g) => {
                let sub = Command::new(g.name).about(g.about);
                if chosen {
                    build_path(sub, &path, (g.children)(), &words[1..], is_group_optional)
                } else {
                    (sub, None)
                }
            }
            Node::Leaf(leaf) if chosen => (with_args(&leaf, &path, is_group_optional), Some(*leaf)),
            Node::Leaf(leaf) => (Command::new(leaf.name).about(leaf.about.clone()), None),
        };
        // Help is laid out by azr; clap need not do it, too.
        let sub = if chosen { sub.override_help("") } else { sub };
        selected = selected.or(inner);
        command = command.subcommand(sub.hide(hidden));
    }
    (command, selected)
}

fn build_all(command: Command, path: &str, children: Vec<Node>) -> Command {
    children.into_iter().fold(as_group(command, path), |command, child| {
        let hidden = child.is_hidden();
        let path = format!("{path} {}", child.name());
        let sub = match child {
            Node::Group(g) => build_all(Command::new(g.name).about(g.about), &path, (g.children)()),
            Node::Leaf(leaf) => {
                with_args(&leaf, &path, false).after_help(help_page::examples(&leaf, DEFAULT_WIDTH))
            }
        };
        command.subcommand(sub.hide(hidden))
    })
}

fn as_group(command: Command, path: &str) -> Command {
    let command = command.subcommand_required(true).disable_help_subcommand(true);
    let usage = help_page::usage(&command, path, true);
    command.override_usage(usage)
}

fn with_args(leaf: &Leaf, path: &str, is_group_optional: bool) -> Command {
    let mut command = Command::new(leaf.name).about(leaf.about.clone());
    let details: Vec<&str> = [leaf.details, leaf.notes].into_iter().filter(|text| !text.is_empty()).collect();
    if !details.is_empty() {
        command = command.long_about(format!("{}.\n\n{}", leaf.about, details.join("\n\n")));
    }
    let args = (leaf.args)().into_iter().map(|arg| {
        let is_optional = is_group_optional && arg.get_id() == "resource-group";
        if is_optional { optional_group(&arg) } else { arg }
    });
    let (required, optional): (Vec<_>, Vec<_>) = args.partition(Arg::is_required_set);
    let command = command.args(required).args(optional);
    let usage = help_page::usage(&command, path, false);
    command.override_usage(usage)
}

/// `-g`, where az's configuration has a default for it.
fn optional_group(arg: &Arg) -> Arg {
    let aliases: Vec<String> =
        arg.get_all_aliases().unwrap_or_default().into_iter().map(str::to_owned).collect();
    // clap cannot withdraw that an option is required unless another is given.
    args::resource_group().aliases(aliases).help("Resource group [default: from the configuration]")
}
