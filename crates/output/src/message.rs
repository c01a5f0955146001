//! What is said to a person, on stderr: errors, warnings, and with `--verbose` what is going on.
//!
//! How much is said is one setting of the process, made once from the command line.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU8, Ordering};

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use super::color::{self, Paint};
use super::progress;
use azr_core::error::{Error, Result};

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Verbosity {
    /// `--only-show-errors`.
    OnlyErrors,
    /// Errors, warnings and progress.
    Normal,
    /// `--verbose`: also which credential, which file, how many tries.
    Verbose,
    /// `--debug`: also every request.
    Debug,
}

const LEVELS: [Verbosity; 4] =
    [Verbosity::OnlyErrors, Verbosity::Normal, Verbosity::Verbose, Verbosity::Debug];

static LEVEL: AtomicU8 = AtomicU8::new(Verbosity::Normal as u8);

/// Sets how much is said from now on.
pub fn set_verbosity(level: Verbosity) {
    LEVEL.store(level as u8, Ordering::Relaxed);
}

/// How much is said.
#[must_use]
pub fn verbosity() -> Verbosity {
    LEVELS[usize::from(LEVEL.load(Ordering::Relaxed))]
}

/// Says what failed, and on a line of its own how to mend it.
pub fn error(error: &Error) {
    say(&error_text(error, color::stderr_is_colored()));
}

/// Says something that the user should know but that stops nothing.
pub fn warn(text: &str) {
    tell(Verbosity::Normal, "WARNING: ", Paint::Warning, text);
}

/// Says with `--verbose` what is going on.
pub fn info(text: &str) {
    tell(Verbosity::Verbose, "INFO: ", Paint::Quiet, text);
}

/// Says with `--debug` what is going on in detail.
pub fn debug(text: &str) {
    tell(Verbosity::Debug, "DEBUG: ", Paint::Quiet, text);
}

/// Says what came of a command whose result is not on stdout, as a plain line.
pub fn note(text: &str) {
    tell(Verbosity::Normal, "", Paint::Quiet, text);
}

/// Says what somebody must do for the command to go on, however little is to be said.
pub fn prompt(text: &str) {
    say(&format!("{text}\n"));
}

/// Asks a question whose answer is yes or no, on the terminal.
///
/// az's prompt: anything but `y` and `n` asks again; the end of the input means no.
pub fn ask(question: &str) -> Result<bool> {
    loop {
        say(&format!("{question} (y/n): "));
        let mut answer = String::new();
        let read = io::stdin().read_line(&mut answer).map_err(|e| {
            Error::io("the answer cannot be read", e).with_hint("Give --yes to go ahead without being asked.")
        })?;
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(true),
            "n" | "no" => return Ok(false),
            _ if read == 0 => return Ok(false),
            _ => {}
        }
    }
}

/// Prints what clap has to say: help and versions to stdout, usage errors to stderr.
pub fn clap(text: &clap::Error) {
    // A closed pipe is the only way this fails, and it leaves nobody to tell.
    drop(text.print());
}

/// Lets the records of `tracing` through to stderr, as far as `--verbose` and `--debug` ask for them.
pub fn show_records() {
    let level = match verbosity() {
        Verbosity::Debug => tracing::Level::DEBUG,
        Verbosity::Verbose => tracing::Level::INFO,
        Verbosity::Normal | Verbosity::OnlyErrors => return,
    };
    let records = tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(level)
        .with_ansi(color::stderr_is_colored())
        .without_time()
        .with_target(false)
        .finish()
        .with(Targets::new().with_target("azr", level));
    // Only a second subscriber in one process can fail, and then the first one goes on.
    drop(tracing::subscriber::set_global_default(records));
}

fn tell(from: Verbosity, label: &str, paint: Paint, text: &str) {
    if verbosity() >= from {
        let mut line = String::new();
        color::push(&mut line, color::stderr_is_colored(), paint, label);
        line.push_str(text);
        line.push('\n');
        say(&line);
    }
}

fn error_text(error: &Error, color: bool) -> String {
    let mut text = String::new();
    color::push(&mut text, color, Paint::Error, "ERROR: ");
    text.push_str(&error.described());
    text.push('\n');
    if let Some(hint) = error.hint() {
        color::push(&mut text, color, Paint::Quiet, "Hint: ");
        text.push_str(&hint);
        text.push('\n');
    }
    text
}

fn say(text: &str) {
    // There is nobody left to tell when stderr cannot be written.
    progress::aside(|| drop(io::stderr().lock().write_all(text.as_bytes())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::ServiceError;

    #[test]
    fn a_service_error_names_its_code_and_request() {
        let error = Error::from(ServiceError {
            status: 409,
            code: "Conflict".into(),
            message: "The API is in use.".into(),
            request_id: Some("r-1".into()),
            request: "DELETE /x".into(),
        });
        assert_eq!(error_text(&error, false), "ERROR: The API is in use. (Conflict, request id r-1)\n");
    }

    #[test]
    fn the_mend_stands_on_its_own_line() {
        let error = Error::usage("--title is missing").with_hint("Add --title.");
        assert_eq!(error_text(&error, false), "ERROR: --title is missing\nHint: Add --title.\n");
        assert_eq!(
            error_text(&error, true),
            "\x1b[31mERROR: \x1b[39m--title is missing\n\x1b[36mHint: \x1b[39mAdd --title.\n"
        );
    }

    #[test]
    fn levels_are_ordered() {
        assert!(LEVELS.is_sorted());
        for (index, level) in LEVELS.into_iter().enumerate() {
            assert_eq!(level as usize, index);
        }
    }
}
