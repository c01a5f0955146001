//! The emulator that azr runs against: in a process of its own, or in azr's process.

use std::io::{BufRead, BufReader};
use std::ops::{Deref, DerefMut};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::sandbox::record;
use super::{Response, Sandbox, TOKEN, send_request};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// An emulator process, which ends with the test, and a sandbox whose azr sends its requests there with a token.
pub(crate) struct Azure {
    sandbox: Sandbox,
    process: Child,
    endpoint: String,
}

impl Azure {
    /// Starts an emulator with the sample's data.
    pub(crate) fn start() -> Self {
        Self::start_with("--sample")
    }

    /// Starts an emulator with these options, separated by spaces.
    pub(crate) fn start_with(options: &str) -> Self {
        Self::start_with_args(&options.split_whitespace().collect::<Vec<_>>())
    }

    /// Starts an emulator with these arguments.
    pub(crate) fn start_with_args(args: &[&str]) -> Self {
        let mut sandbox =
            Sandbox::new(&[("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION), ("AZR_ACCESS_TOKEN", TOKEN)]);
        let mut process = sandbox
            .command(env!("CARGO_BIN_EXE_azr"))
            .args(["emulator", "start"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("the emulator cannot be started: {e}"));
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("the emulator prints its address");
        let endpoint = line.trim_end().strip_prefix("listening on ");
        let endpoint = endpoint.unwrap_or_else(|| panic!("the emulator printed: {line}")).to_owned();
        record(&["emulator", "start"]);
        sandbox.set("AZR_ARM_ENDPOINT", &endpoint);
        Self { sandbox, process, endpoint }
    }

    /// The URL of the emulator.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The id of its process.
    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a request to the emulator without azr; the `api-version` is added.
    ///
    /// The error is of a connection that ends before the headers of the response do.
    pub(crate) fn try_request(&self, method: &str, path: &str, body: &str) -> std::io::Result<Response> {
        let version = if path.contains("Microsoft.ApiCenter") { "2024-03-01" } else { "2022-08-01" };
        let separator = if path.contains('?') { '&' } else { '?' };
        let target = format!("{path}{separator}api-version={version}");
        send_request(&self.endpoint, TOKEN, method, &target, body)
    }

    /// Sends a request to the emulator, which must send a complete response.
    pub(crate) fn request(&self, method: &str, path: &str, body: &str) -> Response {
        let response =
            self.try_request(method, path, body).unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        assert_eq!(response.error, None, "{method} {path}");
        response
    }

    /// Sends a request to the emulator, which must succeed.
    pub(crate) fn request_ok(&self, method: &str, path: &str, body: &str) -> Response {
        let response = self.request(method, path, body);
        let text = String::from_utf8_lossy(&response.body);
        assert!((200..300).contains(&response.status), "{method} {path}: {}\n{text}", response.head);
        response
    }

    /// All items of a list, page after page.
    pub(crate) fn list(&self, path: &str) -> Vec<Value> {
        let mut page = self.request_ok("GET", path, "").json();
        let mut items = Vec::new();
        loop {
            items.extend(page["value"].as_array().cloned().unwrap_or_default());
            let Some(next) = page["nextLink"].as_str() else { return items };
            let next = next.strip_prefix(&self.endpoint).expect("a page of the same emulator");
            let response = send_request(&self.endpoint, TOKEN, "GET", next, "");
            page = response.unwrap_or_else(|e| panic!("{next}: {e}")).json();
        }
    }

    /// Ends the emulator with SIGTERM and returns its exit code.
    #[cfg(unix)]
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        super::send_signal(&self.process, "-TERM");
        self.process.wait().expect("the emulator ends").code()
    }
}

impl Drop for Azure {
    fn drop(&mut self) {
        // Both fail where it has ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Deref for Azure {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.sandbox
    }
}

impl DerefMut for Azure {
    fn deref_mut(&mut self) -> &mut Sandbox {
        &mut self.sandbox
    }
}

/// The emulator in azr's own process, with its state in a file.
pub(crate) struct InProcessAzure(Sandbox);

impl InProcessAzure {
    /// A new one with the sample's data.
    pub(crate) fn new() -> Self {
        let mut sandbox = Sandbox::new(&[("AZURE_CLOUD_NAME", "AzureEmulator")]);
        let state = sandbox.folder().join("../state.json").display().to_string();
        sandbox.set("AZR_EMULATOR_STATE", &state);
        Self(sandbox)
    }
}

impl Deref for InProcessAzure {
    type Target = Sandbox;

    fn deref(&self) -> &Sandbox {
        &self.0
    }
}

impl DerefMut for InProcessAzure {
    fn deref_mut(&mut self) -> &mut Sandbox {
        &mut self.0
    }
}
