mod users;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::ids::TENANT_ID;
use crate::state::State;
use crate::testing::{body, build_request, emulator, set_token};
use crate::{Emulator, Options, subscriptions};

const CLIENT: &str = "33333333-3333-3333-3333-333333333333";
const SCOPE: &str = "https://management.azure.com/.default";

fn strict_emulator() -> Emulator {
    let token_issuer = Some(TokenIssuer::new(600, true));
    let azure = Emulator::new(State::default(), Options { token_issuer, ..Options::default() });
    azure.with_state(|state| subscriptions::add_subscription(state, "s1", "Test"));
    azure
}

fn post_form(azure: &Emulator, path: &str, fields: &[(&str, &str)]) -> Response {
    let mut request = build_request("POST", path);
    request.body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
    azure.respond(&request)
}

fn token_path() -> String {
    format!("/{TENANT_ID}/oauth2/v2.0/token")
}

/// Requests a token with the default fields, replaced or extended by these.
fn request_token(azure: &Emulator, fields: &[(&str, &str)]) -> Response {
    let defaults = [("grant_type", "client_credentials"), ("client_id", CLIENT), ("scope", SCOPE)];
    let unchanged = defaults.iter().filter(|(name, _)| !fields.iter().any(|(n, _)| n == name));
    post_form(azure, &token_path(), &unchanged.chain(fields).copied().collect::<Vec<_>>())
}

fn entra_error(answer: &Response) -> (u16, u64) {
    let body = body(answer);
    let number = body["error_codes"][0].as_u64().unwrap_or_default();
    let text = body["error_description"].as_str().unwrap_or_default();
    assert!(text.starts_with(&format!("AADSTS{number}: ")), "{body}");
    (answer.status().as_u16(), number)
}

fn list_subscriptions(azure: &Emulator, token: &str, seconds_later: i64) -> (u16, Value) {
    let mut request = build_request("GET", "/subscriptions");
    request.now += time::Duration::seconds(seconds_later);
    set_token(&mut request, token);
    let answer = azure.respond(&request);
    (answer.status().as_u16(), body(&answer)["error"]["code"].clone())
}

