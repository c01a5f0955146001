//! Asks a server over HTTP/1.1 for the same thing as fast as it answers: `load HOST:PORT PATH CONNECTIONS SECONDS`.
//!
//! Prints how many answers came and in how many nanoseconds. Each connection waits for its answer before it asks
//! again; any status but 200 ends it all. `compare` compiles it with plain rustc; it is not part of the package.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

fn main() {
    let argv: Vec<String> = std::env::args().skip(1).collect();
    let [host, path, connections, seconds] = &argv[..] else { panic!("HOST:PORT PATH CONNECTIONS SECONDS") };
    let connections: usize = connections.parse().expect("a number of connections");
    let lasting = Duration::from_secs(seconds.parse().expect("a number of seconds"));
    let begun = Instant::now();
    let answers: usize = std::thread::scope(|scope| {
        let asking: Vec<_> =
            (0..connections).map(|_| scope.spawn(|| ask(host, path, begun, lasting))).collect();
        asking.into_iter().map(|one| one.join().expect("no connection fails")).sum()
    });
    println!("{answers} {}", begun.elapsed().as_nanos());
}

fn ask(host: &str, path: &str, begun: Instant, lasting: Duration) -> usize {
    let mut stream = TcpStream::connect(host).expect("the server can be reached");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer load\r\n\r\n");
    let mut answers = 0;
    while begun.elapsed() < lasting {
        stream.write_all(request.as_bytes()).expect("the server listens");
        let mut line = String::new();
        reader.read_line(&mut line).expect("an answer");
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
        answers += 1;
    }
    answers
}
