//! From argv to the exit code: parse, plan, execute, render.

mod aaz_values;
mod abbreviations;
mod argv;
mod build;
pub(crate) mod file_values;
mod help;
pub(crate) mod mistakes;
mod older_names;
mod secrets;
mod typed_options;
mod unknown_command;
mod usage_error;

use std::ffi::OsString;
use std::rc::Rc;

use aaz_values::Words;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches};
use serde_json::Value;

use crate::commands::args;
use crate::commands::complete::{self, Request};
use crate::commands::global_options::GlobalOptions;
use crate::commands::policy_options::PolicyOptions;
use crate::commands::tree::{Action, Closing, Leaf, Outcome, TableLayout, TerminalView};
use crate::commands::{list_view, success};
use crate::interrupt;
use crate::session::Session;
use azr_arm::execute;
use azr_arm::plan::{Action as JobAction, Job, Observer, Plan};
use azr_core::context::Context;
use azr_core::error::{Error, Result};
use azr_output::message::{self, Verbosity};
use azr_output::progress::{IdleSpinner, Progress};
use azr_output::{Format, Query, RenderOptions};

pub use build::command_tree;

/// A parsed command line.
pub enum Parsed {
    /// A command to run.
    Command(Box<Invocation>),
    /// A command line that a shell wants completed.
    Completion(Request),
    /// The help of a command, or the version.
    Help(String),
}

/// A command with its options.
pub struct Invocation {
    leaf: Rc<Leaf>,
    matches: ArgMatches,
    options: GlobalOptions,
    policy: PolicyOptions,
    verbosity: Verbosity,
    format: Option<Format>,
    query: Option<Query>,
    /// What `--verbose` says about older spellings.
    older_names: Option<String>,
    /// The words that were typed, to explain errors.
    typed: Vec<String>,
}

/// Parses the command line; the first of `argv` is the program's name.
pub fn parse(argv: Vec<OsString>, context: &Context) -> Result<Parsed> {
    if let Some(request) = Request::read(context, &argv) {
        return Ok(Parsed::Completion(request));
    }
    let argv = argv::normalize(argv)?;
    message::hide_secrets(secrets::find(&argv, context));
    mistakes::check(&argv)?;
    let typed = argv.clone();
    parse_words(argv, context).map_err(|error| mistakes::explain(error, &typed))
}

fn parse_words(argv: Vec<String>, context: &Context) -> Result<Parsed> {
    let typed = argv.clone();
    let mut global: Vec<Arg> = GlobalOptions::args().chain(PolicyOptions::args()).collect();
    let argv = argv::move_global_options(argv, &global);
    let argv = build::rewrite_help(build::lowercase_command(argv));
    let (mut command, leaf) = build::build_for_argv(&argv, context)?;
    if leaf.as_ref().is_some_and(|leaf| !PolicyOptions::are_options_of(leaf.name)) {
        global = GlobalOptions::args().collect();
    }
    let argv = match leaf {
        Some(_) => match expand_words(argv, &command, &global)? {
            Words::Words(words) => words,
            Words::Help(text) => return Ok(Parsed::Help(text)),
        },
        None => argv,
    };
    let matches = match command.try_get_matches_from_mut(&argv) {
        Ok(matches) => matches,
        Err(text) => {
            if text.kind() == ErrorKind::DisplayHelp {
                return Ok(Parsed::Help(help_page(&argv, command, leaf.as_ref())));
            }
            if text.kind() == ErrorKind::DisplayVersion {
                return Ok(Parsed::Help(text.to_string()));
            }
            if let Some(error) = unknown_command::explain(&text, &argv, command_tree) {
                return Err(error);
            }
            let (_, path) = unknown_command::innermost(&argv, &command);
            return Err(usage_error::describe(&text, &path, !can_ids_replace(&text, leaf.as_ref())));
        }
    };
    let matches = complete::innermost(&matches).clone();
    let leaf = leaf.ok_or_else(|| Error::usage("a command is missing"))?;
    let has_own_timeout = (leaf.args)().iter().any(|arg| arg.get_id() == "timeout");
    let options = GlobalOptions::read(&matches, has_own_timeout)?;
    let policy = PolicyOptions::read(&matches);
    let verbosity = options.verbosity(context)?;
    let format = options.format(context)?;
    let query = options.query()?;
    let older_names = older_names::describe(&argv, &command);
    Ok(Parsed::Command(Box::new(Invocation {
        leaf: Rc::new(leaf),
        matches,
        options,
        policy,
        verbosity,
        format,
        query,
        older_names,
        typed,
    })))
}

