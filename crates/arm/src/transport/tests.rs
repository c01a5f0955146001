//! The network transport against a server on this machine with canned responses.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::network::NetworkTransport;
use super::{Request, Response, Transport as _};
use crate::large_responses::{LARGE, MAX_TASKS, run_task};
use azr_core::context::{Context, Environment, Terminal};
use azr_core::error::Result;

fn transport(variables: &[(&str, &str)]) -> Result<NetworkTransport> {
    let environment = Environment::for_test("/nowhere", variables.iter().copied());
    NetworkTransport::new(&Context::new(environment, Terminal::default()))
}

fn request(method: &str, url: &str) -> Request {
    let mut request = Request::new(method.parse().unwrap(), Url::parse(url).unwrap());
    request.headers.insert("authorization", "Bearer hush".parse().unwrap());
    request
}

/// Serves one request with these bytes; the task returns the head of the request.
async fn serve(response: &'static [u8]) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let head = read_head(&mut stream).await;
        stream.write_all(response).await.unwrap();
        if response.is_empty() {
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        String::from_utf8(head).unwrap()
    });
    (url, task)
}

async fn read_head(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.unwrap();
        head.extend_from_slice(&buffer[..read]);
    }
    head
}

async fn send(method: &str, url: &str, variables: &[(&str, &str)]) -> Result<Response> {
    transport(variables)?.send(request(method, url)).await
}

#[tokio::test]
async fn a_response_is_complete_and_a_redirect_is_not_followed() {
    let (url, head) =
        serve(b"HTTP/1.1 307 X\r\nLocation: /there\r\nX-MS-Request-Id: 7\r\nContent-Length: 2\r\n\r\nok")
            .await;
    let response = send("POST", &format!("{url}/path?q=1"), &[]).await.unwrap();
    assert_eq!((response.status.as_u16(), &response.body[..]), (307, &b"ok"[..]));
    assert_eq!(response.header("x-ms-request-id"), Some("7"));
    let head = head.await.unwrap().to_ascii_lowercase();
    assert!(head.starts_with("post /path?q=1 http/1.1\r\n"), "{head}");
    assert!(head.contains(&format!("user-agent: azr/{}", env!("CARGO_PKG_VERSION"))));
    assert!(head.contains("accept-encoding: gzip") && head.contains("content-length: 0"), "{head}");
}

#[tokio::test]
async fn network_errors_are_described_without_secrets() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}/blob?sig=hush", listener.local_addr().unwrap());
    drop(listener);
    let (short, _task) = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf").await;
    let (silent, _task) = serve(b"").await;
    let (reset, _task) = serve(b"HTTP/1.1 20").await;
    let (bad_gzip, _task) =
        serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf").await;
    for (url, reason) in [
        (closed.as_str(), "connection refused"),
        (&format!("{short}/x?sig=hush"), "closed before the response was complete"),
        (&format!("{silent}/x?sig=hush"), "the response timed out"),
        (&format!("{reset}/x?sig=hush"), "closed before the response was complete"),
        (&format!("{bad_gzip}/x?sig=hush"), "gzip"),
        ("http://localhost.invalid/x?sig=hush", "the host name 'localhost.invalid' could not be resolved"),
    ] {
        let error = send("GET", url, &[("AZR_TIMEOUT", "1")]).await.unwrap_err();
        assert_eq!(error.code(), "Network");
        let text = format!("{error} {error:?}");
        assert!(error.to_string().starts_with("GET http://") && text.contains(reason), "{text}");
        assert!(!text.contains("hush"), "{text}");
        assert!(error.hint().is_some());
    }
}

