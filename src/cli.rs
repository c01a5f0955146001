//! From argv to exit code: parse, plan, execute, render.

mod argv;
mod build;
mod globals;
mod older;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::Value;

use crate::commands::complete::{self, Request};
use crate::commands::tree::{Action, Layout, Leaf, Outcome};
use crate::session::{self, Session};
use azr_arm::execute::{self, Observer};
use azr_arm::plan::Plan;
use azr_core::context::{Context, Overrides};
use azr_core::error::{Error, Result};
use azr_output::message::Verbosity;
use azr_output::progress::Progress;
use azr_output::{Format, Query, RenderOptions, message};

pub use build::whole;
pub use globals::Globals;

/// What parsing the command line came to.
pub enum Parsed {
    /// A command to run.
    Command(Box<Invocation>),
    /// A line to complete for a shell.
    Completion(Request),
    /// A text that clap made (help, version, a usage error), and the exit code that goes with it.
    Text {
        /// The text.
        text: Box<clap::Error>,
        /// What follows it: the examples of a command whose help it is.
        after: String,
        /// The exit code.
        code: ExitCode,
    },
}

/// A command with its arguments.
pub struct Invocation {
    leaf: Leaf,
    matches: ArgMatches,
    globals: Globals,
    /// What to say of older spellings.
    older: Option<String>,
}

/// Parses the command line; the first of `argv` is the program's name.
pub fn parse(argv: Vec<OsString>, context: &Context) -> Result<Parsed> {
    if let Some(request) = Request::of(context, &argv) {
        return Ok(Parsed::Completion(request));
    }
    let argv = build::help_of(argv::normalise(argv)?);
    let (mut command, leaf) = build::along(&argv, context)?;
    let matches = match command.try_get_matches_from_mut(&argv) {
        Ok(matches) => matches,
        Err(text) => {
            let code = exit_code(&text, leaf.as_ref());
            let help = text.kind() == ErrorKind::DisplayHelp;
            let after = leaf.as_ref().filter(|_| help).map(build::examples).unwrap_or_default();
            return Ok(Parsed::Text { text: Box::new(text), after, code });
        }
    };
    let mut at = &matches;
    while let Some((_, inner)) = at.subcommand() {
        at = inner;
    }
    let matches = at.clone();
    let leaf = leaf.ok_or_else(|| Error::usage("a command is missing"))?;
    let takes_timeout = (leaf.args)().iter().any(|arg| arg.get_id() == "timeout");
    let globals = Globals::read(&matches, context, takes_timeout)?;
    let older = older::note(&argv, &command);
    Ok(Parsed::Command(Box::new(Invocation { leaf, matches, globals, older })))
}

/// clap's exit code, but 1 where only names are missing that `--ids` could have given: az finds that out after parsing.
fn exit_code(text: &clap::Error, leaf: Option<&Leaf>) -> ExitCode {
    let missing = match text.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) if text.kind() == ErrorKind::MissingRequiredArgument => missing,
        _ => return ExitCode::from(u8::try_from(text.exit_code()).unwrap_or(2)),
    };
    let insisted = |name: &String| {
        // `--ids` gives no word that has no option.
        !name.starts_with('-')
            || leaf.is_none_or(|leaf| {
                (leaf.args)().iter().filter(|arg| arg.is_required_set()).any(|arg| {
                    arg.get_long().is_some_and(|long| name.split(' ').next() == Some(&format!("--{long}")))
                })
            })
    };
    ExitCode::from(if missing.iter().any(insisted) { 2 } else { 1 })
}

/// Completes a line for a shell, and prints what there is; it never fails, as nobody would read why.
pub fn complete(request: Request, context: Context) -> Result<()> {
    message::set_verbosity(Verbosity::OnlyErrors);
    azr_output::write_stdout(&complete::answer(request, context, whole))
}

