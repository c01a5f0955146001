//! The emulator on a port, with or without TLS.

mod listen;
mod response;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::conduct::Conduct;
use super::faults::Rule;
use super::faults::effect::{Delivery, Moment};
use super::http::{Answer, Call};
use super::quirks::Turn;
use super::{Emulator, gate, inbound};
use listen::{Encrypted, Plain};
use response::response;
use wire::Scissors;

/// The largest body that is read.
const BODY_BYTES: usize = 64 * 1024 * 1024;

/// How often changes are written to the state file while serving.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// How many times as long as it takes to write the state file nothing is written: what is large is written less often.
const SAVE_REST: u32 = 10;

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
    let service = router.into_make_service_with_connect_info::<Scissors>();
    let served = match tls {
        None => axum::serve(Plain(listener), service).with_graceful_shutdown(shutdown).await,
        Some(acceptor) => {
            let listener = Encrypted::new(listener, acceptor, address);
            axum::serve(listener, service).with_graceful_shutdown(shutdown).await
        }
    };
    saver.abort();
    served?;
    emulator.save().map_err(io::Error::other)
}

async fn save_now_and_then(emulator: Arc<Emulator>) {
    let mut rest = SAVE_EVERY;
    loop {
        tokio::time::sleep(rest).await;
        let start = Instant::now();
        if let Err(error) = emulator.save() {
            tracing::error!("the emulator's state was not saved: {error}");
        }
        rest = SAVE_EVERY.max(start.elapsed() * SAVE_REST);
    }
}

async fn answer(
    State(site): State<Site>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (call, whole) = read(&site, request).await;
    let outcome = match whole {
        Ok(()) => met(&site, &call).await,
        Err(refused) => Outcome::plain(refused),
    };
    let status = outcome.answer.as_ref().map(|answer| answer.status);
    note(&site.conduct, &call, status, outcome.fault.as_deref());
    let Some(answer) = outcome.answer else {
        scissors.cut();
        // Never sent: writing it is what cuts the connection.
        return Response::default();
    };
    response(answer, outcome.delivery)
}

/// What comes of a request.
struct Outcome {
    /// None where the connection is reset.
    answer: Option<Answer>,
    delivery: Delivery,
    /// The name of the fault or quirk that it met.
    fault: Option<String>,
}

impl Outcome {
    fn plain(answer: Answer) -> Self {
        Self { answer: Some(answer), delivery: Delivery::default(), fault: None }
    }
}

/// Answers a request with the fault that it meets, if it meets one.
async fn met(site: &Site, call: &Call) -> Outcome {
    let (emulator, faults) = (&site.emulator, &site.conduct.faults);
    let rule = faults.strike(call);
    if faults.has_expired(call) {
        pause(site.conduct.latency).await;
        let refused = emulator.refuse(call, gate::expired(call));
        return Outcome { fault: Some("expire".to_owned()), ..Outcome::plain(refused) };
    }
    let Some(Rule { name, effect, .. }) = rule else {
        let (answer, quirk) = carried_out(site, call).await;
        return Outcome { fault: quirk.map(str::to_owned), ..Outcome::plain(answer) };
    };
    let mut outcome = Outcome { answer: None, delivery: effect.delivery(), fault: Some(name.clone()) };
    if effect.reset == Some(Moment::Before) {
        pause(site.conduct.latency).await;
        return outcome;
    }
    let answer = if let Some(instead) = effect.instead(emulator, call) {
        pause(site.conduct.latency).await;
        emulator.refuse(call, instead)
    } else {
        effect.prepare(emulator, call);
        let (answer, quirk) = carried_out(site, call).await;
        outcome.fault = Some(quirk.map_or_else(|| name.clone(), |quirk| format!("{name} {quirk}")));
        answer
    };
    if effect.reset.is_none() {
        outcome.answer = Some(effect.spoil(emulator, call, answer));
    }
    outcome
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

/// The answer to a request after the time it takes, and the name of the quirk that it met.
async fn carried_out(site: &Site, call: &Call) -> (Answer, Option<&'static str>) {
    let turn = site.conduct.quirks.as_ref().map_or(Turn::Plain, |quirks| quirks.enter(&site.emulator, call));
    pause(site.conduct.latency + turn.hold()).await;
    let answer = match turn.refusal() {
        Some(refused) => site.emulator.refuse(call, refused),
        None => respond(&site.emulator, call).await,
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

async fn respond(emulator: &Arc<Emulator>, call: &Call) -> Answer {
    if !emulator.may_block(call) {
        return emulator.respond(call);
    }
    let (emulator, call) = (emulator.clone(), call.clone());
    match tokio::task::spawn_blocking(move || emulator.respond(&call)).await {
        Ok(answer) => answer,
        Err(error) => Answer::error(500, "InternalServerError", &error.to_string()),
    }
}

/// The request, and the refusal of a body that cannot be taken in.
async fn read(site: &Site, request: Request) -> (Call, Result<(), Answer>) {
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

#[cfg(test)]
mod tests;
