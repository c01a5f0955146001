//! Sign-in on another device: the user enters a code there.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>, RFC 8628.

use std::cell::Cell;
use std::time::Duration;

use oauth2::{
    AsyncHttpClient as _, DeviceCodeErrorResponse, DeviceCodeErrorResponseType, RequestTokenError,
    StandardDeviceAuthorizationResponse,
};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::oauth::{OAuthClient, TokenGrant, invalid_response, refusal, scopes, token_grant};
use azr_core::error::{Error, Result};

/// What Entra returns in place of `access_denied` of RFC 8628.
const DECLINED: &str = "authorization_declined";

/// The interval between polls if the authority does not return one.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

impl OAuthClient {
    /// Calls `show` with the URL and the code for the user, and waits until the user has signed in, or the code has expired.
    pub async fn sign_in_with_device_code(
        &self,
        scope: &str,
        show: impl FnOnce(&str, &str),
    ) -> Result<TokenGrant> {
        let entra = self.entra_client()?;
        let interval = Cell::new(DEFAULT_INTERVAL);
        let start = |request| async {
            let mut answer = self.call(request).await?;
            interval.set(take_interval(answer.body_mut()).unwrap_or(DEFAULT_INTERVAL));
            Ok::<_, Error>(answer)
        };
        let response: Result<StandardDeviceAuthorizationResponse, _> =
            entra.exchange_device_code().add_scopes(scopes(scope)).request_async(&start).await;
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
        // The crate's pauses begin with the default, and become longer if the authority requests that.
        let pause = |pause: Duration| self.pause((pause + interval.get()).saturating_sub(DEFAULT_INTERVAL));
        let grant = entra.exchange_device_access_token(&code).request_async(&send, pause, None);
        tokio::select! {
            biased;
            Some(error) = errors.recv() => Err(error),
            answer = grant => answer.map(|answer| token_grant(&answer)).map_err(refused),
        }
    }
}

/// Removes the interval between polls from a response, and returns it.
///
/// The crate cannot parse it, because `serde_json` presents numbers as objects to a type that does not ask for a number
/// (`arbitrary_precision`).
fn take_interval(body: &mut Vec<u8>) -> Option<Duration> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let interval = members.remove("interval")?.as_u64()?;
    *body = Value::Object(members).to_string().into_bytes();
    Some(Duration::from_secs(interval))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_taken_out_of_the_response() {
        let mut body = br#"{"device_code":"d","interval":3,"expires_in":900}"#.to_vec();
        assert_eq!(take_interval(&mut body), Some(Duration::from_secs(3)));
        assert_eq!(body, br#"{"device_code":"d","expires_in":900}"#);
        assert_eq!(take_interval(&mut body), None);
        assert_eq!(take_interval(&mut b"<html>".to_vec()), None);
    }
}
