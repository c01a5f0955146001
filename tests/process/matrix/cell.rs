//! One command under one fault, and its checks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::faults::Fault;
use super::kinds::{Kind, Repetition, ResponseBody};
use crate::support::{Run, Sandbox};

/// How long a command may take, with its waits, on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

/// Writes that took effect: method and path, and how often.
type Writes = BTreeMap<(String, String), usize>;

/// The result of a command without faults.
pub(super) struct Baseline {
    stdout: String,
    files: BTreeMap<String, Vec<u8>>,
    writes: Writes,
}

/// A command under a fault.
pub(super) struct Cell<'a> {
    pub sandbox: &'a Sandbox,
    pub fault: &'a Fault,
    pub kind: &'a Kind,
    pub baseline: &'a Baseline,
}

impl Baseline {
    /// Runs a command without faults.
    pub(super) fn record(sandbox: &Sandbox, kind: &Kind) -> Self {
        let before = files(sandbox);
        let run = sandbox.ok(kind.line());
        let files = files(sandbox).into_iter().filter(|(name, _)| !before.contains_key(name)).collect();
        Self { stdout: normalize(run.stdout()), files, writes: writes(sandbox, kind) }
    }
}

impl Cell<'_> {
    /// Runs the command and returns what is wrong, with the run; none if nothing is.
    pub(super) fn problem(&self) -> Option<String> {
        let started = Instant::now();
        let run = self.sandbox.run(format!("{} --debug", self.kind.line()));
        let mut problems = Vec::new();
        if started.elapsed() > LIMIT {
            problems.push(format!("it took {:?}", started.elapsed()));
        }
        if self.fault.allows_success(self.kind) {
            self.check_success(&run, &mut problems);
        } else {
            self.check_failure(&run, &mut problems);
        }
        self.check_writes(&mut problems);
        if problems.is_empty() {
            return None;
        }
        let mut text = format!("== {} | {} ==", self.kind.name, self.fault.name());
        for problem in problems {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {problem}");
        }
        Some(format!("{text}\n{run}"))
    }

    fn check_success(&self, run: &Run, problems: &mut Vec<String>) {
        if run.code != Some(0) {
            problems.push(format!("exit code {:?} instead of 0", run.code));
            return;
        }
        if messages(run).iter().any(|line| line.starts_with("ERROR")) {
            problems.push("there is an error, and the exit code is 0".to_owned());
        }
        if normalize(run.stdout()) != self.baseline.stdout {
            problems.push("the result differs from the one without faults".to_owned());
        }
        let files = files(self.sandbox);
        for (name, content) in &self.baseline.files {
            if files.get(name) != Some(content) {
                problems.push(format!("the file {name} is missing or differs"));
            }
        }
    }

    fn check_failure(&self, run: &Run, problems: &mut Vec<String>) {
        let is_not_found = self.fault.actions.starts_with("status=404");
        let code = if is_not_found { self.kind.not_found_code } else { self.kind.failure_code };
        if run.code != Some(code) {
            problems.push(format!("exit code {:?} instead of {code}", run.code));
        }
        let is_result = self.kind.has_summary && serde_json::from_slice::<Value>(&run.stdout_bytes).is_ok();
        if !run.stdout_bytes.is_empty() && !is_result {
            problems.push("stdout is not empty and not a result".to_owned());
        }
        self.check_error(run, problems);
        for name in self.partial_files() {
            problems.push(format!("the file {name} was not deleted"));
        }
    }

    fn check_error(&self, run: &Run, problems: &mut Vec<String>) {
        let messages = messages(run);
        // The result of a bulk command has the reasons, as JSON on stdout.
        let errors: Vec<&&str> = messages.iter().filter(|line| line.starts_with("ERROR: ")).collect();
        if errors.is_empty() || (errors.len() > 1 && !self.kind.has_summary) {
            problems.push(format!("{} error lines", errors.len()));
        }
        let reasons = if self.kind.has_summary { run.to_string() } else { messages.join("\n") };
        let document = self.kind.response == ResponseBody::Document;
        let message = if document && !self.fault.document_message.is_empty() {
            self.fault.document_message
        } else {
            self.fault.message
        };
        if !reasons.contains(message) {
            problems.push(format!("no message contains '{message}'"));
        }
        if self.fault.has_request_id && !document && !reasons.contains("request id") {
            problems.push("there is no request id".to_owned());
        }
        let hints = messages.iter().filter(|line| line.starts_with("Hint: ")).count();
        if self.fault.hint && !document && !self.kind.has_summary && hints != 1 {
            problems.push(format!("{hints} hints"));
        }
        let stray = messages
            .iter()
            .find(|line| !["ERROR: ", "Hint: ", "WARNING: "].iter().any(|s| line.starts_with(s)));
        if let Some(stray) =
            stray.filter(|_| self.kind.failure_code == 1 && self.kind.repetition == Repetition::Harmless)
        {
            problems.push(format!("neither error, hint nor warning: {stray}"));
        }
    }

    /// The files of the failed part; a bulk command keeps those of the others.
    fn partial_files(&self) -> Vec<String> {
        let is_other = |name: &str| name == "many/manifest.json" || name.starts_with("many/api-00006_");
        let is_own = |name: &&String| self.baseline.files.contains_key(*name) || name.contains("tmp");
        files(self.sandbox).keys().filter(is_own).filter(|name| !is_other(name)).cloned().collect()
    }

    fn check_writes(&self, problems: &mut Vec<String>) {
        let writes = writes(self.sandbox, self.kind);
        for (write, times) in &writes {
            let baseline = self.baseline.writes.get(write).copied().unwrap_or(0);
            let may_repeat = self.fault.loses_response && self.kind.repetition == Repetition::Harmless;
            if baseline == 0 || (*times > baseline && !may_repeat) {
                problems.push(format!("{} {} took effect {times} times, not {baseline}", write.0, write.1));
            }
        }
        if self.fault.allows_success(self.kind) {
            let writes: BTreeSet<_> = writes.keys().collect();
            for write in self.baseline.writes.keys().filter(|write| !writes.contains(write)) {
                problems.push(format!("{} {} did not take effect", write.0, write.1));
            }
        }
    }
}

