//! From an [`Answer`] to a response, which may be sent slowly or in part.

use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use crate::faults::effect::Delivery;
use crate::http::Answer;

/// How many pieces of a body are sent in a second, if it is sent slowly; one byte is the least.
const PIECES: u32 = 10;

/// The pause before a body that is cut short breaks off, so that what comes before is sent.
const BREATH: Duration = Duration::from_millis(1);

/// The response of an answer.
pub fn response(answer: Answer, delivery: Delivery) -> Response {
    let length = answer.body.len();
    let delivery = if length == 0 { Delivery::default() } else { delivery };
    let plain = delivery == Delivery::default();
    let body = if plain { Body::from(answer.body) } else { paced(&answer.body, delivery) };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(&name), HeaderValue::try_from(&value)) {
            response.headers_mut().append(name, value);
        } else {
            tracing::warn!("the answer's header {name} cannot be sent: {value:?}");
        }
    }
    if !plain {
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// A body that comes in pieces, and with `cut` ends in the middle with an error, on which the connection is closed.
fn paced(body: &Bytes, delivery: Delivery) -> Body {
    let end = if delivery.cut { body.len() / 2 } else { body.len() };
    let rest = body.slice(..end);
    Body::from_stream(stream::unfold(Some(rest), move |rest| async move {
        let mut rest = rest?;
        if rest.is_empty() {
            if !delivery.cut {
                return None;
            }
            tokio::time::sleep(BREATH).await;
            return Some((Err(io::Error::other("the answer is cut short")), None));
        }
        let piece = match delivery.rate {
            None => std::mem::take(&mut rest),
            Some(rate) => next_piece(&mut rest, rate).await,
        };
        Some((Ok(piece), Some(rest)))
    }))
}

/// The next piece of a body, after the time that it takes.
async fn next_piece(rest: &mut Bytes, rate: NonZeroU32) -> Bytes {
    let size = rate.get().div_ceil(PIECES);
    let piece = rest.split_to(rest.len().min(usize::try_from(size).unwrap_or(usize::MAX)));
    tokio::time::sleep(Duration::from_secs_f64(f64::from(size) / f64::from(rate.get()))).await;
    piece
}
