//! The plainest HTTP client, to see what a server sends without azr in between.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The body that a plain-http URL answers with; panics unless the status is 200.
pub fn get(url: &str) -> Vec<u8> {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("not plain http: {url}"));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).unwrap_or_else(|e| panic!("{host}: {e}"));
    // HTTP/1.0, so that the body is neither chunked nor followed by another answer.
    write!(stream, "GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n").expect("the request is sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the answer is read");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("the headers end");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    assert!(head.split(' ').nth(1) == Some("200"), "{url}: {head}");
    answer.split_off(end + 4)
}

/// What a server sent, as far as it came.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body, perhaps cut short.
    pub body: Vec<u8>,
    /// How the connection ended, if not well.
    pub end: Option<ErrorKind>,
}

impl Reply {
    /// A header's value; none where it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {}\n\n{text}", self.head))
    }
}

/// Sends one request on a connection of its own; the error is of a connection that ended before the headers did.
pub fn ask(endpoint: &str, token: &str, method: &str, path: &str, body: &str) -> std::io::Result<Reply> {
    let host = endpoint.strip_prefix("http://").unwrap_or_else(|| panic!("not plain http: {endpoint}"));
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer);
    let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Err(end.err().unwrap_or_else(|| ErrorKind::UnexpectedEof.into()));
    };
    let body = answer.split_off(head + 4);
    let head = String::from_utf8_lossy(&answer).trim_end().to_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {head}"));
    Ok(Reply { status, head, body, end: end.err().map(|e| e.kind()) })
}

/// A server of one answer, for as long as the test runs, and what it is asked.
pub struct Site {
    /// Where it is.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// Answers every request with this status and body, at a path that ends in `name`.
    pub fn start(status: u16, name: &str, body: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/{name}", listener.local_addr().expect("its address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (body, heard) = (body.into(), asked.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // Whoever goes away before the answer is whole fails by itself.
                drop(answer(stream, status, &body, &heard));
            }
        });
        Self { url, asked }
    }

    /// The requests so far, each with its headers.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no holder panicked").clone()
    }
}

fn answer(
    mut stream: TcpStream,
    status: u16,
    body: &[u8],
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    heard.lock().expect("no holder panicked").push(String::from_utf8_lossy(&request).into_owned());
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    stream.write_all(body)
}
