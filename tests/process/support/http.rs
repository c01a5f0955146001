//! A minimal HTTP client and server, to see what is sent without azr in between.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// The body of the response to a GET of an `http` URL; panics unless the status is 200.
pub(crate) fn download(url: &str) -> Vec<u8> {
    let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("not an http URL: {url}"));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).unwrap_or_else(|e| panic!("{host}: {e}"));
    // HTTP/1.0, so that the body is neither chunked nor followed by another response.
    write!(stream, "GET /{path} HTTP/1.0\r\nhost: {host}\r\n\r\n").expect("the request is sent");
    let mut response = Vec::new();
    stream.read_to_end(&mut response).expect("the response is read");
    let end = response.windows(4).position(|four| four == b"\r\n\r\n").expect("the headers end");
    let head = String::from_utf8_lossy(&response[..end]).into_owned();
    assert!(head.split(' ').nth(1) == Some("200"), "{url}: {head}");
    response.split_off(end + 4)
}

/// A response, as far as it was received.
pub(crate) struct Response {
    /// The status.
    pub status: u16,
    /// The status line and the headers.
    pub head: String,
    /// The body, which is incomplete after an error.
    pub body: Vec<u8>,
    /// The error that ended the connection.
    pub error: Option<ErrorKind>,
}

impl Response {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {}\n\n{text}", self.head))
    }
}

/// Sends one request on a new connection; the error is of a connection that ended before the headers did.
pub(crate) fn send_request(
    endpoint: &str,
    token: &str,
    method: &str,
    path: &str,
    body: &str,
) -> std::io::Result<Response> {
    let host = endpoint.strip_prefix("http://").unwrap_or_else(|| panic!("not an http URL: {endpoint}"));
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    )?;
    let mut response = Vec::new();
    let result = stream.read_to_end(&mut response);
    let Some(head) = response.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Err(result.err().unwrap_or_else(|| ErrorKind::UnexpectedEof.into()));
    };
    let body = response.split_off(head + 4);
    let head = String::from_utf8_lossy(&response).trim_end().to_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {head}"));
    Ok(Response { status, head, body, error: result.err().map(|e| e.kind()) })
}

/// A server that always sends the same response, until the tests end.
pub(crate) struct StaticServer {
    /// The URL of what it serves.
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl StaticServer {
    /// Starts a server with this response, whose URL ends in `name`.
    pub(crate) fn start(status: u16, name: &str, body: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}/{name}", listener.local_addr().expect("its address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (body, received) = (body.into(), requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that closes the connection early has an error of its own.
                drop(respond(stream, status, &body, &received));
            }
        });
        Self { url, requests }
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no holder panicked").clone()
    }
}

fn respond(
    mut stream: TcpStream,
    status: u16,
    body: &[u8],
    requests: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte)? == 1 {
        request.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&request).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    // A connection that is closed with unread bytes is reset, and the client might not see the response.
    std::io::copy(&mut Read::by_ref(&mut stream).take(length.unwrap_or(0)), &mut std::io::sink())?;
    requests.lock().expect("no holder panicked").push(head);
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    stream.write_all(body)
}
