//! The pause between two polls of a long-running operation.

use crate::context::Context;
use crate::response::{Response, ResponseExt as _};

/// The response with the pause that clients make before they poll: in seconds, and in milliseconds for those that read it.
pub(crate) fn with_retry_after(context: &Context<'_>, response: Response) -> Response {
    let pause = context.options.poll_pause_ms;
    response
        .with_header("retry-after", pause.div_ceil(1000).max(1).to_string())
        .with_header("x-ms-retry-after-ms", pause.to_string())
}
