//! The host and the path of a runtime URI, in the form in which they are compared.

/// The host and the path of a URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UrlPath {
    /// The host and the port, in lower case.
    pub host: String,
    /// The path without slashes at its ends, in lower case, because the gateway ignores case.
    pub path: String,
}

impl UrlPath {
    /// Splits a URL; None if it has no host.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let (_, rest) = url.trim().split_once("://")?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        (!host.is_empty()).then(|| Self { host: host.to_ascii_lowercase(), path: normalize(path) })
    }
}

/// The host of a URL, in lower case.
pub(super) fn host(url: &str) -> Option<String> {
    UrlPath::parse(url).map(|url| url.host)
}

/// A path without slashes at its ends, in lower case.
pub(super) fn normalize(path: &str) -> String {
    path.trim_matches('/').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_split_into_host_and_path() {
        let url = UrlPath::parse("HTTPS://Apim.Azure-API.net/Orders/V1/?x=/y#z").expect("a URL");
        assert_eq!((url.host.as_str(), url.path.as_str()), ("apim.azure-api.net", "orders/v1"));
        assert_eq!(UrlPath::parse("wss://a").expect("a URL").path, "");
        for text in ["", "/orders", "https://", "a.b/c"] {
            assert_eq!(UrlPath::parse(text), None, "{text}");
        }
    }
}
