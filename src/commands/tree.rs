//! The command tree: groups and commands as data, of which only the path that was typed is turned into clap.

use std::marker::PhantomData;

use async_trait::async_trait;
use clap::{Arg, ArgMatches, Args};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use super::args;
use crate::session::Session;
use azr_arm::plan::Plan;
use azr_core::error::{Error, Result};
use azr_output::{TerminalTable, message};

/// An example in the help of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example {
    /// What the command line does: a short imperative without a full stop.
    pub summary: &'static str,
    /// The command line, starting with `azr`.
    pub command: &'static str,
}

/// What a command prints and how it exits.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The result, rendered as `--output` and `--query` say; None prints nothing.
    pub value: Option<Value>,
    /// Bytes printed unchanged, whatever `--output` and `--query` say (a document exported to stdout).
    pub raw: Option<Vec<u8>>,
    /// The exit code of a command that did not fail; not 0 if the command reports something by it.
    pub exit_code: u8,
    /// Whether the result is printed as the service sent it, without az's `resourceGroup`.
    pub verbatim: bool,
    /// What a terminal shows instead of the result.
    pub view: Option<TerminalView>,
    /// The messages to print after the result.
    pub closing: Closing,
}

/// What a terminal shows instead of a result, unless `--query` or another format is requested.
#[derive(Debug)]
pub(crate) enum TerminalView {
    /// A table for people, also for `-o table` and `-o wide`: az has none.
    Table(TerminalTable),
    /// A table for people, only without `-o`.
    List(TerminalTable),
    /// Nothing, because messages have said it; only without `-o`.
    Nothing,
}

/// Messages about a result, which are printed after it.
#[derive(Debug, Default)]
pub(crate) struct Closing {
    /// What the result amounts to.
    pub summary: Option<String>,
    /// What to do next, for a person.
    pub next: Vec<String>,
}

impl Closing {
    /// Prints the messages; what to do next only for a person who did not ask for a certain output.
    pub(crate) fn print(&self, has_requested_output: bool) {
        if let Some(summary) = &self.summary {
            message::status(summary);
        }
        for text in self.next.iter().filter(|_| !has_requested_output) {
            message::suggest(text);
        }
    }
}

impl Outcome {
    /// Prints nothing.
    #[must_use]
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// Prints a result.
    #[must_use]
    pub(crate) fn value(value: Value) -> Self {
        Self { value: Some(value), ..Self::default() }
    }

    /// Prints bytes unchanged.
    #[must_use]
    pub(crate) fn raw(bytes: Vec<u8>) -> Self {
        Self { raw: Some(bytes), ..Self::default() }
    }
}

/// The code of an irregular command; [`Leaf::run`] makes one from an async function.
#[async_trait(?Send)]
pub(crate) trait Command {
    /// Runs the command with the options in `matches`.
    async fn run(&self, session: &Session, matches: &ArgMatches) -> Result<Outcome>;
}

/// An async function with typed options.
struct WithOptions<F, O> {
    run: F,
    options: PhantomData<fn() -> O>,
}

#[async_trait(?Send)]
impl<F, O> Command for WithOptions<F, O>
where
    F: AsyncFn(&Session, O) -> Result<Outcome>,
    O: Args,
{
    async fn run(&self, session: &Session, matches: &ArgMatches) -> Result<Outcome> {
        (self.run)(session, read_options(matches)?).await
    }
}

/// A function with typed options that does not wait for anything.
struct Immediate<F, O> {
    run: F,
    options: PhantomData<fn() -> O>,
}

#[async_trait(?Send)]
impl<F, O> Command for Immediate<F, O>
where
    F: Fn(&Session, &O) -> Result<Outcome>,
    O: Args,
{
    async fn run(&self, session: &Session, matches: &ArgMatches) -> Result<Outcome> {
        (self.run)(session, &read_options(matches)?)
    }
}

/// An async function that reads clap's matches itself, because some of its options come from a table.
struct WithMatches<F>(F);

