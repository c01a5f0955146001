//! From the parts of an HTTP request to a [`Call`].

use bytes::Bytes;
use time::OffsetDateTime;

use super::http::Call;

/// A request without headers and body, its path and query still percent-encoded.
#[must_use]
pub fn call(method: &str, path: &str, query: &str, base: &str, now: OffsetDateTime) -> Call {
    Call {
        method: method.to_owned(),
        path: decode(path).trim_end_matches('/').to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: Vec::new(),
        body: Bytes::new(),
        base: base.to_owned(),
        now,
    }
}

/// Percent-decodes a path; a `%` that starts no escape stays, and bytes that are no UTF-8 are replaced.
fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut made = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = escape
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        made.push(value.unwrap_or(bytes[at]));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&made).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once_and_keeps_what_is_no_escape() {
        let call = call(
            "GET",
            "/apis/a%3Brev%3D2/%25/",
            "$filter=name%20eq%20'a+b'",
            "",
            OffsetDateTime::UNIX_EPOCH,
        );
        assert_eq!(call.path, "/apis/a;rev=2/%");
        assert_eq!(call.query("$FILTER"), Some("name eq 'a b'"));
        assert_eq!(decode("/100%/%zz%c3%a9"), "/100%/%zzé");
    }
}
