//! The plainest HTTP client, to see what a server sends without azr in between.

use std::io::{Read, Write};
use std::net::TcpStream;

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