/// Runs a command to its end, and prints its result; gives the exit code of a command that did not fail.
pub async fn run(invocation: Invocation, context: Context) -> Result<u8> {
    let Invocation { leaf, matches, globals, older } = invocation;
    let overrides = Overrides {
        arm_endpoint: globals.arm_endpoint.clone(),
        timeout: globals.timeout,
        ..Overrides::default()
    };
    let at_terminal = context.terminal().stdout;
    let color = azr_output::stdout_is_colored() && !context.no_color()?;
    let session = Session::new(context.with_overrides(overrides), globals.subscription.clone());
    let wide = leaf.wide.filter(|_| globals.format == Some(Format::Wide) && globals.query.is_none());
    let work = async {
        let mut outcome = carry_out(&leaf, &session, &matches).await?;
        if let Some(wide) = wide {
            outcome.value = match &outcome.value {
                Some(value) => Some(wide(&session, value).await?),
                None => None,
            };
        }
        Ok(outcome)
    };
    let outcome = if leaf.ends_itself { work.await } else { session::unless_interrupted(work).await };
    session.close()?;
    let outcome = outcome?;
    let code = outcome.code;
    let table = if wide.is_some() { Some(AS_GIVEN) } else { leaf.table };
    show(outcome, table, &globals, color, at_terminal)?;
    // Last, and only where nothing failed: whoever has an error to read has enough to read.
    if let Some(older) = older {
        message::warn(&older);
    }
    Ok(code)
}

/// The layout of rows that are laid out already.
const AS_GIVEN: Layout = Value::clone;

/// Prints what a command gave back.
fn show(
    outcome: Outcome,
    table: Option<Layout>,
    globals: &Globals,
    color: bool,
    at_terminal: bool,
) -> Result<()> {
    if let Some(raw) = outcome.raw {
        return azr_output::write_stdout(&raw);
    }
    let Some(mut value) = outcome.value else { return Ok(()) };
    if !outcome.as_sent {
        add_resource_groups(&mut value);
    }
    let table = table.as_ref().map(|table| table as &dyn Fn(&Value) -> Value);
    let format = match globals.format {
        Some(format) => format,
        None if outcome.as_table && at_terminal => Format::Table,
        None => Format::Json,
    };
    let rendering = RenderOptions { format, query: globals.query.as_ref(), table, color };
    azr_output::write_stdout(&azr_output::render(&value, &rendering)?)
}

async fn carry_out(leaf: &Leaf, session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    match &leaf.action {
        Action::Run(run) => run(session, matches).await,
        Action::Tree(run) => run(whole(), matches),
        Action::Plan(planner) => {
            let plan = planner(session, matches)?;
            confirm(session, &plan)?;
            let mut observer = Terminal::default();
            let value = execute::execute(session.client()?, &plan, &mut observer).await;
            drop(observer);
            Ok(Outcome { value: value?, ..Outcome::default() })
        }
    }
}

fn confirm(session: &Session, plan: &Plan) -> Result<()> {
    let Some(question) = &plan.confirm else { return Ok(()) };
    if session.context.disable_confirm_prompt()? {
        return Ok(());
    }
    if !session.context.terminal().stdin {
        return Err(Error::missing_prerequisite(
            "the command asks for confirmation, and there is no terminal to ask on",
        )
        .with_hint("Give --yes to go ahead without being asked."));
    }
    if message::confirm(question)? { Ok(()) } else { Err(Error::declined("nothing was done")) }
}

/// Shows what happens during an execution to whoever sits at the terminal.
///
/// A spinner appears with the first state of an operation, so that what ends at once shows none.
#[derive(Default)]
struct Terminal {
    progress: Option<Progress>,
}

impl Observer for Terminal {
    fn note(&mut self, text: &str) {
        message::warn(text);
    }

    fn progress(&mut self, state: &str) {
        match &self.progress {
            Some(progress) => progress.set_message(state),
            None => self.progress = Some(Progress::spinner(state)),
        }
    }

    fn holds(&self, expression: &str, value: &Value) -> Result<bool> {
        let found = Query::parse(expression)?.apply(value)?;
        Ok(!matches!(&found, Value::Null | Value::Bool(false))
            && found.as_array().is_none_or(|a| !a.is_empty())
            && found.as_object().is_none_or(|o| !o.is_empty())
            && found.as_str().is_none_or(|s| !s.is_empty())
            && found.as_f64() != Some(0.0))
    }
}

/// Adds az's `resourceGroup` to every object that has the id of something in a resource group.
fn add_resource_groups(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(add_resource_groups),
        Value::Object(map) => {
            let group = map.get("id").and_then(Value::as_str).and_then(group_of).map(str::to_owned);
            if let Some(group) = group.filter(|_| !map.contains_key("resourceGroup")) {
                map.insert("resourceGroup".to_owned(), Value::String(group));
            }
            map.values_mut().for_each(add_resource_groups);
        }
        _ => {}
    }
}

/// The resource group in the id of something that is in one: the fourth segment, if there are eight at least.
fn group_of(id: &str) -> Option<&str> {
    let segments: Vec<&str> = id.split('/').collect();
    let inside = segments.len() > 8 && segments[3].eq_ignore_ascii_case("resourceGroups");
    inside.then(|| segments[4])
}
