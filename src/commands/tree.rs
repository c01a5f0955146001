//! The command tree: groups and commands as data, turned into clap only along the path that was typed.

use std::future::Future;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::Value;

use crate::session::Session;
use azr_arm::plan::Plan;
use azr_core::error::Result;

/// A command line worth showing in a help text.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it does, as a short sentence without a full stop.
    pub what: &'static str,
    /// The line, starting with `azr`.
    pub line: &'static str,
}

/// What a command gives back to be printed.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The result; None prints nothing at all.
    pub value: Option<Value>,
    /// Bytes to print as they are, past `--output` and `--query` (an exported document to stdout).
    pub raw: Option<Vec<u8>>,
    /// The exit code of a command that did what it should; 0, but for those that tell something by it.
    pub code: u8,
    /// Whether a person at a terminal who names no format is shown the table.
    pub as_table: bool,
    /// Whether the result is shown as the service sent it, without az's `resourceGroup` in it.
    pub as_sent: bool,
}

impl Outcome {
    /// Nothing to print.
    #[must_use]
    pub fn nothing() -> Self {
        Self::default()
    }

    /// A result to render.
    #[must_use]
    pub fn value(value: Value) -> Self {
        Self { value: Some(value), ..Self::default() }
    }
}

/// A command under way.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

/// What an irregular command does, with the network.
pub type Run = for<'a> fn(&'a Session, &'a ArgMatches) -> Running<'a>;

/// What a command comes to that needs no network.
#[must_use]
pub fn ready<'a>(outcome: Result<Outcome>) -> Running<'a> {
    Box::pin(std::future::ready(outcome))
}

/// Turns arguments into a plan, without any network.
pub type Planner = Box<dyn Fn(&Session, &ArgMatches) -> Result<Plan>>;

/// What a command does that looks at the whole command tree.
pub type OfTree = fn(clap::Command, &ArgMatches) -> Result<Outcome>;

/// Turns a command's result into the rows of its table.
pub type Layout = fn(&Value) -> Value;

/// Turns a command's result into the rows of `-o wide`; it may ask the service for what the result does not tell.
pub type Wide = for<'a> fn(&'a Session, &'a Value) -> Pin<Box<dyn Future<Output = Result<Value>> + 'a>>;

/// How a command is carried out.
pub enum Action {
    /// By executing the plan its arguments come down to.
    Plan(Planner),
    /// By code of its own.
    Run(Run),
    /// By looking at the whole command tree, which is built for it.
    Tree(OfTree),
}

/// A command.
pub struct Leaf {
    /// Its word, such as `create`.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: String,
    /// What more there is to know, in paragraphs.
    pub details: &'static str,
    /// Lines that run.
    pub examples: &'static [Example],
    /// Its own arguments.
    pub args: Box<dyn Fn() -> Vec<Arg>>,
    /// How it is carried out.
    pub action: Action,
    /// az's own table layout for the result, where it has one.
    pub table: Option<Layout>,
    /// The rows of `-o wide`; without, it prints what `-o table` does.
    pub wide: Option<Wide>,
    /// Not shown in help: an older spelling that still works.
    pub hidden: bool,
    /// It goes on until it is asked to end (Ctrl-C), and then ends in order.
    pub ends_itself: bool,
}

impl Leaf {
    /// A command that is planned.
    pub fn plan(
        name: &'static str,
        about: impl Into<String>,
        args: impl Fn() -> Vec<Arg> + 'static,
        plan: impl Fn(&Session, &ArgMatches) -> Result<Plan> + 'static,
    ) -> Self {
        Self::new(name, about, Box::new(args), Action::Plan(Box::new(plan)))
    }

    /// A command with code of its own.
    pub fn run(
        name: &'static str,
        about: impl Into<String>,
        args: impl Fn() -> Vec<Arg> + 'static,
        run: Run,
    ) -> Self {
        Self::new(name, about, Box::new(args), Action::Run(run))
    }

    /// A command that looks at the whole command tree.
    pub fn of_tree(
        name: &'static str,
        about: impl Into<String>,
        args: impl Fn() -> Vec<Arg> + 'static,
        run: OfTree,
    ) -> Self {
        Self::new(name, about, Box::new(args), Action::Tree(run))
    }

    fn new(
        name: &'static str,
        about: impl Into<String>,
        args: Box<dyn Fn() -> Vec<Arg>>,
        action: Action,
    ) -> Self {
        let about = about.into();
        Self {
            name,
            about,
            details: "",
            examples: &[],
            args,
            action,
            table: None,
            wide: None,
            hidden: false,
            ends_itself: false,
        }
    }

    /// The same command under another word.
    #[must_use]
    pub fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// The same command with another summary.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        text.clone_into(&mut self.about);
        self
    }

    /// The same command with more to say about it.
    #[must_use]
    pub fn details(mut self, text: &'static str) -> Self {
        self.details = text;
        self
    }

    /// The same command with examples.
    #[must_use]
    pub fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// The same command with a table layout of its own.
    #[must_use]
    pub fn table(mut self, table: Layout) -> Self {
        self.table = Some(table);
        self
    }

    /// The same command with rows of its own for `-o wide`.
    #[must_use]
    pub fn wide(mut self, wide: Wide) -> Self {
        self.wide = Some(wide);
        self
    }

    /// The same command, left out of help.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    /// The same command, which watches for Ctrl-C itself.
    #[must_use]
    pub fn ends_itself(mut self) -> Self {
        self.ends_itself = true;
        self
    }
}

/// A group of commands.
pub struct Group {
    /// Its word, such as `version`.
    pub name: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// Its members, made when they are looked at.
    pub children: fn() -> Vec<Node>,
    /// Not shown in help: an older spelling that still works; its members are in the group above today.
    pub hidden: bool,
}

/// A group or a command.
pub enum Node {
    /// A group.
    Group(Group),
    /// A command.
    Leaf(Box<Leaf>),
}

impl Node {
    /// Its word.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Group(group) => group.name,
            Self::Leaf(leaf) => leaf.name,
        }
    }

    /// Whether it is left out of help.
    #[must_use]
    pub fn hidden(&self) -> bool {
        match self {
            Self::Group(group) => group.hidden,
            Self::Leaf(leaf) => leaf.hidden,
        }
    }
}

impl From<Leaf> for Node {
    fn from(leaf: Leaf) -> Self {
        Self::Leaf(Box::new(leaf))
    }
}

/// A visible group.
#[must_use]
pub const fn group(name: &'static str, about: &'static str, children: fn() -> Vec<Node>) -> Node {
    Node::Group(Group { name, about, children, hidden: false })
}

/// A group that help does not show.
#[must_use]
pub const fn hidden_group(name: &'static str, about: &'static str, children: fn() -> Vec<Node>) -> Node {
    Node::Group(Group { name, about, children, hidden: true })
}
