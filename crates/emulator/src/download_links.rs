//! Links to documents that the emulator hands out; it serves them as blob storage serves shared access signatures.

use bytes::Bytes;
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::state::{DownloadLink, State};
use crate::timestamps;

const PREFIX: &str = "/api-export/";

/// Whether a path is that of a download link.
#[must_use]
pub(crate) fn is_download_link(path: &str) -> bool {
    path.starts_with(PREFIX)
}

fn find_by_signature<'a>(state: &'a State, signature: &str, now: OffsetDateTime) -> Option<&'a DownloadLink> {
    state.links.get(signature).filter(|link| link.expires > now.unix_timestamp())
}

/// The document behind a URL, or why it is not available; none if the URL does not look like a download link.
#[must_use]
pub(crate) fn find<'a>(
    state: &'a State,
    url: &Url,
    now: OffsetDateTime,
) -> Option<Result<&'a DownloadLink, &'static str>> {
    let signature = url.query_pairs().find(|(name, _)| name == "sig").map(|(_, value)| value.into_owned());
    let signature = signature.filter(|_| is_download_link(url.path()))?;
    let link = find_by_signature(state, &signature, now);
    Some(link.ok_or("the link is unknown or has expired (links last five minutes)"))
}

/// Responds to a download.
///
/// A bearer token is refused: blob storage does not accept one beside a signature, and a client that sends it gives
/// its token to the client that created the link.
#[must_use]
pub(crate) fn respond(state: &State, request: &ParsedRequest) -> Response {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        let text = "The resource doesn't support the specified HTTP verb.";
        return refusal(405, "UnsupportedHttpVerb", text, request);
    }
    if request.headers.contains_key("authorization") {
        let text = "Authentication information is not given in the correct format. Check the value of the \
                    Authorization header.";
        return refusal(400, "InvalidAuthenticationInfo", text, request);
    }
    let signature = request.query("sig").unwrap_or_default();
    let Some(link) = find_by_signature(state, signature, request.now) else {
        let text = "Server failed to authenticate the request. Make sure the value of the Authorization header is \
                    formed correctly including the signature.";
        return refusal(403, "AuthenticationFailed", text, request);
    };
    let mut response = response::empty(200)
        .with_header("content-type", &link.content_type)
        .with_header("x-ms-blob-type", "BlockBlob")
        .with_header("x-ms-version", "2021-08-06");
    if request.method == "GET" {
        *response.body_mut() = Bytes::from(link.document.clone());
    }
    response
}

fn refusal(status: u16, code: &'static str, message: &str, request: &ParsedRequest) -> Response {
    let request_id = Uuid::new_v4();
    let time = timestamps::utc(request.now);
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}\n\
         RequestId:{request_id}\nTime:{time}</Message></Error>"
    );
    let mut response = response::empty(status)
        .with_header("content-type", "application/xml")
        .with_header("x-ms-error-code", code)
        .with_header("x-ms-request-id", request_id.to_string());
    if request.method != "HEAD" {
        *response.body_mut() = Bytes::from(xml);
    }
    response
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{build_request, emulator, set_token};

    #[test]
    fn a_link_works_until_it_expires_and_only_without_a_token() {
        let azure = emulator(Options::default());
        let now = build_request("GET", "/").now;
        let link = azure
            .with_state(|state| state.add_download_link("a.json", "application/json", "{}".to_owned(), now));
        let mut request = build_request("GET", &link);
        assert_eq!(azure.respond(&request).body(), "{}");
        set_token(&mut request, "t");
        assert_eq!(azure.respond(&request).status(), 400);
        let mut late = build_request("GET", &link);
        late.now += time::Duration::seconds(301);
        let refused = azure.respond(&late);
        assert_eq!(refused.status(), 403);
        assert!(String::from_utf8_lossy(refused.body()).contains("<Code>AuthenticationFailed</Code>"));
    }
}
