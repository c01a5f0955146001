//! What stays on this machine.

/// Whether a URL points to this machine: `127.0.0.0/8`, `[::1]` or `localhost`.
#[must_use]
pub fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether a URL points to this machine or to what its host serves it alone: loopback, and the link-local addresses
/// (`169.254.0.0/16`) that clouds serve their instance metadata on.
#[must_use]
pub fn is_on_host(url: &url::Url) -> bool {
    is_loopback(url) || matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is() {
        let ask = |text: &str| is_loopback(&url::Url::parse(text).unwrap());
        assert!(ask("http://LOCALHOST/") && ask("http://127.1/") && ask("http://[::1]:1/"));
        let near = |text: &str| is_on_host(&url::Url::parse(text).unwrap());
        assert!(
            near("http://169.254.169.254/metadata") && near("http://[::1]/") && !near("http://10.0.0.1/")
        );
        assert!(!ask("http://localhost.example/") && !ask("http://128.0.0.1/") && !ask("http://0.0.0.0/"));
    }
}
