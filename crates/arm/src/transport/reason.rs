//! Why no answer came, in words a person can act on.

use std::error::Error as StdError;
use std::io::ErrorKind;

use azr_core::error::{Error, NetworkFault};

/// The error for a request that got no complete answer; `what` is its method, host and path.
pub fn explain(what: &str, error: reqwest::Error) -> Error {
    // The library shows the URL with its query otherwise.
    let error = error.without_url();
    let (why, hint) = classify(&error);
    Error::network(format!("{what}: {why}"), fault(&error)).with_hint(hint)
}

/// The innermost cause of `error`: the others only say that something went wrong.
pub fn root_of(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map(ToString::to_string).unwrap_or_default()
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |e: &&'a (dyn StdError + 'static)| (*e).source())
}

/// How far the request got.
fn fault(error: &reqwest::Error) -> NetworkFault {
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

fn classify(error: &reqwest::Error) -> (String, &'static str) {
    let tls = causes(error).find_map(tls_error);
    let io = causes(error).filter_map(|e| e.downcast_ref::<std::io::Error>()).last();
    if let Some(tls) = tls {
        return (format!("the secure connection failed: {tls}"), tls_mend(tls));
    }
    if error.is_dns() {
        return (
            format!("the host name could not be resolved: {}", root_of(error)),
            "Check the name, the network, and whether a proxy is needed (HTTPS_PROXY).",
        );
    }
    if error.is_timeout() {
        let why = if error.is_connect() {
            "no connection in time"
        } else if error.is_body() || error.is_decode() {
            "the whole answer did not come in time"
        } else {
            "no answer in time"
        };
        return (
            why.to_owned(),
            "Check the network and the proxy variables, or allow more time with --timeout SECONDS or AZR_TIMEOUT.",
        );
    }
    match io.map(std::io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => (
            "connection refused".to_owned(),
            "Nothing listens there: check the address (AZR_ARM_ENDPOINT) and the proxy variables.",
        ),
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe) => (
            "the connection was reset".to_owned(),
            "Try again; if it stays, check the network and the proxy.",
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            ("the network is unreachable".to_owned(), "Check the network and the proxy variables.")
        }
        Some(ErrorKind::UnexpectedEof) => cut_short(),
        _ if is_incomplete(error) => cut_short(),
        _ if error.is_connect() => (
            format!("no connection: {}", root_of(error)),
            "Check the network and the proxy variables (HTTPS_PROXY, NO_PROXY).",
        ),
        _ => (root_of(error), "Try again; if it stays, check the network and the proxy."),
    }
}

fn tls_mend(error: &rustls::Error) -> &'static str {
    use rustls::{CertificateError, Error};
    match error {
        Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            "The server is not who it should be: check the address (AZR_ARM_ENDPOINT) and the proxy variables (HTTPS_PROXY)."
        }
        _ => {
            "If a proxy inspects the traffic, name its root certificate in SSL_CERT_FILE; check the clock too."
        }
    }
}

fn cut_short() -> (String, &'static str) {
    ("the connection ended before the whole answer had come".to_owned(), "Try again.")
}

fn is_incomplete(error: &reqwest::Error) -> bool {
    causes(error).any(|e| e.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message))
}

/// The TLS library's reason, which hides as the payload of an I/O error (or of one inside another).
fn tls_error<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    let payload = error.downcast_ref::<std::io::Error>()?.get_ref()?;
    causes(payload).find_map(tls_error)
}
