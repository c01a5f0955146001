//! Where a token may be sent.

use url::Url;

use azr_core::context::is_loopback;

/// Whether a request to `url` may carry the token for the Resource Manager at `arm_endpoint`.
///
/// Only to the endpoint itself (the same scheme, host and port), over https, or http to this machine. Links that
/// a service hands out (blobs, a `nextLink` or `Location` on another host) are not.
#[must_use]
pub fn allowed(url: &Url, arm_endpoint: &Url) -> bool {
    let is_private = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let is_plain = url.username().is_empty() && url.password().is_none();
    is_private && is_plain && url.origin() == arm_endpoint.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(url: &str, endpoint: &str) -> bool {
        allowed(&Url::parse(url).unwrap(), &Url::parse(endpoint).unwrap())
    }

    #[test]
    fn only_the_endpoint_gets_the_token() {
        let arm = "https://management.azure.com/";
        assert!(ask("https://management.azure.com/subscriptions/s?api-version=1", arm));
        assert!(ask("https://MANAGEMENT.azure.com:443/x", arm));
        for other in [
            "http://management.azure.com/x",
            "https://management.azure.com:8443/x",
            "https://management.azure.com.evil.example/x",
            "https://management.azure.com@evil.example/x",
            "https://user@management.azure.com/x",
            "https://store.blob.core.windows.net/x?sig=1",
            "ftp://management.azure.com/x",
        ] {
            assert!(!ask(other, arm), "{other}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        assert!(ask("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/"));
        assert!(ask("http://[::1]:8080/x", "http://[::1]:8080/"));
        assert!(!ask("http://127.0.0.1:8081/x", "http://127.0.0.1:8080/"));
        assert!(!ask("http://127.0.0.1:8080/x", "https://management.azure.com/"));
        assert!(!ask("http://10.0.0.1/x", "http://10.0.0.1/"));
    }
}
