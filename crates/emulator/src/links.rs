//! Links to documents that the emulator handed out, answered as blob storage answers a shared-access signature.

use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use super::http::{Answer, Call};
use super::stamp;
use super::world::{Link, World};

const PREFIX: &str = "/api-export/";

/// Whether a path is that of a link.
#[must_use]
pub fn is_link(path: &str) -> bool {
    path.starts_with(PREFIX)
}

fn lookup<'a>(world: &'a World, signature: &str, now: OffsetDateTime) -> Option<&'a Link> {
    world.links.get(signature).filter(|link| link.expires > now.unix_timestamp())
}

/// The document behind a URL if it has the form of one of our links: `None` for any other URL.
#[must_use]
pub fn find<'a>(world: &'a World, url: &Url, now: OffsetDateTime) -> Option<Result<&'a Link, &'static str>> {
    let signature = url.query_pairs().find(|(name, _)| name == "sig").map(|(_, value)| value.into_owned());
    let signature = signature.filter(|_| is_link(url.path()))?;
    Some(lookup(world, &signature, now).ok_or("the link is unknown or has expired (links last five minutes)"))
}

/// Answers a download.
///
/// A bearer token is refused: storage does not take it beside a signature, and a client that sends it gives its
/// token to whoever made the link.
#[must_use]
pub fn respond(world: &World, call: &Call) -> Answer {
    if !matches!(call.method.as_str(), "GET" | "HEAD") {
        return refusal(
            405,
            "UnsupportedHttpVerb",
            "The resource doesn't support the specified HTTP verb.",
            call,
        );
    }
    if call.header("authorization").is_some() {
        let text = "Authentication information is not given in the correct format. Check the value of the \
                    Authorization header.";
        return refusal(400, "InvalidAuthenticationInfo", text, call);
    }
    let Some(link) = lookup(world, call.query("sig").unwrap_or_default(), call.now) else {
        let text = "Server failed to authenticate the request. Make sure the value of the Authorization header is \
                    formed correctly including the signature.";
        return refusal(403, "AuthenticationFailed", text, call);
    };
    let mut answer = Answer::empty(200).with("content-type", link.content_type.clone());
    answer = answer.with("x-ms-blob-type", "BlockBlob").with("x-ms-version", "2021-08-06");
    if call.method == "GET" {
        answer.body = link.document.clone().into();
    }
    answer
}

fn refusal(status: u16, code: &str, message: &str, call: &Call) -> Answer {
    let request = Uuid::new_v4();
    let time = stamp::utc(call.now);
    let xml = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}\n\
         RequestId:{request}\nTime:{time}</Message></Error>"
    );
    let mut answer = Answer::empty(status)
        .with("content-type", "application/xml")
        .with("x-ms-error-code", code)
        .with("x-ms-request-id", request.to_string());
    if call.method != "HEAD" {
        answer.body = xml.into();
    }
    answer
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{call, emulator};

    #[test]
    fn a_link_works_until_it_expires_and_without_a_token_only() {
        let azure = emulator(Options::default());
        let start = call("GET", "/").now;
        let link = azure.with_world(|w| w.link("a.json", "application/json", "{}".to_owned(), start));
        let mut request = call("GET", &link);
        assert_eq!(azure.respond(&request).body, "{}");
        request.headers.push(("authorization".to_owned(), "Bearer t".to_owned()));
        assert_eq!(azure.respond(&request).status, 400);
        let mut late = call("GET", &link);
        late.now += time::Duration::seconds(301);
        let refused = azure.respond(&late);
        assert_eq!(refused.status, 403);
        assert!(String::from_utf8_lossy(&refused.body).contains("<Code>AuthenticationFailed</Code>"));
    }
}
