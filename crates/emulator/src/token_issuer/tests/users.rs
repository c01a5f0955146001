//! Users: the page, device codes, and refresh tokens.

use super::*;

const REDIRECT: &str = "http://localhost:8400/";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636's own example, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const USER_SCOPE: &str = "https://management.azure.com/.default openid profile offline_access";

/// The fields that the page redirects the browser back with, or the error.
fn authorize(azure: &Emulator, fields: &[(&str, &str)]) -> Result<Vec<(String, String)>, (u16, u64)> {
    let defaults = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", USER_SCOPE),
        ("state", "s"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let unchanged = defaults.iter().filter(|(name, _)| !fields.iter().any(|(n, _)| n == name));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(unchanged.chain(fields).filter(|(_, value)| !value.is_empty()))
        .finish();
    let answer =
        azure.respond(&build_request("GET", &format!("/organizations/oauth2/v2.0/authorize?{query}")));
    if answer.status() != 302 {
        return Err(entra_error(&answer));
    }
    let url = url::Url::parse(answer.header("location").expect("a location")).expect("a URL");
    assert!(url.as_str().starts_with(REDIRECT), "{url}");
    Ok(url.query_pairs().into_owned().collect())
}

fn code(azure: &Emulator) -> String {
    let fields = authorize(azure, &[]).expect("sent back");
    assert_eq!(fields[1], ("state".to_owned(), "s".to_owned()));
    fields[0].1.clone()
}

fn redeem(azure: &Emulator, code: &str, fields: &[(&str, &str)]) -> Response {
    let defaults = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    let unchanged = defaults.iter().filter(|(name, _)| !fields.iter().any(|(n, _)| n == name));
    request_token(azure, &unchanged.chain(fields).copied().collect::<Vec<_>>())
}

#[test]
fn a_code_can_be_redeemed_once_and_by_its_client_only() {
    let azure = strict_emulator();
    let first = code(&azure);
    let answer = body(&redeem(&azure, &first, &[("client_info", "1")]));
    let token = answer["access_token"].as_str().expect("a token");
    assert_eq!(list_subscriptions(&azure, token, 0).0, 200);
    let who =
        jwt::UnverifiedJwt::parse(answer["id_token"].as_str().expect("an id token")).expect("a JWT").claims;
    assert_eq!(
        (&who["preferred_username"], &who["tid"]),
        (&json!(user_tokens::USER_NAME), &json!(TENANT_ID))
    );
    let user = (&who["oid"], &who["tid"]);
    let client_info = answer["client_info"].as_str().expect("client info");
    let client_info = URL_SAFE_NO_PAD.decode(client_info).expect("base64url");
    let client_info: Value = serde_json::from_slice(&client_info).expect("JSON");
    assert_eq!((&client_info["uid"], &client_info["utid"], &who["nonce"]), (user.0, user.1, &json!("n")));
    assert_eq!(entra_error(&redeem(&azure, &first, &[])), (400, 54005));
    for (fields, want) in [
        (("code_verifier", "other"), (400, 501_481)),
        (("code_verifier", ""), (400, 501_481)),
        (("redirect_uri", "http://localhost:1/"), (400, 500_112)),
        (("client_id", "44444444-4444-4444-4444-444444444444"), (400, 54005)),
    ] {
        let code = code(&azure);
        assert_eq!(entra_error(&redeem(&azure, &code, &[fields])), want, "{fields:?}");
        assert_eq!(entra_error(&redeem(&azure, &code, &[])), (400, 54005), "a failed attempt consumes it");
    }
}

#[test]
fn a_browser_is_redirected_to_this_machine_only() {
    let azure = strict_emulator();
    for elsewhere in ["https://evil.example/", "http://evil.example/", "http://localhost.evil.example/", "x"]
    {
        assert_eq!(authorize(&azure, &[("redirect_uri", elsewhere)]), Err((400, 50011)), "{elsewhere}");
    }
    assert_eq!(authorize(&azure, &[("client_id", "me")]), Err((400, 700_016)));
    let fields = authorize(&azure, &[("code_challenge_method", "plain")]).expect("sent back");
    assert_eq!(fields[0], ("error".to_owned(), "invalid_request".to_owned()));
    assert!(!fields.iter().any(|(name, _)| name == "code"));
}

#[test]
fn a_refresh_token_can_be_used_once_and_returns_the_next() {
    let azure = strict_emulator();
    let refresh = |token: &str| {
        request_token(&azure, &[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", SCOPE)])
    };
    let next =
        |answer: &Response| body(answer)["refresh_token"].as_str().expect("a refresh token").to_owned();
    let first = next(&redeem(&azure, &code(&azure), &[]));
    let second = next(&refresh(&first));
    assert_ne!(first, second);
    assert_eq!(entra_error(&refresh(&first)), (400, 70000));
    assert_eq!(refresh(&second).status(), 200);
    let fields = authorize(&azure, &[("scope", SCOPE)]).expect("sent back");
    let answer = body(&redeem(&azure, &fields[0].1, &[]));
    assert_eq!(
        (&answer["refresh_token"], &answer["id_token"]),
        (&Value::Null, &Value::Null),
        "not requested"
    );
}

/// A device code and the code to type in.
fn device(azure: &Emulator) -> (String, String) {
    let fields = [("client_id", CLIENT), ("scope", USER_SCOPE)];
    let answer = body(&post_form(azure, "/organizations/oauth2/v2.0/devicecode", &fields));
    let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name}: {answer}")).to_owned();
    (text("device_code"), text("user_code"))
}

fn poll(azure: &Emulator, code: &str, seconds_later: i64) -> Result<String, String> {
    let mut request = build_request("POST", &token_path());
    request.now += time::Duration::seconds(seconds_later);
    let fields = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", CLIENT),
        ("device_code", code),
    ];
    request.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
    let body = body(&azure.respond(&request));
    match body["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(body["access_token"].as_str().expect("a token").to_owned()),
    }
}

#[test]
fn a_device_code_waits_for_the_decision() {
    let azure = strict_emulator();
    let (code, typed) = device(&azure);
    assert_eq!(poll(&azure, &code, 0), Err("authorization_pending".to_owned()));
    assert_eq!(poll(&azure, &code, 1), Err("slow_down".to_owned()));
    assert_eq!(poll(&azure, &code, 6), Err("authorization_pending".to_owned()));
    assert_eq!(post_form(&azure, "/devicelogin", &[("code", "nope"), ("answer", "approve")]).status(), 400);
    assert_eq!(post_form(&azure, "/devicelogin", &[("code", &typed), ("answer", "perhaps")]).status(), 400);
    let lower = typed.to_lowercase();
    assert_eq!(post_form(&azure, "/devicelogin", &[("code", &lower), ("answer", "approve")]).status(), 200);
    let token = poll(&azure, &code, 6).expect("approved");
    assert_eq!(list_subscriptions(&azure, &token, 6).0, 200);
    assert_eq!(poll(&azure, &code, 6), Err("bad_verification_code".to_owned()), "it is consumed");

    let (code, typed) = device(&azure);
    post_form(&azure, "/devicelogin", &[("code", &typed), ("answer", "decline")]);
    assert_eq!(poll(&azure, &code, 0), Err("authorization_declined".to_owned()));
    let (code, _) = device(&azure);
    assert_eq!(poll(&azure, &code, 15 * 60), Err("expired_token".to_owned()));
    let (code, typed) = device(&azure);
    post_form(&azure, "/devicelogin", &[("code", &typed), ("answer", "expire")]);
    assert_eq!(poll(&azure, &code, 0), Err("expired_token".to_owned()));
}

#[test]
fn a_code_is_posted_by_a_page_if_the_client_asks_for_it() {
    let azure = strict_emulator();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("client_id", CLIENT), ("response_type", "code"), ("redirect_uri", REDIRECT)])
        .extend_pairs([("scope", USER_SCOPE), ("state", "\"><b>&"), ("response_mode", "form_post")])
        .finish();
    let response = azure.respond(&build_request("GET", &format!("/common/oauth2/v2.0/authorize?{query}")));
    let page = String::from_utf8_lossy(response.body());
    assert!(page.contains(&format!("action=\"{REDIRECT}\"")), "{page}");
    assert!(page.contains("name=\"state\" value=\"&quot;&gt;&lt;b&gt;&amp;\""), "{page}");
    let code = page.split_once("name=\"code\" value=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (code, _) = code.expect("a code");
    assert_eq!(redeem(&azure, code, &[]).status(), 200);
}
