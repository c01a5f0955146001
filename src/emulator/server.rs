//! The emulator on a port, with or without TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::serve::{Listener, ListenerExt};
use time::OffsetDateTime;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::conduct::Conduct;
use super::http::{Answer, Call};
use super::quirks::Turn;
use super::{Emulator, inbound};

/// The largest body that is read.
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// How often changes are written to the state file while serving.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// What a request needs besides itself.
#[derive(Clone)]
struct Site {
    emulator: Arc<Emulator>,
    conduct: Arc<Conduct>,
    scheme: &'static str,
    address: SocketAddr,
}

/// Serves the emulator until `shutdown` completes; then requests under way end, and the state is saved.
pub async fn serve(
    emulator: Arc<Emulator>,
    conduct: Conduct,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let site = Site { emulator: emulator.clone(), conduct: Arc::new(conduct), scheme, address };
    let router = Router::new().fallback(answer).with_state(site);
    let saver = tokio::spawn(save_now_and_then(emulator.clone()));
    let served = match tls {
        None => {
            // Small answers on a loopback connection gain nothing from waiting for more to send.
            let listener = listener.tap_io(|stream| quick(stream));
            axum::serve(listener, router).with_graceful_shutdown(shutdown).await
        }
        Some(acceptor) => {
            let listener = Encrypted::new(listener, acceptor, address);
            axum::serve(listener, router).with_graceful_shutdown(shutdown).await
        }
    };
    saver.abort();
    served?;
    emulator.save().map_err(io::Error::other)
}

fn quick(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("TCP_NODELAY could not be set: {error}");
    }
}

async fn save_now_and_then(emulator: Arc<Emulator>) {
    loop {
        tokio::time::sleep(SAVE_EVERY).await;
        if let Err(error) = emulator.save() {
            tracing::error!("the emulator's state was not saved: {error}");
        }
    }
}

async fn answer(State(site): State<Site>, request: axum::extract::Request) -> axum::response::Response {
    let (call, whole) = read(&site, request).await;
    let (answer, fault) = match whole {
        Ok(()) => carried_out(&site, &call).await,
        Err(refused) => (refused, None),
    };
    note(&site.conduct, &call, Some(answer.status), fault);
    written(answer)
}

/// The answer to a request after the time it takes, and the name of the quirk that it met.
async fn carried_out(site: &Site, call: &Call) -> (Answer, Option<&'static str>) {
    let turn = site.conduct.quirks.as_ref().map_or(Turn::Plain, |quirks| quirks.enter(&site.emulator, call));
    let pause = site.conduct.latency + turn.hold();
    if !pause.is_zero() {
        tokio::time::sleep(pause).await;
    }
    let answer = match turn.refusal() {
        Some(refused) => site.emulator.refuse(call, refused),
        None => respond(site.emulator.clone(), call.clone()).await,
    };
    turn.leave(answer)
}

fn note(conduct: &Conduct, call: &Call, status: Option<u16>, fault: Option<&str>) {
    if let Some(log) = &conduct.log
        && let Err(error) = log.note(call, status, fault)
    {
        tracing::error!("a request was not logged: {error}");
    }
}

async fn respond(emulator: Arc<Emulator>, call: Call) -> Answer {
    if !emulator.may_block(&call) {
        return emulator.respond(&call);
    }
    match tokio::task::spawn_blocking(move || emulator.respond(&call)).await {
        Ok(answer) => answer,
        Err(error) => Answer::error(500, "InternalServerError", &error.to_string()),
    }
}

/// The request, and the refusal of a body that cannot be taken in.
async fn read(site: &Site, request: axum::extract::Request) -> (Call, Result<(), Answer>) {
    let (parts, body) = request.into_parts();
    let host = parts.headers.get("host").and_then(|h| h.to_str().ok()).map(str::to_owned);
    let host = host.unwrap_or_else(|| site.address.to_string());
    let base = format!("{}://{host}", site.scheme);
    let query = parts.uri.query().unwrap_or_default();
    let now = OffsetDateTime::now_utc();
    let mut call = inbound::call(parts.method.as_str(), parts.uri.path(), query, &base, now);
    call.headers = parts
        .headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let Ok(body) = to_bytes(body, BODY_BYTES).await else {
        let text = format!("The request body could not be read, or is larger than {BODY_BYTES} bytes.");
        return (call, Err(Answer::error(413, "RequestEntityTooLarge", &text)));
    };
    call.body = body;
    (call, Ok(()))
}

fn written(answer: Answer) -> axum::response::Response {
    let mut response = axum::response::Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(&name), HeaderValue::try_from(&value)) {
            response.headers_mut().append(name, value);
        } else {
            tracing::warn!("the answer's header {name} cannot be sent: {value:?}");
        }
    }
    response
}

/// A listener whose connections are through with their TLS handshake, so that a slow one delays nobody.
struct Encrypted {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: tokio::task::JoinHandle<()>,
    address: SocketAddr,
}

impl Encrypted {
    fn new(mut listener: TcpListener, acceptor: TlsAcceptor, address: SocketAddr) -> Self {
        let (sender, ready) = mpsc::channel(64);
        let accepting = tokio::spawn(async move {
            loop {
                // Axum's accept waits out errors such as too many open files.
                let (stream, peer) = Listener::accept(&mut listener).await;
                quick(&stream);
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    match acceptor.accept(stream).await {
                        Ok(stream) => drop(sender.send((stream, peer)).await),
                        Err(error) => tracing::debug!("TLS handshake with {peer} failed: {error}"),
                    }
                });
            }
        });
        Self { ready, accepting, address }
    }
}

impl Drop for Encrypted {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for Encrypted {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task ends only with this listener.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

#[cfg(test)]
mod tests;
