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

/// Hints for the error codes that people meet; a status says too little to advise on.
const HINTS: &[(&[&str], &str)] = &[
    (
        &[
            "AuthenticationFailed",
            "AuthenticationFailedInvalidHeader",
            "AuthenticationFailedMissingToken",
            "ExpiredAuthenticationToken",
            "InvalidAuthenticationToken",
            "InvalidAuthenticationTokenAudience",
            "InvalidAuthenticationTokenTenant",
            "Unauthorized",
        ],
        "Sign in again (azr login or az login), or check AZR_ACCESS_TOKEN and the tenant; --verbose shows which credential was used.",
    ),
    (
        &["AuthorizationFailed", "LinkedAuthorizationFailed"],
        "The identity lacks a role on this resource: the message names the action, --verbose the identity. \
         A new role assignment can take some minutes to work.",
    ),
    (
        &["Forbidden"],
        "The message says what forbids it: a missing role, the network settings of the service, or a policy. \
         --verbose shows the identity.",
    ),
    (
        &["DenyAssignmentAuthorizationFailed"],
        "A deny assignment forbids this action, whatever roles the identity has.",
    ),
    (
        &["RequestDisallowedByPolicy", "RequestDisallowedByAzure"],
        "An Azure Policy forbids this request, and no role changes that: the message names the policy.",
    ),
    (&["ScopeLocked"], "A lock protects the resource. List the locks with: az lock list"),
    (&["ReadOnlyDisabledSubscription"], "The subscription is disabled, and can only be read."),
    (
        &["PrincipalNotFound"],
        "A new identity takes some minutes to be known everywhere. --assignee-principal-type ServicePrincipal skips the check.",
    ),
    (
        &["ServiceAlreadyExistsInSoftDeletedState"],
        "A deleted service still has this name. To delete it for good: azr apim deletedservice purge",
    ),
    (
        &["SubscriptionNotFound"],
        "Check --subscription, and that you are signed in to the tenant that has this subscription.",
    ),
    (&["ResourceGroupNotFound"], "Check --resource-group and --subscription."),
    (
        &["ResourceNotFound", "ParentResourceNotFound", "NotFound", "Not Found", "404"],
        "Check the names and --subscription; a list command shows what exists.",
    ),
    (
        &[
            "TooManyRequests",
            "SubscriptionRequestsThrottled",
            "TenantRequestsThrottled",
            "ResourceRequestsThrottled",
            "ResourceCollectionRequestsThrottled",
        ],
        "The service is throttling requests; try again later.",
    ),
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

    /// What to do about an error with this code.
    pub(super) fn hint(&self) -> Option<&'static str> {
        let code = self.code.as_str();
        HINTS.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, hint)| *hint)
    }
}
