//! `azr help`: topics that concern many commands.

use std::fmt::Write as _;

use clap::Args;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::sections::SECTIONS;
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// A topic.
struct Topic {
    name: &'static str,
    /// The text, whose first line is its title.
    text: &'static str,
}

const TOPICS: &[Topic] = &[
    Topic { name: "auth", text: include_str!("help/auth.txt") },
    Topic { name: "emulator", text: include_str!("help/emulator.txt") },
    Topic { name: "exit-codes", text: include_str!("help/exit-codes.txt") },
    Topic { name: "output", text: include_str!("help/output.txt") },
    Topic { name: "query", text: include_str!("help/query.txt") },
    Topic { name: "shorthand", text: include_str!("help/shorthand.txt") },
];

impl Topic {
    fn title(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default()
    }

    fn find(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name.eq_ignore_ascii_case(name))
    }
}

/// The text of a topic; None if it does not exist.
#[must_use]
pub(crate) fn text(topic: &str) -> Option<&'static str> {
    Topic::find(topic).map(|topic| topic.text)
}

/// `azr help`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("help", "Explain a topic, or show the help of a command", run).examples(&[
        Example { summary: "List the topics", command: "azr help" },
        Example { summary: "Explain the syntax of structured values", command: "azr help shorthand" },
        Example { summary: "Show the help of a command", command: "azr help apic api create" },
    ])
}

#[derive(Args)]
struct Options {
    #[arg(
        num_args = 0..,
        value_name = "TOPIC|COMMAND",
        help = "Topic, or the words of a command",
        add = ArgValueCandidates::new(candidates),
    )]
    words: Vec<String>,
}

fn candidates() -> Vec<CompletionCandidate> {
    let topics =
        TOPICS.iter().map(|topic| CompletionCandidate::new(topic.name).help(Some(topic.title().into())));
    // A topic takes precedence over a command of the same name.
    let commands = SECTIONS.iter().flat_map(|section| section.names).copied();
    let commands = commands.filter(|name| Topic::find(name).is_none());
    topics.chain(commands.map(CompletionCandidate::new)).collect()
}

/// Prints a topic; the help of a command is shown by the command line parser before it comes to this.
fn run(_: &Session, options: &Options) -> Result<Outcome> {
    let text = match &options.words[..] {
        [] => list(),
        [word] => Topic::find(word).ok_or_else(|| unknown(word))?.text.to_owned(),
        [first, ..] if Topic::find(first).is_some() => {
            return Err(Error::usage(format!("the topic '{first}' takes no further words")));
        }
        [first, ..] => return Err(unknown(first)),
    };
    Ok(Outcome::raw(text.into_bytes()))
}

fn list() -> String {
    let mut text = String::from("azr help TOPIC\n\n");
    for topic in TOPICS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<11} {}", topic.name, topic.title());
    }
    text.push_str("\nazr help COMMAND shows the help of a command; azr --help lists the commands.\n");
    text
}

fn unknown(word: &str) -> Error {
    let topics: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Error::usage(format!("'{word}' is not a topic or a command"))
        .with_hint(format!("Topics: {}. azr --help lists the commands.", topics.join(", ")))
}
