//! Checking of the proxy variables: the HTTP library ignores one that it cannot parse, and connects directly.

use azr_core::context::Context;
use azr_core::error::Error;
use url::Url;

/// The variables that name a proxy.
const PROXY_VARIABLES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy variable that cannot be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct InvalidProxy {
    variable: &'static str,
    reason: &'static str,
}

impl InvalidProxy {
    /// The first proxy variable that cannot be used.
    pub(super) fn find(context: &Context) -> Option<Self> {
        PROXY_VARIABLES.into_iter().find_map(|variable| {
            context.var(variable).and_then(find_fault).map(|reason| Self { variable, reason })
        })
    }

    /// The error, which does not show the value: it may contain a password.
    pub(super) fn to_error(self) -> Error {
        let Self { variable, reason } = self;
        Error::invalid(format!("{variable} is not a valid proxy: {reason}")).with_hint(format!(
            "Set {variable}=http://HOST:PORT, with percent-encoding in the user name and password, or unset it."
        ))
    }
}

/// What is wrong with the value of a proxy variable.
fn find_fault(value: &str) -> Option<&'static str> {
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    // The HTTP library parses it by stricter rules than those of URLs.
    let (Ok(_), Ok(url)) = (url.parse::<http::Uri>(), Url::parse(&url)) else {
        return Some("its value is not a URL");
    };
    match url.scheme() {
        "http" | "https" if url.host_str().is_some_and(|host| !host.is_empty()) => None,
        "http" | "https" => Some("its value has no host"),
        _ => Some("only http and https proxies are supported"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    fn context(name: &str, value: &str) -> Context {
        Context::new(Environment::without_home([(name, value)]), Terminal::default())
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error_without_its_value() {
        for value in [
            "http://user:S3cr3t@host:port",
            "http://user:S3cr^3t@host:8080",
            "http://user:S3cr 3t@host:8080",
            "http://user:S3cr/3t@host:8080",
            "socks5://user:S3cr3t@host:1080",
            "http://",
        ] {
            for name in PROXY_VARIABLES {
                let context = context(name, value);
                let error = InvalidProxy::find(&context).expect(value).to_error();
                let text = format!("{error} {}", error.hint().unwrap_or_default());
                assert!(text.contains(name) && !text.contains("S3cr"), "{text}");
            }
        }
    }

    #[test]
    fn usual_proxies_are_accepted() {
        for value in
            ["", "host", "host:8080", "user:p%40ss@host:8080", "http://127.0.0.1:3128/", "https://[::1]:8443"]
        {
            assert!(InvalidProxy::find(&context("HTTPS_PROXY", value)).is_none(), "{value}");
        }
    }
}
