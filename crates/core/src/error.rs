//! The one error type of azr: what failed, why, and what to do about it.
//!
//! ```
//! use azr_core::error::{Error, ErrorKind};
//!
//! let error = Error::timeout("the operation at /x has not ended within 60 seconds")
//!     .with_hint("AZR_OPERATION_TIMEOUT allows more seconds.");
//! assert_eq!(error.kind(), ErrorKind::Timeout);
//! assert_eq!(error.code(), "Timeout");
//! assert_eq!(error.exit_code(), 1);
//! assert_eq!(error.hint(), Some("AZR_OPERATION_TIMEOUT allows more seconds."));
//! ```

mod hints;
mod kind;
mod missing;
mod service;
#[cfg(test)]
mod tests;

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

pub use kind::{ErrorKind, NetworkFault};
pub use missing::describe as describe_resource;
pub use service::ServiceError;

/// The variable that makes azr print the messages of panics, as Rust prints them.
pub const SHOW_PANICS: &str = "AZR_SHOW_PANICS";

const REPORT_BUG: &str = "Please report it with the command line, without any secrets. AZR_SHOW_PANICS=1 shows more, \
                          which may include secrets.";

/// The hint for the path `-`, which other programs use for stdin.
const READ_STDIN: &str = if cfg!(unix) {
    "'-' is the name of a file here; to read stdin, give /dev/stdin."
} else {
    "'-' is the name of a file here; save what stdin has to a file, and give its name."
};

/// The hint for a file that cannot be written because another program has it open.
pub(crate) const CLOSE_PROGRAM: &str = "Close the program that has the file open.";

/// The errors of Windows for a file that another program has open or has locked.
const SHARING_VIOLATIONS: [i32; 2] = [32, 33];

/// The result of everything in azr that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether an operation failed because another program has a file open in a way that excludes it.
pub(crate) fn is_sharing_violation(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error().is_some_and(|code| SHARING_VIOLATIONS.contains(&code))
}

/// What failed and why, with the hint and the exit code that go with it.
///
/// Constructors are named by kind. A constructor takes the message: the thing first, then the reason.
pub struct Error(Box<Details>);

struct Details {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    exit_code: Option<u8>,
    cause: Cause,
}

enum Cause {
    None,
    Io(io::Error),
    Service(ServiceError),
}

impl Error {
    fn new(kind: ErrorKind, message: String) -> Self {
        Self(Box::new(Details { kind, message, hint: None, exit_code: None, cause: Cause::None }))
    }

    fn with_cause(kind: ErrorKind, message: String, cause: Cause) -> Self {
        Self(Box::new(Details { kind, message, hint: None, exit_code: None, cause }))
    }

