//! Network errors of `reqwest` as errors that a user can act on.

use std::error::Error as StdError;
use std::io::ErrorKind;

use super::resolver::{InternalAddress, UnresolvedName};
use azr_core::error::{Error, NetworkFault, causes, root_cause};

/// The error for a request without a complete response; `subject` is its method, host and path.
pub(super) fn from_reqwest(subject: &str, error: reqwest::Error) -> Error {
    // Otherwise the message would show the URL with its query.
    let error = error.without_url();
    if let Some(internal) = causes(&error).find_map(|e| e.downcast_ref::<InternalAddress>()) {
        return Error::network(format!("{subject}: {internal}"), NetworkFault::Permanent);
    }
    if let Some(unresolved) = causes(&error).find_map(|e| e.downcast_ref::<UnresolvedName>()) {
        let hint = if subject.contains(&unresolved.name) {
            "Check the name, the network, and whether a proxy is needed (HTTPS_PROXY)."
        } else {
            "It is the host of the proxy: check the proxy variables (HTTPS_PROXY, NO_PROXY)."
        };
        let reason = format!("{unresolved}: {}", root_cause(unresolved));
        return Error::network(format!("{subject}: {reason}"), network_fault(&error)).with_hint(hint);
    }
    let (reason, hint) = describe(&error);
    Error::network(format!("{subject}: {reason}"), network_fault(&error)).with_hint(hint)
}

/// How far the request got.
fn network_fault(error: &reqwest::Error) -> NetworkFault {
    if causes(error).find_map(tls_error).is_some() {
        NetworkFault::Permanent
    } else if error.is_connect() {
        NetworkFault::NotSent
    } else if error.is_timeout() {
        NetworkFault::TimedOut
    } else {
        NetworkFault::ConnectionLost
    }
}

fn describe(error: &reqwest::Error) -> (String, &'static str) {
    let tls = causes(error).find_map(tls_error);
    let io = causes(error).filter_map(|e| e.downcast_ref::<std::io::Error>()).last();
    if let Some(tls) = tls {
        return (format!("the secure connection failed: {tls}"), tls_hint(tls));
    }
    if error.is_timeout() {
        let reason = if error.is_connect() {
            "the connection timed out"
        } else if error.is_body() || error.is_decode() {
            "the response timed out before it was complete"
        } else {
            "the response timed out"
        };
        return (
            reason.to_owned(),
            "Check the network and the proxy variables, or set a longer timeout with --timeout SECONDS or AZR_TIMEOUT.",
        );
    }
    match io.map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => (
            "connection refused".to_owned(),
            "No server listens at this address: check the endpoint (AZR_ARM_ENDPOINT) and the proxy variables.",
        ),
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => (
            "the connection was reset".to_owned(),
            "Try again. If it fails again, check the network and the proxy.",
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            ("the network is unreachable".to_owned(), "Check the network and the proxy variables.")
        }
        Some(ErrorKind::UnexpectedEof) => truncated(),
        _ if is_incomplete_message(error) => truncated(),
        _ if error.is_connect() => (
            format!("cannot connect: {}", root_cause(error)),
            "Check the network and the proxy variables (HTTPS_PROXY, NO_PROXY).",
        ),
        _ => (root_cause(error), "Try again. If it fails again, check the network and the proxy."),
    }
}

fn tls_hint(error: &rustls::Error) -> &'static str {
    use rustls::{CertificateError, Error};
    match error {
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            "The certificate is for another host: check the endpoint (AZR_ARM_ENDPOINT) and the proxy variables (HTTPS_PROXY)."
        }
        _ => {
            "If a proxy inspects TLS traffic, name its root certificate in SSL_CERT_FILE. Also check the clock of this machine."
        }
    }
}

fn truncated() -> (String, &'static str) {
    ("the connection was closed before the response was complete".to_owned(), "Try again.")
}

fn is_incomplete_message(error: &reqwest::Error) -> bool {
    causes(error).any(|e| e.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message))
}

/// The error of the TLS library, which may be the payload of an I/O error, or of one inside another.
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    let payload = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    causes(payload).find_map(tls_error)
}
