//! URLs that point to this machine.

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

/// Whether a URL points to this machine or to its host: loopback, and the link-local addresses (`169.254.0.0/16`) at
/// which clouds serve instance metadata.
#[must_use]
pub fn is_host_local(url: &url::Url) -> bool {
    is_loopback(url) || matches!(url.host(), Some(url::Host::Ipv4(address)) if address.is_link_local())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_this_machine_are_loopback() {
        let loopback = |text: &str| is_loopback(&url::Url::parse(text).unwrap());
        assert!(loopback("http://LOCALHOST/") && loopback("http://127.1/") && loopback("http://[::1]:1/"));
        let host_local = |text: &str| is_host_local(&url::Url::parse(text).unwrap());
        assert!(
            host_local("http://169.254.169.254/metadata")
                && host_local("http://[::1]/")
                && !host_local("http://10.0.0.1/")
        );
        assert!(
            !loopback("http://localhost.example/")
                && !loopback("http://128.0.0.1/")
                && !loopback("http://0.0.0.0/")
        );
    }
}