/// The help of the command that `argv` names.
fn help_page(argv: &[String], mut root: clap::Command, leaf: Option<&Leaf>) -> String {
    // Adds the global options to every command.
    root.build();
    let (command, path) = unknown_command::innermost(argv, &root);
    let is_full = argv.iter().any(|word| word == "--help");
    let detail = if is_full { help::Detail::Full } else { help::Detail::Summary };
    let layout = help::Layout::for_terminal(azr_output::stdout_width(), azr_output::stdout_is_colored());
    help::page(command, &path, leaf, detail, layout)
}

/// Renames `--output` where it is a path, and expands abbreviated options, `@FILE` values and quoted texts by az's rules.
fn expand_words(argv: Vec<String>, command: &clap::Command, global: &[Arg]) -> Result<Words> {
    let (leaf, _) = unknown_command::innermost(&argv, command);
    mistakes::check_paths(&argv, leaf)?;
    let argv = argv::rename_output(argv, leaf);
    let argv = file_values::expand(abbreviations::expand(argv, leaf, global), leaf, global)?;
    aaz_values::read(argv, leaf, global)
}

/// Whether only names are missing that `--ids` could replace. az detects that after parsing, with another exit code.
fn can_ids_replace(text: &clap::Error, leaf: Option<&Leaf>) -> bool {
    let missing = match text.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(missing)) if text.kind() == ErrorKind::MissingRequiredArgument => missing,
        _ => return false,
    };
    let options = leaf.map(|leaf| (leaf.args)()).unwrap_or_default();
    let has_ids = options.iter().any(|arg| arg.get_id() == "ids");
    let is_replaceable = |name: &String| {
        let long = name.split(' ').next().and_then(|word| word.strip_prefix("--"));
        let arg = options.iter().find(|arg| long.is_some() && arg.get_long() == long);
        has_ids && arg.is_some_and(|arg| arg.get_help_heading() == Some(args::RESOURCE))
    };
    missing.iter().all(is_replaceable)
}

/// Prints the completions of a command line for a shell.
///
/// Nothing is reported as an error, because a shell would not show it.
pub fn complete(request: Request, context: Context) -> Result<()> {
    message::set_verbosity(Verbosity::OnlyErrors);
    azr_output::write_stdout(&complete::answer(request, context, command_tree))
}

/// Runs a command and prints its result; returns the exit code of a command that did not fail.
pub async fn run(mut invocation: Invocation, context: Context) -> Result<u8> {
    let typed = std::mem::take(&mut invocation.typed);
    let leaf = Rc::clone(&invocation.leaf);
    run_command(invocation, context).await.map_err(|error| {
        let error = mistakes::explain(error, &typed);
        if error.service_error().is_some() {
            return error;
        }
        let args: Vec<Arg> =
            (leaf.args)().into_iter().chain(GlobalOptions::args()).chain(PolicyOptions::args()).collect();
        error.map_message(|message| typed_options::restore_spellings(message, &typed, &args))
    })
}

