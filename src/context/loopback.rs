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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is() {
        let ask = |text: &str| is_loopback(&url::Url::parse(text).unwrap());
        assert!(ask("http://LOCALHOST/") && ask("http://127.1/") && ask("http://[::1]:1/"));
        assert!(!ask("http://localhost.example/") && !ask("http://128.0.0.1/") && !ask("http://0.0.0.0/"));
    }
}
