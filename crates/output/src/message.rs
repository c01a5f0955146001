//! Messages to the user, on stderr: errors, warnings, and details with `--verbose` and `--debug`.

mod label;
mod stderr;

use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use super::escape;
use super::progress::screen;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::interrupt::BlockedSection;
use label::Label;
use stderr::write_stderr;

pub(crate) use label::write_command;
pub use stderr::hide_secrets;

pub use super::verbosity::{Verbosity, set_verbosity, verbosity};

/// Whether a prompt waits for its answer.
static IS_ASKING: AtomicBool = AtomicBool::new(false);

/// Whether the error of an interruption was printed.
static IS_INTERRUPTION_PRINTED: Mutex<bool> = Mutex::new(false);

/// Prints an error, and its hint on a separate line.
///
/// An interruption is printed once: the thread that ends a blocked wait and the command itself may both notice it.
pub fn error(error: &Error) {
    if error.kind() == ErrorKind::Interrupted {
        // Locked while it is printed, so that the process does not exit before that.
        let mut is_printed = IS_INTERRUPTION_PRINTED.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *is_printed, true) {
            return;
        }
        screen::hide();
    }
    write_stderr(&Label::Error.format(&error.described(), error.hint()));
}

/// Prints the failure of one of many items, at any verbosity.
pub fn failure(text: &str) {
    Label::Error.print(text);
}

/// Prints a warning.
pub fn warn(text: &str) {
    Label::Warning.print(text);
}

/// Prints a message with `--verbose`.
pub fn info(text: &str) {
    Label::Info.print(text);
}

/// Prints a message with `--debug`.
pub fn debug(text: &str) {
    Label::Debug.print(text);
}

/// Prints the outcome of a command that has no result for stdout, as a line without a label.
pub fn status(text: &str) {
    Label::None.print(text);
}

/// Prints something worth knowing about the result, which needs no action.
pub fn note(text: &str) {
    Label::Note.print(text);
}

/// Prints what to do next, if a person reads it: stderr is a terminal.
pub fn suggest(text: &str) {
    if io::stderr().is_terminal() {
        Label::None.print(text);
    }
}

/// Prints what the user must do for the command to continue, at any verbosity.
pub fn prompt(text: &str) {
    write_stderr(&format!("{}\n", escape::message(text)));
}

/// A prompt on the last line of the terminal, until its answer is read.
#[derive(Debug)]
pub struct OpenPrompt {
    _section: BlockedSection,
}

impl OpenPrompt {
    /// Starts to wait for the answer.
    #[must_use]
    pub fn start() -> Self {
        IS_ASKING.store(true, Ordering::SeqCst);
        Self { _section: BlockedSection::start() }
    }
}

impl Drop for OpenPrompt {
    fn drop(&mut self) {
        IS_ASKING.store(false, Ordering::SeqCst);
    }
}

/// Ends the line of a prompt that is not answered.
pub fn end_of_prompt() {
    if IS_ASKING.load(Ordering::SeqCst) {
        write_stderr("\n");
    }
}

/// Asks a yes/no question on the terminal.
///
/// As in az, any answer but `y` and `n` repeats the question, and the end of the input means no.
pub fn confirm(question: &str) -> Result<bool> {
    let _pause = screen::pause();
    loop {
        write_stderr(&format!("{} (y/n): ", escape::line(question)));
        let mut answer = String::new();
        let prompt = OpenPrompt::start();
        let read = io::stdin().read_line(&mut answer);
        drop(prompt);
        let read = read.map_err(|e| {
            Error::io("cannot read the answer", e).with_hint("Use --yes to skip the confirmation.")
        })?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ if read == 0 => return Ok(false),
            _ => {}
        }
    }
}

/// Prints the events of `tracing` to stderr, at the level of `--verbose` or `--debug`.
pub fn install_tracing_subscriber() {
    let level = match verbosity() {
        Verbosity::Debug => tracing::Level::DEBUG,
        Verbosity::Verbose => tracing::Level::INFO,
        Verbosity::Normal | Verbosity::OnlyErrors => return,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_writer(|| EventWriter)
        .with_max_level(level)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .finish()
        .with(Targets::new().with_target("azr", level));
    // Fails only if a subscriber is already installed, which then stays.
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// Writes the events of `tracing` to stderr; each event is written at once.
struct EventWriter;

impl Write for EventWriter {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        write_stderr(&format!("{}\n", escape::message(&String::from_utf8_lossy(event))));
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
