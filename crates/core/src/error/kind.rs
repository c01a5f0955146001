//! What kind of failure an error is, and what follows from it: a stable code and an exit code.

/// What went wrong, in terms of what a caller or a user can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line cannot be understood: an unknown option, a value outside the choices, a malformed `--query`.
    Usage,
    /// A value, file or setting cannot be used: not JSON, not a resource id, an empty name.
    InvalidInput,
    /// A file could not be read or written.
    File,
    /// Input or output other than a file failed: the terminal, a socket.
    Io,
    /// No complete response came: name resolution, connection, TLS, timeout, or a truncated body.
    Network(NetworkFault),
    /// No usable credential, or the identity provider or the service refused it.
    Authentication,
    /// The identity lacks a permission.
    PermissionDenied,
    /// An Azure Policy, a deny assignment, a lock or a disabled subscription forbids the request.
    DeniedByPolicy,
    /// The service says that the resource does not exist.
    NotFound,
    /// Nothing has the name, or matches the pattern or filter, that was given.
    NoMatch,
    /// Several things have the name that was given, where one is needed.
    Ambiguous,
    /// Something else holds or has changed the resource or file, or two inputs claim the same name.
    Conflict,
    /// The service limits the number of requests.
    Throttled,
    /// More than a limit of the service or of azr allows: size, number, depth.
    LimitExceeded,
    /// An operation or a wait did not end in time.
    Timeout,
    /// A long-running operation or a provisioning ended without success.
    OperationFailed,
    /// Any other error response of the service.
    Service,
    /// A response that does not follow the service's protocol.
    InvalidResponse,
    /// Something that the command needs is missing: an identity, a document, a folder.
    MissingPrerequisite,
    /// azr does not do this, or was built without it.
    Unsupported,
    /// The user answered a question with no.
    Declined,
    /// Some items of a bulk command failed; each was reported where it failed.
    Partial,
    /// Ctrl-C, or a request to end the process.
    Interrupted,
    /// Something that should not happen.
    Unexpected,
    /// azr has a bug.
    Bug,
}

/// How far a request without a response got, which decides whether it may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// The request was not sent: the name did not resolve, or the connection failed. Sending it again repeats nothing.
    NotSent,
    /// The service may have carried it out: the connection was lost, or the response was truncated.
    ConnectionLost,
    /// The service may have carried it out, or still do so: no response came in time.
    TimedOut,
    /// Sending it again would fail in the same way: a certificate, a size, a host that is not allowed.
    Permanent,
}

impl ErrorKind {
    /// A short stable name, for logs and tests.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::InvalidInput => "InvalidInput",
            Self::File => "File",
            Self::Io => "Io",
            Self::Network(_) => "Network",
            Self::Authentication => "Authentication",
            Self::PermissionDenied => "PermissionDenied",
            Self::DeniedByPolicy => "DeniedByPolicy",
            Self::NotFound => "NotFound",
            Self::NoMatch => "NoMatch",
            Self::Ambiguous => "Ambiguous",
            Self::Conflict => "Conflict",
            Self::Throttled => "Throttled",
            Self::LimitExceeded => "LimitExceeded",
            Self::Timeout => "Timeout",
            Self::OperationFailed => "OperationFailed",
            Self::Service => "Service",
            Self::InvalidResponse => "InvalidResponse",
            Self::MissingPrerequisite => "MissingPrerequisite",
            Self::Unsupported => "Unsupported",
            Self::Declined => "Declined",
            Self::Partial => "Partial",
            Self::Interrupted => "Interrupted",
            Self::Unexpected => "Unexpected",
            Self::Bug => "Bug",
        }
    }

    /// The exit code of the process: az's where az has one, 4 for a bulk command that failed in part, 130 for Ctrl-C.
    pub(super) fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Partial => 4,
            Self::Interrupted => 130,
            _ => 1,
        }
    }
}
