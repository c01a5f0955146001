//! How the body of a response is sent: at once, slowly, or only in part.

use std::io;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::HeaderValue;
use http::header::CONTENT_LENGTH;

use crate::faults::effect::Delivery;
use crate::response::Response;

/// How many chunks of a body are sent per second if it is sent slowly; a chunk has at least one byte.
const CHUNKS_PER_SECOND: u32 = 10;

/// The pause before a truncated body breaks off, so that the part before it is flushed.
const FLUSH_PAUSE: Duration = Duration::from_millis(1);

/// The response with the body that delivers it in this manner.
pub(super) fn deliver(response: Response, delivery: Delivery) -> http::Response<Body> {
    let length = response.body().len();
    if length == 0 || delivery == Delivery::default() {
        return response.map(Body::from);
    }
    let mut response = response.map(|body| paced(&body, delivery));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// A body that is sent in chunks; a truncated one ends halfway with an error, which closes the connection.
fn paced(body: &Bytes, delivery: Delivery) -> Body {
    let end = if delivery.truncate { body.len() / 2 } else { body.len() };
    let rest = body.slice(..end);
    Body::from_stream(stream::unfold(Some(rest), move |rest| async move {
        let mut rest = rest?;
        if rest.is_empty() {
            if !delivery.truncate {
                return None;
            }
            tokio::time::sleep(FLUSH_PAUSE).await;
            return Some((Err(io::Error::other("the response is truncated")), None));
        }
        let chunk = match delivery.bytes_per_second {
            None => std::mem::take(&mut rest),
            Some(rate) => next_chunk(&mut rest, rate).await,
        };
        Some((Ok(chunk), Some(rest)))
    }))
}

/// The next chunk of a body, after the time it takes to send at this rate.
async fn next_chunk(rest: &mut Bytes, rate: NonZeroU32) -> Bytes {
    let size = rate.get().div_ceil(CHUNKS_PER_SECOND);
    let chunk = rest.split_to(rest.len().min(usize::try_from(size).unwrap_or(usize::MAX)));
    tokio::time::sleep(Duration::from_secs_f64(f64::from(size) / f64::from(rate.get()))).await;
    chunk
}
