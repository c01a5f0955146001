//! Creates a resource of the sample by a request.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;
use time::OffsetDateTime;

use crate::apim;
use crate::context::Context;
use crate::options::Options;
use crate::request::ParsedRequest;
use crate::route::Route;
use crate::state::State;

/// The API version that the sample is written with: the first that has all of it.
pub(super) const SAMPLE_VERSION: &str = "2025-09-01-preview";

/// Sends a PUT to API Management as a client would, so that the sample is validated by the emulator's own rules.
pub(super) fn put_resource(state: &mut State, id: &str, body: &Value, now: OffsetDateTime) {
    let request = ParsedRequest {
        method: Method::PUT,
        path: id.to_owned(),
        query: vec![("api-version".to_owned(), SAMPLE_VERSION.to_owned())],
        headers: HeaderMap::new(),
        body: Bytes::from(body.to_string()),
        origin: String::new(),
        now,
    };
    let route = Route::parse(&request.path);
    let options = Options::default();
    let mut context = Context { state, request: &request, route: &route, options: &options, fetched: None };
    let response = apim::handle(&mut context).unwrap_or_else(|refusal| refusal);
    debug_assert!(response.status().is_success(), "{id}: {}", String::from_utf8_lossy(response.body()));
}
