//! The faults, and what must come of a command that one of them strikes.

use base64::Engine as _;

use super::kinds::{Kind, Nature, Shape};
use crate::support::{Azure, TOKEN};

/// How a command must end.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// As if nothing had been.
    Well,
    /// With an error.
    Badly,
    /// Well, unless it would do an action twice.
    WellUnlessAction,
    /// Well where there is a resource to ask instead.
    WellIfReadable,
}

/// Where the token comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// A variable: there is no other.
    Given,
    /// A variable, with a token that says when it ends: in an hour.
    Dated,
    /// A program that has another each time.
    Renewable,
}

/// Something that goes wrong.
pub struct Fault {
    /// The actions of the rule.
    pub actions: &'static str,
    /// How often.
    when: &'static str,
    /// The commands that it can strike.
    pub only: fn(&Kind) -> bool,
    end: End,
    /// What the error says.
    pub says: &'static str,
    /// What it says where it is not the Resource Manager that answers.
    pub document_says: &'static str,
    /// Whether the error comes with a mend.
    pub hint: bool,
    /// Whether the Resource Manager answered, so that there is a request id.
    pub answered: bool,
    /// Whether the request was carried out, and the answer to it lost.
    pub loses: bool,
    /// Whether it takes time.
    pub slow: bool,
    pub tokens: Tokens,
    pub variables: &'static [(&'static str, &'static str)],
}

const ONCE: &str = "n=1";

const USUAL: Fault = Fault {
    actions: "",
    when: "",
    only: |_| true,
    end: End::Badly,
    says: "",
    document_says: "",
    hint: false,
    answered: false,
    loses: false,
    slow: false,
    tokens: Tokens::Given,
    variables: &[],
};

const ANSWER: Fault = Fault { answered: true, ..USUAL };
const LOST: Fault = Fault { hint: true, ..USUAL };

fn has_body(kind: &Kind) -> bool {
    matches!(kind.shape, Shape::Json | Shape::Page | Shape::State | Shape::Document)
}

/// Whether the answer is read as JSON.
fn is_read(kind: &Kind) -> bool {
    has_body(kind) && kind.shape != Shape::Document
}

fn is_page(kind: &Kind) -> bool {
    kind.shape == Shape::Page
}

fn is_accepted(kind: &Kind) -> bool {
    kind.shape == Shape::Accepted
}

fn is_answer(kind: &Kind) -> bool {
    kind.shape != Shape::Document
}

/// An error that stays, and is not asked for again.
const fn refused(
    actions: &'static str,
    says: &'static str,
    document_says: &'static str,
    hint: bool,
) -> Fault {
    Fault { actions, when: ONCE, says, document_says, hint, ..ANSWER }
}

/// An error that passes, and one that stays.
const fn passing(actions: &'static str, end: End, says: &'static str, document_says: &'static str) -> Fault {
    Fault { actions, when: ONCE, end, says, document_says, ..ANSWER }
}

const fn staying(
    actions: &'static str,
    says: &'static str,
    document_says: &'static str,
    hint: bool,
) -> Fault {
    Fault { actions, says, document_says, hint, ..ANSWER }
}