async fn run_command(invocation: Invocation, context: Context) -> Result<u8> {
    let Invocation { leaf, matches, options, policy, verbosity, format, query, older_names, typed: _ } =
        invocation;
    message::set_verbosity(verbosity);
    message::install_tracing_subscriber();
    let is_at_terminal = context.terminal().stdout;
    let color = azr_output::stdout_is_colored() && !context.no_color()?;
    let session =
        Session::new(context.with_overrides(options.overrides()), options.subscription).with_policy(policy);
    let wide = leaf.wide.filter(|_| format == Some(Format::Wide) && query.is_none());
    let work = async {
        let mut outcome = execute_action(&leaf, &session, &matches).await?;
        if leaf.name == "list" && outcome.view.is_none() {
            show_list(&mut outcome);
        }
        if let Some(wide) = wide {
            outcome.value = match &outcome.value {
                Some(value) => Some(wide(&session, value).await?),
                None => None,
            };
            outcome.view =
                outcome.value.as_ref().map(|rows| TerminalView::Table(list_view::rows_table(rows)));
        }
        Ok(outcome)
    };
    let outcome = if leaf.handles_interrupt { work.await } else { interrupt::run_interruptible(work).await };
    session.close()?;
    let mut outcome = outcome?;
    let code = outcome.exit_code;
    let requested = format;
    let format = format.unwrap_or_default();
    let table = if wide.is_some() { Some(UNCHANGED) } else { leaf.table };
    let table = table.as_ref().map(|table| table as &dyn Fn(&Value) -> Value);
    let query = query.as_ref();
    let closing = std::mem::take(&mut outcome.closing);
    let view =
        outcome.view.take().filter(|view| is_at_terminal && query.is_none() && is_shown(view, requested));
    match view {
        Some(TerminalView::Table(table) | TerminalView::List(table)) => {
            let text = table.render(azr_output::stdout_width(), color);
            azr_output::write_stdout(text.as_bytes())?;
        }
        Some(TerminalView::Nothing) => {}
        None => {
            print_outcome(
                outcome,
                &RenderOptions { format, query, table, color, to_terminal: is_at_terminal },
            )?;
        }
    }
    let has_result = requested.is_some() || query.is_some();
    closing.print(has_result);
    // Last, and only after success: an error is enough to read.
    if let Some(names) = older_names {
        message::info(&names);
    }
    Ok(code)
}

/// Whether a terminal shows the view instead of the result in the requested format.
fn is_shown(view: &TerminalView, requested: Option<Format>) -> bool {
    match view {
        TerminalView::Table(_) => matches!(requested, None | Some(Format::Table | Format::Wide)),
        TerminalView::List(_) | TerminalView::Nothing => requested.is_none(),
    }
}

/// The layout of a result that consists of rows already.
const UNCHANGED: TableLayout = Value::clone;

fn print_outcome(outcome: Outcome, rendering: &RenderOptions<'_>) -> Result<()> {
    if let Some(raw) = outcome.raw {
        return if rendering.to_terminal {
            azr_output::write_stdout(&azr_output::escape_document(&raw))
        } else {
            azr_output::write_stdout(&raw)
        };
    }
    let mut value = match outcome.value {
        Some(value) => value,
        // As in az, a query over no result is one over null: it may consist of literals.
        None if rendering.query.is_some() => Value::Null,
        None => return Ok(()),
    };
    if !outcome.verbatim {
        add_resource_groups(&mut value);
    }
    let printed = azr_output::print(&value, rendering);
    // The process ends: freeing each value of a long list would take a tenth of the time.
    std::mem::forget(value);
    printed
}

