//! Messages to the user, on stderr: errors, warnings, and details with `--verbose` and `--debug`.

use std::io::{self, IsTerminal as _, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use clap::error::{ContextKind, ContextValue};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;

use super::color::{self, Color};
use super::escape;
use super::progress;
use super::secrets;
use super::stdout::write_stdout;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::interrupt::BlockedSection;

pub use super::verbosity::{Verbosity, set_verbosity, verbosity};

/// The secrets that no message may repeat.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hides these secrets in all further messages.
pub fn hide_secrets(secrets: Vec<String>) {
    *SECRETS.lock().unwrap_or_else(PoisonError::into_inner) = secrets;
}

/// Whether a question waits for its answer.
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
        if !std::mem::replace(&mut *is_printed, true) {
            write_stderr(&format_error(error, color::stderr_is_colored()));
        }
        return;
    }
    write_stderr(&format_error(error, color::stderr_is_colored()));
}

/// Prints the failure of one of many items, at any verbosity.
pub fn failure(text: &str) {
    print_labeled(Verbosity::OnlyErrors, "ERROR: ", Color::Error, text);
}

/// Prints a warning.
pub fn warn(text: &str) {
    print_labeled(Verbosity::Normal, "WARNING: ", Color::Warning, text);
}

/// Prints a message with `--verbose`.
pub fn info(text: &str) {
    print_labeled(Verbosity::Verbose, "INFO: ", Color::Hint, text);
}

/// Prints a message with `--debug`.
pub fn debug(text: &str) {
    print_labeled(Verbosity::Debug, "DEBUG: ", Color::Hint, text);
}

/// Prints the outcome of a command that has no result for stdout, as a line without a label.
pub fn status(text: &str) {
    print_labeled(Verbosity::Normal, "", Color::Hint, text);
}

/// Prints something worth knowing about the result, which needs no action.
pub fn note(text: &str) {
    print_labeled(Verbosity::Normal, "NOTE: ", Color::Hint, text);
}

/// Prints what to do next, if a person reads it: stderr is a terminal.
pub fn suggest(text: &str) {
    if io::stderr().is_terminal() {
        print_labeled(Verbosity::Normal, "", Color::Hint, text);
    }
}

/// Prints what the user must do for the command to continue, at any verbosity.
pub fn prompt(text: &str) {
    write_stderr(&format!("{}\n", escape::message(text)));
}

/// Ends the line of a question that is not answered.
pub fn end_of_prompt() {
    if IS_ASKING.load(Ordering::SeqCst) {
        write_stderr("\n");
    }
}

/// Asks a yes/no question on the terminal.
///
/// As in az, any answer but `y` and `n` repeats the question, and the end of the input means no.
pub fn confirm(question: &str) -> Result<bool> {
    loop {
        write_stderr(&format!("{} (y/n): ", escape::line(question)));
        let mut answer = String::new();
        let section = BlockedSection::start();
        IS_ASKING.store(true, Ordering::SeqCst);
        let read = io::stdin().read_line(&mut answer);
        IS_ASKING.store(false, Ordering::SeqCst);
        drop(section);
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

/// Prints the output of clap: help and versions to stdout, usage errors to stderr.
pub fn print_clap_error(mut error: clap::Error) -> Result<()> {
    if !error.use_stderr() {
        let text = error.render();
        return if color::stdout_is_colored() {
            write_stdout(text.ansi().to_string().as_bytes())
        } else {
            write_stdout(text.to_string().as_bytes())
        };
    }
    let escaped: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(escape::line(text).into_owned()))),
            ContextValue::Strings(texts) => {
                let texts = texts.iter().map(|text| escape::line(text).into_owned()).collect();
                Some((kind, ContextValue::Strings(texts)))
            }
            _ => None,
        })
        .collect();
    for (kind, value) in escaped {
        error.insert(kind, value);
    }
    let text = error.render();
    let plain = text.to_string();
    let escaped = escape::lines(&plain);
    // Colors are escape sequences too, so only a text without others can have them.
    let is_colored = color::stderr_is_colored() && escaped == plain;
    write_stderr(&if is_colored { text.ansi().to_string() } else { escaped });
    Ok(())
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

fn print_labeled(minimum: Verbosity, label: &str, color: Color, text: &str) {
    if verbosity() >= minimum {
        let mut line = String::new();
        color::push_colored(&mut line, color::stderr_is_colored(), color, label);
        line.push_str(&escape::message(text));
        line.push('\n');
        write_stderr(&line);
    }
}

fn format_error(error: &Error, color: bool) -> String {
    let mut text = String::new();
    color::push_colored(&mut text, color, Color::Error, "ERROR: ");
    text.push_str(&escape::message(&error.described()));
    text.push('\n');
    if let Some(hint) = error.hint() {
        color::push_colored(&mut text, color, Color::Hint, "Hint: ");
        text.push_str(&escape::message(hint));
        text.push('\n');
    }
    text
}

fn write_stderr(text: &str) {
    let text = secrets::hide(text, &SECRETS.lock().unwrap_or_else(PoisonError::into_inner));
    // If stderr cannot be written, the error cannot be reported either.
    progress::suspend(|| drop(io::stderr().lock().write_all(text.as_bytes())));
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
        assert_eq!(format_error(&error, false), "ERROR: The API is in use. (Conflict, request id r-1)\n");
    }

    #[test]
    fn an_error_of_a_service_cannot_control_the_terminal_or_a_pipeline() {
        let error = Error::from(ServiceError {
            status: 400,
            code: "C\x1b[2J".into(),
            message: "::error::m\n##vso[task.x]\nERROR: forged\u{202e}".into(),
            request_id: Some("r\x07".into()),
            request: "PUT /x".into(),
        })
        .with_hint("a\n::b");
        assert_eq!(
            format_error(&error, false),
            "ERROR: \\u{3a}:error::m\n  \\u{23}#vso[task.x]\n  ERROR: forged\\u{202e} (C\\u{1b}[2J, request id r\\u{7})\n\
             Hint: a\n  \\u{3a}:b\n"
        );
    }

    #[test]
    fn the_hint_is_on_a_separate_line() {
        let error = Error::usage("--title is missing").with_hint("Add --title.");
        assert_eq!(format_error(&error, false), "ERROR: --title is missing\nHint: Add --title.\n");
        assert_eq!(
            format_error(&error, true),
            "\x1b[31mERROR: \x1b[39m--title is missing\n\x1b[36mHint: \x1b[39mAdd --title.\n"
        );
    }
}
