//! The faults, and the expected result of a command that meets one.

use base64::Engine as _;

use super::kinds::{Kind, Repetition, ResponseBody};
use crate::support::{Azure, TOKEN};

/// The expected end of a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// Success.
    Success,
    /// An error.
    Failure,
    /// Success if the request can be repeated.
    SuccessIfRepeatable,
    /// Success if there is a resource to read instead.
    SuccessIfReadable,
    /// Success if azr reads the resource again and decides anew.
    SuccessIfReadAgain,
    /// Success if azr requests another link to a document.
    SuccessIfExported,
}

/// The source of the access token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tokens {
    /// The variable.
    Variable,
    /// The variable, with a token that expires in an hour.
    Expiring,
    /// A program that returns a new one each time.
    Renewable,
}

/// A fault.
pub(super) struct Fault {
    /// The actions of the rule.
    pub actions: &'static str,
    /// The condition of the rule.
    when: &'static str,
    /// The commands that can meet it.
    pub applies_to: fn(&Kind) -> bool,
    expected: Expected,
    /// A part of the error message.
    pub message: &'static str,
    /// The same for a document, which does not come from the Resource Manager.
    pub document_message: &'static str,
    /// Whether the error has a hint.
    pub hint: bool,
    /// Whether the error has a request id of the Resource Manager.
    pub has_request_id: bool,
    /// Whether the request took effect and its response was lost.
    pub loses_response: bool,
    /// Whether a command takes some time.
    pub slow: bool,
    pub tokens: Tokens,
    pub variables: &'static [(&'static str, &'static str)],
}

const ONCE: &str = "n=1";

const DEFAULT: Fault = Fault {
    actions: "",
    when: "",
    applies_to: |_| true,
    expected: Expected::Failure,
    message: "",
    document_message: "",
    hint: false,
    has_request_id: false,
    loses_response: false,
    slow: false,
    tokens: Tokens::Variable,
    variables: &[],
};

const ARM_ERROR: Fault = Fault { has_request_id: true, ..DEFAULT };
/// How azr describes a reset connection; Wine shows a reset of the server to the client as an end.
const RESET: &str = if cfg!(windows) { "connection was" } else { "reset" };

const CONNECTION_ERROR: Fault = Fault { hint: true, ..DEFAULT };

fn has_body(kind: &Kind) -> bool {
    matches!(
        kind.response,
        ResponseBody::Json | ResponseBody::Page | ResponseBody::Operation | ResponseBody::Document
    )
}

/// Whether the response is read as JSON.
fn is_json(kind: &Kind) -> bool {
    has_body(kind) && kind.response != ResponseBody::Document
}

fn is_page(kind: &Kind) -> bool {
    kind.response == ResponseBody::Page
}

fn is_accepted(kind: &Kind) -> bool {
    kind.response == ResponseBody::Accepted
}

fn is_arm_response(kind: &Kind) -> bool {
    kind.response != ResponseBody::Document
}

/// An error after which the request is not repeated.
const fn permanent(
    actions: &'static str,
    message: &'static str,
    document_message: &'static str,
    hint: bool,
) -> Fault {
    Fault { actions, when: ONCE, message, document_message, hint, ..ARM_ERROR }
}

/// An error in one response only.
const fn once(
    actions: &'static str,
    expected: Expected,
    message: &'static str,
    document_message: &'static str,
) -> Fault {
    Fault { actions, when: ONCE, expected, message, document_message, ..ARM_ERROR }
}

/// An error in every response.
const fn always(
    actions: &'static str,
    message: &'static str,
    document_message: &'static str,
    hint: bool,
) -> Fault {
    Fault { actions, message, document_message, hint, ..ARM_ERROR }
}

