//! Checks the proxy variables.
//!
//! The HTTP client ignores a value that it cannot parse, and then connects without the proxy.

use azr_core::context::Context;
use azr_core::error::{Error, Result};

/// The variables that the HTTP client reads for each scheme; the first one that is set is used.
const VARIABLES: [[&str; 4]; 2] = [
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"],
    ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"],
];

/// Fails if a proxy variable that would be used is not a proxy; the error does not contain the password.
pub(super) fn check_proxy_variables(context: &Context) -> Result<()> {
    for names in VARIABLES {
        let setting = names
            .into_iter()
            .find_map(|name| context.var(name).filter(|value| !value.is_empty()).map(|value| (name, value)));
        let Some((name, value)) = setting else { continue };
        if let Err(reason) = check_proxy(value) {
            return Err(Error::invalid(format!("{name} is not a valid proxy: {reason}")).with_hint(format!(
                "Set {name} to http://HOST:PORT, or to http://USER:PASSWORD@HOST:PORT with special characters of the \
                 password encoded (# as %23, @ as %40, / as %2F)."
            )));
        }
    }
    Ok(())
}

/// Whether a proxy is set for any scheme.
pub(super) fn has_proxy(context: &Context) -> bool {
    VARIABLES.iter().flatten().any(|name| context.var(name).is_some_and(|value| !value.is_empty()))
}

/// Why a value is not a proxy. The reason shows nothing of the value but its scheme, because the rest may be a password.
fn check_proxy(value: &str) -> Result<(), String> {
    if value.trim() != value {
        return Err("it begins or ends with a space or a line end".to_owned());
    }
    let (scheme, rest) = value.split_once("://").unwrap_or(("http", value));
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        let is_scheme = scheme.len() <= 10 && scheme.chars().all(|c| c.is_ascii_alphanumeric());
        return Err(if is_scheme {
            format!("the scheme {scheme} is not supported, only http and https are")
        } else {
            "the scheme is not http or https".to_owned()
        });
    }
    let (credentials, address) = match rest.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, rest),
    };
    if let Some(c) = credentials.and_then(|text| text.chars().find(|c| "#?/".contains(*c))) {
        return Err(format!("the user name or password contains {c}, which must be encoded"));
    }
    let address = address.split(['/', '?', '#']).next().unwrap_or_default();
    let uri = |text: &str| format!("http://{text}/").parse::<http::Uri>().ok();
    let Some(parsed) = uri(address) else {
        return Err("the host or port is not valid".to_owned());
    };
    if parsed.host().is_none_or(str::is_empty) {
        return Err("the host is missing".to_owned());
    }
    // A port that is not a number is not an error for the parser.
    let has_port = address.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
    if has_port && parsed.port_u16().is_none() {
        return Err("the port is not a number from 0 to 65535".to_owned());
    }
    if uri(&rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())]).is_none() {
        return Err("the user name or password contains a character that must be encoded".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    #[test]
    fn usual_values_are_proxies() {
        for value in [
            "http://proxy:8080",
            "proxy:8080",
            "proxy",
            "https://proxy.example:443/",
            "http://user:p@ss@127.0.0.1:9",
            "http://user:p%23ss@proxy:9",
            "HTTP://[::1]:3128",
        ] {
            assert_eq!(check_proxy(value), Ok(()), "{value}");
        }
    }

    #[test]
    fn a_value_that_is_not_a_proxy_has_a_reason_without_the_password() {
        for (value, part) in [
            ("http://user:p#wq@127.0.0.1:9", "contains #"),
            ("http://user:p/wq@h:9", "contains /"),
            ("http://user:p wq@h:9", "must be encoded"),
            ("http://proxy:port", "port"),
            ("http://proxy:99999", "port"),
            ("http://", "host"),
            ("http://:8080", "host"),
            ("ftp://user:wq@proxy:21", "ftp"),
            ("socks5://proxy:1080", "socks5"),
            (" http://proxy:8080", "space"),
            ("http://proxy:8080\r", "line end"),
        ] {
            let reason = check_proxy(value).expect_err(value);
            assert!(reason.contains(part), "{value}: {reason}");
            assert!(!reason.contains("wq"), "{value}: {reason}");
        }
    }

    #[test]
    fn a_variable_that_another_one_replaces_is_not_checked() {
        let variables =
            [("HTTPS_PROXY", "http://p:1"), ("HTTP_PROXY", "http://p:1"), ("ALL_PROXY", "socks5://p:1")];
        let environment = Environment::for_test("/nowhere", variables);
        assert!(check_proxy_variables(&Context::new(environment, Terminal::default())).is_ok());
    }

    #[test]
    fn the_error_names_the_variable() {
        let environment = Environment::for_test("/nowhere", [("ALL_PROXY", "http://a:secret#@b")]);
        let error =
            check_proxy_variables(&Context::new(environment, Terminal::default())).expect_err("refused");
        assert!(error.to_string().starts_with("ALL_PROXY is not a valid proxy: "), "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