    /// A command line that cannot be understood.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message.into())
    }

    /// A value, file or setting that cannot be used.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message.into())
    }

    /// A file that could not be read.
    pub fn read(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        let is_stdin = path.as_os_str() == "-" && source.kind() == io::ErrorKind::NotFound;
        let message = cannot("read", &path, &source, "no such file or folder");
        let error = Self::with_cause(ErrorKind::File, message, Cause::Io(source));
        if is_stdin { error.with_hint(READ_STDIN) } else { error }
    }

    /// A file that could not be written.
    pub fn write(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let message = cannot("write", &path.into(), &source, "its folder does not exist");
        let is_in_use = is_sharing_violation(&source);
        let error = Self::with_cause(ErrorKind::File, message, Cause::Io(source));
        if is_in_use { error.with_hint(CLOSE_PROGRAM) } else { error }
    }

    /// Input or output, other than a file's, that failed; the reason is appended to the message.
    pub fn io(message: impl fmt::Display, source: io::Error) -> Self {
        Self::with_cause(ErrorKind::Io, format!("{message}: {source}"), Cause::Io(source))
    }

    /// A request without a complete response; the message must not include credentials.
    pub fn network(message: impl Into<String>, fault: NetworkFault) -> Self {
        Self::new(ErrorKind::Network(fault), message.into())
    }

    /// A missing or refused credential; the message must not include the credential.
    pub fn authentication(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Authentication, message.into())
    }

    /// A name, pattern or filter that nothing matches.
    pub fn no_match(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NoMatch, message.into())
    }

    /// A name that several things have.
    pub fn ambiguous(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Ambiguous, message.into())
    }

    /// A resource, file or name that something else holds or has changed.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message.into())
    }

    /// A limit of the service or of azr that is exceeded.
    pub fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::LimitExceeded, message.into())
    }

    /// An operation or a wait that did not end in time.
    pub fn timeout(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Timeout, message.into())
    }

    /// An operation that ended without success.
    pub fn operation_failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::OperationFailed, message.into())
    }

    /// A response that does not follow the service's protocol.
    pub fn invalid_response(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidResponse, message.into())
    }

    /// Something that the command needs, and that does not exist.
    pub fn missing_prerequisite(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::MissingPrerequisite, message.into())
    }

    /// Something that azr does not do, or was built without.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message.into())
    }

    /// A question that the user answered with no.
    pub fn declined(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Declined, message.into())
    }

    /// Something that should not happen.
    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unexpected, message.into())
    }

    /// A bulk command of which some items failed.
    #[must_use]
    pub fn partial(failed: usize, total: usize) -> Self {
        Self::new(ErrorKind::Partial, format!("{failed} of {total} failed"))
    }

    /// Ctrl-C, or a request to end the process.
    #[must_use]
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted".to_owned())
    }

    /// A bug of azr at a place in its code: file, line and column.
    #[must_use]
    pub fn bug(location: &str) -> Self {
        Self::new(ErrorKind::Bug, format!("azr has a bug at {location}")).with_hint(REPORT_BUG)
    }

    /// The error of a long-running operation that ended without success, as the service reports it.
    #[must_use]
    pub fn failed_operation(error: ServiceError) -> Self {
        let mut error = Self::from(error);
        if error.0.kind != ErrorKind::DeniedByPolicy {
            error.0.kind = ErrorKind::OperationFailed;
        }
        error
    }

    /// The same error with a hint: the command or change that fixes it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same error with a hint, if there is one.
    #[must_use]
    pub fn with_optional_hint(self, hint: Option<impl Into<String>>) -> Self {
        match hint {
            Some(hint) => self.with_hint(hint),
            None => self,
        }
    }

    /// The same error with another exit code than its kind has.
    #[must_use]
    pub fn with_exit_code(mut self, code: u8) -> Self {
        self.0.exit_code = Some(code);
        self
    }

    /// The same error with what it concerns in front of its message, as in `echo: the document is empty`.
    #[must_use]
    pub fn with_context(mut self, context: impl fmt::Display) -> Self {
        self.0.message = format!("{context}: {}", self.0.message);
        self
    }

    /// The same error with its message changed by `change`; the hint stays as it is.
    #[must_use]
    pub fn map_message(mut self, change: impl FnOnce(String) -> String) -> Self {
        self.0.message = change(std::mem::take(&mut self.0.message));
        self
    }

    /// What kind of failure this is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The error response of the service, if it is one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match &self.0.cause {
            Cause::Service(error) => Some(error),
            Cause::None | Cause::Io(_) => None,
        }
    }

    /// A short stable name: the service's code for an error response, else one of azr's own.
    #[must_use]
    pub fn code(&self) -> &str {
        self.service_error().map_or(self.0.kind.code(), |error| &error.code)
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The exit code of the process.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        self.0.exit_code.unwrap_or_else(|| self.0.kind.exit_code())
    }

    /// Whether the service says that the resource does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// The message in one line; for an error response also its code and request, to look up or give to support.
    #[must_use]
    pub fn described(&self) -> String {
        let Some(service) = self.service_error() else { return self.to_string() };
        let request = service.request_id.as_ref().map_or(String::new(), |id| format!(", request id {id}"));
        format!("{} ({}{request})", self.0.message, service.code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.service_error() {
            Some(service) => write!(f, "({}) {}", service.code, self.0.message),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Error");
        text.field("kind", &self.0.kind).field("message", &self.0.message);
        if let Some(service) = self.service_error() {
            text.field("service", service);
        }
        text.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Io(error) => Some(error),
            Cause::None | Cause::Service(_) => None,
        }
    }
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        let message = missing::message(&error).unwrap_or_else(|| error.message.clone());
        let hint = hints::hint(&error);
        Self::with_cause(error.kind(), message, Cause::Service(error)).with_optional_hint(hint)
    }
}

/// An error and its causes, outermost first.
pub fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn StdError + 'static)| (*e).source())
}

/// The message of the innermost cause, which is the one that says what happened.
#[must_use]
pub fn root_cause(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

/// The message about a file that cannot be read or written; `missing` is the reason if it does not exist.
fn cannot(act: &str, path: &Path, source: &io::Error, missing: &str) -> String {
    let shown = path.display().to_string();
    let reason = match source.kind() {
        io::ErrorKind::NotFound if shown.is_empty() => "the path is empty".to_owned(),
        io::ErrorKind::NotFound => missing.to_owned(),
        _ => {
            let text = source.to_string();
            // The number says nothing that the text does not say.
            text.split_once(" (os error").map_or_else(|| text.clone(), |(text, _)| text.to_owned())
        }
    };
    // Without quotes, a name that is empty or has a space at its end would not be seen.
    if shown.is_empty() || shown.trim() != shown {
        return format!("cannot {act} '{shown}': {reason}");
    }
    format!("cannot {act} {shown}: {reason}")
}
