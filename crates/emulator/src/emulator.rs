//! The emulator as a value: requests in, responses out.

use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use bytes::Bytes;
use futures_util::future::{BoxFuture, Either, Ready, ready};
use time::OffsetDateTime;
use url::Url;

use azr_core::error::Result;

use crate::context::Context;
use crate::dispatch::dispatch;
use crate::options::Options;
use crate::request::{self, ParsedRequest};
use crate::response::{self, HandlerResult, Response};
use crate::route::Route;
use crate::state::State;
use crate::state_file::StateFile;
use crate::token_buckets::TokenBuckets;
use crate::{apic, cloud_metadata, download_links, front_door, sample, token_issuer};

/// The emulator: a [`tower::Service`] that answers HTTP requests as Azure does.
///
/// Clones share one state.
#[derive(Clone)]
pub struct Emulator(Arc<Shared>);

/// What the clones of an emulator share.
struct Shared {
    state: Mutex<State>,
    options: Options,
    buckets: TokenBuckets,
    file: Option<Mutex<SavedState>>,
}

/// The state file, and the fingerprint of the state in it.
struct SavedState {
    file: StateFile,
    fingerprint: Option<u64>,
}

impl Emulator {
    /// An emulator with this state, which is kept in memory only.
    #[must_use]
    pub fn new(state: State, options: Options) -> Self {
        Self::with_file(state, options, None)
    }

    /// An emulator whose state is kept in a file; a new file starts with the sample data.
    ///
    /// Fails if another process holds the file, or if it cannot be read.
    pub fn open(path: &Path, options: Options) -> Result<Self> {
        Self::open_with(path, options, |state| sample::load_sample(state, OffsetDateTime::now_utc()))
    }

    /// An emulator whose state is kept in a file; `initialize` fills the state of a new file.
    pub fn open_with(path: &Path, options: Options, initialize: impl FnOnce(&mut State)) -> Result<Self> {
        let (file, state) = StateFile::open(path)?;
        let fingerprint = state.as_ref().map(State::fingerprint);
        let state = state.unwrap_or_else(|| {
            let mut state = State::default();
            initialize(&mut state);
            state
        });
        Ok(Self::with_file(state, options, Some(SavedState { file, fingerprint })))
    }

    fn with_file(state: State, options: Options, file: Option<SavedState>) -> Self {
        let buckets = TokenBuckets::new(options.rate_limits);
        Self(Arc::new(Shared { state: Mutex::new(state), options, buckets, file: file.map(Mutex::new) }))
    }

    /// The settings.
    #[must_use]
    pub(crate) fn options(&self) -> &Options {
        &self.0.options
    }

    /// Reads or changes the state directly, without a request.
    pub fn with_state<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.lock())
    }

    /// Writes the state to its file, if it has one and has changed since it was last written.
    pub fn save(&self) -> Result<()> {
        let Some(saved) = &self.0.file else { return Ok(()) };
        let mut saved = saved.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.lock();
        let fingerprint = Some(state.fingerprint());
        if saved.fingerprint != fingerprint {
            saved.file.save(&state)?;
            saved.fingerprint = fingerprint;
        }
        Ok(())
    }

    /// Responds to one request; blocks if [`Emulator::may_block`].
    pub(crate) fn respond(&self, request: &ParsedRequest) -> Response {
        if download_links::is_download_link(&request.path) {
            return download_links::respond(&self.lock(), request);
        }
        if let Some(response) =
            self.0.options.token_issuer.as_ref().and_then(|issuer| issuer.respond(request))
        {
            return response;
        }
        let (remaining, throttled) = self.0.buckets.take_token(request);
        if cloud_metadata::is_endpoints_request(request) {
            return front_door::add_arm_headers(cloud_metadata::endpoints(request), request, remaining);
        }
        let response = match (front_door::authenticate(request, &self.0.options), throttled) {
            (Err(refusal), _) | (Ok(()), Some(refusal)) => refusal,
            (Ok(()), None) => self.route(request).unwrap_or_else(|refusal| refusal),
        };
        let mut response = front_door::add_arm_headers(response, request, remaining);
        if request.method == "HEAD" {
            *response.body_mut() = Bytes::new();
        }
        response
    }

    /// Responds to one request off the event loop if that may block.
    pub(crate) async fn respond_async(&self, request: &ParsedRequest) -> Response {
        if !self.may_block(request) {
            return self.respond(request);
        }
        let (emulator, request) = (self.clone(), request.clone());
        match tokio::task::spawn_blocking(move || emulator.respond(&request)).await {
            Ok(response) => response,
            Err(error) => response::error(500, "InternalServerError", &error.to_string()),
        }
    }

    /// Refuses a request as Resource Manager would, without doing anything.
    ///
    /// A request without a usable token is refused for that reason instead.
    pub(crate) fn refuse(&self, request: &ParsedRequest, refusal: Response) -> Response {
        if download_links::is_download_link(&request.path) || self.is_sign_in(request) {
            return refusal;
        }
        let (remaining, _) = self.0.buckets.take_token(request);
        let refusal = front_door::authenticate(request, &self.0.options).err().unwrap_or(refusal);
        front_door::add_arm_headers(refusal, request, remaining)
    }

    /// Whether a request is for an endpoint that issues tokens, if the emulator has them.
    #[must_use]
    pub(crate) fn is_sign_in(&self, request: &ParsedRequest) -> bool {
        self.0.options.token_issuer.is_some() && token_issuer::is_sign_in(&request.path)
    }

    fn route(&self, request: &ParsedRequest) -> HandlerResult {
        let fetched = self.fetch_document(request);
        let mut state = self.lock();
        let route = Route::parse(&request.path);
        front_door::validate(&state, request, &route)?;
        dispatch(&mut Context {
            state: &mut state,
            request,
            route: &route,
            options: &self.0.options,
            fetched,
        })
    }

    /// Whether responding to this request may block, because a document is fetched from another host.
    #[must_use]
    pub(crate) fn may_block(&self, request: &ParsedRequest) -> bool {
        self.0.options.fetch.is_some() && self.external_link(request).is_some()
    }

    /// The link to a document on another host that a request asks to import.
    fn external_link(&self, request: &ParsedRequest) -> Option<Url> {
        apic::requested_link(request)
            .filter(|url| download_links::find(&self.lock(), url, request.now).is_none())
    }

    /// The document behind an external link, fetched before the state is locked so that other requests need not wait.
    fn fetch_document(&self, request: &ParsedRequest) -> Option<std::result::Result<String, String>> {
        let fetch = self.0.options.fetch.as_ref()?;
        self.external_link(request).map(|url| fetch(url.as_str()))
    }

    /// A panic of another thread leaves every resource intact: each is replaced by one assignment.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers requests whose URI is absolute, or that have a `Host` header.
impl tower::Service<http::Request<Bytes>> for Emulator {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<
        Ready<std::result::Result<Response, Infallible>>,
        BoxFuture<'static, std::result::Result<Response, Infallible>>,
    >;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> Poll<std::result::Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Bytes>) -> Self::Future {
        let origin = request::origin(&request);
        let request = ParsedRequest::new(request, origin, OffsetDateTime::now_utc());
        if self.may_block(&request) {
            let emulator = self.clone();
            return Either::Right(Box::pin(async move { Ok(emulator.respond_async(&request).await) }));
        }
        Either::Left(ready(Ok(self.respond(&request))))
    }
}