/// All faults.
pub(super) const FAULTS: &[Fault] = &[
    permanent("status=400", "BadRequest", "HTTP 400", false),
    permanent("status=401", "Unauthorized", "HTTP 401", true),
    Fault { hint: true, ..once("status=403", Expected::SuccessIfExported, "Forbidden", "HTTP 403") },
    Fault { hint: true, ..once("status=404", Expected::SuccessIfExported, "NotFound", "HTTP 404") },
    permanent("status=409", "Conflict", "HTTP 409", false),
    once("status=412", Expected::SuccessIfReadAgain, "PreconditionFailed", "HTTP 412"),
    Fault {
        applies_to: is_arm_response,
        ..once("status=409 code=PessimisticConcurrencyConflict", Expected::Success, "", "")
    },
    Fault {
        applies_to: is_arm_response,
        ..always("status=409 code=AnotherOperationInProgress", "AnotherOperationInProgress", "", false)
    },
    once("status=408", Expected::SuccessIfRepeatable, "RequestTimeout", "HTTP 408"),
    always("status=408", "RequestTimeout", "HTTP 408", false),
    once("status=429", Expected::Success, "", ""),
    once("status=429 retry-after=1", Expected::Success, "", ""),
    once("status=429 retry-after=3ms", Expected::Success, "", ""),
    once("status=429 retry-after=date", Expected::Success, "", ""),
    once("status=429 retry-after=absurd", Expected::Success, "", ""),
    always("status=429", "TooManyRequests", "HTTP 429", true),
    always("status=429 retry-after=absurd", "TooManyRequests", "HTTP 429", true),
    once("status=500", Expected::SuccessIfRepeatable, "InternalServerError", "HTTP 500"),
    Fault {
        loses_response: true,
        ..once("status=500 after", Expected::SuccessIfRepeatable, "InternalServerError", "HTTP 500")
    },
    always("status=500", "InternalServerError", "HTTP 500", false),
    always("status=500 retry-after=absurd", "InternalServerError", "HTTP 500", false),
    once("status=502", Expected::SuccessIfRepeatable, "BadGateway", "HTTP 502"),
    always("status=502", "BadGateway", "HTTP 502", false),
    once("status=503", Expected::SuccessIfRepeatable, "ServiceUnavailable", "HTTP 503"),
    once("status=503 retry-after=1", Expected::Success, "", ""),
    once("status=503 retry-after=date", Expected::Success, "", ""),
    Fault {
        applies_to: is_arm_response,
        ..once("status=503 retry-after=date skew=-86400", Expected::Success, "", "")
    },
    always("status=503", "ServiceUnavailable", "HTTP 503", false),
    always("status=503 retry-after=absurd", "ServiceUnavailable", "HTTP 503", false),
    once("status=504", Expected::SuccessIfRepeatable, "GatewayTimeout", "HTTP 504"),
    Fault { loses_response: true, ..always("status=504 after", "GatewayTimeout", "HTTP 504", false) },
    Fault {
        actions: "reset=before",
        when: ONCE,
        expected: Expected::SuccessIfRepeatable,
        message: RESET,
        ..CONNECTION_ERROR
    },
    Fault {
        actions: "reset=after",
        when: ONCE,
        expected: Expected::SuccessIfRepeatable,
        message: RESET,
        loses_response: true,
        ..CONNECTION_ERROR
    },
    Fault { actions: "reset=before", message: RESET, ..CONNECTION_ERROR },
    Fault { actions: "reset=after", message: RESET, loses_response: true, ..CONNECTION_ERROR },
    Fault {
        actions: "truncate",
        when: ONCE,
        applies_to: has_body,
        expected: Expected::SuccessIfRepeatable,
        loses_response: true,
        ..CONNECTION_ERROR
    },
    Fault {
        actions: "truncate",
        applies_to: has_body,
        message: "closed before the response was complete",
        loses_response: true,
        ..CONNECTION_ERROR
    },
    Fault {
        actions: "drip=1",
        when: ONCE,
        applies_to: has_body,
        expected: Expected::SuccessIfRepeatable,
        loses_response: true,
        slow: true,
        variables: &[("AZR_TIMEOUT", "2")],
        ..CONNECTION_ERROR
    },
    Fault {
        actions: "drip=1",
        applies_to: has_body,
        message: "timed out",
        loses_response: true,
        slow: true,
        variables: &[("AZR_TIMEOUT", "1")],
        ..CONNECTION_ERROR
    },
    Fault { actions: "overlong", when: ONCE, applies_to: is_json, message: "is not valid JSON", ..DEFAULT },
    Fault {
        actions: "garbage content-type=text/html",
        when: ONCE,
        applies_to: is_json,
        message: "is not valid JSON",
        ..DEFAULT
    },
    Fault { actions: "content-type=text/html", applies_to: has_body, expected: Expected::Success, ..DEFAULT },
    Fault {
        actions: "status=307 location-elsewhere",
        applies_to: is_arm_response,
        message: "redirects to http://127.0.0.1:1 ",
        hint: true,
        ..DEFAULT
    },
    Fault { actions: "next-loop", applies_to: is_page, message: "page", ..DEFAULT },
    Fault { actions: "next-loop", when: ONCE, applies_to: is_page, message: "page", ..DEFAULT },
    Fault { actions: "next-elsewhere", applies_to: is_page, message: "http://127.0.0.1:1,", ..DEFAULT },
    Fault {
        actions: "no-location",
        applies_to: is_accepted,
        expected: Expected::SuccessIfReadable,
        message: "returned no URL to poll",
        hint: true,
        ..DEFAULT
    },
    Fault {
        actions: "location-elsewhere",
        applies_to: is_accepted,
        message: "http://127.0.0.1:1,",
        ..DEFAULT
    },
    Fault {
        actions: "ok-for-accepted",
        applies_to: |kind| is_accepted(kind) && !kind.request.starts_with("PUT"),
        expected: Expected::Success,
        ..DEFAULT
    },
    Fault {
        actions: "stuck",
        applies_to: |kind| matches!(kind.response, ResponseBody::Accepted | ResponseBody::Operation),
        message: "InProgress",
        hint: true,
        slow: true,
        variables: &[("AZR_OPERATION_TIMEOUT", "1")],
        ..DEFAULT
    },
    Fault {
        actions: "fail-operation",
        applies_to: |kind| matches!(kind.response, ResponseBody::Accepted),
        message: "OperationFailed",
        has_request_id: true,
        ..DEFAULT
    },
    Fault { actions: "skew=86400", applies_to: is_arm_response, expected: Expected::Success, ..DEFAULT },
    Fault {
        actions: "skew=86400",
        applies_to: is_arm_response,
        message: "ExpiredAuthenticationToken",
        hint: true,
        tokens: Tokens::Expiring,
        ..ARM_ERROR
    },
    Fault {
        actions: "expire",
        when: ONCE,
        applies_to: is_arm_response,
        message: "ExpiredAuthenticationToken",
        hint: true,
        ..ARM_ERROR
    },
    Fault {
        actions: "expire",
        when: ONCE,
        // The second page of the list meets the fault too, and a token that is refused right after it was renewed is not
        // renewed again.
        applies_to: |kind| is_arm_response(kind) && kind.name != "list",
        expected: Expected::Success,
        tokens: Tokens::Renewable,
        ..DEFAULT
    },
];

