//! An Azure to run azr against: an emulator on a port, or the one in azr's own process.

use std::io::{BufRead, BufReader};
use std::ops::{Deref, DerefMut};
use std::process::{Child, Stdio};

use serde_json::Value;

use super::shell::record;
use super::{Reply, Shell, TOKEN, ask};

const SUBSCRIPTION: &str = "00000000-0000-0000-0000-000000000000";

/// An emulator process, ended with the test, and a shell whose azr talks to it over HTTP with a token.
pub struct Azure {
    shell: Shell,
    process: Child,
    endpoint: String,
}

impl Azure {
    /// An emulator of the sample's data.
    pub fn start() -> Self {
        Self::start_with("--sample")
    }

    /// An emulator started with these options.
    pub fn start_with(options: &str) -> Self {
        Self::start_with_words(&options.split_whitespace().collect::<Vec<_>>())
    }

    /// An emulator started with the options in these words.
    pub fn start_with_words(options: &[&str]) -> Self {
        let mut shell = Shell::new(&[("AZURE_SUBSCRIPTION_ID", SUBSCRIPTION), ("AZR_ACCESS_TOKEN", TOKEN)]);
        let mut process = shell
            .command(env!("CARGO_BIN_EXE_azr"))
            .args(["emulator", "start"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|e| panic!("the emulator cannot be started: {e}"));
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).expect("the emulator says where it listens");
        let endpoint = line.trim_end().strip_prefix("listening on ");
        let endpoint = endpoint.unwrap_or_else(|| panic!("the emulator said: {line}")).to_owned();
        record(&["emulator", "start"]);
        shell.set("AZR_ARM_ENDPOINT", &endpoint);
        Self { shell, process, endpoint }
    }

    /// Where it listens.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Asks the emulator without azr in between; the query may be left out but for what matters.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> std::io::Result<Reply> {
        let version = if path.contains("Microsoft.ApiCenter") { "2024-03-01" } else { "2022-08-01" };
        let mark = if path.contains('?') { '&' } else { '?' };
        ask(&self.endpoint, TOKEN, method, &format!("{path}{mark}api-version={version}"), body)
    }

    /// Asks the emulator, which must answer whole.
    pub fn reply(&self, method: &str, path: &str, body: &str) -> Reply {
        let reply = self.ask(method, path, body).unwrap_or_else(|e| panic!("{method} {path}: {e}"));
        assert_eq!(reply.end, None, "{method} {path}");
        reply
    }

    /// Asks the emulator, which must answer well.
    pub fn fine(&self, method: &str, path: &str, body: &str) -> Reply {
        let reply = self.reply(method, path, body);
        let text = String::from_utf8_lossy(&reply.body);
        assert!((200..300).contains(&reply.status), "{method} {path}: {}\n{text}", reply.head);
        reply
    }

    /// Everything in a collection, page after page.
    pub fn list(&self, path: &str) -> Vec<Value> {
        let mut page = self.fine("GET", path, "").json();
        let mut all = Vec::new();
        loop {
            all.extend(page["value"].as_array().cloned().unwrap_or_default());
            let Some(next) = page["nextLink"].as_str() else { return all };
            let next = next.strip_prefix(&self.endpoint).expect("a page of the same emulator");
            let reply = ask(&self.endpoint, TOKEN, "GET", next, "");
            page = reply.unwrap_or_else(|e| panic!("{next}: {e}")).json();
        }
    }

    /// Asks the emulator to end, as `kill` does, and gives its exit code.
    #[cfg(unix)]
    pub fn terminate(&mut self) -> Option<i32> {
        let pid = self.process.id().to_string();
        let sent = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the emulator cannot be told to end");
        self.process.wait().expect("the emulator ends").code()
    }
}

impl Drop for Azure {
    fn drop(&mut self) {
        // It may have ended already, which is as good.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Deref for Azure {
    type Target = Shell;

    fn deref(&self) -> &Shell {
        &self.shell
    }
}

impl DerefMut for Azure {
    fn deref_mut(&mut self) -> &mut Shell {
        &mut self.shell
    }
}

/// The emulator in azr's own process, with its state in a file.
pub struct Local(Shell);

impl Local {
    /// A fresh one, which starts with the sample's data.
    pub fn new() -> Self {
        let mut shell = Shell::new(&[("AZURE_CLOUD_NAME", "AzureEmulator")]);
        let state = shell.folder().join("../state.json").display().to_string();
        shell.set("AZR_EMULATOR_STATE", &state);
        Self(shell)
    }
}

impl Deref for Local {
    type Target = Shell;

    fn deref(&self) -> &Shell {
        &self.0
    }
}

impl DerefMut for Local {
    fn deref_mut(&mut self) -> &mut Shell {
        &mut self.0
    }
}
