use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::testing::emulator;
use crate::{Options, tls};

const GROUP: &str =
    "GET /subscriptions/s1/resourcegroups/rg?api-version=2024-11-01 HTTP/1.1\r\nhost: localhost\r\n";

async fn ask(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, head: &str) -> String {
    stream.write_all(format!("{head}connection: close\r\n\r\n").as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("answered");
    String::from_utf8_lossy(&answer).into_owned()
}

async fn started(options: Options, tls: Option<TlsAcceptor>) -> (SocketAddr, impl AsyncFnOnce()) {
    started_with(options, ServeOptions::default(), tls).await
}

async fn started_with(
    options: Options,
    serve_options: ServeOptions,
    tls: Option<TlsAcceptor>,
) -> (SocketAddr, impl AsyncFnOnce()) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(emulator(options), serve_options, listener, tls, async move { drop(stopped.await) });
    let server = tokio::spawn(server);
    (address, async move || {
        drop(stop);
        server.await.expect("ends").expect("well");
    })
}

#[tokio::test]
async fn answers_over_http_with_a_token_only() {
    let (address, stop) = started(Options { require_token: true, ..Options::default() }, None).await;
    let connect = || async { TcpStream::connect(address).await.expect("connects") };
    let refused = ask(connect().await, GROUP).await;
    assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
    let answer = ask(connect().await, &format!("{GROUP}authorization: Bearer t\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"name\":\"rg\""), "{answer}");
    let stale = "GET /api-export/x?sig=gone HTTP/1.1\r\nhost: localhost\r\n";
    assert!(ask(connect().await, stale).await.starts_with("HTTP/1.1 403"));
    stop().await;
}

/// A TLS connection of a client that trusts the certificate in the file.
async fn encrypted(address: SocketAddr, certificate: &Path) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(certificate).expect("PEM")).expect("a root");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.expect("connects");
    let name = ServerName::try_from("localhost").expect("a name");
    tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("trusted")
}

#[tokio::test]
async fn a_client_that_has_the_certificate_trusts_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tls::CertificateFiles::beside(&folder.path().join("state.json"), None);
    let (address, stop) = started(Options::default(), Some(tls::acceptor(&files).expect("made"))).await;
    let stream = encrypted(address, &files.certificate).await;
    assert!(ask(stream, GROUP).await.starts_with("HTTP/1.1 200"));
    stop().await;
}

#[tokio::test]
async fn an_encrypted_connection_is_reset_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tls::CertificateFiles::beside(&folder.path().join("state.json"), None);
    let serve_options =
        ServeOptions { faults: "* * reset=before".parse().expect("rules"), ..ServeOptions::default() };
    let tls = Some(tls::acceptor(&files).expect("made"));
    let (address, stop) = started_with(Options::default(), serve_options, tls).await;
    let mut stream = encrypted(address, &files.certificate).await;
    stream.write_all(format!("{GROUP}\r\n").as_bytes()).await.expect("sent");
    let end = stream.read_to_end(&mut Vec::new()).await.expect_err("a reset");
    // Wine shows a reset as an end, and rustls notices that TLS did not end before.
    let expected = if cfg!(windows) { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::ConnectionReset };
    assert!([io::ErrorKind::ConnectionReset, expected].contains(&end.kind()), "{end}");
    stop().await;
}

#[tokio::test]
async fn a_request_for_another_host_or_from_another_origin_is_refused() {
    let (address, stop) = started(Options::default(), None).await;
    let connect = || async { TcpStream::connect(address).await.expect("connects") };
    let rebound = GROUP.replace("localhost", "evil.example");
    assert!(ask(connect().await, &rebound).await.starts_with("HTTP/1.1 421"));
    let cross_origin = format!("{GROUP}origin: http://evil.example\r\n");
    assert!(ask(connect().await, &cross_origin).await.starts_with("HTTP/1.1 403"));
    let absolute = GROUP.replace("GET /", "GET http://evil.example/");
    assert!(ask(connect().await, &absolute).await.starts_with("HTTP/1.1 421"));
    stop().await;
}

#[tokio::test]
async fn a_request_that_is_never_completed_times_out() {
    let receive_timeout = Duration::from_millis(20);
    let serve_options = ServeOptions { receive_timeout, ..ServeOptions::default() };
    let (address, stop) = started_with(Options::default(), serve_options, None).await;
    let half_head = &GROUP[..40];
    let half_body = "PUT /subscriptions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{";
    for (half, expected) in [(half_head, ""), (half_body, "HTTP/1.1 408")] {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(half.as_bytes()).await.expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("the connection is closed");
        assert!(answer.starts_with(expected), "{answer}");
    }
    stop().await;
}

#[tokio::test]
async fn a_tls_handshake_that_is_never_completed_times_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = tls::CertificateFiles::beside(&folder.path().join("state.json"), None);
    let serve_options =
        ServeOptions { receive_timeout: Duration::from_millis(20), ..ServeOptions::default() };
    let tls = Some(tls::acceptor(&files).expect("made"));
    let (address, stop) = started_with(Options::default(), serve_options, tls).await;
    let mut stream = TcpStream::connect(address).await.expect("connects");
    assert_eq!(stream.read(&mut [0; 8]).await.expect("the connection is closed"), 0);
    stop().await;
}
