//! Signing in with a browser on this machine: authorization code with PKCE.

use std::time::Duration;

use webbrowser::BrowserOptions;

use super::loopback::{Loopback, Reply};
use super::protocol::{Granted, Page, Protocol, SIGN_IN_AGAIN, said};
use azr_core::context::Context;
use azr_core::error::{Error, Result};

/// How long somebody may take to sign in: as long as a device code lives.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Whether a browser can be opened that whoever ran azr will see.
///
/// `BROWSER` says so, as it does to az: editors set it that forward a browser over SSH. Else there must be a terminal of
/// this machine itself, and where there are displays, one.
#[must_use]
pub fn can_open(context: &Context) -> bool {
    if ["CI", "TF_BUILD", "GITHUB_ACTIONS"].iter().any(|name| context.is_var_enabled(name)) {
        return false;
    }
    let is_set = |names: &[&str]| names.iter().any(|name| context.var(name).is_some());
    let is_far = is_set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
    let has_display =
        cfg!(any(windows, target_os = "macos")) || is_set(&["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]);
    is_set(&["BROWSER"]) || (context.terminal().stderr && !is_far && has_display)
}

/// A sign-in that waits for its browser.
pub struct Browser<'a> {
    protocol: &'a Protocol,
    loopback: Loopback,
    page: Page,
}

impl<'a> Browser<'a> {
    /// Listens for the browser to come back, and opens it; none where it cannot be opened.
    pub async fn open(protocol: &'a Protocol, scope: &str) -> Result<Option<Self>> {
        let loopback = Loopback::listen().await?;
        let page = protocol.page(scope, loopback.redirect())?;
        let url = page.url.to_string();
        // Some ways to open one wait for an answer of the desktop.
        let opened = tokio::task::spawn_blocking(move || {
            webbrowser::open_browser_with_options(
                webbrowser::Browser::Default,
                &url,
                BrowserOptions::new().with_suppress_output(true),
            )
        })
        .await;
        Ok(matches!(opened, Ok(Ok(()))).then_some(Self { protocol, loopback, page }))
    }

    /// Waits until somebody signed in.
    pub async fn granted(self) -> Result<Granted> {
        let Self { protocol, loopback, page } = self;
        let waited = tokio::time::timeout(PATIENCE, loopback.reply(&page.state)).await;
        let reply = waited.map_err(|_| {
            Error::authentication(format!("nobody signed in within {} minutes", PATIENCE.as_secs() / 60))
                .with_hint(SIGN_IN_AGAIN)
        })?;
        match reply? {
            Reply::Code(code) => protocol.redeem(page, &code).await,
            Reply::Refusal(error, _) if error == "access_denied" => {
                Err(Error::authentication("the sign-in was declined"))
            }
            Reply::Refusal(error, description) => Err(said(description.as_ref(), &error, false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    #[test]
    fn a_browser_is_opened_where_somebody_sees_it() {
        let at = |variables: &[(&str, &str)], stderr| {
            let terminal = Terminal { stderr, ..Terminal::default() };
            can_open(&Context::new(Environment::for_test("/h", variables.iter().copied()), terminal))
        };
        let display = ("DISPLAY", ":0");
        assert!(at(&[display], true));
        assert!(!at(&[display], false), "nobody looks");
        assert!(!at(&[display, ("SSH_CONNECTION", "a b")], true), "the screen is elsewhere");
        assert!(at(&[("BROWSER", "b"), ("SSH_CONNECTION", "a b")], false), "somebody saw to it");
        for pipeline in ["CI", "TF_BUILD", "GITHUB_ACTIONS"] {
            assert!(!at(&[display, ("BROWSER", "b"), (pipeline, "true")], true), "{pipeline}");
        }
        #[cfg(target_os = "linux")]
        assert!(!at(&[], true), "there is no screen");
    }
}
