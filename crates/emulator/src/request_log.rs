//! A log of the requests to a served emulator, one JSON line each, for tests and benchmarks to count.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::request::ParsedRequest;
use azr_core::error::{Error, Result};
use azr_core::files::private::{self, FileMode};

/// A file that each request is appended to as a line, before its response is sent.
///
/// `{"n":1,"method":"GET","path":"/subscriptions","query":{"api-version":"2022-12-01"},"status":200}`, with `fault` if
/// one was injected. `n` counts the lines since the emulator started; `status` is null if the connection was reset.
/// Headers, bodies, and query parameters other than [`ParsedRequest::public_query`] are not logged.
#[derive(Debug)]
pub struct RequestLog {
    file: Mutex<LogFile>,
}

#[derive(Debug)]
struct LogFile {
    file: File,
    line_count: u64,
}

/// A line of the log.
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
    /// Opens the file to append to it, and creates it with mode 0600 if it does not exist.
    ///
    /// Fails if the path is a link or not a regular file, or if other users may write to the file.
    pub fn open(path: &Path) -> Result<Self> {
        let options = File::options().create(true).append(true).clone();
        let file =
            private::open_file(path, FileMode::OwnerWritable, &options).map_err(|e| Error::write(path, e))?;
        Ok(Self { file: Mutex::new(LogFile { file, line_count: 0 }) })
    }

    /// Appends a request, the status of its response (none if the connection is reset), and the injected fault.
    pub fn append(
        &self,
        request: &ParsedRequest,
        status: Option<u16>,
        fault: Option<&str>,
    ) -> std::io::Result<()> {
        let query = request.public_query().map(|(n, v)| (n.to_owned(), Value::from(v))).collect();
        let mut log = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        log.line_count += 1;
        let method = request.method.as_str();
        let line = Line { n: log.line_count, method, path: &request.path, query, status, fault };
        let mut text = serde_json::to_vec(&line)?;
        text.push(b'\n');
        // Not buffered, so that a client that has its response finds the line.
        log.file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{build_request, set_token};

    #[test]
    fn a_line_has_the_public_part_of_a_request_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.jsonl");
        let log = RequestLog::open(&path).expect("opens");
        let mut request = build_request("GET", "/subscriptions/s1/\"odd\"");
        request.query =
            [("api-version", "v"), ("$filter", "name eq 'é'"), ("EXPORT", "true"), ("sig", "secret")]
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .into();
        set_token(&mut request, "secret");
        request.body = "secret".into();
        log.append(&request, Some(200), None).expect("appended");
        log.append(&request, None, Some("reset=before")).expect("appended");
        let text = std::fs::read_to_string(&path).expect("a log");
        assert!(!text.contains("secret"), "{text}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            r#"{"n":1,"method":"GET","path":"/subscriptions/s1/\"odd\"","query":{"api-version":"v","$filter":"name eq 'é'","EXPORT":"true"},"status":200}"#
        );
        assert!(lines[1].ends_with(r#""status":null,"fault":"reset=before"}"#), "{}", lines[1]);
        drop(log);
        RequestLog::open(&path).expect("opens").append(&request, Some(404), None).expect("appended");
        let text = std::fs::read_to_string(&path).expect("a log");
        assert_eq!((text.lines().count(), text.matches("\"n\":1,").count()), (3, 2));
    }
    #[cfg(unix)]
    #[test]
    fn a_new_log_is_private_and_a_link_is_not_followed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().expect("a folder");
        let (path, link) = (folder.path().join("log.jsonl"), folder.path().join("link"));
        RequestLog::open(&path).expect("opens");
        assert_eq!(std::fs::metadata(&path).expect("a log").permissions().mode() & 0o777, 0o600);
        symlink(&path, &link).expect("a link");
        let error = RequestLog::open(&link).expect_err("a link");
        assert!(error.to_string().contains("symbolic link"), "{error}");
    }
}
