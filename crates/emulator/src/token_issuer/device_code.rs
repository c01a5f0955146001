//! Entra's device code flow, and the page where the code is entered.
//!
//! The page approves or declines a code, or lets it expire: `POST /devicelogin` with `code` and `answer`.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>

use serde_json::json;
use uuid::Uuid;

use super::directory::{TENANT_ALIASES, check_client, check_tenant};
use super::errors::EntraError;
use super::form::Form;
use super::grants::{Decision, PendingCode};
use super::issuer::TokenIssuer;
use super::user_tokens::{UserGrant, resource_of_scope, user_token_response};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};

/// The lifetime of a code, in seconds: Entra's 15 minutes.
const LIFETIME_SECONDS: i64 = 15 * 60;

/// The least pause between two polls, in seconds.
const POLL_INTERVAL: i64 = 5;

/// The maximum number of pending codes; the oldest is dropped.
const MAX_PENDING: usize = 1_000;

/// The letters of user codes; none is easily mistaken for a digit.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// The length of user codes.
const USER_CODE_LENGTH: usize = 9;

/// The form of the page.
const FORM: &str = "<h1>Sign in to the emulator</h1>\
<p>A command, such as <code>azr login --use-device-code</code>, asks to sign in as the only user of this emulator, and shows \
a code. Enter it here, and decide. This is not Microsoft's page: nothing leaves this machine.</p>\
<form method=\"post\"><p><label>Code <input name=\"code\" autofocus required autocomplete=\"off\" maxlength=\"9\"></label></p>\
<p><button name=\"answer\" value=\"approve\">Sign in</button> <button name=\"answer\" value=\"decline\">Decline</button> \
<button name=\"answer\" value=\"expire\">Let it expire</button></p></form>";

/// A page with this content.
fn render_page(content: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Sign in to the emulator</title>\
         <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;\
         padding:0 1rem}}input,button{{font:inherit;padding:.3rem .6rem}}input{{text-transform:uppercase;width:10rem}}</style>\
         <main>{content}</main></html>\n"
    )
}

/// `POST {tenant}/oauth2/v2.0/devicecode`.
pub(super) fn start(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    tenant: &str,
) -> Result<Response, Response> {
    create(issuer, request, tenant).map_err(|error| error.to_response(request))
}

fn create(issuer: &TokenIssuer, request: &ParsedRequest, tenant: &str) -> Result<Response, EntraError> {
    if request.method != "POST" {
        let text = "Endpoint /devicecode only accepts POST requests.";
        return Err(EntraError { status: 405, ..EntraError::bad_request(900_561, "invalid_request", text) });
    }
    check_tenant(tenant, TENANT_ALIASES)?;
    let form = Form::parse(request);
    let client = form.require("client_id")?;
    check_client(client, tenant)?;
    let scope = form.require("scope")?;
    resource_of_scope(scope)?;
    let now = request.now.unix_timestamp();
    let (user_code, device_code) = (user_code(), Uuid::new_v4().simple().to_string());
    let mut pending_codes = issuer.pending_codes();
    pending_codes.retain(|pending| pending.expires_at > now);
    if pending_codes.len() >= MAX_PENDING {
        pending_codes.remove(0);
    }
    pending_codes.push(PendingCode {
        device_code: device_code.clone(),
        user_code: user_code.clone(),
        client: client.to_owned(),
        scope: scope.to_owned(),
        decision: Decision::Pending,
        expires_at: now + LIFETIME_SECONDS,
        last_poll: None,
    });
    let page = format!("{}/devicelogin", request.origin);
    Ok(response::json(
        200,
        &json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": page,
            "expires_in": LIFETIME_SECONDS,
            "interval": POLL_INTERVAL,
            "message": format!(
                "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
            ),
        }),
    ))
}

fn user_code() -> String {
    let random = Uuid::new_v4();
    random.as_bytes()[..USER_CODE_LENGTH]
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

/// `/devicelogin`: the page, and the form it sends.
pub(super) fn page(issuer: &TokenIssuer, request: &ParsedRequest) -> Response {
    if request.method != "POST" {
        return html(200, FORM);
    }
    let form = Form::parse(request);
    let code = form.get("code").map(|code| code.trim().to_ascii_uppercase()).unwrap_or_default();
    let now = request.now.unix_timestamp();
    let mut pending_codes = issuer.pending_codes();
    let pending = pending_codes.iter_mut().find(|pending| {
        pending.user_code == code && pending.expires_at > now && pending.decision == Decision::Pending
    });
    let Some(pending) = pending else {
        return html(400, "<p>That code didn't work. Check the code and try again.</p>");
    };
    match form.get("answer") {
        Some("approve") => pending.decision = Decision::Approved,
        Some("decline") => pending.decision = Decision::Declined,
        Some("expire") => pending.expires_at = now,
        _ => return html(400, "<p>The answer is one of approve, decline and expire.</p>"),
    }
    html(200, "<p>Done. You may now close this window.</p>")
}

fn html(status: u16, content: &str) -> Response {
    let mut response = response::empty(status).with_header("content-type", "text/html; charset=utf-8");
    *response.body_mut() = render_page(content).into();
    response
}

/// The tokens for a device code that was approved; otherwise why there are none yet.
pub(super) fn redeem(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, EntraError> {
    let device_code = form.require("device_code")?;
    let now = request.now.unix_timestamp();
    let mut pending_codes = issuer.pending_codes();
    let index = pending_codes
        .iter()
        .position(|p| p.device_code == device_code && p.client == client)
        .ok_or_else(|| {
            let text = "The provided value for the input parameter 'device_code' is not valid.";
            EntraError::bad_request(70018, "bad_verification_code", text)
        })?;
    let pending = &mut pending_codes[index];
    if pending.expires_at <= now {
        let text = "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
        return Err(EntraError::bad_request(70020, "expired_token", text));
    }
    match pending.decision {
        Decision::Approved => {
            let scope = pending_codes.remove(index).scope;
            drop(pending_codes);
            user_token_response(issuer, request, form, &UserGrant { client, scope: &scope, nonce: None })
        }
        Decision::Declined => {
            let text = "The end user has denied the authorization request.";
            Err(EntraError::bad_request(65004, "authorization_declined", text))
        }
        Decision::Pending => {
            let is_too_soon = pending.last_poll.replace(now).is_some_and(|last| now - last < POLL_INTERVAL);
            let error = if is_too_soon { "slow_down" } else { "authorization_pending" };
            let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            Err(EntraError::bad_request(70016, error, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_who_asks_and_can_be_read_by_a_screen_reader() {
        let page = render_page(FORM);
        assert!(page.starts_with("<!doctype html><html lang=\"en\">"), "{page}");
        for text in [
            "<main>",
            "<label>Code ",
            "azr login --use-device-code",
            "nothing leaves this machine",
            "<style>",
        ] {
            assert!(page.contains(text), "{text}: {page}");
        }
    }
}