#[tokio::test]
async fn a_response_that_arrives_byte_by_byte_times_out() {
    // A block of 65,535 bytes that are not compressed.
    let gzip: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\x03\0\xff\xff\0\0";
    for (start, repeated) in [
        (&b"HTTP/1.1 200 O"[..], &b"K"[..]),
        (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (gzip, b"a"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/x", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 1024];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            stream.write_all(start).await.unwrap();
            // Until the client closes the connection.
            while stream.write_all(repeated).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        });
        let outcome =
            tokio::time::timeout(Duration::from_secs(20), send("GET", &url, &[("AZR_TIMEOUT", "1")]));
        let error = outcome.await.expect("it ends").unwrap_err();
        server.abort();
        let text = error.to_string();
        assert!(text.contains("timed out"), "{start:?}: {text}");
    }
}

#[test]
fn a_request_shows_no_secrets() {
    let text = format!("{:?}", request("GET", "https://user:hush@h.example:1/x?sig=hush#hush"));
    assert_eq!(text, r#"Request { method: GET, url: "https://h.example:1/x", .. }"#);
}

#[test]
fn servers_are_always_verified() {
    let error = transport(&[("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "1")]).unwrap_err();
    assert!(error.hint().unwrap().contains("SSL_CERT_FILE"));
    assert!(transport(&[("AZR_TIMEOUT", "soon")]).unwrap_err().to_string().contains("soon"));
    assert!(transport(&[("AZR_TIMEOUT", "0")]).is_err());
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_rejected() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}/x?sig=hush", listener.local_addr().unwrap().port());
    let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    super::network::install_crypto_provider();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(certificate.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let server = tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut buffer = [0; 1024];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    let error = send("GET", &url, &[]).await.unwrap_err();
    assert!(error.to_string().contains("the secure connection failed: invalid peer certificate"), "{error}");
    assert!(!format!("{error:?}").contains("hush"));

    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    std::fs::write(&roots, certificate.cert.pem()).unwrap();
    let trusted = send("GET", &url, &[("SSL_CERT_FILE", roots.to_str().unwrap())]).await.unwrap();
    assert_eq!(&trusted.body[..], b"ok");
    std::fs::write(&roots, "none").unwrap();
    let empty = send("GET", &url, &[("SSL_CERT_FILE", roots.to_str().unwrap())]).await.unwrap_err();
    assert!(empty.to_string().contains("roots.pem"), "{empty}");
    server.abort();
}

/// Serves responses of more than 4 MiB; returns the URL and the number of requests.
async fn serve_large_responses() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let served = Arc::clone(&requests);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            served.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                read_head(&mut stream).await;
                let head =
                    format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", LARGE + 1);
                drop(stream.write_all(head.as_bytes()).await);
                // The client closes the connection if it has to wait.
                drop(stream.write_all(&vec![b' '; LARGE + 1]).await);
            });
        }
    });
    (url, requests)
}

#[tokio::test]
async fn a_large_response_is_requested_again_once_others_are_done() {
    let (url, requests) = serve_large_responses().await;
    let transport = transport(&[]).unwrap();
    let (working, greatest) = (Cell::new(0), Cell::new(0));
    let task = async |method: &str| {
        let request = Request { is_repeatable: true, ..request(method, &url) };
        let response = transport.send(request).await.unwrap();
        assert_eq!(response.body.len(), LARGE + 1);
        working.set(working.get() + 1);
        greatest.set(greatest.get().max(working.get()));
        tokio::time::sleep(Duration::from_millis(50)).await;
        working.set(working.get() - 1);
    };
    join_all(["GET", "POST", "GET", "POST", "POST"].map(|method| run_task(task(method)))).await;
    assert!(greatest.get() <= MAX_TASKS, "{} tasks had a large response", greatest.get());
    assert!(requests.load(Ordering::Relaxed) > 5);
}

#[tokio::test]
async fn a_task_rejects_a_large_response_to_a_request_that_must_not_be_sent_again() {
    let (url, requests) = serve_large_responses().await;
    let transport = transport(&[]).unwrap();
    let error = run_task(transport.send(request("PUT", &url))).await.unwrap_err();
    assert!(error.to_string().ends_with("the response is larger than 4 MiB"), "{error}");
    assert_eq!(requests.load(Ordering::Relaxed), 1);
    assert!(transport.send(request("PUT", &url)).await.is_ok());
}
