//! TLS, proxies, redirects, and documents of untrusted servers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::support::{APIM, Azure, CENTER, Sandbox, StaticServer, TOKEN};

/// A server that handles each connection with a closure.
struct Server {
    address: String,
    requests: Receiver<String>,
}

impl Server {
    /// Starts a server; the closure gets the connection and the head of the first request.
    fn start(mut serve: impl FnMut(TcpStream, &str) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let (sender, requests): (Sender<String>, _) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let head = read_head(&mut stream);
                // This fails once the test is over.
                let _ = sender.send(head.clone());
                serve(stream, &head);
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    fn received(&self) -> Vec<String> {
        self.requests.try_iter().collect()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// A proxy for CONNECT requests.
fn start_proxy() -> Server {
    Server::start(|mut stream, head| {
        let target =
            head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        let Ok(upstream) = TcpStream::connect(target) else {
            drop(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
            return;
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("the response is sent");
        let clone = |stream: &TcpStream| stream.try_clone().expect("another handle");
        for (mut from, mut to) in [(clone(&stream), clone(&upstream)), (upstream, stream)] {
            std::thread::spawn(move || {
                // Either side may close first.
                drop(std::io::copy(&mut from, &mut to));
                drop(to.shutdown(std::net::Shutdown::Both));
            });
        }
    })
}

/// Starts an emulator over TLS, whose certificate is trusted.
fn start_with_tls() -> Azure {
    let mut azure = Azure::start_with("--sample --tls --state state.json");
    azure.set("SSL_CERT_FILE", "state.cert.pem");
    azure
}

#[test]
fn a_certificate_is_trusted_only_if_configured() {
    let mut azure = start_with_tls();
    azure.ok(format!("apim show {APIM}"));
    for (name, value) in [("SSL_CERT_FILE", ""), ("REQUESTS_CA_BUNDLE", "state.cert.pem")] {
        azure.set(name, value);
        let run = azure.run(format!("apim show {APIM}"));
        if value.is_empty() {
            assert!(run.error(1).contains("certificate"), "{run}");
        } else {
            run.expect_success();
        }
    }
}

#[test]
fn a_proxy_is_used_unless_it_is_excluded() {
    let mut azure = start_with_tls();
    let proxy = start_proxy();
    azure.set("HTTPS_PROXY", &proxy.url());
    azure.ok(format!("apim show {APIM}"));
    let host = azure.endpoint().strip_prefix("https://").expect("https").to_owned();
    let requests = proxy.received();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].starts_with(&format!("CONNECT {host} ")), "{requests:?}");
    assert!(
        !requests[0].contains(TOKEN) && !requests[0].to_ascii_lowercase().contains("\nauthorization"),
        "{requests:?}"
    );
    azure.set("NO_PROXY", "127.0.0.1");
    azure.ok(format!("apim show {APIM}"));
    assert!(proxy.received().is_empty(), "NO_PROXY was ignored");
    azure.set("NO_PROXY", "");
    azure.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("connection refused"), "{run}");
}

#[test]
fn plain_http_on_this_machine_goes_through_no_proxy() {
    let mut azure = Azure::start();
    let proxy = start_proxy();
    azure.set("HTTP_PROXY", &proxy.url());
    azure.set("HTTPS_PROXY", &proxy.url());
    azure.ok(format!("apim show {APIM}"));
    assert!(proxy.received().is_empty(), "the token was sent to the proxy unencrypted");
}

#[test]
fn certificates_are_always_verified() {
    let mut azure = start_with_tls();
    azure.set("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "1");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("always verifies"), "{run}");
    assert!(run.stderr.contains("Hint: Unset AZURE_CLI_DISABLE_CONNECTION_VERIFICATION"), "{run}");
}

/// A server that redirects to another URL.
fn start_redirect(target: String) -> Server {
    Server::start(move |mut stream, _| {
        let response =
            format!("HTTP/1.1 307 X\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        drop(stream.write_all(response.as_bytes()));
    })
}

#[test]
fn a_redirect_is_not_followed_with_a_token() {
    let azure = Azure::start();
    let other = StaticServer::start(200, "elsewhere", "{}");
    let arm = start_redirect(other.url.clone());
    let run = azure.run(format!("apim show {APIM} --arm-endpoint {}", arm.url()));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(arm.received()[0].contains(TOKEN), "it got no request with the token");
    assert!(other.requests().is_empty(), "{:?}", other.requests());
}

#[test]
fn a_redirect_to_a_document_is_followed_without_a_token() {
    let azure = Azure::start();
    let document = r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#;
    let other = StaticServer::start(200, "openapi.json", document);
    let first = start_redirect(other.url.clone());
    let run = azure.run(format!("apic api register {CENTER} -l {}/openapi.json --verbose", first.url()));
    let requests = [first.received(), other.requests()].concat();
    assert!(requests.len() >= 2, "{run}");
    for request in requests {
        assert!(!request.to_ascii_lowercase().contains("authorization"), "{request}");
    }
    let hosts = [first.url(), other.url.trim_end_matches("/openapi.json").to_owned()];
    for host in hosts {
        assert!(run.stderr.contains(&format!("downloading from {host}")), "{run}");
    }
}

#[test]
fn the_host_of_a_link_is_logged_before_the_request() {
    let azure = Azure::start();
    let (sender, receiver) = channel::<()>();
    let slow = Server::start(move |mut stream, _| {
        // It responds once the test has read stderr.
        let _ = receiver.recv();
        drop(stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
    });
    let args = format!("apic api register {CENTER} -l {}/spec.json?sig=hush --verbose", slow.url());
    let mut child = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(args.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azr starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
    let line = stderr.find(|line| line.as_ref().is_ok_and(|line| line.contains("downloading from")));
    let line = line.expect("the host is logged").expect("text");
    assert!(line.contains(&slow.url()) && !line.contains("hush"), "{line}");
    drop(sender);
    let rest: Vec<String> = stderr.map_while(Result::ok).collect();
    assert!(!rest.concat().contains("hush"), "{rest:?}");
    assert_eq!(child.wait().expect("azr ends").code(), Some(1), "{rest:?}");
}

#[test]
fn an_endless_document_is_refused_while_it_is_downloaded() {
    let azure = Azure::start();
    let (sender, sent) = channel();
    let endless = Server::start(move |mut stream, _| {
        let part = vec![b' '; 1 << 16];
        let mut total = 0_usize;
        if stream.write_all(b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n").is_ok() {
            while stream.write_all(&part).is_ok() {
                total += part.len();
            }
        }
        let _ = sender.send(total);
    });
    let run = azure.run(format!("apic api register {CENTER} -l {}/spec.json", endless.url()));
    assert!(run.error(1).contains("larger than 100 MiB"), "{run}");
    let sent = sent.recv().expect("the server saw the end");
    // The buffers of the system come on top.
    assert!((100 << 20..140 << 20).contains(&sent), "{sent} bytes were sent");
}

#[test]
fn a_document_with_a_too_large_content_length_is_not_downloaded() {
    let azure = Azure::start();
    let server = Server::start(|mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 999999999\r\n\r\n"));
        // The rest is never sent; this waits until azr closes the connection.
        drop(stream.read(&mut [0]));
    });
    let run = azure.run(format!("apic api register {CENTER} -l {}/spec.json", server.url()));
    assert!(run.error(1).contains("larger than 100 MiB"), "{run}");
}

#[test]
fn a_server_that_stops_sending_is_a_timeout() {
    let azure = Azure::start();
    let silent = Server::start(|mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{"));
        drop(stream.read(&mut [0]));
    });
    // A POST may have been processed, so that it is not repeated.
    let line = "rest -m post -u /subscriptions?api-version=1 --timeout 1";
    let run = azure.run(format!("{line} --arm-endpoint {}", silent.url()));
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("Hint: "), "{run}");
}

#[test]
fn a_token_is_sent_only_over_https_or_to_this_machine() {
    let sandbox = Sandbox::new(&[
        ("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000"),
        ("AZR_ACCESS_TOKEN", TOKEN),
        ("AZR_ARM_ENDPOINT", "http://management.example"),
    ]);
    let run = sandbox.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("plain http"), "{run}");
}

#[test]
fn a_proxy_that_cannot_be_found_is_named_without_its_password() {
    let mut azure = Sandbox::new(&[
        ("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000"),
        ("AZR_ACCESS_TOKEN", TOKEN),
    ]);
    azure.set("AZR_ARM_ENDPOINT", "https://management.invalid");
    azure.set("HTTPS_PROXY", "http://user:hush@proxy.invalid:1");
    let run = azure.run("apic list -g g");
    assert!(run.error(1).contains("the host name 'proxy.invalid' could not be resolved"), "{run}");
    assert!(run.stderr.contains("It is the host of the proxy") && !run.stderr.contains("hush"), "{run}");
}
