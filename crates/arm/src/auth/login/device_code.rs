//! Sign-in on another device: the user enters a code there.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>, RFC 8628.

use oauth2::{
    AsyncHttpClient as _, DeviceCodeErrorResponse, DeviceCodeErrorResponseType, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use tokio::sync::mpsc;

use super::oauth::{OAuthClient, TokenGrant, invalid_response, refusal, scopes, token_grant};
use azr_core::error::{Error, Result};

/// What Entra returns in place of `access_denied` of RFC 8628.
const DECLINED: &str = "authorization_declined";

impl OAuthClient {
    /// Calls `show` with the URL and the code for the user, and waits until the user has signed in, or the code has expired.
    pub async fn sign_in_with_device_code(
        &self,
        scope: &str,
        show: impl FnOnce(&str, &str),
    ) -> Result<TokenGrant> {
        let entra = self.entra_client()?;
        let response: Result<StandardDeviceAuthorizationResponse, _> =
            entra.exchange_device_code().add_scopes(scopes(scope)).request_async(self).await;
        let code = response.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                refusal(answer.error_description(), answer.error().as_ref(), false)
            }
            other => invalid_response(other),
        })?;
        show(code.verification_uri(), code.user_code().secret());
        // The crate continues to poll after any failed request, and does not return its error.
        let (sender, mut errors) = mpsc::channel(1);
        let send = |request| {
            let sender = sender.clone();
            async move {
                let answer = self.call(request).await;
                if let Err(error) = answer {
                    // There is room for one error, and one is enough.
                    drop(sender.try_send(error));
                    return Err(Error::interrupted());
                }
                answer
            }
        };
        let grant =
            entra.exchange_device_access_token(&code).request_async(&send, |pause| self.pause(pause), None);
        tokio::select! {
            biased;
            Some(error) = errors.recv() => Err(error),
            answer = grant => answer.map(|answer| token_grant(&answer)).map_err(refused),
        }
    }
}

fn refused(error: RequestTokenError<Error, DeviceCodeErrorResponse>) -> Error {
    let RequestTokenError::ServerResponse(answer) = error else { return invalid_response(error) };
    match answer.error() {
        DeviceCodeErrorResponseType::ExpiredToken => {
            Error::authentication("the code expired before the sign-in was completed")
                .with_hint(super::oauth::SIGN_IN_AGAIN)
        }
        other => {
            let name = other.as_ref();
            if name == DECLINED || name == "access_denied" {
                return Error::authentication("the sign-in was declined");
            }
            refusal(answer.error_description(), name, false)
        }
    }
}
