//! Signing in on another device: a code to type in there.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>, RFC 8628.

use oauth2::{
    AsyncHttpClient as _, DeviceCodeErrorResponse, DeviceCodeErrorResponseType, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use tokio::sync::mpsc;

use super::protocol::{Granted, Protocol, broken, granted, said, scopes};
use azr_core::error::{Error, Result};

/// The word of Entra for what RFC 8628 calls `access_denied`.
const DECLINED: &str = "authorization_declined";

impl Protocol {
    /// Has `show` tell where to go and what to type in there, and waits until somebody did, or the code has expired.
    pub async fn with_device_code(&self, scope: &str, show: impl FnOnce(&str, &str)) -> Result<Granted> {
        let entra = self.entra()?;
        let asked: Result<StandardDeviceAuthorizationResponse, _> =
            entra.exchange_device_code().add_scopes(scopes(scope)).request_async(self).await;
        let code = asked.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                said(answer.error_description(), answer.error().as_ref(), false)
            }
            other => broken(other),
        })?;
        show(code.verification_uri(), code.user_code().secret());
        // The crate goes on asking whatever happened to a request, and has no word for what.
        let (lost, mut losses) = mpsc::channel(1);
        let carry = |request| {
            let lost = lost.clone();
            async move {
                let answer = self.call(request).await;
                if let Err(error) = answer {
                    // There is room for one, and one is enough.
                    drop(lost.try_send(error));
                    return Err(Error::interrupted());
                }
                answer
            }
        };
        let polled =
            entra.exchange_device_access_token(&code).request_async(&carry, |pause| self.pause(pause), None);
        tokio::select! {
            biased;
            Some(error) = losses.recv() => Err(error),
            answer = polled => answer.map(|answer| granted(&answer)).map_err(refused),
        }
    }
}

fn refused(error: RequestTokenError<Error, DeviceCodeErrorResponse>) -> Error {
    let RequestTokenError::ServerResponse(answer) = error else { return broken(error) };
    match answer.error() {
        DeviceCodeErrorResponseType::ExpiredToken => {
            Error::authentication("nobody signed in with the code before it expired")
                .with_hint(super::protocol::SIGN_IN_AGAIN)
        }
        other => {
            let name = other.as_ref();
            if name == DECLINED || name == "access_denied" {
                return Error::authentication("the sign-in was declined");
            }
            said(answer.error_description(), name, false)
        }
    }
}
