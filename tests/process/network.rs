//! What goes over the network, and where: TLS, proxies, redirects, and documents of strangers.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::support::{APIM, Azure, CENTER, Sandbox, StaticServer, TOKEN};

/// A server on a thread: what it does with each connection, given the head of the first request.
struct Server {
    address: String,
    requests: Receiver<String>,
}

impl Server {
    fn start(mut serve: impl FnMut(TcpStream, &str) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let (tell, requests): (Sender<String>, _) = channel();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let head = read_head(&mut stream);
                // Nobody listens any more once the test is over.
                let _ = tell.send(head.clone());
                serve(stream, &head);
            }
        });
        Self { address, requests }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The heads of all requests so far.
    fn heard(&self) -> Vec<String> {
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

/// A proxy that makes tunnels to where it is told.
fn proxy() -> Server {
    Server::start(|mut stream, head| {
        let to = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        let Ok(beyond) = TcpStream::connect(to) else {
            drop(stream.write_all(b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"));
            return;
        };
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").expect("azr waits for it");
        let twice = |one: &TcpStream| one.try_clone().expect("another handle");
        for (mut from, mut to) in [(twice(&stream), twice(&beyond)), (beyond, stream)] {
            std::thread::spawn(move || {
                // Either end may go first.
                drop(std::io::copy(&mut from, &mut to));
                drop(to.shutdown(std::net::Shutdown::Both));
            });
        }
    })
}

/// An emulator over TLS, whose certificate is trusted.
fn encrypted() -> Azure {
    let mut azure = Azure::start_with("--sample --tls --state state.json");
    azure.set("SSL_CERT_FILE", "state.cert.pem");
    azure
}

#[test]
fn a_certificate_is_trusted_only_where_it_is_said_so() {
    let mut azure = encrypted();
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
fn a_proxy_is_used_but_where_it_is_not_to_be() {
    let mut azure = encrypted();
    let proxy = proxy();
    azure.set("HTTPS_PROXY", &proxy.url());
    azure.ok(format!("apim show {APIM}"));
    let place = azure.endpoint().strip_prefix("https://").expect("https").to_owned();
    let heard = proxy.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].starts_with(&format!("CONNECT {place} ")), "{heard:?}");
    assert!(
        !heard[0].contains(TOKEN) && !heard[0].to_ascii_lowercase().contains("\nauthorization"),
        "{heard:?}"
    );
    azure.set("NO_PROXY", "127.0.0.1");
    azure.ok(format!("apim show {APIM}"));
    assert!(proxy.heard().is_empty(), "NO_PROXY was not heeded");
    azure.set("NO_PROXY", "");
    azure.set("HTTPS_PROXY", "http://127.0.0.1:9");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("connection refused"), "{run}");
}

#[test]
fn plain_http_on_this_machine_goes_through_no_proxy() {
    let mut azure = Azure::start();
    let proxy = proxy();
    azure.set("HTTP_PROXY", &proxy.url());
    azure.set("HTTPS_PROXY", &proxy.url());
    azure.ok(format!("apim show {APIM}"));
    assert!(proxy.heard().is_empty(), "the token went to the proxy in the clear");
}

#[test]
fn certificates_are_always_verified() {
    let mut azure = encrypted();
    azure.set("AZURE_CLI_DISABLE_CONNECTION_VERIFICATION", "1");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("cannot verify"), "{run}");
    assert!(run.stderr.contains("Hint: Unset AZURE_CLI_DISABLE_CONNECTION_VERIFICATION"), "{run}");
}

