//! A server on this machine that the browser is sent back to, for one answer.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::{Url, form_urlencoded};

use crate::auth::Secret;
use azr_core::error::{Error, Result};

/// What the browser shows afterwards; it holds nothing of the answer.
const DONE: &str = "Signed in. You can close this window and go back to the terminal.";
const REFUSED: &str = "Nobody was signed in: the terminal says why. You can close this window.";
const FOREIGN: &str = "This is not the answer to a sign-in that azr began.";

/// What the browser brought back.
pub enum Reply {
    /// A code, to be redeemed.
    Code(Secret),
    /// A refusal: its name, and what the authority says of it.
    Refusal(String, Option<String>),
}

/// The server, before it serves.
pub struct Loopback {
    listeners: Vec<TcpListener>,
    redirect: Url,
}

impl Loopback {
    /// Listens on a free port of this machine.
    pub async fn listen() -> Result<Self> {
        let failed = |e: std::io::Error| {
            Error::io("the browser has nowhere to come back to", e)
                .with_hint("Sign in with azr login --use-device-code.")
        };
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
        let port = first.local_addr().map_err(failed)?.port();
        // A browser may take localhost for either; a machine without IPv6 has the first only.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        // Entra takes any port of localhost for a public client, but no address.
        let redirect = Url::parse(&format!("http://localhost:{port}/"))
            .map_err(|e| Error::unexpected(format!("this machine has no URL: {e}")))?;
        Ok(Self { listeners: std::iter::once(first).chain(second).collect(), redirect })
    }

    /// Where the browser is to be sent.
    pub fn redirect(&self) -> &Url {
        &self.redirect
    }

    /// Serves until an answer with this `state` comes; those without it are nobody's and change nothing.
    pub async fn reply(self, state: &Secret) -> Result<Reply> {
        let (found, mut replies) = mpsc::channel(1);
        let desk = Arc::new(Desk { state: state.clone(), found });
        let served: Vec<_> = self
            .listeners
            .into_iter()
            .map(|listener| {
                let router = Router::new().fallback(answer).with_state(Arc::clone(&desk));
                let (end, ended) = tokio::sync::oneshot::channel::<()>();
                let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
                    // It comes, or its sender is gone: both mean the end.
                    drop(ended.await);
                });
                (end, tokio::spawn(serving.into_future()))
            })
            .collect();
        let reply = replies.recv().await;
        for (end, task) in served {
            drop(end);
            // The browser is shown what came of it before azr goes on; a connection it leaves open is cut.
            drop(tokio::time::timeout(FAREWELL, task).await);
        }
        reply.ok_or_else(|| Error::unexpected("the server for the browser ended by itself"))
    }
}

/// How long the browser may take to read its last page.
const FAREWELL: std::time::Duration = std::time::Duration::from_millis(500);

struct Desk {
    state: Secret,
    found: mpsc::Sender<Reply>,
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let field = |name: &str| {
        let mut all = form_urlencoded::parse(query.as_bytes());
        all.find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    };
    // Other pages that are open in the browser can ask here, too; they do not know the state.
    if field("state").map(Secret::new).as_ref() != Some(&desk.state) {
        return page(StatusCode::BAD_REQUEST, FOREIGN);
    }
    let (reply, text) = match (field("code"), field("error")) {
        (Some(code), None) => (Reply::Code(Secret::new(code)), DONE),
        (_, Some(error)) => (Reply::Refusal(error, field("error_description")), REFUSED),
        (None, None) => return page(StatusCode::BAD_REQUEST, FOREIGN),
    };
    // Only the first counts; whoever comes later finds the channel full.
    drop(desk.found.try_send(reply));
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
