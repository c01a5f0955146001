//! Error responses of Azure Resource Manager and the services behind it.

use super::kind::ErrorKind;

/// An error response of Azure Resource Manager, or of a service behind it.
///
/// Shapes seen: `{"error":{"code","message","details"}}`, `{"code":"404"}`, RFC 9457 `{"title","status"}`,
/// and plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `ResourceNotFound`.
    pub code: String,
    /// The message, with the messages of its details appended.
    pub message: String,
    /// `x-ms-request-id` or `x-ms-correlation-request-id`, to give to support.
    pub request_id: Option<String>,
    /// Method and path of the request.
    pub request: String,
}

/// The codes of refusals that no role assignment lifts.
const DENIED_BY_POLICY: [&str; 6] = [
    "RequestDisallowedByPolicy",
    "RequestDisallowedByAzure",
    "DenyAssignmentAuthorizationFailed",
    "ScopeLocked",
    "ReadOnlyDisabledSubscription",
    "DisallowedOperation",
];

impl ServiceError {
    /// What the code says the failure is; where it says nothing, what the status says.
    pub(super) fn kind(&self) -> ErrorKind {
        if DENIED_BY_POLICY.contains(&self.code.as_str()) {
            return ErrorKind::DeniedByPolicy;
        }
        match self.status {
            401 => ErrorKind::Authentication,
            403 => ErrorKind::PermissionDenied,
            404 => ErrorKind::NotFound,
            409 | 412 => ErrorKind::Conflict,
            429 => ErrorKind::Throttled,
            _ => ErrorKind::Service,
        }
    }
}
