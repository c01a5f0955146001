//! The one error type of azr: what failed, why, and what to do about it.
//!
//! Every variant knows the exit code that az would end with (1 failed, 2 usage, 3 not found), a short
//! stable `code()` for logs and tests, and where there is one a `hint()`: the command or change that mends it.

use std::path::PathBuf;

/// The variable that has the messages of panics shown, as Rust shows them.
pub const SHOW_PANICS: &str = "AZR_SHOW_PANICS";

const REPORT: &str = "Please report it with the command line, without what is secret in it. AZR_SHOW_PANICS=1 shows \
                      more, which may be secret as well.";

/// The result of everything in azr that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, in terms of what the user can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line cannot be understood: unknown option, value outside the choices, bad `--query`.
    #[error("{message}")]
    Usage {
        /// What is wrong, naming the option and the value.
        message: String,
        /// How to say it instead.
        hint: Option<String>,
    },

    /// The command line was understood, but what it names cannot be used (not JSON, file missing, bad id).
    #[error("{message}")]
    Invalid {
        /// What is wrong, naming the option, file or resource.
        message: String,
        /// The mend.
        hint: Option<String>,
    },

    /// A file could not be read or written.
    #[error("{action} {}: {source}", path.display())]
    File {
        /// "cannot read" or "cannot write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },

    /// The service answered with an error.
    #[error(transparent)]
    Service(Box<ServiceError>),

    /// No answer came: name resolution, connection, TLS, timeout, or a body cut short.
    #[error("{message}")]
    Network {
        /// The request and the reason, without credentials.
        message: String,
        /// How far the request got.
        fault: Fault,
        /// The mend.
        hint: Option<String>,
    },

    /// No usable credential, or the identity provider refused it.
    #[error("{message}")]
    Auth {
        /// Which credential failed and why; never the credential itself.
        message: String,
        /// How to sign in.
        hint: Option<String>,
    },

    /// Something in azr or in the answer of a service that should not be possible.
    #[error("{0}")]
    Unexpected(String),

    /// azr has a mistake: where it came upon it.
    #[error("azr has a bug, which shows in {place}")]
    Bug {
        /// File, line and column of azr's code.
        place: String,
    },

    /// Some of the parts of a bulk command failed; each was reported where it failed.
    #[error("{failed} of {total} failed")]
    Partial {
        /// How many failed.
        failed: usize,
        /// How many there were.
        total: usize,
    },

    /// The user pressed Ctrl-C, or the process was asked to end.
    #[error("interrupted")]
    Interrupted,
}

/// How far a request got that was not answered, which decides whether it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It never left: no name, no connection. Sending it again repeats nothing.
    Unsent,
    /// It may have been carried out: the connection was lost, or the answer did not come whole.
    Lost,
    /// It may have been carried out, or still be: the answer did not come in time.
    Late,
    /// Sending it again would end the same: a certificate, a size, a host that is not allowed.
    Refused,
}

/// An error answer of Azure Resource Manager, or of a service behind it.
///
/// Shapes seen: `{"error":{"code","message","details"}}`, `{"code":"404"}`, RFC 9457 `{"title","status"}`,
/// and plain text.
#[derive(Debug, thiserror::Error)]
#[error("({code}) {message}")]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// ARM's error code, such as `ResourceNotFound`.
    pub code: String,
    /// ARM's message, with the messages of its details appended.
    pub message: String,
    /// `x-ms-request-id` or `x-ms-correlation-request-id`, to give to support.
    pub request_id: Option<String>,
    /// Method and path of the request.
    pub request: String,
}

impl Error {
    /// A usage error without a hint.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: None }
    }

    /// An invalid value without a hint.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid { message: message.into(), hint: None }
    }

    /// The same error with the mend; errors that carry their own mend are left as they are.
    #[must_use]
    pub fn with_hint(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Self::Usage { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Network { hint, .. }
            | Self::Auth { hint, .. } => *hint = Some(text.into()),
            _ => {}
        }
        self
    }

    /// A file that could not be read.
    pub fn read(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { action: "cannot read", path: path.into(), source }
    }

    /// A file that could not be written.
    pub fn write(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { action: "cannot write", path: path.into(), source }
    }

    /// The message in one line; for an answer of the service also its code and request, to look up or give to support.
    #[must_use]
    pub fn described(&self) -> String {
        let Self::Service(service) = self else { return self.to_string() };
        let request = service.request_id.as_ref().map_or(String::new(), |id| format!(", request id {id}"));
        format!("{} ({}{request})", service.message, service.code)
    }

    /// A short stable name: ARM's code for a service error, else one of azr's own.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Usage { .. } => "Usage",
            Self::Invalid { .. } => "InvalidInput",
            Self::File { .. } => "File",
            Self::Service(e) => &e.code,
            Self::Network { .. } => "Network",
            Self::Auth { .. } => "Authentication",
            Self::Unexpected(_) => "Unexpected",
            Self::Bug { .. } => "Bug",
            Self::Partial { .. } => "Partial",
            Self::Interrupted => "Interrupted",
        }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. }
            | Self::Invalid { hint, .. }
            | Self::Network { hint, .. }
            | Self::Auth { hint, .. } => hint.clone(),
            Self::Service(e) => e.hint(),
            Self::Bug { .. } => Some(REPORT.to_owned()),
            Self::File { .. } | Self::Unexpected(_) | Self::Partial { .. } | Self::Interrupted => None,
        }
    }

    /// The exit code of the process: az's where az has one, 4 for a bulk command that failed in part, 130 for Ctrl-C.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage { .. } => 2,
            Self::Service(e) if e.status == 404 => 3,
            Self::Partial { .. } => 4,
            Self::Interrupted => 130,
            _ => 1,
        }
    }

    /// Whether the service said that the resource is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Service(e) if e.status == 404)
    }
}

impl From<ServiceError> for Error {
    fn from(error: ServiceError) -> Self {
        Self::Service(Box::new(error))
    }
}

impl ServiceError {
    fn hint(&self) -> Option<String> {
        let text = match (self.status, self.code.as_str()) {
            (401, _) => {
                "Sign in again (azr login or az login), or check AZR_ACCESS_TOKEN and the tenant; --verbose says which credential was used."
            }
            (403, _) => {
                "The identity lacks a role on this resource; see the message for the action, and --verbose for who you are."
            }
            (404, "SubscriptionNotFound") => {
                "Check --subscription, and that you are signed in to the tenant that holds it."
            }
            (404, "ResourceGroupNotFound") => "Check --resource-group and --subscription.",
            (404, _) => "Check the names and --subscription; a list command shows what is there.",
            (429, _) => "The service is throttling; try again later.",
            _ => return None,
        };
        Some(text.to_owned())
    }
}