/// All of them.
pub const FAULTS: &[Fault] = &[
    refused("status=400", "BadRequest", "HTTP 400", false),
    refused("status=401", "Unauthorized", "HTTP 401", true),
    refused("status=403", "Forbidden", "HTTP 403", true),
    refused("status=404", "NotFound", "HTTP 404", true),
    refused("status=409", "Conflict", "HTTP 409", false),
    refused("status=412", "PreconditionFailed", "HTTP 412", false),
    Fault { only: is_answer, ..passing("status=409 code=PessimisticConcurrencyConflict", End::Well, "", "") },
    Fault {
        only: is_answer,
        ..staying("status=409 code=AnotherOperationInProgress", "AnotherOperationInProgress", "", false)
    },
    passing("status=408", End::WellUnlessAction, "RequestTimeout", "HTTP 408"),
    staying("status=408", "RequestTimeout", "HTTP 408", false),
    passing("status=429", End::Well, "", ""),
    passing("status=429 retry-after=1", End::Well, "", ""),
    passing("status=429 retry-after=3ms", End::Well, "", ""),
    passing("status=429 retry-after=date", End::Well, "", ""),
    passing("status=429 retry-after=absurd", End::Well, "", ""),
    staying("status=429", "TooManyRequests", "HTTP 429", true),
    staying("status=429 retry-after=absurd", "TooManyRequests", "HTTP 429", true),
    passing("status=500", End::WellUnlessAction, "InternalServerError", "HTTP 500"),
    Fault {
        loses: true,
        ..passing("status=500 after", End::WellUnlessAction, "InternalServerError", "HTTP 500")
    },
    staying("status=500", "InternalServerError", "HTTP 500", false),
    staying("status=500 retry-after=absurd", "InternalServerError", "HTTP 500", false),
    passing("status=502", End::WellUnlessAction, "BadGateway", "HTTP 502"),
    staying("status=502", "BadGateway", "HTTP 502", false),
    passing("status=503", End::WellUnlessAction, "ServiceUnavailable", "HTTP 503"),
    passing("status=503 retry-after=1", End::Well, "", ""),
    passing("status=503 retry-after=date", End::Well, "", ""),
    Fault { only: is_answer, ..passing("status=503 retry-after=date skew=-86400", End::Well, "", "") },
    staying("status=503", "ServiceUnavailable", "HTTP 503", false),
    staying("status=503 retry-after=absurd", "ServiceUnavailable", "HTTP 503", false),
    passing("status=504", End::WellUnlessAction, "GatewayTimeout", "HTTP 504"),
    Fault { loses: true, ..staying("status=504 after", "GatewayTimeout", "HTTP 504", false) },
    Fault { actions: "reset=before", when: ONCE, end: End::WellUnlessAction, says: "reset", ..LOST },
    Fault {
        actions: "reset=after",
        when: ONCE,
        end: End::WellUnlessAction,
        says: "reset",
        loses: true,
        ..LOST
    },
    Fault { actions: "reset=before", says: "reset", ..LOST },
    Fault { actions: "reset=after", says: "reset", loses: true, ..LOST },
    Fault {
        actions: "truncate",
        when: ONCE,
        only: has_body,
        end: End::WellUnlessAction,
        loses: true,
        ..LOST
    },
    Fault { actions: "truncate", only: has_body, says: "ended before the whole answer", loses: true, ..LOST },
    Fault {
        actions: "drip=1",
        when: ONCE,
        only: has_body,
        end: End::WellUnlessAction,
        loses: true,
        slow: true,
        variables: &[("AZR_TIMEOUT", "2")],
        ..LOST
    },
    Fault {
        actions: "drip=1",
        only: has_body,
        says: "in time",
        loses: true,
        slow: true,
        variables: &[("AZR_TIMEOUT", "1")],
        ..LOST
    },
    Fault { actions: "overlong", when: ONCE, only: is_read, says: "is not JSON", ..USUAL },
    Fault {
        actions: "garbage content-type=text/html",
        when: ONCE,
        only: is_read,
        says: "is not JSON",
        ..USUAL
    },
    Fault { actions: "content-type=text/html", only: has_body, end: End::Well, ..USUAL },
    Fault {
        actions: "status=307 location-elsewhere",
        only: is_answer,
        says: "redirects to http://127.0.0.1:1 ",
        hint: true,
        ..USUAL
    },
    Fault { actions: "next-loop", only: is_page, says: "circle", ..USUAL },
    Fault { actions: "next-loop", when: ONCE, only: is_page, says: "circle", ..USUAL },
    Fault { actions: "next-elsewhere", only: is_page, says: "http://127.0.0.1:1,", ..USUAL },
    Fault {
        actions: "no-location",
        only: is_accepted,
        end: End::WellIfReadable,
        says: "does not say where to ask",
        hint: true,
        ..USUAL
    },
    Fault { actions: "location-elsewhere", only: is_accepted, says: "http://127.0.0.1:1,", ..USUAL },
    Fault {
        actions: "ok-for-accepted",
        only: |kind| is_accepted(kind) && !kind.strikes.starts_with("PUT"),
        end: End::Well,
        ..USUAL
    },
    Fault {
        actions: "stuck",
        only: |kind| matches!(kind.shape, Shape::Accepted | Shape::State),
        says: "it says: InProgress",
        hint: true,
        slow: true,
        variables: &[("AZR_OPERATION_TIMEOUT", "1")],
        ..USUAL
    },
    Fault {
        actions: "fail-operation",
        only: |kind| matches!(kind.shape, Shape::Accepted),
        says: "OperationFailed",
        answered: true,
        ..USUAL
    },
    Fault { actions: "skew=86400", only: is_answer, end: End::Well, ..USUAL },
    Fault {
        actions: "skew=86400",
        only: is_answer,
        says: "ExpiredAuthenticationToken",
        hint: true,
        tokens: Tokens::Dated,
        ..ANSWER
    },
    Fault {
        actions: "expire",
        when: ONCE,
        only: is_answer,
        says: "ExpiredAuthenticationToken",
        hint: true,
        ..ANSWER
    },
    Fault {
        actions: "expire",
        when: ONCE,
        // Its second page is struck, too: a token that is refused right after a renewal is not renewed again.
        only: |kind| is_answer(kind) && kind.name != "list",
        end: End::Well,
        tokens: Tokens::Renewable,
        ..USUAL
    },
];

impl Fault {
    /// Its name in the table.
    pub fn name(&self) -> String {
        let tokens = match self.tokens {
            Tokens::Given => "",
            Tokens::Dated => ", dated token",
            Tokens::Renewable => ", renewable token",
        };
        format!("{} {}{tokens}", self.actions, if self.when.is_empty() { "always" } else { "once" })
    }

    /// The rule by which it strikes a command.
    pub fn rule(&self, kind: &Kind) -> String {
        format!("{} {}{} {}", kind.strikes, kind.accepts(), self.actions, self.when)
    }

    /// Whether a command must end well.
    pub fn ends_well(&self, kind: &Kind) -> bool {
        match self.end {
            End::Well => true,
            End::Badly => false,
            End::WellUnlessAction => kind.nature == Nature::Repeatable,
            End::WellIfReadable => kind.strikes.starts_with("PUT"),
        }
    }
}

impl Tokens {
    /// Gives the shell such a token: each command has another, as one that has expired stays so.
    pub fn apply(self, azure: &mut Azure, number: usize) {
        match self {
            Self::Given => azure.set("AZR_ACCESS_TOKEN", &format!("{TOKEN}-{number}")),
            Self::Dated => {
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

/// An az on `PATH` whose login gives a token that differs each time.
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
    let answer = format!(
        "#!/bin/sh\necho '{{\"accessToken\": \"{TOKEN}-'$$'\", \"expires_on\": 4102444800, \
         \"expiresOn\": \"2100-01-01 00:00:00.000000\", \"tokenType\": \"Bearer\"}}'\n"
    );
    std::fs::write(&az, answer).expect("a program");
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let path = std::env::var("PATH").unwrap_or_default();
    azure.set("PATH", &format!("{}:{path}", programs.display()));
    azure.set("AZR_ACCESS_TOKEN", "");
    azure.set("AZR_TOKEN_CACHE", "off");
}

#[cfg(not(unix))]
fn sign_in(_: &mut Azure) {
    unreachable!("the matrix leaves these rows out");
}
