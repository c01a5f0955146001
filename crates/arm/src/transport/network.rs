//! Requests over the network: one `reqwest` client for remote hosts, another for this machine.
//!
//! Redirects are not followed, because a token must not follow them. Nothing is retried: only the caller knows which
//! requests may be repeated.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::Method;
use http::header::CONTENT_LENGTH;
use url::{Host, Url};

use super::proxy_check::{check_proxy_variables, has_proxy};
use super::resolver::GuardedResolver;
use super::roots::RootFiles;
use super::{Request, Response, Transport, network_error, redact_url, too_large};
use crate::internal_address::{is_internal_address, is_internal_host};
use crate::large_responses::{has_permission, max_unrepeatable, wait_for_permission};
use azr_core::context::{Context, is_host_local};
use azr_core::error::{Error, NetworkFault, Result, root_cause};

/// The timeout for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The timeout for the next bytes of a response, unless `--timeout` or `AZR_TIMEOUT` is set.
///
/// The service validates a large definition before it responds, which takes up to a minute or so.
const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// The timeout for a complete response, unless `--timeout` or `AZR_TIMEOUT` is set.
///
/// Enough for [`MAX_BODY`] at 3.6 Mbit/s, and an end for a response that arrives byte by byte.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(600);

/// The largest body that is read, in bytes.
const MAX_BODY: usize = 256 * 1024 * 1024;

const USER_AGENT: &str = concat!("azr/", env!("CARGO_PKG_VERSION"));

const DISABLE_VERIFICATION: &str = "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION";

/// Sends requests over the network.
///
/// `--timeout` or `AZR_TIMEOUT` limits each response, from the connection to the last byte. Without them a response
/// may take ten minutes, two of them without any bytes.
#[derive(Debug)]
pub struct NetworkTransport {
    timeout: Option<Duration>,
    extra_roots: RootFiles,
    resolver: GuardedResolver,
    /// Whether a proxy may resolve the names instead.
    has_proxy: bool,
    remote: OnceLock<reqwest::Client>,
    local: OnceLock<reqwest::Client>,
}

impl NetworkTransport {
    /// A transport with the settings of `context`; nothing is loaded before the first request.
    ///
    /// Fails if certificates are not to be verified: anyone on the network path would get the token.
    pub fn new(context: &Context) -> Result<Self> {
        if context.var(DISABLE_VERIFICATION).is_some() {
            return Err(Error::unsupported(format!(
                "{DISABLE_VERIFICATION} is set, but azr always verifies the certificates of servers"
            ))
            .with_hint(format!(
                "Unset {DISABLE_VERIFICATION}, and name additional certificates to trust in SSL_CERT_FILE."
            )));
        }
        check_proxy_variables(context)?;
        Ok(Self {
            timeout: context.timeout()?,
            extra_roots: RootFiles::from_context(context),
            resolver: GuardedResolver::default(),
            has_proxy: has_proxy(context),
            remote: OnceLock::new(),
            local: OnceLock::new(),
        })
    }

    fn client(&self, url: &Url) -> Result<&reqwest::Client> {
        if url.scheme() == "http" && is_host_local(url) {
            return get_or_try_init(&self.local, || self.build_local_client());
        }
        get_or_try_init(&self.remote, || self.build_remote_client())
    }

    fn client_builder(&self) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(self.timeout.unwrap_or(READ_TIMEOUT))
            .timeout(self.timeout.unwrap_or(RESPONSE_TIMEOUT))
    }

    /// A client for plain http to this machine.
    ///
    /// No proxy sees the token, and no root certificates are loaded, which would take longer than the request.
    fn build_local_client(&self) -> Result<reqwest::Client> {
        install_crypto_provider();
        self.client_builder().no_proxy().tls_certs_only([]).build().map_err(|e| client_setup_error(&e))
    }

    fn build_remote_client(&self) -> Result<reqwest::Client> {
        install_crypto_provider();
        let builder = self.client_builder().dns_resolver(self.resolver.clone());
        if self.extra_roots.is_empty() {
            return builder.build().map_err(|e| client_setup_error(&e));
        }
        builder.tls_certs_merge(self.extra_roots.load()?).build().map_err(|e| {
            client_setup_error(&e).with_hint(format!(
                "The system may not accept a certificate of {}. Unset the variable to trust only the system's.",
                self.extra_roots
            ))
        })
    }
}

