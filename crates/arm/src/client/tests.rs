//! The limits of a request, and redirects.

use async_trait::async_trait;
use serde_json::Value;

use super::download::Rules;
use super::*;
use crate::testing::{Canned, fake_service, response};

/// How often a request is sent to a service that always returns the same response, and the final error.
async fn send_until_error(method: Method, canned: Canned, timeouts: Timeouts) -> (usize, Error) {
    let (service, client) = fake_service(&[canned], timeouts);
    let error = client.send(method, &Target::new("/thing", "v"), None).await.expect_err("an error");
    (service.requests().len(), error)
}

#[tokio::test]
async fn a_request_is_not_retried_after_the_retry_window() {
    let failure = (500, None, Value::Null);
    let default = Timeouts::default();
    let max_attempts = usize::try_from(retry::MAX_ATTEMPTS).expect("a small number");
    assert_eq!(send_until_error(Method::GET, failure.clone(), default).await.0, max_attempts);
    assert_eq!(send_until_error(Method::POST, failure.clone(), default).await.0, 1);
    let none = Timeouts { retry_window: Duration::ZERO, ..default };
    assert_eq!(send_until_error(Method::GET, failure, none).await.0, 1);
}

#[tokio::test]
async fn no_delay_is_longer_than_the_maximum() {
    let timeouts = Timeouts { max_delay: Duration::from_millis(1), ..Timeouts::default() };
    let (service, client) = fake_service(&[(429, None, Value::Null)], timeouts);
    let started = Instant::now();
    let headers = response(429, &[("retry-after", "31536000")], "").headers;
    assert_eq!(client.requested_delay_or(&headers, Duration::ZERO), Duration::from_millis(1));
    client.send(Method::GET, &Target::new("/thing", "v"), None).await.expect_err("throttled");
    let max_attempts = usize::try_from(retry::MAX_THROTTLED_ATTEMPTS).expect("a small number");
    assert_eq!(service.requests().len(), max_attempts);
    assert!(started.elapsed() < retry::MAX_DELAY);
}

#[tokio::test]
async fn a_redirect_is_reported_and_not_followed() {
    let redirect = (307, Some(("location", ":444/else?sig=hush")), Value::Null);
    let (requests, error) = send_until_error(Method::PUT, redirect, Timeouts::default()).await;
    let text = error.to_string();
    assert!(requests == 1 && text.contains("redirects to https://management.example:444 "), "{text}");
    assert!(!text.contains("hush") && error.hint().is_some());
}

/// A server that accepts a request and never responds; and no credential.
struct Unresponsive;

#[async_trait]
impl Transport for Unresponsive {
    async fn send(&self, _: Request) -> Result<Response> {
        std::future::pending().await
    }
}

