//! Completes a command line for a shell: words of the command tree, and names of resources from the service.
//!
//! A shell runs azr with [`VARIABLE`] set, as the script of `azr completion` says. A completion must be fast and cannot
//! report an error: it ends within [`TIMEOUT`], prints nothing on failure, and runs no other program to sign in.

mod cache;
mod candidate;
mod line;
mod lookup;
mod source;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use clap::{Arg, ArgMatches, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;

use super::global_options::GlobalOptions;
use crate::session::Session;
use azr_core::context::{Context, Overrides};
use azr_core::error::{Error, Result};
use candidate::Candidate;
use source::Source;

/// The variable that names the shell; the command line to complete follows `--`.
pub(crate) const VARIABLE: &str = "AZR_COMPLETE";

/// The maximum time of a completion.
const TIMEOUT: Duration = Duration::from_secs(1);

/// The supported shells.
pub(crate) const SHELLS: Shells<'static> = Shells::builtins();

/// The value names of options whose value is a path.
const PATH_VALUE_NAMES: &[&str] =
    &["FILE", "FOLDER", "LOCATION", "PATH", "RULES|FILE", "DIR|FILE.zip", "A B"];

/// A command line to complete.
#[derive(Debug)]
pub struct Request {
    shell: String,
    words: Vec<OsString>,
    folder: Option<PathBuf>,
}

impl Request {
    /// Reads the request from the arguments; None if they are not from a shell.
    #[must_use]
    pub(crate) fn read(context: &Context, argv: &[OsString]) -> Option<Self> {
        let shell = context.var(VARIABLE)?.to_owned();
        let words = argv.get(1..)?.strip_prefix(&[OsString::from("--")])?.to_vec();
        let folder = context.environment().working_dir().map(ToOwned::to_owned);
        Some(Self { shell, words, folder })
    }
}

/// What to print for the shell: the most complete answer that is ready in time.
///
/// `tree` builds the whole command tree.
#[must_use]
pub(crate) fn answer(request: Request, context: Context, tree: fn() -> Command) -> Vec<u8> {
    let (sender, receiver) = mpsc::channel();
    // A separate thread can be abandoned when it hangs, in DNS or at the lock of another azr.
    std::thread::spawn(move || complete(request, context, tree, &sender));
    let deadline = Instant::now() + TIMEOUT;
    let mut text = Vec::new();
    while let Ok(better) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        text = better;
    }
    text
}

/// Sends the completions that need no service, and then those with the names of resources.
fn complete(
    request: Request,
    context: Context,
    tree: fn() -> Command,
    sender: &mpsc::Sender<Vec<u8>>,
) -> Result<()> {
    let Request { shell, words, folder } = request;
    let shell = SHELLS
        .completer(&shell)
        .ok_or_else(|| Error::usage(format!("{VARIABLE}: '{shell}' is not a supported shell")))?;
    let exchange = Arc::new(Exchange::default());
    let words = line::adapt(words);
    let mut command = with_candidates(line::hide_options(tree(), &words), "", &exchange);
    let mut write = |words: Vec<OsString>| -> Result<Vec<u8>> {
        let mut text = Vec::new();
        shell
            .write_complete(&mut command, words, folder.as_deref(), &mut text)
            .map_err(|e| Error::unexpected(format!("cannot complete the command line: {e}")))?;
        Ok(text)
    };
    // The first run only shows which candidates are needed.
    // Sending fails only after the timeout, when nothing can be printed any more.
    let _ = sender.send(write(words.clone())?);
    let Some(source) = exchange.lock().requested else { return Ok(()) };
    let candidates = look_up(source, &words, context, tree());
    if !candidates.is_empty() {
        exchange.lock().candidates = candidates;
        let _ = sender.send(write(words)?);
    }
    Ok(())
}

/// The candidates from a source; empty if they cannot be determined.
fn look_up(source: Source, words: &[OsString], context: Context, tree: Command) -> Vec<Candidate> {
    let Ok(matches) = tree.ignore_errors(true).try_get_matches_from(words) else { return Vec::new() };
    let matches = innermost(&matches);
    let options = GlobalOptions::read(matches, false).unwrap_or_default();
    let overrides = Overrides { without_external_programs: true, ..options.overrides() };
    let session = Session::new(context.with_overrides(overrides), options.subscription);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(lookup::candidates(source, &session, matches)).unwrap_or_default()
}

/// The matches of the innermost subcommand.
pub(crate) fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches.subcommand().map_or(matches, |(_, inner)| innermost(inner))
}

/// What clap's completion engine requested, and the candidates that it gets.
#[derive(Debug, Default)]
struct Exchange(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    requested: Option<Source>,
    candidates: Vec<Candidate>,
}

impl Exchange {
    /// Locks the state; it is valid even after a panic, because each change is one assignment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn candidates(&self, source: Source) -> Vec<CompletionCandidate> {
        let mut state = self.lock();
        state.requested = Some(source);
        let help = |title: &Option<String>| title.clone().map(Into::into);
        state
            .candidates
            .iter()
            .map(|candidate| CompletionCandidate::new(&candidate.name).help(help(&candidate.title)))
            .collect()
    }
}

/// Adds candidates to the options that have some; `area` is the first word after `azr`.
fn with_candidates(command: Command, area: &str, exchange: &Arc<Exchange>) -> Command {
    command.mut_args(|arg| add_candidates(arg, area, exchange)).mut_subcommands(|inner| {
        let area = if area.is_empty() { inner.get_name().to_owned() } else { area.to_owned() };
        with_candidates(inner, &area, exchange)
    })
}

fn add_candidates(arg: Arg, area: &str, exchange: &Arc<Exchange>) -> Arg {
    if let Some(source) = Source::of_option(area, arg.get_id().as_str()) {
        let exchange = exchange.clone();
        return arg.add(ArgValueCandidates::new(move || exchange.candidates(source)));
    }
    if is_path_option(&arg) { arg.value_hint(ValueHint::AnyPath) } else { arg }
}

/// Whether the value of an option is the path of a file or folder.
pub(crate) fn is_path_option(arg: &Arg) -> bool {
    arg.get_value_names()
        .is_some_and(|names| names.iter().any(|name| PATH_VALUE_NAMES.contains(&name.as_str())))
}
