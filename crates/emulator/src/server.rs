//! Serves the emulator on a port, with or without TLS.

mod connections;
mod delivery;
mod foreign_requests;
mod resettable_stream;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody as _, to_bytes};
use bytes::Bytes;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::arm_errors;
use crate::emulator::Emulator;
use crate::faults::Rule;
use crate::faults::effect::{Delivery, ResetMoment};
use crate::quirks::InFlight;
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::serve_options::ServeOptions;
use connections::{RequestHandler, serve_connections};
use delivery::deliver;
use foreign_requests::refuse_foreign_request;
use resettable_stream::ResetHandle;

/// The size limit of a request body.
const MAX_BODY_BYTES: usize = 64 * 1024 * 1024;

/// How often changes are written to the state file.
const SAVE_INTERVAL: Duration = Duration::from_secs(1);

/// The pause after writing the state file, as a multiple of the time that took: a large state is written less often.
const SAVE_PAUSE_FACTOR: u32 = 10;

/// What each request is handled with.
#[derive(Clone)]
struct Server {
    emulator: Emulator,
    options: Arc<ServeOptions>,
    scheme: &'static str,
    address: SocketAddr,
}

/// Serves the emulator until `shutdown` completes; then finishes the requests in flight and saves the state.
pub async fn serve(
    emulator: Emulator,
    options: ServeOptions,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = Server { emulator: emulator.clone(), options: Arc::new(options), scheme, address };
    let saver = tokio::spawn(save_periodically(emulator.clone()));
    serve_connections(server, listener, tls, shutdown).await;
    saver.abort();
    emulator.save().map_err(io::Error::other)
}

async fn save_periodically(emulator: Emulator) {
    let mut pause = SAVE_INTERVAL;
    loop {
        tokio::time::sleep(pause).await;
        let start = Instant::now();
        if let Err(error) = emulator.save() {
            tracing::error!("the emulator's state was not saved: {error}");
        }
        pause = SAVE_INTERVAL.max(start.elapsed() * SAVE_PAUSE_FACTOR);
    }
}

/// What a request gets.
struct Outcome {
    /// None if the connection is reset.
    response: Option<Response>,
    delivery: Delivery,
    /// The name of the fault or quirk that was injected.
    fault: Option<String>,
}

impl Outcome {
    fn normal(response: Response) -> Self {
        Self { response: Some(response), delivery: Delivery::default(), fault: None }
    }
}

impl RequestHandler for Server {
    fn receive_timeout(&self) -> Duration {
        self.options.receive_timeout
    }

    /// Responds to a request on a connection, which is reset if a fault says so.
    async fn handle(&self, request: http::Request<Body>, connection: &ResetHandle) -> http::Response<Body> {
        let (request, body) = self.read(request).await;
        let outcome = match body {
            Ok(()) => self.respond_with_faults(&request).await,
            Err(refusal) => Outcome::normal(refusal),
        };
        let status = outcome.response.as_ref().map(|response| response.status().as_u16());
        self.log(&request, status, outcome.fault.as_deref());
        let Some(response) = outcome.response else {
            connection.reset_on_write();
            // Never sent: writing it is what resets the connection.
            return http::Response::default();
        };
        deliver(response, outcome.delivery)
    }
}

impl Server {
    /// Parses a request and reads its body; the error refuses a request from another site, or a body that cannot be
    /// read.
    async fn read(&self, request: http::Request<Body>) -> (ParsedRequest, Result<(), Response>) {
        let (parts, body) = request.into_parts();
        let host = parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        let origin = match host {
            Some(host) => format!("{}://{host}", self.scheme),
            None => format!("{}://{}", self.scheme, self.address),
        };
        let target_host = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let request = http::Request::from_parts(parts, Bytes::new());
        let mut request = ParsedRequest::new(request, origin, OffsetDateTime::now_utc());
        if let Err(refusal) =
            refuse_foreign_request(&request, target_host.as_deref(), self.options.host.as_deref())
        {
            return (request, Err(refusal));
        }
        if body.is_end_stream() {
            return (request, Ok(()));
        }
        match tokio::time::timeout(self.options.receive_timeout, to_bytes(body, MAX_BODY_BYTES)).await {
            Ok(Ok(body)) => {
                request.body = body;
                (request, Ok(()))
            }
            Ok(Err(_)) => {
                let text =
                    format!("The request body could not be read, or is larger than {MAX_BODY_BYTES} bytes.");
                (request, Err(response::error(413, "RequestEntityTooLarge", &text)))
            }
            Err(_) => {
                let text = "The request body was not received in time.";
                (request, Err(response::error(408, "RequestTimeout", text)))
            }
        }
    }

    /// Responds to a request, and injects a fault if a rule says so.
    async fn respond_with_faults(&self, request: &ParsedRequest) -> Outcome {
        let (emulator, faults) = (&self.emulator, &self.options.faults);
        let rule = faults.select(request);
        if faults.has_expired(request) {
            self.wait_latency().await;
            let refusal = emulator.refuse(request, arm_errors::token_expired(request.now, request.now));
            return Outcome { fault: Some("expire".to_owned()), ..Outcome::normal(refusal) };
        }
        let Some(Rule { name, effect, .. }) = rule else {
            let (response, quirk) = self.respond_with_quirks(request).await;
            return Outcome { fault: quirk.map(str::to_owned), ..Outcome::normal(response) };
        };
        let mut outcome = Outcome { response: None, delivery: effect.delivery(), fault: Some(name.clone()) };
        if effect.reset == Some(ResetMoment::Before) {
            self.wait_latency().await;
            return outcome;
        }
        let response = if let Some(replacement) = effect.replacement(emulator, request) {
            self.wait_latency().await;
            emulator.refuse(request, replacement)
        } else {
            effect.prepare(emulator, request);
            let (response, quirk) = self.respond_with_quirks(request).await;
            outcome.fault = Some(quirk.map_or_else(|| name.clone(), |quirk| format!("{name} {quirk}")));
            response
        };
        if effect.reset.is_none() {
            outcome.response = Some(effect.apply(emulator, request, response));
        }
        outcome
    }

    /// The response to a request after the latency, and the name of the quirk that was emulated.
    async fn respond_with_quirks(&self, request: &ParsedRequest) -> (Response, Option<&'static str>) {
        let in_flight = self
            .options
            .quirks
            .as_ref()
            .map_or_else(InFlight::default, |quirks| quirks.begin(&self.emulator, request));
        wait(self.options.latency + in_flight.delay()).await;
        let response = match in_flight.refusal() {
            Some(refusal) => self.emulator.refuse(request, refusal),
            None => self.emulator.respond_async(in_flight.replacement().unwrap_or(request)).await,
        };
        in_flight.finish(response)
    }

    async fn wait_latency(&self) {
        wait(self.options.latency).await;
    }

    fn log(&self, request: &ParsedRequest, status: Option<u16>, fault: Option<&str>) {
        if let Some(log) = &self.options.log
            && let Err(error) = log.append(request, status, fault)
        {
            tracing::error!("a request was not logged: {error}");
        }
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

#[cfg(test)]
mod tests;
