//! The network: one `reqwest` client for everything that leaves the machine, another for what does not.
//!
//! Redirects are not followed (a token must not follow them), and nothing is tried again: that is up to the
//! caller, who knows what may be repeated.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use url::Url;

use super::{Request, Response, Transport, place, reason, too_large};
use azr_core::context::{Context, is_host_local};
use azr_core::error::{Error, Result};

/// How long to wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait for the next bytes of an answer, where `--timeout` and `AZR_TIMEOUT` say nothing.
///
/// A large definition is checked by the service before it answers, which takes up to a minute or so.
pub const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// How long to wait for a whole answer, where `--timeout` and `AZR_TIMEOUT` say nothing.
///
/// Time enough for [`BODY_LIMIT`] at 3.6 Mbit/s, and an end to an answer that goes on byte by byte.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);

/// The largest body that is taken in.
pub const BODY_LIMIT: usize = 256 * 1024 * 1024;

/// How azr names itself to servers.
pub const USER_AGENT: &str = concat!("azr/", env!("CARGO_PKG_VERSION"));

const NO_VERIFICATION: &str = "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION";

/// Carries requests over the network.
///
/// `--timeout` or `AZR_TIMEOUT` bounds each answer as a whole, from the connection to its last byte; without them
/// [`ANSWER_TIMEOUT`] does, and [`READ_TIMEOUT`] the silence within.
#[derive(Debug)]
pub struct HttpTransport {
    timeout: Option<Duration>,
    extra_roots: Vec<PathBuf>,
    remote: OnceLock<reqwest::Client>,
    local: OnceLock<reqwest::Client>,
}

impl HttpTransport {
    /// A transport with the settings of `context`; nothing is loaded before the first request.
    ///
    /// Fails when certificates are not to be verified: whoever is in between would be handed the token.
    pub fn new(context: &Context) -> Result<Self> {
        if context.var(NO_VERIFICATION).is_some() {
            return Err(Error::unsupported(format!(
                "{NO_VERIFICATION} is set, but azr does not talk to servers whose certificate it cannot verify"
            ))
            .with_hint(format!(
                "Unset {NO_VERIFICATION}; name the certificates to trust as well in SSL_CERT_FILE."
            )));
        }
        Ok(Self {
            timeout: context.timeout()?,
            // The Python libraries under az take the second one.
            extra_roots: ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]
                .into_iter()
                .filter_map(|name| context.var(name))
                .map(PathBuf::from)
                .collect(),
            remote: OnceLock::new(),
            local: OnceLock::new(),
        })
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client> {
        if is_near(url) {
            return get_or_try_init(&self.local, || self.near());
        }
        get_or_try_init(&self.remote, || self.far())
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(self.timeout.unwrap_or(READ_TIMEOUT))
            .timeout(self.timeout.unwrap_or(ANSWER_TIMEOUT))
    }

    /// A client for plain http to this machine: no proxy sees the token, and no root certificates are loaded,
    /// which would take longer than the request.
    fn near(&self) -> Result<reqwest::Client> {
        provide_crypto();
        self.builder().no_proxy().tls_certs_only([]).build().map_err(|e| unbuilt(&e))
    }

    fn far(&self) -> Result<reqwest::Client> {
        provide_crypto();
        let mut roots = Vec::new();
        for path in &self.extra_roots {
            let pem = std::fs::read(path).map_err(|e| Error::read(path, e))?;
            let found = reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default();
            if found.is_empty() {
                return Err(Error::invalid(format!("{} holds no PEM certificates", path.display()))
                    .with_hint("SSL_CERT_FILE and REQUESTS_CA_BUNDLE name such a file."));
            }
            roots.extend(found);
        }
        let builder = self.builder();
        let builder = if roots.is_empty() { builder } else { builder.tls_certs_merge(roots) };
        builder.build().map_err(|e| unbuilt(&e))
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: Request) -> Result<Response> {
        self.send_within(request, BODY_LIMIT).await
    }

    async fn send_within(&self, request: Request, limit: usize) -> Result<Response> {
        let what = format!("{} {}", request.method, place(&request.url));
        let client = self.client(&request.url)?;
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|_| Error::unexpected(format!("{} is no HTTP method", request.method)))?;
        let takes_body = matches!(request.method, "PUT" | "POST" | "PATCH");
        let mut outgoing = client.request(method, request.url);
        for (name, value) in request.headers {
            outgoing = outgoing.header(name, value);
        }
        if !request.body.is_empty() {
            outgoing = outgoing.body(request.body);
        } else if takes_body {
            // Without it some gateways answer 411.
            outgoing = outgoing.header(reqwest::header::CONTENT_LENGTH, "0");
        }
        let answer = outgoing.send().await.map_err(|e| reason::explain(&what, e))?;
        let status = answer.status().as_u16();
        let headers = answer
            .headers()
            .iter()
            .map(|(n, v)| (n.as_str().to_owned(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
            .collect();
        let body = take_in(answer, &what, limit).await?;
        Ok(Response { status, headers, body })
    }
}

/// Whether a request stays on this machine or its host: loopback, and the link-local address that clouds serve
/// their instance metadata on.
fn is_near(url: &Url) -> bool {
    url.scheme() == "http" && is_host_local(url)
}

/// The body as it comes: what is announced or turns out to be longer than `limit` is not waited for.
async fn take_in(mut answer: reqwest::Response, what: &str, limit: usize) -> Result<Bytes> {
    let announced = answer.content_length().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    if announced > limit {
        return Err(too_large(what, limit));
    }
    let mut body = BytesMut::with_capacity(announced.min(1024 * 1024));
    while let Some(part) = answer.chunk().await.map_err(|e| reason::explain(what, e))? {
        if body.len() + part.len() > limit {
            return Err(too_large(what, limit));
        }
        body.extend_from_slice(&part);
    }
    Ok(body.freeze())
}

/// Installs `ring` as the process' cryptography, unless somebody has chosen another.
pub(crate) fn provide_crypto() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // It fails only when another thread was faster, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

fn unbuilt(error: &reqwest::Error) -> Error {
    Error::network(
        format!("cannot set up the network client: {}", reason::root_of(error)),
        azr_core::error::NetworkFault::Permanent,
    )
    .with_hint(
        "Check the proxy variables (HTTPS_PROXY, NO_PROXY) and the system's root certificates.".to_owned(),
    )
}

fn get_or_try_init<T>(cell: &OnceLock<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = make()?;
    Ok(cell.get_or_init(|| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    #[tokio::test]
    async fn root_certificates_are_loaded_only_for_what_leaves_the_machine() {
        let context = Context::new(Environment::for_test("/nowhere", []), Terminal::default());
        let transport = HttpTransport::new(&context).unwrap();
        let ask = |url: &str| transport.client(&Url::parse(url).unwrap()).is_ok();
        assert!(ask("http://127.0.0.1:1/") && ask("http://[::1]/") && ask("http://169.254.169.254/metadata"));
        assert!(transport.remote.get().is_none());
        assert!(ask("http://10.0.0.1/") && transport.remote.get().is_some());
    }
}