impl Fault {
    /// The name in reports.
    pub(super) fn name(&self) -> String {
        let tokens = match self.tokens {
            Tokens::Variable => "",
            Tokens::Expiring => ", expiring token",
            Tokens::Renewable => ", renewable token",
        };
        format!("{} {}{tokens}", self.actions, if self.when.is_empty() { "always" } else { "once" })
    }

    /// The rule for a command.
    pub(super) fn rule(&self, kind: &Kind) -> String {
        format!("{} {}{} {}", kind.request, kind.accept_action(), self.actions, self.when)
    }

    /// Whether a command must succeed.
    pub(super) fn allows_success(&self, kind: &Kind) -> bool {
        match self.expected {
            Expected::Success => true,
            Expected::Failure => false,
            Expected::SuccessIfRepeatable => kind.repetition == Repetition::Harmless,
            Expected::SuccessIfReadable => kind.request.starts_with("PUT"),
            Expected::SuccessIfReadAgain => kind.reads_again,
            Expected::SuccessIfExported => kind.response == ResponseBody::Document,
        }
    }
}

impl Tokens {
    /// Sets such a token: each command has its own, as an expired token stays expired.
    pub(super) fn apply(self, azure: &mut Azure, number: usize) {
        match self {
            Self::Variable => azure.set("AZR_ACCESS_TOKEN", &format!("{TOKEN}-{number}")),
            Self::Expiring => {
                let end = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
                let end = end.duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
                let claims = serde_json::json!({"exp": end}).to_string();
                let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
                azure.set("AZR_ACCESS_TOKEN", &format!("{TOKEN}.{claims}.{TOKEN}"));
            }
            Self::Renewable => sign_in(azure),
        }
    }
}

/// Puts an az on `PATH` that returns a different token each time.
#[cfg(unix)]
fn sign_in(azure: &mut Azure) {
    use std::os::unix::fs::PermissionsExt as _;
    let programs = azure.folder().join("../programs");
    let home = azure.folder().join("../home/config");
    for folder in [&programs, &home] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    std::fs::write(home.join("azureProfile.json"), r#"{"subscriptions": []}"#).expect("a profile");
    let az = programs.join("az");
    let script = format!(
        "#!/bin/sh\necho '{{\"accessToken\": \"{TOKEN}-'$$'\", \"expires_on\": 4102444800, \
         \"expiresOn\": \"2100-01-01 00:00:00.000000\", \"tokenType\": \"Bearer\"}}'\n"
    );
    std::fs::write(&az, script).expect("a program");
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let path = std::env::var("PATH").unwrap_or_default();
    azure.set("PATH", &format!("{}:{path}", programs.display()));
    azure.set("AZR_ACCESS_TOKEN", "");
    azure.set("AZR_TOKEN_CACHE", "off");
}

#[cfg(not(unix))]
fn sign_in(_: &mut Azure) {
    unreachable!("the matrix skips these rows");
}
