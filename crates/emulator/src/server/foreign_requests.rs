//! Refuses requests that a page of another site makes a browser send.
//!
//! The emulator accepts any bearer token, so a page that could reach it could read and change everything. A page whose
//! host name was made to resolve to this machine (DNS rebinding) is recognized by the `Host` header, and any other page
//! by the `Origin` or `Sec-Fetch-Site` header. Other clients than browsers do not send these two.

use http::header::HOST;
use url::{Host, Url};

use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// Refuses a request for another host than this machine or `other_host`, and a request from another origin.
///
/// `target_host` is the host in the request line, if it has one.
pub(super) fn refuse_foreign_request(
    request: &ParsedRequest,
    target_host: Option<&str>,
    other_host: Option<&str>,
) -> Result<(), Response> {
    let headers = request.headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
    if !headers.chain(target_host).all(|host| is_own_host(host, other_host)) {
        let text = "The emulator responds to requests for 127.0.0.1, localhost, [::1], names below localhost, and the \
                    host of --tls-name only.";
        return Err(response::error(421, "MisdirectedRequest", text));
    }
    if is_cross_origin(request) {
        let text = "The emulator does not respond to requests from pages of another origin.";
        return Err(response::error(403, "CrossOriginRequestRefused", text));
    }
    Ok(())
}

/// Whether `authority` (a host, with or without a port) is this machine or `other_host`.
fn is_own_host(authority: &str, other_host: Option<&str>) -> bool {
    // The usual hosts need no parser.
    let (host, port) = authority.rsplit_once(':').unwrap_or((authority, ""));
    if matches!(host, "127.0.0.1" | "localhost" | "[::1]") && port.bytes().all(|b| b.is_ascii_digit()) {
        return true;
    }
    let Ok(url) = Url::parse(&format!("http://{authority}/")) else { return false };
    match url.host() {
        // `Url` accepts a name and a path in front of the host, which a header must not have.
        _ if authority.contains(['@', '/', '\\', '?', '#']) => false,
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost"
                || name.ends_with(".localhost")
                || other_host.is_some_and(|other| name.eq_ignore_ascii_case(other))
        }
        None => false,
    }
}

/// Whether a page of another origin made a browser send this request.
///
/// Following a link or a redirect to the emulator is not: it sends no token, and the page cannot read the response.
fn is_cross_origin(request: &ParsedRequest) -> bool {
    let is_navigation = request.method == "GET" && request.header("sec-fetch-mode") == Some("navigate");
    let is_other_site = match request.header("sec-fetch-site") {
        None | Some("same-origin" | "none") => false,
        Some(_) => !is_navigation,
    };
    let is_other_origin = request.header("origin").is_some_and(|origin| {
        let (origin, own) = (Url::parse(origin), Url::parse(&request.origin));
        !matches!((origin, own), (Ok(origin), Ok(own)) if origin.origin() == own.origin())
    });
    is_other_site || is_other_origin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::build_request;

    fn status(method: &str, headers: &[(&'static str, &str)], target_host: Option<&str>) -> u16 {
        let mut request = build_request(method, "/subscriptions");
        request.origin = "http://127.0.0.1:4280".to_owned();
        for (name, value) in headers {
            request.headers.append(*name, value.parse().expect("a value"));
        }
        let refusal = refuse_foreign_request(&request, target_host, Some("other.example"));
        refusal.map_or_else(|response| response.status().as_u16(), |()| 200)
    }

    #[test]
    fn only_the_hosts_of_this_machine_are_accepted() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:4280",
            "localhost:1",
            "LOCALHOST.:4280",
            "a.localhost",
            "[::1]:4280",
            "other.example",
            "Other.Example:80",
        ] {
            assert_eq!(status("GET", &[("host", host)], None), 200, "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:4280",
            "127.0.0.1.nip.io",
            "127.0.0.2",
            "[::2]",
            "localhost.evil.example",
            "notlocalhost",
            "evil@localhost",
            "localhost/evil",
            "",
            "é",
        ] {
            assert_eq!(status("GET", &[("host", host)], None), 421, "{host}");
        }
        let own = ("host", "127.0.0.1");
        assert_eq!(status("GET", &[own, ("host", "evil.example")], None), 421);
        assert_eq!(status("GET", &[own], Some("evil.example")), 421);
        assert_eq!(status("GET", &[own], Some("127.0.0.1:4280")), 200);
        assert_eq!(status("GET", &[], None), 200, "HTTP/1.0 needs no host");
    }

    #[test]
    fn pages_of_other_origins_are_refused() {
        for (method, headers, expected) in [
            ("POST", vec![("origin", "http://evil.example")], 403),
            ("POST", vec![("origin", "null")], 403),
            ("POST", vec![("origin", "http://127.0.0.1:3000")], 403),
            ("POST", vec![("origin", "http://127.0.0.1:4280"), ("sec-fetch-site", "same-origin")], 200),
            ("GET", vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], 403),
            ("GET", vec![("sec-fetch-site", "same-site"), ("sec-fetch-mode", "cors")], 403),
            ("GET", vec![("sec-fetch-site", "none"), ("sec-fetch-mode", "navigate")], 200),
            ("GET", vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 200),
            ("POST", vec![("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], 403),
        ] {
            assert_eq!(status(method, &headers, None), expected, "{method} {headers:?}");
        }
    }
}
