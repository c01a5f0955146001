//! What to do about the error codes that people meet.
//!
//! A hint depends on the error code and what the message says, not on the HTTP status, which has too many causes (but for
//! 401).

use super::missing;
use super::service::ServiceError;

/// Codes with a hint that is the same for every request.
const HINTS: &[(&[&str], &str)] = &[
    (
        &[
            // A 401 without a code, which only has to do with the sign-in.
            "HTTP 401",
            "AuthenticationFailed",
            "AuthenticationFailedInvalidHeader",
            "AuthenticationFailedMissingToken",
            "ExpiredAuthenticationToken",
            "InvalidAuthenticationToken",
            "InvalidAuthenticationTokenAudience",
            "InvalidAuthenticationTokenTenant",
            "Unauthorized",
            "invalid_token",
        ],
        "Sign in again (azr login or az login), or check AZR_ACCESS_TOKEN and the tenant; --verbose shows which credential was used.",
    ),
    (
        &["insufficient_claims"],
        "A conditional access policy requires more of the sign-in, such as multi-factor authentication or a known network: \
         sign in again (azr login or az login) from there.",
    ),
    (
        &["DenyAssignmentAuthorizationFailed"],
        "A deny assignment forbids this action, and no role changes that. To see who made it: az rest --url \
         '/subscriptions/{subscriptionId}/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01'",
    ),
    (
        &["RequestDisallowedByPolicy", "RequestDisallowedByAzure"],
        "An Azure Policy forbids this request, and no role changes that: the message names the policy. \
         List the assignments with: az policy assignment list --disable-scope-strict-match",
    ),
    (&["ScopeLocked"], "A lock protects the resource. List the locks with: az lock list"),
    (
        &["ReadOnlyDisabledSubscription"],
        "The subscription is disabled, and can only be read. Show its state with: az account show --query state",
    ),
    (
        &["PrincipalNotFound"],
        "A new identity takes some minutes to be known everywhere. Name its type to skip the lookup: \
         azr role assignment create --assignee-object-id ID --assignee-principal-type ServicePrincipal …",
    ),
    (
        &["SubscriptionNotFound"],
        "Check --subscription, and that you are signed in to the tenant that has this subscription. List the \
         subscriptions with: azr account list",
    ),
    (
        &["ResourceGroupNotFound"],
        "Check --resource-group and --subscription. List the resource groups with: azr group list -o table",
    ),
    (
        &["MissingSubscriptionRegistration", "SubscriptionNotRegistered"],
        "Register the resource provider: az provider register --namespace Microsoft.ApiCenter (or Microsoft.ApiManagement)",
    ),
    (
        &[
            "TooManyRequests",
            "SubscriptionRequestsThrottled",
            "TenantRequestsThrottled",
            "ResourceRequestsThrottled",
            "ResourceCollectionRequestsThrottled",
        ],
        "azr has waited and repeated the request, and the service still throttles it. Try again in some minutes; the limits \
         count per principal.",
    ),
];

/// The codes of refusals by the network settings of a service.
const NETWORK: [&str; 9] = [
    "ForbiddenByFirewall",
    "ForbiddenByConnection",
    "RequestDisallowedByNetwork",
    "RequestDisallowedByNetworkSecurityPerimeter",
    "PublicNetworkAccessDisabled",
    "PublicNetworkAccessNotAllowed",
    "PrivateEndpointRequired",
    "ClientIpAddressNotAllowed",
    "IpAddressNotAllowed",
];

const NETWORK_HINT: &str = "The network settings of the service refuse this connection, and no role changes that: run azr from an \
                            allowed network, or allow public access or this address in the networking settings of the resource.";

/// Words in the message of a `Forbidden` that is about the network.
const NETWORK_WORDS: [&str; 5] =
    ["public network", "public access", "firewall", "ip address", "private endpoint"];

/// What to do about an error.
pub(super) fn hint(error: &ServiceError) -> Option<String> {
    let code = error.code.as_str();
    match code {
        "AuthorizationFailed" | "LinkedAuthorizationFailed" => return Some(missing_role(error)),
        "ServiceAlreadyExistsInSoftDeletedState" => return Some(soft_deleted(error)),
        "Forbidden" => return Some(forbidden(error)),
        _ if NETWORK.contains(&code) => return Some(NETWORK_HINT.to_owned()),
        "ValidationError" if error.message.starts_with("Multiple service endpoints") => {
            return Some(WSDL_ENDPOINTS.to_owned());
        }
        _ if is_name_of_deleted_center(error) => return Some(DELETED_CENTER.to_owned()),
        _ if missing::CODES.contains(&code) => return Some(missing::hint(error)),
        _ => {}
    }
    HINTS.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, hint)| (*hint).to_owned())
}

const WSDL_ENDPOINTS: &str = "Choose an endpoint of the WSDL with --wsdl-endpoint-name (the name of a port), and its service with \
                              --wsdl-service-name.";

const DELETED_CENTER: &str = "A deleted API center keeps its name until it is purged. List the deleted centers of a resource group with: \
                              azr rest --url '/subscriptions/{subscriptionId}/resourceGroups/GROUP/providers/Microsoft.ApiCenter/\
                              deletedServices?api-version=2024-06-01-preview'";

