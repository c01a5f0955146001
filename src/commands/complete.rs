//! Completing a command line for a shell: words of the tree, and names from the live service.
//!
//! A shell runs azr with [`VARIABLE`] set, as the script of `azr completion` tells it. Nobody waits long for a
//! completion, and nobody reads what went wrong with one: it ends within [`PATIENCE`], silently, and takes no other
//! program's help to sign in.

mod cache;
mod place;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::Shells;

use super::args;
use crate::session::Session;
use azr_core::context::{Context, Overrides};
use azr_core::error::{Error, Result};
use place::Place;
use values::Named;

/// The variable that says for which shell a line is to be completed; after it comes `--`, and then the line.
pub const VARIABLE: &str = "AZR_COMPLETE";

/// How long a completion takes at the most.
const PATIENCE: Duration = Duration::from_secs(1);

/// The shells that can be completed for.
pub const SHELLS: Shells<'static> = Shells::builtins();

/// What a value is called in a help text whose values are paths.
const PATHS: &[&str] = &["FILE", "FOLDER", "LOCATION", "PATH", "PATH|URL", "RULES|FILE"];

/// A line to complete.
#[derive(Debug)]
pub struct Request {
    shell: String,
    words: Vec<OsString>,
    folder: Option<PathBuf>,
}

impl Request {
    /// The request in these arguments, if a shell makes one.
    #[must_use]
    pub fn of(context: &Context, argv: &[OsString]) -> Option<Self> {
        let shell = context.var(VARIABLE)?.to_owned();
        let words = argv.get(1..)?.strip_prefix(&[OsString::from("--")])?.to_vec();
        let folder = context.environment().working_dir().map(ToOwned::to_owned);
        Some(Self { shell, words, folder })
    }
}

/// What to print for the shell: as much as can be had in time.
///
/// `tree` builds the whole command tree.
#[must_use]
pub fn answer(request: Request, context: Context, tree: fn() -> Command) -> Vec<u8> {
    let (tell, told) = mpsc::channel();
    // A thread of its own can be left behind in whatever does not end: a name server, a lock of another azr.
    std::thread::spawn(move || complete(request, context, tree, &tell));
    let until = Instant::now() + PATIENCE;
    let mut text = Vec::new();
    while let Ok(better) = told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        text = better;
    }
    text
}

/// Tells what the tree has, and then that with the names.
fn complete(
    request: Request,
    context: Context,
    tree: fn() -> Command,
    tell: &mpsc::Sender<Vec<u8>>,
) -> Result<()> {
    let Request { shell, words, folder } = request;
    let shell = SHELLS
        .completer(&shell)
        .ok_or_else(|| Error::usage(format!("{VARIABLE}: '{shell}' is no shell that is known here")))?;
    let board = Arc::new(Board::default());
    let mut command = with_values(tree(), "", &board);
    let mut write = |words: Vec<OsString>| -> Result<Vec<u8>> {
        let mut text = Vec::new();
        shell
            .write_complete(&mut command, words, folder.as_deref(), &mut text)
            .map_err(|e| Error::unexpected(format!("the line cannot be completed: {e}")))?;
        Ok(text)
    };
    // The first time round only tells which values are wanted.
    // Whoever no longer listens has gone on without it.
    let _ = tell.send(write(words.clone())?);
    let Some(wanted) = board.lock().wanted else { return Ok(()) };
    let found = find(wanted, &words, context, tree());
    if !found.is_empty() {
        board.lock().found = found;
        let _ = tell.send(write(words)?);
    }
    Ok(())
}

/// The values that are wanted, none where they cannot be had.
fn find(wanted: Place, words: &[OsString], context: Context, tree: Command) -> Vec<Named> {
    let Ok(matches) = tree.ignore_errors(true).try_get_matches_from(words) else { return Vec::new() };
    let mut at = &matches;
    while let Some((_, inner)) = at.subcommand() {
        at = inner;
    }
    let overrides = Overrides {
        arm_endpoint: args::given(at, "arm-endpoint").map(str::to_owned),
        without_external_programs: true,
        ..Overrides::default()
    };
    let session =
        Session::new(context.with_overrides(overrides), args::given(at, "subscription").map(str::to_owned));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(values::of(wanted, &session, at)).unwrap_or_default()
}

/// What the engine asks for, and what it is given.
#[derive(Debug, Default)]
struct Board(Mutex<Slate>);

#[derive(Debug, Default)]
struct Slate {
    wanted: Option<Place>,
    found: Vec<Named>,
}

impl Board {
    /// A panic elsewhere leaves it whole: each change is one assignment.
    fn lock(&self) -> MutexGuard<'_, Slate> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn candidates(&self, place: Place) -> Vec<CompletionCandidate> {
        let mut slate = self.lock();
        slate.wanted = Some(place);
        let help = |title: &Option<String>| title.clone().map(Into::into);
        slate
            .found
            .iter()
            .map(|named| CompletionCandidate::new(&named.name).help(help(&named.title)))
            .collect()
    }
}

/// The tree with values for the options that have some; `area` is the first word below the root.
fn with_values(command: Command, area: &str, board: &Arc<Board>) -> Command {
    command.mut_args(|arg| with_value(arg, area, board)).mut_subcommands(|below| {
        let area = if area.is_empty() { below.get_name().to_owned() } else { area.to_owned() };
        with_values(below, &area, board)
    })
}

fn with_value(arg: Arg, area: &str, board: &Arc<Board>) -> Arg {
    if let Some(place) = Place::of(area, arg.get_id().as_str()) {
        let board = board.clone();
        return arg.add(ArgValueCandidates::new(move || board.candidates(place)));
    }
    let is_path =
        arg.get_value_names().is_some_and(|names| names.iter().any(|name| PATHS.contains(&name.as_str())));
    if is_path { arg.value_hint(ValueHint::AnyPath) } else { arg }
}
