//! The requests that a served emulator answered, one JSON line each, for tests and benchmarks to count.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value};

use super::http::Call;
use azr_core::error::{Error, Result};

/// A file that a line is appended to for each answer, before it goes out.
///
/// `{"n":1,"method":"GET","path":"/subscriptions","query":{"api-version":"2022-12-01"},"status":200}`, with `fault` for
/// what was injected. `n` counts the lines since the emulator started; `status` is null where the connection was reset
/// instead of an answer. Headers and bodies are not in it, nor any other part of a query than [`Call::public_query`].
#[derive(Debug)]
pub struct RequestLog {
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    file: File,
    lines: u64,
}

/// One line.
#[derive(Serialize)]
struct Line<'a> {
    n: u64,
    method: &'a str,
    path: &'a str,
    query: Map<String, Value>,
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

impl RequestLog {
    /// Opens the file to append to it, and makes it if there is none.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::options().create(true).append(true).open(path).map_err(|e| Error::write(path, e))?;
        Ok(Self { book: Mutex::new(Book { file, lines: 0 }) })
    }

    /// Notes that a request is about to be answered with this status (none: with a reset), and which fault was
    /// injected.
    pub fn note(&self, call: &Call, status: Option<u16>, fault: Option<&str>) -> std::io::Result<()> {
        let query = call.public_query().map(|(n, v)| (n.to_owned(), Value::from(v))).collect();
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.lines += 1;
        let line = Line { n: book.lines, method: &call.method, path: &call.path, query, status, fault };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        // Nothing is held back in this process, so whoever has the answer finds the line.
        book.file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    #[test]
    fn a_line_has_the_public_part_of_a_request_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.jsonl");
        let log = RequestLog::open(&path).expect("opens");
        let mut request = call("GET", "/subscriptions/s1/\"odd\"");
        request.query =
            [("api-version", "v"), ("$filter", "name eq 'é'"), ("EXPORT", "true"), ("sig", "secret")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .into();
        request.headers.push(("authorization".to_owned(), "Bearer secret".to_owned()));
        request.body = "secret".into();
        log.note(&request, Some(200), None).expect("noted");
        log.note(&request, None, Some("reset=before")).expect("noted");
        let text = std::fs::read_to_string(&path).expect("a log");
        assert!(!text.contains("secret"), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            r#"{"n":1,"method":"GET","path":"/subscriptions/s1/\"odd\"","query":{"api-version":"v","$filter":"name eq 'é'","EXPORT":"true"},"status":200}"#
        );
        assert!(lines[1].ends_with(r#""status":null,"fault":"reset=before"}"#), "{}", lines[1]);
        drop(log);
        RequestLog::open(&path).expect("opens").note(&request, Some(404), None).expect("noted");
        let text = std::fs::read_to_string(&path).expect("a log");
        assert_eq!((text.lines().count(), text.matches("\"n\":1,").count()), (3, 2));
    }
}
