//! What bounds a request in all, and what it is not followed to.

use async_trait::async_trait;
use serde_json::Value;

use super::*;
use crate::auth::Secret;
use crate::testing::{Said, service};

/// How often a request is sent to a service that always says the same, and the error at last.
async fn asked(method: &'static str, said: Said, patience: Patience) -> (usize, Error) {
    let (service, client) = service(&[said], patience);
    let error = client.send(method, &Target::new("/thing", "v"), None).await.expect_err("an error");
    (service.asked().len(), error)
}

#[tokio::test]
async fn a_request_is_not_repeated_when_its_time_is_over() {
    let failure = (500, None, Value::Null);
    let usual = Patience::default();
    let tries = usize::try_from(retry::MAX_ATTEMPTS).expect("a small number");
    assert_eq!(asked("GET", failure.clone(), usual).await.0, tries);
    assert_eq!(asked("POST", failure.clone(), usual).await.0, 1);
    assert_eq!(asked("GET", failure, Patience { retrying: Duration::ZERO, ..usual }).await.0, 1);
}

#[tokio::test]
async fn no_pause_is_longer_than_the_client_waits() {
    let patience = Patience { pause: Duration::from_millis(1), ..Patience::default() };
    let (service, client) = service(&[(429, None, Value::Null)], patience);
    let started = Instant::now();
    let response = Response {
        status: 429,
        headers: vec![("retry-after".to_owned(), "31536000".to_owned())],
        body: Bytes::new(),
    };
    assert_eq!(client.pause_after(&response, Duration::ZERO), Duration::from_millis(1));
    client.send("GET", &Target::new("/thing", "v"), None).await.expect_err("throttled");
    assert_eq!(service.asked().len(), usize::try_from(retry::MAX_THROTTLED).expect("a small number"));
    assert!(started.elapsed() < retry::MAX_PAUSE);
}

#[tokio::test]
async fn a_redirect_is_told_and_not_followed() {
    let (times, error) =
        asked("PUT", (307, Some(("location", ":444/else?sig=hush")), Value::Null), Patience::default()).await;
    let text = error.to_string();
    assert!(times == 1 && text.contains("redirects to https://management.example:444 "), "{text}");
    assert!(!text.contains("hush") && error.hint().is_some());
}

/// Nobody to sign in as, and a server that accepts a request and never answers.
struct Silence;

#[async_trait]
impl Transport for Silence {
    async fn send(&self, _: Request) -> Result<Response> {
        std::future::pending().await
    }
}

#[async_trait]
impl TokenSource for Silence {
    async fn token(&self) -> Result<Secret> {
        Err(Error::unexpected("a document is fetched without a token"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        self.token().await
    }

    fn describe(&self) -> String {
        String::new()
    }
}

#[tokio::test]
async fn a_document_that_never_ends_is_given_up() {
    let arm = Url::parse("https://arm.example").expect("a URL");
    let client = Client::new(Arc::new(Silence), Arc::new(Silence), arm, Patience::default());
    let link = Url::parse("https://docs.example/spec.json?sig=hush").expect("a URL");
    let error = client.fetch_in(Duration::from_millis(10), &link).await.expect_err("too slow");
    assert_eq!(error.code(), "Network");
    let text = error.to_string();
    assert!(text.contains("https://docs.example") && !text.contains("hush"), "{text}");
}
