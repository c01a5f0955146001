//! `azr help`: what holds for many commands, by topic.

use std::fmt::Write as _;

use clap::{Arg, ArgMatches};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// Something to read about.
struct Topic {
    name: &'static str,
    /// Its text; the first line is what it is about.
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
    fn about(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default()
    }

    fn find(name: &str) -> Option<&'static Self> {
        TOPICS.iter().find(|topic| topic.name.eq_ignore_ascii_case(name))
    }
}

/// The text of a topic; none where there is none of this name.
#[must_use]
pub fn text(topic: &str) -> Option<&'static str> {
    Topic::find(topic).map(|topic| topic.text)
}

/// The names of the topics.
pub fn topics() -> impl Iterator<Item = &'static str> {
    TOPICS.iter().map(|topic| topic.name)
}

/// `azr help`.
pub fn command() -> Leaf {
    Leaf::run("help", "Explain a topic, or show the help of a command", options, |_: &Session, matches| {
        Box::pin(std::future::ready(run(matches)))
    })
    .examples(&[
        Example { what: "List the topics", line: "azr help" },
        Example { what: "Explain how structured values are written", line: "azr help shorthand" },
        Example { what: "Show the help of a command", line: "azr help apic api create" },
    ])
}

fn options() -> Vec<Arg> {
    let candidates =
        || TOPICS.iter().map(|t| CompletionCandidate::new(t.name).help(Some(t.about().into()))).collect();
    vec![
        Arg::new("words")
            .num_args(0..)
            .value_name("TOPIC|COMMAND")
            .add(ArgValueCandidates::new(candidates))
            .help("Topic, or the words of a command"),
    ]
}

/// What the words mean that are no command: those are asked for their own help before it comes to this.
fn run(matches: &ArgMatches) -> Result<Outcome> {
    let words: Vec<&String> = matches.get_many("words").unwrap_or_default().collect();
    let text = match words[..] {
        [] => list(),
        [word] => Topic::find(word).ok_or_else(|| unknown(word))?.text.to_owned(),
        [first, ..] if Topic::find(first).is_some() => {
            return Err(Error::usage(format!("nothing may follow the topic '{first}'")));
        }
        [first, ..] => return Err(unknown(first)),
    };
    Ok(Outcome { raw: Some(text.into_bytes()), ..Outcome::default() })
}

fn list() -> String {
    let mut text = String::from("azr help TOPIC\n\n");
    for topic in TOPICS {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {:<11} {}", topic.name, topic.about());
    }
    text.push_str("\nazr help COMMAND shows the help of a command; azr --help lists the commands.\n");
    text
}

fn unknown(word: &str) -> Error {
    Error::usage(format!("there is no topic and no command '{word}'")).with_hint(format!(
        "Topics: {}. azr --help lists the commands.",
        topics().collect::<Vec<_>>().join(", ")
    ))
}