#[test]
fn a_strict_emulator_accepts_its_own_tokens_until_they_expire() {
    let azure = strict_emulator();
    let answer = request_token(&azure, &[("client_secret", "hush")]);
    assert_eq!((answer.status().as_u16(), answer.header("cache-control")), (200, Some("no-store")));
    let answer = body(&answer);
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    let token = answer["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(list_subscriptions(&azure, &token, 599).0, 200);
    assert_eq!(list_subscriptions(&azure, &token, 600), (401, json!("ExpiredAuthenticationToken")));
    let forged = token.replacen('.', ".e", 1);
    for other in ["anything", forged.as_str(), &token[..token.len() - 2]] {
        assert_eq!(
            list_subscriptions(&azure, other, 0),
            (401, json!("InvalidAuthenticationToken")),
            "{other}"
        );
    }
    let elsewhere =
        request_token(&azure, &[("client_secret", "hush"), ("scope", "https://vault.azure.net/.default")]);
    let elsewhere = body(&elsewhere)["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(list_subscriptions(&azure, &elsewhere, 0), (401, json!("InvalidAuthenticationTokenAudience")));
    let stranger = strict_emulator();
    assert_eq!(list_subscriptions(&stranger, &token, 0).0, 401, "the token of another emulator");
}

#[test]
fn entra_errors_are_those_of_entra() {
    let azure = strict_emulator();
    assert_eq!(request_token(&azure, &[("client_secret", "hush")]).status(), 200);
    let secret = ("client_secret", "hush");
    for (fields, want) in [
        (vec![("client_secret", "other")], (401, 7_000_215)),
        (vec![("client_secret", "expired")], (401, 7_000_222)),
        (vec![secret, ("client_id", "me")], (400, 700_016)),
        (vec![secret, ("scope", "https://management.azure.com/")], (400, 1_002_012)),
        (vec![secret, ("scope", "")], (400, 900_144)),
        (vec![secret, ("grant_type", "password")], (400, 70_003)),
        (vec![], (401, 7_000_218)),
    ] {
        let answer = request_token(&azure, &fields);
        assert_eq!(entra_error(&answer), want, "{fields:?}");
        assert!(!String::from_utf8_lossy(answer.body()).contains("other"), "the secret is shown");
    }
    let nowhere = post_form(&azure, "/contoso/oauth2/v2.0/token", &[]);
    assert_eq!(entra_error(&nowhere), (400, 90_002));
    assert_eq!(azure.respond(&build_request("GET", &token_path())).status(), 405);
}

fn unsigned_jwt(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2ln", part(header), part(claims))
}

#[test]
fn an_assertion_is_checked() {
    let azure = strict_emulator();
    let now = build_request("GET", "/").now.unix_timestamp();
    let audience = format!("http://emulator.test{}", token_path());
    let header = json!({"alg": "PS256", "x5t#S256": URL_SAFE_NO_PAD.encode([7; 32])});
    let good = json!({"aud": audience, "iss": CLIENT, "sub": CLIENT, "nbf": now, "exp": now + 60});
    let ask = |header: &Value, claims: &Value| {
        let assertion = unsigned_jwt(header, claims);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        request_token(&azure, &[("client_assertion", &assertion), ("client_assertion_type", kind)])
    };
    assert_eq!(ask(&header, &good).status(), 200);
    let mut with_fraction = good.clone();
    with_fraction["exp"] = serde_json::from_str(&format!("{}.5", now + 60)).expect("a number");
    assert_eq!(ask(&header, &with_fraction).status(), 200);
    let padded = format!("{}=", URL_SAFE_NO_PAD.encode([7; 20]));
    assert_eq!(ask(&json!({"x5t": padded}), &good).status(), 200);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        entra_error(&ask(&header, &claims))
    };
    assert_eq!(with("exp", json!(now - 301)), (401, 700_024));
    assert_eq!(with("nbf", json!(now + 301)), (401, 700_024));
    assert_eq!(with("exp", Value::Null), (401, 700_024));
    assert_eq!(with("sub", json!("other")), (401, 700_021));
    assert_eq!(with("iss", json!("other")), (401, 700_021));
    assert_eq!(with("aud", json!("https://elsewhere.example/token")), (401, 700_023));
    assert_eq!(with("aud", Value::Null), (400, 50_027));
    assert_eq!(entra_error(&ask(&json!({"x5t": "short"}), &good)), (401, 700_027));
    let federated = |issuer: &str| {
        let claims =
            json!({"aud": "api://AzureADTokenExchange", "iss": issuer, "sub": "job", "exp": now + 60});
        ask(&json!({}), &claims)
    };
    assert_eq!(federated("https://issuer.example").status(), 200);
    assert_eq!(entra_error(&federated("http://issuer.example")), (401, 700_211));
}

#[test]
fn managed_identities_and_pipelines_have_their_own_protocols() {
    let azure = strict_emulator();
    let ask = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let mut request = build_request(method, path);
        request.headers =
            headers.iter().map(|(n, v)| (n.parse().expect("a name"), v.parse().expect("a value"))).collect();
        azure.respond(&request)
    };
    let machine = "/metadata/identity/oauth2/token?resource=https://management.azure.com/";
    let answer = body(&ask("GET", machine, &[("metadata", "true")]));
    assert_eq!(list_subscriptions(&azure, answer["access_token"].as_str().expect("a token"), 0).0, 200);
    assert!(answer["expires_on"].is_string(), "{answer}");
    assert_eq!(ask("GET", machine, &[]).status(), 400);
    assert_eq!(ask("GET", machine, &[("metadata", "true"), ("x-forwarded-for", "h")]).status(), 400);
    assert_eq!(ask("GET", "/metadata/identity/oauth2/token", &[("metadata", "true")]).status(), 400);
    let app = "/msi/token?resource=https://management.azure.com/";
    assert_eq!(ask("GET", app, &[("x-identity-header", "hush")]).status(), 200);
    assert_eq!(ask("GET", app, &[("x-identity-header", "other")]).status(), 401);
    assert_eq!(ask("GET", app, &[]).status(), 401);

    let job = [("authorization", "Bearer job")];
    let minted = body(&ask("GET", "/oidc/github?audience=api://AzureADTokenExchange", &job));
    assert_eq!(minted["value"].as_str().map(|jwt| jwt.split('.').count()), Some(3));
    let minted = body(&ask("POST", "/oidc/pipelines?serviceConnectionId=c", &job));
    assert_eq!(minted["oidcToken"].as_str().map(|jwt| jwt.split('.').count()), Some(3));
    assert_eq!(ask("POST", "/oidc/pipelines", &job).status(), 400);
    assert_eq!(ask("GET", "/oidc/github", &[("authorization", "Bearer other")]).status(), 401);
    assert_eq!(ask("GET", "/oidc/github", &[]).status(), 401);
}