#[async_trait]
impl TokenSource for Unresponsive {
    async fn token(&self) -> Result<Secret> {
        Err(Error::unexpected("a document is downloaded without a token"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        self.token().await
    }

    fn describe(&self) -> String {
        String::new()
    }
}

#[tokio::test]
async fn the_download_of_a_document_times_out() {
    let endpoint = Url::parse("https://arm.example").expect("a URL");
    let client = Client::new(Arc::new(Unresponsive), Arc::new(Unresponsive), endpoint, Timeouts::default());
    let link = Url::parse("https://docs.example/spec.json?sig=hush").expect("a URL");
    let error = client
        .fetch_within(Duration::from_millis(10), Rules::new(client.endpoint()), &link)
        .await
        .expect_err("a timeout");
    assert_eq!(error.code(), "Network");
    let text = error.to_string();
    assert!(text.contains("https://docs.example") && !text.contains("hush"), "{text}");
}

#[tokio::test]
async fn a_change_is_sent_with_a_policy_token_and_a_read_without() {
    let token = (200, None, serde_json::json!({"token": "t1"}));
    let (service, client) = fake_service(&[token, (200, None, Value::Null)], Timeouts::default());
    let tokens = PolicyTokens { subscription: "s".to_owned(), change_reference: Some("c1".to_owned()) };
    let client = client.with_policy_tokens(tokens);
    let body = serde_json::json!({"n": 1});
    client.send(Method::PUT, &Target::new("/thing", "v"), Some(&body)).await.expect("sent");
    client.send(Method::GET, &Target::new("/thing", "v"), None).await.expect("sent");
    let requests = service.full_requests();
    let [acquired, sent, read] = &requests[..] else { panic!("{} requests", requests.len()) };
    assert_eq!(
        acquired.url.as_str(),
        "https://management.example/subscriptions/s/providers/Microsoft.Authorization/acquirePolicyToken?api-version=2025-11-01"
    );
    let asked: Value = serde_json::from_slice(&acquired.body).expect("JSON");
    assert_eq!(asked["operation"]["content"], body);
    assert_eq!(asked["operation"]["httpMethod"], "PUT");
    assert_eq!(asked["changeReference"], "c1");
    assert_eq!(sent.headers.get(POLICY_TOKEN).map(HeaderValue::as_bytes), Some(&b"t1"[..]));
    assert_eq!(sent.headers.get(CORRELATION_ID), acquired.headers.get(CORRELATION_ID));
    assert_eq!(read.headers.get(POLICY_TOKEN), None);
}

/// A server whose every response redirects to a link, and that records the hosts of the requests.
struct Redirecting {
    to: &'static str,
    requests: std::sync::Mutex<Vec<(String, bool)>>,
    /// Whether the endpoint has an internal address.
    is_endpoint_internal: bool,
}

#[async_trait]
impl Transport for Redirecting {
    async fn send(&self, request: Request) -> Result<Response> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        self.requests.lock().expect("no panic").push((host, request.is_public_only));
        Ok(response(302, &[("location", self.to)], ""))
    }

    async fn resolves_to_internal_address(&self, _url: &Url) -> bool {
        self.is_endpoint_internal
    }
}

/// Downloads a link that redirects to another one; returns the error, and the hosts of the requests.
async fn follow(endpoint: &str, link: &str, to: &'static str, is_internal: bool) -> (String, Vec<String>) {
    let server = Redirecting { to, requests: std::sync::Mutex::default(), is_endpoint_internal: is_internal };
    let server = Arc::new(server);
    let endpoint = Url::parse(endpoint).expect("a URL");
    let client = Client::new(Arc::clone(&server) as _, Arc::new(Unresponsive), endpoint, Timeouts::default());
    let error = client.fetch(&Url::parse(link).expect("a URL")).await.expect_err("an endless redirect");
    let requests = server.requests.lock().expect("no panic");
    (error.to_string(), requests.iter().map(|(host, _)| host.clone()).collect())
}

#[tokio::test]
async fn a_link_must_not_be_less_secure_or_lead_to_an_internal_address() {
    let arm = "https://management.example";
    for link in ["http://docs.example/x", "file:///etc/passwd", "ftp://docs.example/x", "data:text/plain,x"] {
        let (error, hosts) = follow(arm, link, "https://docs.example/", false).await;
        assert!(error.contains("https") && hosts.is_empty(), "{link}: {error}");
    }
    for link in [
        "https://127.0.0.1/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/",
        "https://localhost/",
    ] {
        let (error, hosts) = follow(arm, link, "https://docs.example/", false).await;
        assert!(error.contains("internal address") && hosts.is_empty(), "{link}: {error}");
        let (error, hosts) = follow(arm, "https://docs.example/x", link, false).await;
        assert!(error.contains("internal address") && hosts == ["docs.example"], "{link}: {error}");
        let (error, hosts) = follow(arm, link, "https://docs.example/", true).await;
        assert!(error.contains("too many redirects") && !hosts.is_empty(), "{link}: {error}");
    }
    let (error, hosts) = follow(arm, "https://docs.example/x", "http://docs.example/", false).await;
    assert!(error.contains("https") && hosts == ["docs.example"], "{error}");
}

#[tokio::test]
async fn a_local_endpoint_may_link_to_itself() {
    let (error, hosts) =
        follow("http://127.0.0.1:1", "http://10.0.0.1/x", "http://127.0.0.1:2/", false).await;
    assert!(error.contains("too many redirects") && hosts.len() == 6, "{error}");
}

#[tokio::test]
async fn endless_redirects_of_a_document_end() {
    let (error, hosts) =
        follow("https://management.example", "https://docs.example/a", "https://docs.example/b", false).await;
    assert!(error.contains("too many redirects"), "{error}");
    assert_eq!(hosts.len(), 6);
}
