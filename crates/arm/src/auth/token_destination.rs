//! Which requests may carry the access token.

use url::Url;

use azr_core::context::is_loopback;

/// Whether a request to `url` may carry the token for the Resource Manager at `arm_endpoint`.
///
/// Only a request to the endpoint itself (the same scheme, host and port), over https or to this machine. Links that a
/// service returns (blobs, a `nextLink` or a `Location` on another host) may not.
#[must_use]
pub(crate) fn may_carry_token(url: &Url, arm_endpoint: &Url) -> bool {
    let is_confidential = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    let has_no_user_info = url.username().is_empty() && url.password().is_none();
    is_confidential && has_no_user_info && url.origin() == arm_endpoint.origin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_carry(url: &str, endpoint: &str) -> bool {
        may_carry_token(&Url::parse(url).unwrap(), &Url::parse(endpoint).unwrap())
    }

    #[test]
    fn only_the_endpoint_gets_the_token() {
        let arm = "https://management.azure.com/";
        assert!(may_carry("https://management.azure.com/subscriptions/s?api-version=1", arm));
        assert!(may_carry("https://MANAGEMENT.azure.com:443/x", arm));
        for other in [
            "http://management.azure.com/x",
            "https://management.azure.com:8443/x",
            "https://management.azure.com.evil.example/x",
            "https://management.azure.com@evil.example/x",
            "https://user@management.azure.com/x",
            "https://store.blob.core.windows.net/x?sig=1",
            "ftp://management.azure.com/x",
        ] {
            assert!(!may_carry(other, arm), "{other}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!(may_carry("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/"));
        assert!(may_carry("http://[::1]:8080/x", "http://[::1]:8080/"));
        assert!(!may_carry("http://127.0.0.1:8081/x", "http://127.0.0.1:8080/"));
        assert!(!may_carry("http://127.0.0.1:8080/x", "https://management.azure.com/"));
        assert!(!may_carry("http://10.0.0.1/x", "http://10.0.0.1/"));
    }
}