/// A server that says to ask somewhere else.
fn redirecting(to: String) -> Server {
    Server::start(move |mut stream, _| {
        let answer =
            format!("HTTP/1.1 307 X\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        drop(stream.write_all(answer.as_bytes()));
    })
}

#[test]
fn a_redirect_is_not_followed_with_a_token() {
    let azure = Azure::start();
    let other = StaticServer::start(200, "elsewhere", "{}");
    let arm = redirecting(other.url.clone());
    let run = azure.run(format!("apim show {APIM} --arm-endpoint {}", arm.url()));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(arm.heard()[0].contains(TOKEN), "it was not even asked");
    assert!(other.requests().is_empty(), "{:?}", other.requests());
}

#[test]
fn a_redirect_to_a_document_is_followed_without_a_token() {
    let azure = Azure::start();
    let document = r#"{"openapi": "3.0.1", "info": {"title": "T", "version": "1.0"}, "paths": {}}"#;
    let other = StaticServer::start(200, "openapi.json", document);
    let first = redirecting(other.url.clone());
    let run = azure.run(format!("apic api register {CENTER} -l {}/openapi.json --verbose", first.url()));
    let heard = [first.heard(), other.requests()].concat();
    assert!(heard.len() >= 2, "{run}");
    for request in heard {
        assert!(!request.to_ascii_lowercase().contains("authorization"), "{request}");
    }
    let hosts = [first.url(), other.url.trim_end_matches("/openapi.json").to_owned()];
    for host in hosts {
        assert!(run.stderr.contains(&format!("fetching from {host}")), "{run}");
    }
}

#[test]
fn the_host_of_a_link_is_said_before_it_is_asked() {
    let azure = Azure::start();
    let (go, wait) = channel::<()>();
    let slow = Server::start(move |mut stream, _| {
        // It answers once the test has read what azr says.
        let _ = wait.recv();
        drop(stream.write_all(b"HTTP/1.1 404 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
    });
    let words = format!("apic api register {CENTER} -l {}/spec.json?sig=hush --verbose", slow.url());
    let mut child = azure
        .command(env!("CARGO_BIN_EXE_azr"))
        .args(words.split(' '))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azr starts");
    let mut said = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
    let line = said.find(|line| line.as_ref().is_ok_and(|line| line.contains("fetching from")));
    let line = line.expect("it says so").expect("text");
    assert!(line.contains(&slow.url()) && !line.contains("hush"), "{line}");
    drop(go);
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    assert!(!rest.concat().contains("hush"), "{rest:?}");
    assert_eq!(child.wait().expect("azr ends").code(), Some(1), "{rest:?}");
}

#[test]
fn a_document_without_end_is_given_up_while_it_comes() {
    let azure = Azure::start();
    let (tell, sent) = channel();
    let endless = Server::start(move |mut stream, _| {
        let part = vec![b' '; 1 << 16];
        let mut total = 0_usize;
        if stream.write_all(b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n").is_ok() {
            while stream.write_all(&part).is_ok() {
                total += part.len();
            }
        }
        let _ = tell.send(total);
    });
    let run = azure.run(format!("apic api register {CENTER} -l {}/spec.json", endless.url()));
    assert!(run.error(1).contains("larger than 100 MiB"), "{run}");
    let sent = sent.recv().expect("the server saw the end");
    // What is on the way in the system's buffers comes on top.
    assert!((100 << 20..140 << 20).contains(&sent), "{sent} bytes were sent");
}

#[test]
fn a_document_that_is_announced_as_too_large_is_not_waited_for() {
    let azure = Azure::start();
    let announced = Server::start(|mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 999999999\r\n\r\n"));
        // Until azr goes away; it would never get the rest.
        drop(stream.read(&mut [0]));
    });
    let run = azure.run(format!("apic api register {CENTER} -l {}/spec.json", announced.url()));
    assert!(run.error(1).contains("larger than 100 MiB"), "{run}");
}

#[test]
fn a_server_that_falls_silent_is_given_up() {
    let azure = Azure::start();
    let silent = Server::start(|mut stream, _| {
        drop(stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\n{"));
        drop(stream.read(&mut [0]));
    });
    // A POST may have been carried out, so it is not tried again.
    let line = "rest -m post -u /subscriptions?api-version=1 --timeout 1";
    let run = azure.run(format!("{line} --arm-endpoint {}", silent.url()));
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("Hint: "), "{run}");
}

#[test]
fn a_token_is_for_https_or_this_machine() {
    let sandbox = Sandbox::new(&[
        ("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000000"),
        ("AZR_ACCESS_TOKEN", TOKEN),
        ("AZR_ARM_ENDPOINT", "http://management.example"),
    ]);
    let run = sandbox.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("plain http"), "{run}");
}