#[async_trait(?Send)]
impl<F> Command for WithMatches<F>
where
    F: AsyncFn(&Session, &ArgMatches) -> Result<Outcome>,
{
    async fn run(&self, session: &Session, matches: &ArgMatches) -> Result<Outcome> {
        (self.0)(session, matches).await
    }
}

/// Reads the options that `O` declares.
///
/// clap has checked them, so an error here means that a declaration is wrong.
pub(crate) fn read_options<O: Args>(matches: &ArgMatches) -> Result<O> {
    O::from_arg_matches(matches).map_err(|error| Error::usage(error.to_string()))
}

/// Turns options into a plan, without any network.
type Planner = Box<dyn Fn(&Session, &ArgMatches) -> Result<Plan>>;

/// The code of a command that reads the whole command tree.
type TreeCommand = Box<dyn Fn(clap::Command, &ArgMatches) -> Result<Outcome>>;

/// Turns a result into the rows of its table.
pub(crate) type TableLayout = fn(&Value) -> Value;

/// Turns a result into another one, such as the rows of `-o wide`; may ask the service for more.
pub(crate) type WideLayout = for<'a> fn(&'a Session, &'a Value) -> LocalBoxFuture<'a, Result<Value>>;

/// How a command is executed.
pub(crate) enum Action {
    /// By executing a plan.
    Plan(Planner),
    /// By its own code.
    Run(Box<dyn Command>),
    /// By its own code, with the whole command tree.
    Tree(TreeCommand),
}

/// A command.
pub(crate) struct Leaf {
    /// The word that names it, such as `create`.
    pub name: &'static str,
    /// The summary in help.
    pub about: String,
    /// Further paragraphs for `--help`.
    pub details: &'static str,
    /// Paragraphs that `--help` shows after everything else: what few people look up.
    pub notes: &'static str,
    /// Examples, each of which runs.
    pub examples: &'static [Example],
    /// Its options, besides the global ones.
    pub args: Box<dyn Fn() -> Vec<Arg>>,
    /// How it is executed.
    pub action: Action,
    /// The table layout of the result, if az defines one.
    pub table: Option<TableLayout>,
    /// The rows of `-o wide`; None prints the same as `-o table`.
    pub wide: Option<WideLayout>,
    /// A flag, and the result that it asks for instead.
    pub alternative: Option<(&'static str, WideLayout)>,
    /// Whether help leaves it out: an older spelling that still works.
    pub hidden: bool,
    /// Whether it handles Ctrl-C, SIGTERM and SIGHUP itself.
    pub handles_interrupt: bool,
    /// Whether a terminal shows a spinner while it waits.
    pub has_spinner: bool,
}

impl Leaf {
    /// A command that executes a plan.
    pub(crate) fn plan(
        name: &'static str,
        about: impl Into<String>,
        args: impl Fn() -> Vec<Arg> + 'static,
        plan: impl Fn(&Session, &ArgMatches) -> Result<Plan> + 'static,
    ) -> Self {
        Self::new(name, about, Box::new(args), Action::Plan(Box::new(plan)))
    }

    /// A command with its own code and the options that `O` declares.
    pub(crate) fn run<O: Args + 'static>(
        name: &'static str,
        about: impl Into<String>,
        run: impl AsyncFn(&Session, O) -> Result<Outcome> + 'static,
    ) -> Self {
        let command = WithOptions { run, options: PhantomData };
        Self::new(name, about, Box::new(args::derived::<O>), Action::Run(Box::new(command)))
    }

