//! A server over loopback that answers as a conversation says.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::answer::Answer;
use crate::script::{Request, Script};

/// A server on a port of its own, until it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Starts a server that answers nothing yet.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the address of the listener");
        let script = Arc::new(Mutex::new(Script::default()));
        let stopped = Arc::new(AtomicBool::new(false));
        let (shared, stop) = (script.clone(), stopped.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let script = shared.clone();
                std::thread::spawn(move || {
                    // The end of a connection is the client's business: a request without an answer shows there.
                    drop(serve(&stream, &script));
                });
            }
        });
        Self { address, script, stopped }
    }

    /// The URL of the server.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets what the server answers.
    pub(crate) fn set_script(&self, script: Script) {
        *self.script.lock().expect("no holder panicked") = script;
    }

    /// Takes the script back, with what was seen of the requests.
    pub(crate) fn take_script(&self) -> Script {
        std::mem::take(&mut self.script.lock().expect("no holder panicked"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
    }
}

/// Answers the requests of a connection until the client closes it.
fn serve(stream: &TcpStream, script: &Mutex<Script>) -> std::io::Result<()> {
    // An answer is written in one piece, and must not wait for the client's acknowledgement of the one before.
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        let answer = script.lock().expect("no holder panicked").answer(&request);
        write_answer(stream, &answer, request.method == "HEAD")?;
    }
    Ok(())
}

/// Reads a request; none where the connection is closed instead.
fn read_request(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut request = Request { method: method.to_owned(), target: target.to_owned(), ..Request::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => request.authorization = Some(value.trim().to_owned()),
            "content-length" => length = value.trim().parse().map_err(std::io::Error::other)?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    Ok(Some(request))
}

fn write_answer(mut stream: &TcpStream, answer: &Answer, head_only: bool) -> std::io::Result<()> {
    let mut bytes = format!("HTTP/1.1 {} \r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        write!(bytes, "{name}: {value}\r\n")?;
    }
    let has_body = answer.status != 204;
    if has_body {
        write!(bytes, "content-length: {}\r\n", answer.body.len())?;
    }
    bytes.extend(b"\r\n");
    if has_body && !head_only {
        bytes.extend(answer.body.as_bytes());
    }
    stream.write_all(&bytes)
}
