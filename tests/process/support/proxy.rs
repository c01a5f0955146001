//! A proxy between azr and the emulator that changes some responses.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use super::{TOKEN, send_request};

/// A request that passes the proxy.
pub(crate) struct ProxiedRequest {
    /// The method.
    pub method: String,
    /// The path with its query, percent-encoded.
    pub target: String,
    /// The body.
    pub body: String,
}

/// The response of a proxy: status and body.
pub(crate) type ProxiedResponse = (u16, Vec<u8>);

/// A proxy that runs until the tests end.
pub(crate) struct Proxy {
    /// Its URL, for `AZR_ARM_ENDPOINT`.
    pub url: String,
}

impl Proxy {
    /// Starts a proxy before an endpoint.
    ///
    /// `change` gets each request with a function that forwards it, and returns the response.
    pub(crate) fn start(
        endpoint: &str,
        change: impl Fn(&ProxiedRequest, &dyn Fn() -> ProxiedResponse) -> ProxiedResponse + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let (endpoint, change) = (endpoint.to_owned(), Arc::new(change));
        let proxy = url.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (endpoint, proxy, change) = (endpoint.clone(), proxy.clone(), change.clone());
                std::thread::spawn(move || {
                    // A client that closes the connection early has an error of its own.
                    drop(serve(&stream, |request| change(request, &|| forward(request, &endpoint, &proxy))));
                });
            }
        });
        Self { url }
    }
}

/// Serves one request.
fn serve(stream: &TcpStream, respond: impl Fn(&ProxiedRequest) -> ProxiedResponse) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let (status, body) = respond(&ProxiedRequest { method, target, body });
    let mut stream = stream;
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

/// Forwards a request. Links to pages lead to the proxy, links to documents do not.
fn forward(request: &ProxiedRequest, endpoint: &str, proxy: &str) -> ProxiedResponse {
    let ProxiedRequest { method, target, body } = request;
    let response = send_request(endpoint, TOKEN, method, target, body);
    let response = response.unwrap_or_else(|e| panic!("{method} {target}: {e}"));
    let links = format!("{endpoint}/subscriptions");
    let is_text = std::str::from_utf8(&response.body).is_ok_and(|text| text.contains(&links));
    let body = if is_text {
        let text = String::from_utf8_lossy(&response.body);
        text.replace(&links, &format!("{proxy}/subscriptions")).into_bytes()
    } else {
        response.body
    };
    (response.status, body)
}
