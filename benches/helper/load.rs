//! Sends the same HTTP/1.1 request as fast as the server responds: `load HOST:PORT PATH CONNECTIONS SECONDS`.
//!
//! Prints the number of responses and the nanoseconds. Each connection waits for the response before its next request;
//! any status but 200 is an error. `compare` compiles it with plain rustc; it is not part of the package.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn main() {
    let argv: Vec<String> = std::env::args().skip(1).collect();
    let [host, path, connections, seconds] = &argv[..] else { panic!("HOST:PORT PATH CONNECTIONS SECONDS") };
    let connections: usize = connections.parse().expect("a number of connections");
    let duration = Duration::from_secs(seconds.parse().expect("a number of seconds"));
    let start = Instant::now();
    let responses: usize = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..connections).map(|_| scope.spawn(|| send_requests(host, path, start, duration))).collect();
        threads.into_iter().map(|thread| thread.join().expect("no connection fails")).sum()
    });
    println!("{responses} {}", start.elapsed().as_nanos());
}

fn send_requests(host: &str, path: &str, start: Instant, duration: Duration) -> usize {
    let mut stream = TcpStream::connect(host).expect("the server can be reached");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer load\r\n\r\n");
    let mut responses = 0;
    while start.elapsed() < duration {
        stream.write_all(request.as_bytes()).expect("the server listens");
        let mut line = String::new();
        reader.read_line(&mut line).expect("a response");
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        let mut length = 0;
        loop {
            line.clear();
            reader.read_line(&mut line).expect("a header");
            let Some((name, value)) = line.trim().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("the body");
        responses += 1;
    }
    responses
}
