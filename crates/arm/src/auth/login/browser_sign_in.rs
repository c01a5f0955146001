//! Sign-in with a browser on this machine: authorization code with PKCE.

use std::time::Duration;

use webbrowser::BrowserOptions;

use super::callback_server::{CallbackResult, CallbackServer};
use super::oauth::{AuthorizationRequest, OAuthClient, SIGN_IN_AGAIN, TokenGrant, refusal};
use azr_core::context::Context;
use azr_core::error::{Error, Result};

/// How long the user may take to sign in: as long as a device code is valid.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Whether a browser can be opened that the user sees.
///
/// `BROWSER` says so, as for az: editors that forward a browser over SSH set it. Otherwise a terminal on this machine is
/// required, and a display on systems that have displays.
#[must_use]
pub fn can_open_browser(context: &Context) -> bool {
    if ["CI", "TF_BUILD", "GITHUB_ACTIONS"].iter().any(|name| context.is_var_enabled(name)) {
        return false;
    }
    let is_set = |names: &[&str]| names.iter().any(|name| context.var(name).is_some());
    let is_remote = is_set(&["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]);
    let has_display =
        cfg!(any(windows, target_os = "macos")) || is_set(&["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"]);
    is_set(&["BROWSER"]) || (context.terminal().stderr && !is_remote && has_display)
}

/// A sign-in in progress.
pub struct BrowserSignIn<'a> {
    client: &'a OAuthClient,
    server: CallbackServer,
    request: AuthorizationRequest,
}

impl<'a> BrowserSignIn<'a> {
    /// Starts the callback server, and opens the browser; None if it cannot be opened.
    pub async fn open(client: &'a OAuthClient, scope: &str) -> Result<Option<Self>> {
        let server = CallbackServer::listen().await?;
        let request = client.authorization_request(scope, server.redirect_url())?;
        let url = request.url.to_string();
        // On some systems this waits for the desktop.
        let opened = tokio::task::spawn_blocking(move || {
            webbrowser::open_browser_with_options(
                webbrowser::Browser::Default,
                &url,
                BrowserOptions::new().with_suppress_output(true),
            )
        })
        .await;
        Ok(matches!(opened, Ok(Ok(()))).then_some(Self { client, server, request }))
    }

    /// Waits until the user has signed in.
    pub async fn wait(self) -> Result<TokenGrant> {
        let Self { client, server, request } = self;
        let callback = tokio::time::timeout(SIGN_IN_TIMEOUT, server.wait(&request.state)).await;
        let result = callback.map_err(|_| {
            Error::authentication(format!(
                "the sign-in was not completed within {} minutes",
                SIGN_IN_TIMEOUT.as_secs() / 60
            ))
            .with_hint(SIGN_IN_AGAIN)
        })?;
        match result? {
            CallbackResult::Code(code) => client.redeem_code(request, &code).await,
            CallbackResult::Refusal(error, _) if error == "access_denied" => {
                Err(Error::authentication("the sign-in was declined"))
            }
            CallbackResult::Refusal(error, description) => Err(refusal(description.as_ref(), &error, false)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::context::{Environment, Terminal};

    #[test]
    fn a_browser_is_opened_only_if_the_user_sees_it() {
        let can_open = |variables: &[(&str, &str)], stderr| {
            let terminal = Terminal { stderr, ..Terminal::default() };
            can_open_browser(&Context::new(Environment::for_test("/h", variables.iter().copied()), terminal))
        };
        let display = ("DISPLAY", ":0");
        assert!(can_open(&[display], true));
        assert!(!can_open(&[display], false), "not interactive");
        assert!(!can_open(&[display, ("SSH_CONNECTION", "a b")], true), "the display is on another machine");
        assert!(can_open(&[("BROWSER", "b"), ("SSH_CONNECTION", "a b")], false), "BROWSER forwards it");
        for pipeline in ["CI", "TF_BUILD", "GITHUB_ACTIONS"] {
            assert!(!can_open(&[display, ("BROWSER", "b"), (pipeline, "true")], true), "{pipeline}");
        }
        #[cfg(target_os = "linux")]
        assert!(!can_open(&[], true), "no display");
    }
}