/// The messages on stderr, without the log lines of `--debug`.
fn messages(run: &Run) -> Vec<&str> {
    let is_message =
        |line: &&str| !["DEBUG", "INFO: ", " INFO ", "  not by "].iter().any(|s| line.starts_with(s));
    run.stderr.lines().filter(is_message).collect()
}

/// The text with a placeholder for what differs between runs: times and generated ids.
fn normalize(text: &str) -> String {
    let mut normalized = String::new();
    for char in text.chars() {
        let varies = char.is_ascii_hexdigit() || "-:.TZ".contains(char);
        match (varies, normalized.ends_with('#')) {
            (true, false) => normalized.push('#'),
            (true, true) => {}
            (false, _) => normalized.push(char),
        }
    }
    normalized
}

/// The files below the folder, except the log.
fn files(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let folder = sandbox.folder();
    walkdir::WalkDir::new(&folder)
        .into_iter()
        // Temporary files of other commands may disappear.
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != "log.jsonl")
        .filter_map(|entry| {
            let name = entry.path().strip_prefix(&folder).ok()?.to_string_lossy().replace('\\', "/");
            Some((name, std::fs::read(entry.path()).ok()?))
        })
        .collect()
}

fn writes(sandbox: &Sandbox, kind: &Kind) -> Writes {
    let mut writes = Writes::new();
    for line in sandbox.log("log.jsonl") {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let (method, path, fault) = (text("method"), text("path"), text("fault"));
        let is_after = fault.split(' ').any(|word| word == "after" || word == "reset=after");
        let took_effect =
            is_after || line["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
        if took_effect && method != "GET" && path.contains(kind.written_path) {
            *writes.entry((method, path)).or_default() += 1;
        }
    }
    writes
}
