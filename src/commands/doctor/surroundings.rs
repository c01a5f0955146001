//! What is around azr: az's settings, certificates, proxies, the way to the Resource Manager, the clock.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use super::finding::Finding;
use azr_arm::client::{Client, Knock};
use azr_core::context::{ConfigScope, Context};
use azr_core::error::Error;

/// How far the clock may be off before Entra refuses what azr signs.
const MAX_SKEW: Duration = Duration::from_secs(5 * 60);

/// az's settings can be read, and its cloud is known.
pub fn settings(context: &Context) -> Finding {
    const CHECK: &str = "settings";
    let read = || {
        context.config_files(ConfigScope::Local)?;
        for known in [context.no_color(), context.only_show_errors(), context.disable_confirm_prompt()] {
            known?;
        }
        context.default_output()?;
        Ok(context.cloud()?.name.clone())
    };
    match read() {
        Ok(cloud) => {
            let folder =
                context.config_dir().map(|dir| format!(" and {}", dir.display())).unwrap_or_default();
            Finding::well(CHECK, format!("the cloud is {cloud}, as the environment{folder} say"))
        }
        Err(error) => Finding::failed(CHECK, &error),
    }
}

/// The files of certificates that are named can be read; without any the system's are used.
pub fn certificates(context: &Context) -> Finding {
    const CHECK: &str = "certificates";
    let named = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"];
    let files: Vec<(&str, &str)> = named.into_iter().filter_map(|n| Some((n, context.var(n)?))).collect();
    for (variable, file) in &files {
        if let Err(error) = std::fs::File::open(Path::new(file)) {
            let mend = format!("Name a file of PEM certificates in {variable}, or unset it");
            return Finding::amiss(CHECK, format!("{variable} names {file}: {error}"), mend);
        }
    }
    if files.is_empty() {
        return Finding::well(CHECK, "those of the system");
    }
    let shown: Vec<String> = files.iter().map(|(variable, file)| format!("{file} ({variable})")).collect();
    Finding::well(CHECK, format!("those of the system, and {}", shown.join(", ")))
}

/// Which proxy the environment names; whether it works shows when the endpoint is asked.
pub fn proxy(context: &Context) -> Finding {
    const CHECK: &str = "proxy";
    let var = |name: &str| context.var(name).or_else(|| context.var(&name.to_ascii_lowercase()));
    let Some((name, value)) =
        ["HTTPS_PROXY", "ALL_PROXY"].into_iter().find_map(|name| Some((name, var(name)?)))
    else {
        return Finding::well(CHECK, "none");
    };
    // A proxy's URL may hold a password.
    let whole = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    match url::Url::parse(&whole) {
        Ok(url) if url.has_host() => {
            let mut shown = url.clone();
            // It fails for URLs without a host, and this one has one.
            let _ = shown.set_username("");
            let _ = shown.set_password(None);
            let but = var("NO_PROXY").map(|hosts| format!(", but not for {hosts}")).unwrap_or_default();
            Finding::well(CHECK, format!("{} ({name}){but}", shown.as_str().trim_end_matches('/')))
        }
        _ => Finding::amiss(
            CHECK,
            format!("{name} is no URL of a proxy"),
            format!("{name} looks like http://proxy.example:8080"),
        ),
    }
}

/// The Resource Manager answers.
pub async fn endpoint(client: &Client) -> (Finding, Option<Knock>) {
    const CHECK: &str = "endpoint";
    let started = Instant::now();
    match client.knock().await {
        Ok(answer) => {
            let took = started.elapsed().as_millis();
            let at = client.endpoint().as_str().trim_end_matches('/');
            if answer.status >= 500 {
                let detail = format!("{at} answered with HTTP {} after {took} ms", answer.status);
                return (Finding::amiss(CHECK, detail, "Try again later"), Some(answer));
            }
            (Finding::well(CHECK, format!("{at} answered after {took} ms")), Some(answer))
        }
        Err(error) => (Finding::failed(CHECK, &error), None),
    }
}

/// The clock of this machine is about that of the endpoint.
pub fn clock(answer: Option<&Knock>) -> Finding {
    const CHECK: &str = "clock";
    let Some(there) = answer.and_then(|answer| answer.date) else {
        return Finding::untried(CHECK, "the endpoint does not say what time it is");
    };
    let here = SystemTime::now();
    let (off, which) = match here.duration_since(there) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    // The header has no fractions, and the answer took its time.
    if off < Duration::from_secs(2) {
        return Finding::well(CHECK, "the same as the endpoint's");
    }
    let detail = format!("{} s {which} the endpoint's", off.as_secs());
    if off < MAX_SKEW {
        return Finding::well(CHECK, detail);
    }
    Finding::amiss(CHECK, detail, "Set the clock of this machine: tokens and assertions are good for minutes")
}

/// What is not tried where the client cannot even be made.
pub fn unreachable(error: &Error) -> Vec<Finding> {
    vec![Finding::failed("endpoint", error), clock(None)]
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
        assert_eq!(found.detail, "http://proxy.example:8080 (HTTPS_PROXY), but not for a.b");
        assert_eq!(proxy(&context(&[])).detail, "none");
        let bad = proxy(&context(&[("HTTPS_PROXY", "http://")]));
        assert_eq!((bad.state, bad.detail.contains("no URL")), (State::Amiss, true));
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let at = |seconds: i64| {
            let date = time::OffsetDateTime::now_utc() + time::Duration::seconds(seconds);
            clock(Some(&Knock { status: 401, date: Some(date.into()) }))
        };
        assert_eq!(at(0).state, State::Well);
        assert!(at(60).detail.contains("behind"));
        let off = at(-3600);
        assert_eq!((off.state, off.detail.contains("ahead of")), (State::Amiss, true));
        assert_eq!(clock(None).state, State::Untried);
    }

    #[test]
    fn a_file_of_certificates_that_is_not_there_is_told() {
        let found = certificates(&context(&[("SSL_CERT_FILE", "/nowhere/ca.pem")]));
        assert!(found.state == State::Amiss && found.mend.expect("a mend").contains("SSL_CERT_FILE"));
    }
}