#[async_trait]
impl Transport for NetworkTransport {
    async fn send(&self, request: Request) -> Result<Response> {
        self.send_limited(request, MAX_BODY).await
    }

    async fn resolves_to_internal_address(&self, url: &Url) -> bool {
        let Some(Host::Domain(name)) = url.host() else { return is_internal_host(url) };
        if self.has_proxy {
            return false;
        }
        let addresses = tokio::net::lookup_host((name, 0)).await;
        addresses.is_ok_and(|mut addresses| addresses.any(|address| is_internal_address(address.ip())))
    }

    async fn send_limited(&self, mut request: Request, max_body: usize) -> Result<Response> {
        let subject = format!("{} {}", request.method, redact_url(&request.url));
        let client = self.client(&request.url)?;
        if let Some(Host::Domain(name)) = request.url.host() {
            if request.is_public_only { self.resolver.restrict(name) } else { self.resolver.allow(name) }
        }
        if request.body.is_empty() && matches!(request.method, Method::PUT | Method::POST | Method::PATCH) {
            // Some gateways respond 411 without it.
            request.headers.insert(CONTENT_LENGTH, 0.into());
        }
        let is_repeatable = request.is_repeatable;
        let max_body = if is_repeatable { max_body } else { max_unrepeatable(max_body) };
        loop {
            let request = request.clone();
            let mut outgoing = client.request(request.method, request.url).headers(request.headers);
            if !request.body.is_empty() {
                outgoing = outgoing.body(request.body);
            }
            let mut incoming = outgoing.send().await.map_err(|e| network_error::from_reqwest(&subject, e))?;
            let Some(body) = read_body(&mut incoming, &subject, max_body, is_repeatable).await? else {
                drop(incoming);
                wait_for_permission(max_body).await;
                continue;
            };
            let headers = std::mem::take(incoming.headers_mut());
            return Ok(Response { status: incoming.status(), headers, body });
        }
    }
}

/// Reads a body, and stops as soon as it is announced or known to be longer than `max_body`.
///
/// None if the request is to be sent again, because other tasks are working with large responses. The response does not
/// wait for them: its unread body would keep others on the same connection from being read.
async fn read_body(
    response: &mut reqwest::Response,
    subject: &str,
    max_body: usize,
    is_repeatable: bool,
) -> Result<Option<Bytes>> {
    let announced = response.content_length().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
    if announced > max_body {
        return Err(too_large(subject, max_body));
    }
    let mut body = BytesMut::with_capacity(announced.min(1024 * 1024));
    loop {
        // A compressed body does not announce its length.
        if is_repeatable && !has_permission(announced.max(body.len())) {
            return Ok(None);
        }
        let chunk = response.chunk().await.map_err(|e| network_error::from_reqwest(subject, e))?;
        let Some(chunk) = chunk else { return Ok(Some(body.freeze())) };
        if body.len() + chunk.len() > max_body {
            return Err(too_large(subject, max_body));
        }
        body.extend_from_slice(&chunk);
    }
}

/// Installs `ring` as the cryptography provider of the process, unless there already is one.
pub(crate) fn install_crypto_provider() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // It fails only if another thread has installed one meanwhile.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}

fn client_setup_error(error: &reqwest::Error) -> Error {
    Error::network(
        format!("cannot set up the network client: {}", root_cause(error)),
        NetworkFault::Permanent,
    )
    .with_hint("Check the proxy variables (HTTPS_PROXY, NO_PROXY) and the root certificates of the system.")
}

fn get_or_try_init<T>(cell: &OnceLock<T>, init: impl FnOnce() -> Result<T>) -> Result<&T> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = init()?;
    Ok(cell.get_or_init(|| value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    #[tokio::test]
    async fn root_certificates_are_loaded_only_for_remote_hosts() {
        let context = Context::new(Environment::for_test("/nowhere", []), Terminal::default());
        let transport = NetworkTransport::new(&context).unwrap();
        let has_client = |url: &str| transport.client(&Url::parse(url).unwrap()).is_ok();
        for local in ["http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/metadata"] {
            assert!(has_client(local), "{local}");
        }
        assert!(transport.remote.get().is_none());
        assert!(has_client("http://10.0.0.1/") && transport.remote.get().is_some());
    }
}
