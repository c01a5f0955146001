//! A server on this machine that the browser is redirected to after the sign-in.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::{Url, form_urlencoded};

use crate::auth::Secret;
use azr_core::error::{Error, Result};

/// What the browser shows; nothing of the callback is in it.
const SIGNED_IN: &str = "Signed in. You can close this window and go back to the terminal.";
const NOT_SIGNED_IN: &str = "The sign-in failed. The terminal shows why. You can close this window.";
const UNKNOWN_CALLBACK: &str = "This is not the result of a sign-in that azr started.";

/// How long the browser may take to read the last page.
const SHUTDOWN_GRACE: Duration = Duration::from_millis(500);

/// The result of a sign-in in the browser.
pub(super) enum CallbackResult {
    /// The authorization code.
    Code(Secret),
    /// The code and the description of an error.
    Refusal(String, Option<String>),
}

/// A callback server that listens, but does not respond yet.
pub(super) struct CallbackServer {
    listeners: Vec<TcpListener>,
    redirect_url: Url,
}

impl CallbackServer {
    /// Listens on a free port of this machine.
    pub(super) async fn listen() -> Result<Self> {
        let failed = |e: std::io::Error| {
            Error::io("cannot start the server that the browser is redirected to", e)
                .with_hint("Sign in with azr login --use-device-code.")
        };
        let ipv4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let port = ipv4.local_addr().map_err(failed)?.port();
        // A browser may resolve localhost to either address; a machine without IPv6 has the first only.
        let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        // Entra accepts any port of localhost for a public client, but no address.
        let redirect_url = Url::parse(&format!("http://localhost:{port}/"))
            .map_err(|e| Error::unexpected(format!("the redirect URL is invalid: {e}")))?;
        Ok(Self { listeners: std::iter::once(ipv4).chain(ipv6).collect(), redirect_url })
    }

    /// The URL that the browser is redirected to.
    pub(super) fn redirect_url(&self) -> &Url {
        &self.redirect_url
    }

    /// Waits for a callback with this `state`; others change nothing.
    pub(super) async fn wait(self, state: &Secret) -> Result<CallbackResult> {
        let (sender, mut results) = mpsc::channel(1);
        let state = Arc::new(CallbackState { expected: state.clone(), sender });
        let servers: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| {
                let router = Router::new().fallback(handle_callback).with_state(Arc::clone(&state));
                let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
                let server = axum::serve(listener, router).with_graceful_shutdown(async move {
                    // A message and a dropped sender both mean to stop.
                    drop(stopped.await);
                });
                (stop, tokio::spawn(server.into_future()))
            })
            .collect();
        let result = results.recv().await;
        for (stop, task) in servers {
            drop(stop);
            // The browser gets its page before azr continues; a connection that it leaves open is closed.
            drop(tokio::time::timeout(SHUTDOWN_GRACE, task).await);
        }
        result.ok_or_else(|| Error::unexpected("the server that the browser is redirected to has stopped"))
    }
}

struct CallbackState {
    expected: Secret,
    sender: mpsc::Sender<CallbackResult>,
}

async fn handle_callback(State(state): State<Arc<CallbackState>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let parameter = |name: &str| {
        let mut all = form_urlencoded::parse(query.as_bytes());
        all.find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    };
    // Other pages in the browser can send requests to this server, too, but they do not know the state.
    if parameter("state").map(Secret::new).as_ref() != Some(&state.expected) {
        return page(StatusCode::BAD_REQUEST, UNKNOWN_CALLBACK);
    }
    let (result, text) = match (parameter("code"), parameter("error")) {
        (Some(code), None) => (CallbackResult::Code(Secret::new(code)), SIGNED_IN),
        (_, Some(error)) => (CallbackResult::Refusal(error, parameter("error_description")), NOT_SIGNED_IN),
        (None, None) => return page(StatusCode::BAD_REQUEST, UNKNOWN_CALLBACK),
    };
    // Only the first result counts; for a later one the channel is full.
    drop(state.sender.try_send(result));
    page(StatusCode::OK, text)
}

fn page(status: StatusCode, text: &str) -> Response {
    let html = format!("<!doctype html><meta charset=\"utf-8\"><title>azr</title><p>{text}</p>\n");
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONNECTION, "close"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, html).into_response()
}