#[test]
fn discovery_returns_the_endpoints() {
    let azure = strict_emulator();
    let read = |path: &str| body(&azure.respond(&build_request("GET", path)));
    let configuration = read("/common/v2.0/.well-known/openid-configuration");
    assert_eq!(configuration["token_endpoint"], "http://emulator.test/common/oauth2/v2.0/token");
    assert_eq!(configuration["jwks_uri"], "http://emulator.test/common/discovery/v2.0/keys");
    assert_eq!(configuration["issuer"], "http://emulator.test/{tenantid}/v2.0");
    assert_eq!(configuration["tenant_region_scope"], Value::Null);
    let configuration = read(&format!("/{TENANT_ID}/.well-known/openid-configuration"));
    assert_eq!(configuration["token_endpoint"], format!("http://emulator.test/{TENANT_ID}/oauth2/token"));
    assert_eq!(configuration["issuer"], format!("http://emulator.test/{TENANT_ID}/"));
    let path =
        "/common/discovery/instance?authorization_endpoint=https://l/organizations/oauth2/v2.0/authorize";
    let instance = read(path);
    assert_eq!(instance["metadata"][0]["aliases"][0], "emulator.test");
    assert_eq!(
        instance["tenant_discovery_endpoint"],
        "http://emulator.test/organizations/v2.0/.well-known/openid-configuration"
    );
    assert_eq!(azure.respond(&build_request("GET", "/common/discovery/instance")).status(), 400);
}

#[test]
fn the_published_key_verifies_tokens() {
    let azure = strict_emulator();
    let response = body(&request_token(&azure, &[("client_secret", "hush")]));
    let token = response["access_token"].as_str().expect("a token");
    let header = jwt::UnverifiedJwt::parse(token).expect("a JWT").header;
    let keys = body(&azure.respond(&build_request("GET", "/common/discovery/v2.0/keys")));
    let key = &keys["keys"][0];
    assert_eq!((&header["alg"], &header["kid"]), (&json!("RS256"), &key["kid"]));
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().expect("text")).expect("base64url");
    let (signed, signature) = token.rsplit_once('.').expect("a signature");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    ring::signature::RsaPublicKeyComponents { n: number("n"), e: number("e") }
        .verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .expect("the signature is valid");
}

#[test]
fn version_1_names_a_resource_instead_of_a_scope() {
    let azure = strict_emulator();
    let resource = "https://management.azure.com/";
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", CLIENT),
        ("client_secret", "hush"),
        ("resource", resource),
    ];
    let response = body(&post_form(&azure, &format!("/{TENANT_ID}/oauth2/token"), &fields));
    assert_eq!((&response["resource"], &response["expires_in"]), (&json!(resource), &json!("600")));
    assert!(response["expires_on"].is_string(), "{response}");
    assert_eq!(list_subscriptions(&azure, response["access_token"].as_str().expect("a token"), 0).0, 200);
    let fields = [("client_id", CLIENT), ("resource", resource)];
    let response = body(&post_form(&azure, "/common/oauth2/devicecode", &fields));
    assert_eq!(response["verification_url"], "http://emulator.test/devicelogin");
}

#[test]
fn without_an_issuer_the_paths_do_not_exist() {
    let azure = emulator(Options::default());
    assert_eq!(post_form(&azure, &token_path(), &[]).status(), 404);
}
