//! The network transport against a server on this machine that answers what the test says.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::{HttpTransport, Request, Response, Transport as _};
use azr_core::context::{Context, Environment, Terminal};
use azr_core::error::Result;

fn transport(variables: &[(&str, &str)]) -> Result<HttpTransport> {
    let environment = Environment::for_test("/nowhere", variables.iter().copied());
    HttpTransport::new(&Context::new(environment, Terminal::default()))
}

fn request(method: &'static str, url: &str) -> Request {
    let headers = vec![("authorization".to_owned(), "Bearer hush".to_owned())];
    Request { method, url: Url::parse(url).unwrap(), headers, body: bytes::Bytes::new() }
}

/// Answers one request with these bytes, and gives back what it was asked.
async fn serve(answer: &'static [u8]) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.windows(4).any(|w| w == b"\r\n\r\n") {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).await.unwrap();
            head.extend_from_slice(&part[..read]);
        }
        stream.write_all(answer).await.unwrap();
        if answer.is_empty() {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        String::from_utf8(head).unwrap()
    });
    (url, task)
}

async fn send(method: &'static str, url: &str, variables: &[(&str, &str)]) -> Result<Response> {
    transport(variables)?.send(request(method, url)).await
}

#[tokio::test]
async fn an_answer_comes_back_whole_and_a_redirect_is_not_followed() {
    let (url, asked) =
        serve(b"HTTP/1.1 307 X\r\nLocation: /there\r\nX-MS-Request-Id: 7\r\nContent-Length: 2\r\n\r\nok")
            .await;
    let answer = send("POST", &format!("{url}/path?q=1"), &[]).await.unwrap();
    assert_eq!((answer.status, &answer.body[..]), (307, &b"ok"[..]));
    assert_eq!(answer.header("x-ms-request-id"), Some("7"));
    let head = asked.await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /path?q=1 http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("user-agent: azr/{}", env!("CARGO_PKG_VERSION"))));
    assert!(head.contains("accept-encoding: gzip") && head.contains("content-length: 0"), "{head}");
}

#[tokio::test]
async fn what_went_wrong_is_told_without_secrets() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}/blob?sig=hush", listener.local_addr().unwrap());
    drop(listener);
    let (short, _task) = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf").await;
    let (silent, _task) = serve(b"").await;
    let (reset, _task) = serve(b"HTTP/1.1 20").await;
    let (no_zip, _task) =
        serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf").await;
    for (url, why) in [
        (closed.as_str(), "connection refused"),
        (&format!("{short}/x?sig=hush"), "ended before the whole answer"),
        (&format!("{silent}/x?sig=hush"), "no answer in time"),
        (&format!("{reset}/x?sig=hush"), "ended before the whole answer"),
        (&format!("{no_zip}/x?sig=hush"), "gzip"),
        ("http://localhost.invalid/x?sig=hush", "could not be resolved"),
    ] {
        let error = send("GET", url, &[("AZR_TIMEOUT", "1")]).await.unwrap_err();
        assert_eq!(error.code(), "Network");
        let text = format!("{error} {error:?}");
        assert!(error.to_string().starts_with("GET http://") && text.contains(why), "{text}");
        assert!(!text.contains("hush"), "{text}");
        assert!(error.hint().is_some());
    }
}

#[test]
fn a_request_shows_no_secrets() {
    let text = format!("{:?}", request("GET", "https://user:hush@h.example:1/x?sig=hush#hush"));
    assert_eq!(text, r#"Request { method: "GET", url: "https://h.example:1/x", .. }"#);
}

#[test]
fn servers_are_always_verified() {
    let error = transport(&[("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "1")]).unwrap_err();
    assert!(error.hint().unwrap().contains("SSL_CERT_FILE"));
    assert!(transport(&[("AZR_TIMEOUT", "soon")]).unwrap_err().to_string().contains("soon"));
    assert!(transport(&[("AZR_TIMEOUT", "0")]).is_err());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/x?sig=hush", listener.local_addr().unwrap().port());
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    super::http::provide_crypto();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut part = [0; 1024];
            let _ = stream.read(&mut part).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    let error = send("GET", &url, &[]).await.unwrap_err();
    assert!(error.to_string().contains("the secure connection failed: invalid peer certificate"), "{error}");
    assert!(!format!("{error:?}").contains("hush"));

    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, made.cert.pem()).unwrap();
    let trusted = send("GET", &url, &[("SSL_CERT_FILE", roots.to_str().unwrap())]).await.unwrap();
    assert_eq!(&trusted.body[..], b"ok");
    std::fs::write(&roots, "none").unwrap();
    let empty = send("GET", &url, &[("SSL_CERT_FILE", roots.to_str().unwrap())]).await.unwrap_err();
    assert!(empty.to_string().contains("roots.pem"), "{empty}");
    server.abort();
}
