//! What to check where the service does not say why an import failed.

use std::fmt::Write as _;

use super::sources::services;
use azr_core::error::{Error, ErrorKind, ServiceError};
use azr_core::id::ResourceId;

/// What services write where they have nothing to say.
const EMPTY_WORDS: &[&str] = &[
    "an error occurred",
    "an error has occurred",
    "internal error",
    "internal server error",
    "unexpected error",
    "unknown error",
    "something went wrong",
    // azr's own words for an answer or an operation that came without any.
    "the operation ended as",
    "the service failed",
    "rejected the request without a reason",
];

/// The most words of a message that says nothing, such as "Import failed." or "Bad Request".
const FEW_WORDS: usize = 3;

/// The same error; where the service does not say why, with what to check.
pub fn explained(error: Error, center: &ResourceId, sources: &[String]) -> Error {
    let unexplained =
        matches!(error.kind(), ErrorKind::Service | ErrorKind::OperationFailed | ErrorKind::Conflict)
            && error.hint().is_none()
            && error.service_error().is_some_and(is_opaque);
    if unexplained { error.with_hint(what_to_check(center, sources)) } else { error }
}

fn is_opaque(error: &ServiceError) -> bool {
    let message = error.message.to_lowercase();
    message.split_whitespace().count() <= FEW_WORDS || EMPTY_WORDS.iter().any(|words| message.contains(words))
}

fn what_to_check(center: &ResourceId, sources: &[String]) -> String {
    let name = |id: &ResourceId| format!("-g {} -n {}", id.group().unwrap_or_default(), id.name());
    let mut text = format!(
        "The service does not say why. Check the center's identity: azr apic show {} --query identity",
        name(center)
    );
    for service in services(sources) {
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "; its role: azr role assignment list --scope {service} --include-inherited -o table; the network: azr apim show {} --query publicNetworkAccess",
            name(&service)
        );
    }
    text.push_str(". azr can import by itself: azr apic import-from-apim … --mode client");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::resource::{APIM_SERVICE, CENTER};

    fn explained_of(status: u16, message: &str) -> Error {
        let group = ResourceId::resource_group("s", "g");
        let source = APIM_SERVICE.id(&group, &["m"]).child("apis", "*").to_string();
        let error = ServiceError {
            status,
            code: "Failed".to_owned(),
            message: message.to_owned(),
            request_id: Some("r".to_owned()),
            request: "POST /x".to_owned(),
        };
        explained(error.into(), &CENTER.id(&group, &["c"]), &[source])
    }

    #[test]
    fn where_nothing_is_said_there_is_something_to_check() {
        for message in [
            "",
            "Bad Request",
            "An error occurred while processing your request.",
            "The operation ended as Failed.",
        ] {
            let error = explained_of(400, message);
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
    fn what_the_service_explains_is_left_as_it_is() {
        for (status, message) in [
            (400, "The API '/x' was not found."),
            (400, "The client does not have authorization to perform action 'read' over scope '/s'."),
            (403, ""),
            (404, ""),
        ] {
            assert!(explained_of(status, message).hint().is_none(), "{message}");
        }
    }
}