/// Whether an API center cannot be created because another has its name, or had it before it was deleted.
///
/// Users quote the message; the code is not known.
fn is_name_of_deleted_center(error: &ServiceError) -> bool {
    error.request.contains("/Microsoft.ApiCenter/services/") && error.message.contains(" is already taken")
}

/// `Forbidden` has several causes, which only the message distinguishes.
fn forbidden(error: &ServiceError) -> String {
    let message = error.message.to_ascii_lowercase();
    if NETWORK_WORDS.iter().any(|word| message.contains(word)) {
        return NETWORK_HINT.to_owned();
    }
    "The message says what forbids it: a missing role, the network settings of the service, or a policy. \
     --verbose shows the identity."
        .to_owned()
}

/// The command that assigns the role that a request needs, as far as the message of ARM names the parts.
fn missing_role(error: &ServiceError) -> String {
    let quoted_after = |marker: &str| {
        let (_, rest) = error.message.split_once(marker)?;
        rest.trim_start().strip_prefix('\'')?.split('\'').next().filter(|text| !text.is_empty())
    };
    let action = quoted_after("perform action").unwrap_or_default();
    let role = role_for(action);
    let id = quoted_after("object id").filter(|id| is_plain(id)).unwrap_or("OBJECT_ID");
    let scope = quoted_after("over scope").filter(|scope| is_plain(scope)).unwrap_or("SCOPE");
    format!(
        "The identity lacks a role. Someone who may assign roles can run: azr role assignment create --role \"{role}\" \
         --assignee-object-id {id} --scope {scope}. If the role was just assigned, wait: it can take ten minutes to work."
    )
}

/// A role that allows an action; the least one that azr knows.
fn role_for(action: &str) -> &'static str {
    let lower = action.to_ascii_lowercase();
    let is_read = lower.ends_with("/read");
    if lower.starts_with("microsoft.apicenter/") {
        return if is_read {
            "Azure API Center Service Reader"
        } else {
            "Azure API Center Service Contributor"
        };
    }
    if lower.starts_with("microsoft.apimanagement/") {
        return if is_read {
            "API Management Service Reader Role"
        } else {
            "API Management Service Contributor"
        };
    }
    if lower.starts_with("microsoft.authorization/") && !is_read {
        return "Role Based Access Control Administrator";
    }
    if is_read { "Reader" } else { "Contributor" }
}

fn soft_deleted(error: &ServiceError) -> String {
    let name = missing::resource_of(error).map(|id| id.name().to_owned());
    let name = name.filter(|name| is_plain(name)).unwrap_or_else(|| "NAME".to_owned());
    format!(
        "A deleted service still has this name. To delete it for good: azr apim deletedservice purge --service-name {name} \
         --location LOCATION (azr apim deletedservice list shows the location)."
    )
}

/// Whether a text of the service can be part of a command without quotes.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, message: &str) -> ServiceError {
        ServiceError {
            status: 403,
            code: code.to_owned(),
            message: message.to_owned(),
            request_id: None,
            request: "PUT /subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m"
                .to_owned(),
        }
    }

    #[test]
    fn a_missing_role_has_the_command_that_assigns_it() {
        let message = "The client 'me' with object id '0-1' does not have authorization to perform action \
                       'Microsoft.ApiCenter/services/read' over scope '/subscriptions/s' or the scope is invalid.";
        let hint = hint(&error("AuthorizationFailed", message)).expect("a hint");
        let command = "azr role assignment create --role \"Azure API Center Service Reader\" --assignee-object-id 0-1 --scope /subscriptions/s.";
        assert!(hint.contains(command) && hint.contains("ten minutes"), "{hint}");
    }

    #[test]
    fn text_of_the_service_that_a_shell_would_interpret_is_not_part_of_a_command() {
        let hint =
            hint(&error("AuthorizationFailed", "object id '$(reboot)' over scope ';x'")).expect("a hint");
        assert!(hint.contains("--assignee-object-id OBJECT_ID --scope SCOPE"), "{hint}");
    }

    #[test]
    fn a_network_refusal_is_not_a_missing_role() {
        for (code, message) in [
            ("PublicNetworkAccessDisabled", ""),
            ("Forbidden", "Public network access is disabled."),
            ("ForbiddenByFirewall", ""),
        ] {
            let hint = hint(&error(code, message)).expect(code);
            assert!(hint.contains("network settings") && !hint.contains("lacks"), "{code}: {hint}");
        }
        assert!(hint(&error("Forbidden", "No.")).is_some_and(|hint| hint.contains("a missing role, ")));
    }

    #[test]
    fn a_wsdl_with_several_endpoints_needs_an_option() {
        let message = "Multiple service endpoints available, only one can be imported at a time";
        let hint = hint(&error("ValidationError", message));
        assert!(hint.is_some_and(|hint| hint.contains("--wsdl-endpoint-name")));
    }

    #[test]
    fn a_soft_deleted_service_has_the_command_that_purges_it() {
        let hint = hint(&error("ServiceAlreadyExistsInSoftDeletedState", "")).expect("a hint");
        assert!(hint.contains("azr apim deletedservice purge --service-name m --location"), "{hint}");
    }
}
