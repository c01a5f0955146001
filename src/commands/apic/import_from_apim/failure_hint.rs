//! Adds a hint to an error of the service that does not explain why an import failed.

use std::fmt::Write as _;

use super::sources::distinct_services;
use azr_core::error::{Error, ErrorKind, ServiceError};
use azr_core::id::ResourceId;

/// Phrases of messages that explain nothing.
const OPAQUE_PHRASES: &[&str] = &[
    "an error occurred",
    "an error has occurred",
    "internal error",
    "internal server error",
    "unexpected error",
    "unknown error",
    "something went wrong",
    // azr's own texts for a response or operation without a message.
    "the operation ended as",
    "the service failed",
    "rejected the request without a reason",
];

/// Messages with at most this many words explain nothing: "Import failed.", "Bad Request".
const MAX_OPAQUE_WORDS: usize = 3;

/// Adds a hint to an error that does not explain the failure; returns other errors unchanged.
pub(super) fn with_hint(error: Error, center: &ResourceId, sources: &[String]) -> Error {
    let is_unexplained =
        matches!(error.kind(), ErrorKind::Service | ErrorKind::OperationFailed | ErrorKind::Conflict)
            && error.hint().is_none()
            && error.service_error().is_some_and(is_opaque);
    if is_unexplained { error.with_hint(hint(center, sources)) } else { error }
}

fn is_opaque(error: &ServiceError) -> bool {
    let message = error.message.to_lowercase();
    message.split_whitespace().count() <= MAX_OPAQUE_WORDS
        || OPAQUE_PHRASES.iter().any(|words| message.contains(words))
}

fn hint(center: &ResourceId, sources: &[String]) -> String {
    let options = |id: &ResourceId| format!("-g {} -n {}", id.group().unwrap_or_default(), id.name());
    let mut text = format!(
        "The service does not say why. Check the center's identity: azr apic show {} --query identity",
        options(center)
    );
    for service in distinct_services(sources) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "; its role: azr role assignment list --scope {service} --include-inherited -o table; the network: azr apim show {} --query publicNetworkAccess",
            options(&service)
        );
    }
    text.push_str(". Or let azr import instead of the service: azr apic import-from-apim … --mode client");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::resource::{APIM_SERVICE, CENTER};

    fn error_with_hint(status: u16, message: &str) -> Error {
        let group = ResourceId::resource_group("s", "g");
        let source = APIM_SERVICE.id(&group, &["m"]).child("apis", "*").to_string();
        let error = ServiceError {
            status,
            code: "Failed".to_owned(),
            message: message.to_owned(),
            request_id: Some("r".to_owned()),
            request: "POST /x".to_owned(),
        };
        with_hint(error.into(), &CENTER.id(&group, &["c"]), &[source])
    }

    #[test]
    fn an_error_without_an_explanation_gets_a_hint() {
        for message in [
            "",
            "Bad Request",
            "An error occurred while processing your request.",
            "The operation ended as Failed.",
        ] {
            let error = error_with_hint(400, message);
            assert_eq!(
                (error.described(), error.exit_code()),
                (format!("{message} (Failed, request id r)"), 1)
            );
            let hint = error.hint().expect("a hint");
            for command in [
                "azr apic show -g g -n c",
                "azr role assignment list --scope /subscriptions/s",
                "azr apim show -g g -n m",
            ] {
                assert!(hint.contains(command), "{hint}");
            }
        }
    }

    #[test]
    fn an_error_with_an_explanation_is_unchanged() {
        for (status, message) in [
            (400, "The API '/x' was not found."),
            (400, "The client does not have authorization to perform action 'read' over scope '/s'."),
            (403, ""),
            (404, ""),
        ] {
            assert!(error_with_hint(status, message).hint().is_none(), "{message}");
        }
    }
}