    /// Like [`Leaf::run`], for code that does not wait for anything.
    pub(crate) fn run_sync<O: Args + 'static>(
        name: &'static str,
        about: impl Into<String>,
        run: impl Fn(&Session, &O) -> Result<Outcome> + 'static,
    ) -> Self {
        let command = Immediate { run, options: PhantomData };
        Self::new(name, about, Box::new(args::derived::<O>), Action::Run(Box::new(command)))
    }

    /// Like [`Leaf::run`], for code whose options come from a table.
    pub(crate) fn run_with_matches(
        name: &'static str,
        about: impl Into<String>,
        args: impl Fn() -> Vec<Arg> + 'static,
        run: impl AsyncFn(&Session, &ArgMatches) -> Result<Outcome> + 'static,
    ) -> Self {
        Self::new(name, about, Box::new(args), Action::Run(Box::new(WithMatches(run))))
    }

    /// A command that reads the whole command tree.
    pub(crate) fn run_on_tree<O: Args + 'static>(
        name: &'static str,
        about: impl Into<String>,
        run: impl Fn(clap::Command, &O) -> Result<Outcome> + 'static,
    ) -> Self {
        let command = move |tree, matches: &ArgMatches| run(tree, &read_options(matches)?);
        Self::new(name, about, Box::new(args::derived::<O>), Action::Tree(Box::new(command)))
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
            notes: "",
            examples: &[],
            args,
            action,
            table: None,
            wide: None,
            alternative: None,
            hidden: false,
            handles_interrupt: false,
            has_spinner: true,
        }
    }

    /// Sets the word that names the command.
    #[must_use]
    pub(crate) fn name(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Sets the summary.
    #[must_use]
    pub(crate) fn about(mut self, text: &str) -> Self {
        text.clone_into(&mut self.about);
        self
    }

    /// Sets the further paragraphs of `--help`.
    #[must_use]
    pub(crate) fn details(mut self, text: &'static str) -> Self {
        self.details = text;
        self
    }

    /// Sets the paragraphs that `--help` shows at the end.
    #[must_use]
    pub(crate) fn notes(mut self, text: &'static str) -> Self {
        self.notes = text;
        self
    }

    /// Sets the examples.
    #[must_use]
    pub(crate) fn examples(mut self, examples: &'static [Example]) -> Self {
        self.examples = examples;
        self
    }

    /// Sets the table layout.
    #[must_use]
    pub(crate) fn table(mut self, table: TableLayout) -> Self {
        self.table = Some(table);
        self
    }

    /// Sets the rows of `-o wide`.
    #[must_use]
    pub(crate) fn wide(mut self, wide: WideLayout) -> Self {
        self.wide = Some(wide);
        self
    }

    /// Sets another result that a flag asks for.
    #[must_use]
    pub(crate) fn alternative(mut self, flag: &'static str, result: WideLayout) -> Self {
        self.alternative = Some((flag, result));
        self
    }

    /// Declares that the command handles Ctrl-C, SIGTERM and SIGHUP itself.
    #[must_use]
    pub(crate) fn handles_interrupt(mut self) -> Self {
        self.handles_interrupt = true;
        self
    }

    /// Declares that the command waits for something other than Azure.
    #[must_use]
    pub(crate) fn without_spinner(mut self) -> Self {
        self.has_spinner = false;
        self
    }
}

/// A group of commands.
pub(crate) struct Group {
    /// The word that names it, such as `version`.
    pub name: &'static str,
    /// The summary in help.
    pub about: &'static str,
    /// Builds its members.
    pub children: fn() -> Vec<Node>,
    /// Whether help leaves it out: an older spelling of the group above, which has the same members.
    pub hidden: bool,
}

/// A group or a command.
pub(crate) enum Node {
    Group(Group),
    Leaf(Box<Leaf>),
}

impl Node {
    /// The word that names it.
    #[must_use]
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Group(group) => group.name,
            Self::Leaf(leaf) => leaf.name,
        }
    }

    /// Whether help leaves it out.
    #[must_use]
    pub(crate) fn is_hidden(&self) -> bool {
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

/// A group that help shows.
#[must_use]
pub(crate) const fn group(name: &'static str, about: &'static str, children: fn() -> Vec<Node>) -> Node {
    Node::Group(Group { name, about, children, hidden: false })
}

/// A group that help leaves out.
#[must_use]
pub(crate) const fn hidden_group(
    name: &'static str,
    about: &'static str,
    children: fn() -> Vec<Node>,
) -> Node {
    Node::Group(Group { name, about, children, hidden: true })
}
