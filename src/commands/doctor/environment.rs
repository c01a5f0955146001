//! Checks the environment: az's settings, certificates, proxies, the endpoint, and the clock.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::finding::Finding;
use azr_arm::client::{Client, Probe};
use azr_arm::transport::ROOT_VARIABLES;
use azr_core::context::{ConfigScope, Context};
use azr_core::error::Error;

/// The maximum clock skew before Microsoft Entra rejects what azr signs.
const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// Checks that az's settings can be read and that its cloud exists.
pub(crate) fn settings(context: &Context) -> Finding {
    const CHECK: &str = "settings";
    let read = || {
        context.config_files(ConfigScope::Local)?;
        for setting in [context.no_color(), context.only_show_errors(), context.disable_confirm_prompt()] {
            setting?;
        }
        context.default_output()?;
        Ok(context.cloud()?.name.clone())
    };
    match read() {
        Ok(cloud) => {
            let folder =
                context.config_dir().map(|dir| format!(" and {}", dir.display())).unwrap_or_default();
            Finding::ok(CHECK, format!("cloud {cloud}, from the environment{folder}"))
        }
        Err(error) => Finding::error(CHECK, &error),
    }
}

/// Checks that the certificate files from the environment can be read; without any the system's are used.
pub(crate) fn certificates(context: &Context) -> Finding {
    const CHECK: &str = "certificates";
    let files: Vec<(&str, &str)> =
        ROOT_VARIABLES.into_iter().filter_map(|n| Some((n, context.var(n)?))).collect();
    for (variable, file) in &files {
        if let Err(error) = std::fs::File::open(Path::new(file)) {
            let hint = format!("Set {variable} to a file of PEM certificates, or unset it");
            return Finding::failed(CHECK, format!("{variable} is {file}: {error}"), hint);
        }
    }
    if files.is_empty() {
        return Finding::ok(CHECK, "the certificates of the system");
    }
    // Both variables often name the same file.
    let same = files.len() == 2 && files[0].1 == files[1].1;
    let shown: Vec<String> = if same {
        vec![format!("{} ({}, {})", files[0].1, files[0].0, files[1].0)]
    } else {
        files.iter().map(|(variable, file)| format!("{file} ({variable})")).collect()
    };
    Finding::ok(CHECK, format!("the certificates of the system, and {}", shown.join(", ")))
}

/// Shows the proxy from the environment; whether it works is part of the check of the endpoint.
pub(crate) fn proxy(context: &Context) -> Finding {
    const CHECK: &str = "proxy";
    let var = |name: &str| context.var(name).or_else(|| context.var(&name.to_ascii_lowercase()));
    let Some((name, value)) =
        ["HTTPS_PROXY", "ALL_PROXY"].into_iter().find_map(|name| Some((name, var(name)?)))
    else {
        return Finding::ok(CHECK, "none");
    };
    // The URL of a proxy may contain a password.
    let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    match url::Url::parse(&url) {
        Ok(url) if url.has_host() => {
            let mut shown = url.clone();
            // Fails only for a URL without a host.
            let _ = shown.set_username("");
            let _ = shown.set_password(None);
            let except = var("NO_PROXY").map(|hosts| format!(", except for {hosts}")).unwrap_or_default();
            Finding::ok(CHECK, format!("{} ({name}){except}", shown.as_str().trim_end_matches('/')))
        }
        _ => Finding::failed(
            CHECK,
            format!("{name} is not a valid URL of a proxy"),
            format!("Set {name} to a URL such as http://proxy.example:8080"),
        ),
    }
}

/// Checks that Azure Resource Manager answers.
pub(crate) async fn endpoint(client: &Client) -> (Finding, Option<Probe>) {
    const CHECK: &str = "endpoint";
    let started = Instant::now();
    match client.probe().await {
        Ok(answer) => {
            let took = started.elapsed().as_millis();
            let at = client.endpoint().as_str().trim_end_matches('/');
            if answer.status.is_server_error() {
                let detail = format!("{at} answered with HTTP {} after {took} ms", answer.status.as_u16());
                return (Finding::failed(CHECK, detail, "Try again later"), Some(answer));
            }
            (Finding::ok(CHECK, format!("{at} answered after {took} ms")), Some(answer))
        }
        Err(error) => (Finding::error(CHECK, &error), None),
    }
}

/// Checks that the clock of this machine agrees with that of the endpoint.
pub(crate) fn clock(answer: Option<&Probe>) -> Finding {
    const CHECK: &str = "clock";
    let Some(answer) = answer else { return Finding::skipped(CHECK, "the endpoint was not reached") };
    let Some(remote) = answer.date else {
        return Finding::skipped(CHECK, "the endpoint does not send the time");
    };
    let local = SystemTime::now();
    let (skew, direction) = match local.duration_since(remote) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    // The header has no fractions of a second, and the answer took a while to arrive.
    if skew < Duration::from_secs(2) {
        return Finding::ok(CHECK, "the same as the endpoint's");
    }
    let detail = format!("{} s {direction} the endpoint's", skew.as_secs());
    if skew < MAX_SKEW {
        return Finding::ok(CHECK, detail);
    }
    Finding::failed(
        CHECK,
        detail,
        "Set the clock of this machine: tokens and assertions are valid for minutes only",
    )
}

/// The findings if the client cannot be created.
pub(crate) fn no_client(error: &Error) -> Vec<Finding> {
    vec![Finding::error("endpoint", error), clock(None)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::finding::State;
    use azr_core::context::{Environment, Terminal};

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(Environment::for_test("/nowhere", variables.iter().copied()), Terminal::default())
    }

    #[test]
    fn a_proxy_is_shown_without_its_password() {
        let found =
            proxy(&context(&[("https_proxy", "http://u:hush@proxy.example:8080/"), ("NO_PROXY", "a.b")]));
        assert_eq!(found.detail, "http://proxy.example:8080 (HTTPS_PROXY), except for a.b");
        assert_eq!(proxy(&context(&[])).detail, "none");
        let bad = proxy(&context(&[("HTTPS_PROXY", "http://")]));
        assert_eq!((bad.state, bad.detail.contains("not a valid URL")), (State::Failed, true));
    }

    #[test]
    fn clock_skew_is_reported() {
        let clock_at = |seconds: i64| {
            let date = time::OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
            clock(Some(&Probe { status: azr_arm::StatusCode::UNAUTHORIZED, date: Some(date.into()) }))
        };
        assert_eq!(clock_at(0).state, State::Ok);
        assert!(clock_at(60).detail.contains("behind"));
        let skewed = clock_at(-3600);
        assert_eq!((skewed.state, skewed.detail.contains("ahead of")), (State::Failed, true));
        assert_eq!(clock(None).state, State::Skipped);
    }

    #[test]
    fn a_certificate_file_that_does_not_exist_is_reported() {
        let found = certificates(&context(&[("SSL_CERT_FILE", "/nowhere/ca.pem")]));
        assert!(found.state == State::Failed && found.hint.expect("a hint").contains("SSL_CERT_FILE"));
    }
}
