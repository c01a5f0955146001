//! Entra's device codes, and the page that they are typed in on.
//!
//! On the page whoever has the code approves, declines, or lets it expire: `POST /devicelogin` with `code` and `answer`.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code>

use serde_json::json;
use uuid::Uuid;

use super::Login;
use super::discovery::check_tenant;
use super::entra::{check_client, needed};
use super::form::Form;
use super::refusal::Refusal;
use super::user::{self, ANY};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};

/// How long a code is good for, in seconds, as Entra's are.
const SECONDS: i64 = 15 * 60;

/// How often may be asked whether it was approved, in seconds.
const INTERVAL: i64 = 5;

/// How many codes are remembered at the most.
const MOST: usize = 1_000;

/// What letters a code to type in has: none that is taken for another.
const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

const LENGTH: usize = 9;

const PAGE: &str = "<!doctype html><meta charset=\"utf-8\"><title>Sign in to the emulator</title>\
<form method=\"post\"><p>Code: <input name=\"code\" autofocus></p>\
<p><button name=\"answer\" value=\"approve\">Sign in</button> <button name=\"answer\" value=\"decline\">Decline</button> \
<button name=\"answer\" value=\"expire\">Let it expire</button></p></form>\n";

/// A code that somebody waits for.
pub struct Waiting {
    device_code: String,
    user_code: String,
    client: String,
    scope: String,
    state: State,
    ends: i64,
    asked: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Approved,
    Declined,
}

/// `POST {tenant}/oauth2/v2.0/devicecode`.
pub fn begin(login: &Login, request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    begun(login, request, tenant).map_err(|refused| refused.answer(request))
}

fn begun(login: &Login, request: &ParsedRequest, tenant: &str) -> Result<Response, Refusal> {
    if request.method != "POST" {
        let text = "Endpoint /devicecode only accepts POST requests.";
        return Err(Refusal { status: 405, ..Refusal::of_request(900_561, "invalid_request", text) });
    }
    check_tenant(tenant, ANY)?;
    let form = Form::of(request);
    let client = needed(&form, "client_id")?;
    check_client(client, tenant)?;
    let scope = needed(&form, "scope")?;
    user::resource_of(scope)?;
    let now = request.now.unix_timestamp();
    let (user_code, device_code) = (user_code(), Uuid::new_v4().simple().to_string());
    let mut waiting = login.waiting();
    waiting.retain(|w| w.ends > now);
    if waiting.len() >= MOST {
        waiting.remove(0);
    }
    waiting.push(Waiting {
        device_code: device_code.clone(),
        user_code: user_code.clone(),
        client: client.to_owned(),
        scope: scope.to_owned(),
        state: State::Pending,
        ends: now + SECONDS,
        asked: None,
    });
    let page = format!("{}/devicelogin", request.origin);
    Ok(response::json(
        200,
        &json!({
            "user_code": user_code,
            "device_code": device_code,
            "verification_uri": page,
            "expires_in": SECONDS,
            "interval": INTERVAL,
            "message": format!(
                "To sign in, use a web browser to open the page {page} and enter the code {user_code} to authenticate."
            ),
        }),
    ))
}

fn user_code() -> String {
    let random = Uuid::new_v4();
    random.as_bytes()[..LENGTH]
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}

/// `/devicelogin`: the page, and what is answered on it.
pub fn page(login: &Login, request: &ParsedRequest) -> Response {
    if request.method != "POST" {
        return html(200, PAGE);
    }
    let form = Form::of(request);
    let code = form.get("code").map(|code| code.trim().to_ascii_uppercase()).unwrap_or_default();
    let now = request.now.unix_timestamp();
    let mut waiting = login.waiting();
    let found = waiting.iter_mut().find(|w| w.user_code == code && w.ends > now && w.state == State::Pending);
    let Some(found) = found else {
        return html(400, "That code didn't work. Check the code and try again.\n");
    };
    match form.get("answer") {
        Some("approve") => found.state = State::Approved,
        Some("decline") => found.state = State::Declined,
        Some("expire") => found.ends = now,
        _ => return html(400, "The answer is one of approve, decline and expire.\n"),
    }
    html(200, "Done. You may now close this window.\n")
}

fn html(status: u16, text: &str) -> Response {
    let mut answer = response::empty(status).with_header("content-type", "text/html; charset=utf-8");
    *answer.body_mut() = text.to_owned().into();
    answer
}

/// The tokens for a device code that was approved, or how it stands with it.
pub fn redeem(
    login: &Login,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, Refusal> {
    let given = needed(form, "device_code")?;
    let now = request.now.unix_timestamp();
    let mut all = login.waiting();
    let at = all.iter().position(|w| w.device_code == given && w.client == client).ok_or_else(|| {
        let text = "The provided value for the input parameter 'device_code' is not valid.";
        Refusal::of_request(70018, "bad_verification_code", text)
    })?;
    let one = &mut all[at];
    if one.ends <= now {
        let text = "The provided value for the input parameter 'device_code' is not valid. This device code has expired.";
        return Err(Refusal::of_request(70020, "expired_token", text));
    }
    match one.state {
        State::Approved => {
            let scope = all.remove(at).scope;
            drop(all);
            user::granted(login, request, client, &scope)
        }
        State::Declined => {
            let text = "The end user has denied the authorization request.";
            Err(Refusal::of_request(65004, "authorization_declined", text))
        }
        State::Pending => {
            let is_soon = one.asked.replace(now).is_some_and(|last| now - last < INTERVAL);
            let error = if is_soon { "slow_down" } else { "authorization_pending" };
            let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            Err(Refusal::of_request(70016, error, text))
        }
    }
}