async fn execute_action(leaf: &Leaf, session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    match &leaf.action {
        Action::Run(command) => {
            let _spinner = leaf.has_spinner.then(IdleSpinner::start);
            command.run(session, matches).await
        }
        Action::Tree(run) => run(command_tree(), matches),
        Action::Plan(planner) => {
            let plan = planner(session, matches)?;
            // As in az, an empty `--ids` selects nothing, whose results are an empty list.
            if plan.jobs.is_empty() {
                message::info("--ids has no id: nothing was done");
                return Ok(Outcome::value(Value::Array(Vec::new())));
            }
            confirm(session, &plan)?;
            let _spinner = IdleSpinner::start();
            let mut observer = TerminalObserver::default();
            if plan.jobs.len() > 1 {
                let (value, errors) = execute::execute_all(session.client()?, &plan, &mut observer).await;
                drop(observer);
                if let (Some((flag, result)), Some(value), []) = (leaf.alternative, &value, &errors[..])
                    && matches.get_flag(flag)
                {
                    return Ok(Outcome::value(result(session, value).await?));
                }
                let mut outcome = outcome_of_all(value, &errors);
                if errors.is_empty() {
                    outcome.closing.next = success::sentences(&plan, outcome.value.as_ref());
                }
                return Ok(outcome);
            }
            let value = execute::execute(session.client()?, &plan, &mut observer).await;
            drop(observer);
            let value = value?;
            if let (Some((flag, result)), Some(value)) = (leaf.alternative, &value)
                && matches.get_flag(flag)
            {
                return Ok(Outcome::value(result(session, value).await?));
            }
            Ok(outcome_of_plan(&plan, value))
        }
    }
}

/// Adds what a person sees of a list.
fn show_list(outcome: &mut Outcome) {
    if let Some((view, closing)) = outcome.value.as_ref().and_then(list_view::view) {
        outcome.view = Some(view);
        outcome.closing = closing;
    }
}

/// The outcome of a plan with one job: its result, and what a person reads about it.
fn outcome_of_plan(plan: &Plan, value: Option<Value>) -> Outcome {
    let closing = Closing { summary: None, next: success::sentences(plan, value.as_ref()) };
    let mut outcome = Outcome { value, closing, ..Outcome::default() };
    if matches!(&plan.jobs[..], [Job { action: JobAction::List { .. }, .. }]) {
        show_list(&mut outcome);
    }
    outcome
}

/// Prints the errors of the jobs that failed; the exit code is that of the first.
fn outcome_of_all(value: Option<Value>, errors: &[Error]) -> Outcome {
    for error in errors {
        message::error(error);
    }
    Outcome { value, exit_code: errors.first().map_or(0, Error::exit_code), ..Outcome::default() }
}

fn confirm(session: &Session, plan: &Plan) -> Result<()> {
    let Some(question) = &plan.confirm else { return Ok(()) };
    if session.context.disable_confirm_prompt()? {
        return Ok(());
    }
    if !session.context.terminal().stdin {
        return Err(Error::missing_prerequisite(
            "the command requires confirmation, but stdin is not a terminal",
        )
        .with_hint("Use --yes to skip the confirmation."));
    }
    if message::confirm(question)? { Ok(()) } else { Err(Error::declined("cancelled: nothing was changed")) }
}

/// Shows the progress of an execution at the terminal.
///
/// The spinner appears with the first state of an operation, so that a short operation shows none.
#[derive(Default)]
struct TerminalObserver {
    progress: Option<Progress>,
}

impl Observer for TerminalObserver {
    fn show_message(&mut self, text: &str) {
        message::warn(text);
    }

    fn show_state(&mut self, state: &str) {
        match &self.progress {
            Some(progress) => progress.set_message(state),
            None => self.progress = Some(Progress::spinner(state)),
        }
    }

    fn is_true(&self, expression: &str, value: &Value) -> Result<bool> {
        let result = Query::parse(expression)?.apply(value)?;
        Ok(!matches!(&result, Value::Null | Value::Bool(false))
            && result.as_array().is_none_or(|a| !a.is_empty())
            && result.as_object().is_none_or(|o| !o.is_empty())
            && result.as_str().is_none_or(|s| !s.is_empty())
            && result.as_f64() != Some(0.0))
    }
}

/// Adds az's `resourceGroup` to every object whose id is that of a resource in a resource group.
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

/// The resource group in the id of a resource: the fourth segment, if there are at least eight.
fn group_of(id: &str) -> Option<&str> {
    let segments: Vec<&str> = id.split('/').collect();
    let is_in_group = segments.len() > 8 && segments[3].eq_ignore_ascii_case("resourceGroups");
    is_in_group.then(|| segments[4])
}
