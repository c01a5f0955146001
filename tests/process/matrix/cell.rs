//! One command under one fault: what is checked of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::faults::Fault;
use super::kinds::{Kind, Nature, Shape};
use crate::support::{Run, Sandbox};

/// How long a command may take: what it waits for by the rules, and what a busy machine adds.
const LIMIT: Duration = Duration::from_secs(30);

/// Writes that were carried out: method and path, and how often.
type Writes = BTreeMap<(String, String), usize>;

/// A command where nothing goes wrong.
pub struct Calm {
    stdout: String,
    files: BTreeMap<String, Vec<u8>>,
    writes: Writes,
}

/// A command under a fault.
pub struct Cell<'a> {
    pub sandbox: &'a Sandbox,
    pub fault: &'a Fault,
    pub kind: &'a Kind,
    pub calm: &'a Calm,
}

impl Calm {
    /// What comes of a command in calm weather.
    pub fn of(sandbox: &Sandbox, kind: &Kind) -> Self {
        let before = files(sandbox);
        let run = sandbox.ok(kind.line());
        let files = files(sandbox).into_iter().filter(|(name, _)| !before.contains_key(name)).collect();
        Self { stdout: shape(run.stdout()), files, writes: writes(sandbox, kind) }
    }
}

impl Cell<'_> {
    /// What is wrong, with the story of the run; none if all is right.
    pub fn wrong(&self) -> Option<String> {
        let started = Instant::now();
        let run = self.sandbox.run(format!("{} --debug", self.kind.line()));
        let mut wrong = Vec::new();
        if started.elapsed() > LIMIT {
            wrong.push(format!("it took {:?}", started.elapsed()));
        }
        if self.fault.ends_well(self.kind) {
            self.check_success(&run, &mut wrong);
        } else {
            self.check_failure(&run, &mut wrong);
        }
        self.check_writes(&mut wrong);
        if wrong.is_empty() {
            return None;
        }
        let mut text = format!("== {} | {} ==", self.kind.name, self.fault.name());
        for what in wrong {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  {what}");
        }
        Some(format!("{text}\n{run}"))
    }

    fn check_success(&self, run: &Run, wrong: &mut Vec<String>) {
        if run.code != Some(0) {
            wrong.push(format!("exit code {:?} instead of 0", run.code));
            return;
        }
        if said(run).iter().any(|line| line.starts_with("ERROR")) {
            wrong.push("an error is told, and the exit code is 0".to_owned());
        }
        if shape(run.stdout()) != self.calm.stdout {
            wrong.push("the result is another than in calm weather".to_owned());
        }
        let files = files(self.sandbox);
        for (name, content) in &self.calm.files {
            if files.get(name) != Some(content) {
                wrong.push(format!("the file {name} is missing or another"));
            }
        }
    }

    fn check_failure(&self, run: &Run, wrong: &mut Vec<String>) {
        let missing = self.fault.actions.starts_with("status=404");
        let code = if missing { self.kind.missing } else { self.kind.fails };
        if run.code != Some(code) {
            wrong.push(format!("exit code {:?} instead of {code}", run.code));
        }
        let is_result = self.kind.sums_up && serde_json::from_slice::<Value>(&run.stdout_bytes).is_ok();
        if !run.stdout_bytes.is_empty() && !is_result {
            wrong.push("stdout holds something else than a result".to_owned());
        }
        self.check_error(run, wrong);
        for name in self.left_behind() {
            wrong.push(format!("the file {name} was left"));
        }
    }

    fn check_error(&self, run: &Run, wrong: &mut Vec<String>) {
        let said = said(run);
        // What bulk commands sum up is JSON on stdout, where the reasons are.
        let errors: Vec<&&str> = said.iter().filter(|line| line.starts_with("ERROR: ")).collect();
        if errors.is_empty() || (errors.len() > 1 && !self.kind.sums_up) {
            wrong.push(format!("{} lines of errors", errors.len()));
        }
        let reasons = if self.kind.sums_up { run.to_string() } else { said.join("\n") };
        let document = self.kind.shape == Shape::Document;
        let says = if document && !self.fault.document_says.is_empty() {
            self.fault.document_says
        } else {
            self.fault.says
        };
        if !reasons.contains(says) {
            wrong.push(format!("nobody says '{says}'"));
        }
        if self.fault.answered && !document && !reasons.contains("request id") {
            wrong.push("there is no request id".to_owned());
        }
        let hints = said.iter().filter(|line| line.starts_with("Hint: ")).count();
        if self.fault.hint && !document && !self.kind.sums_up && hints != 1 {
            wrong.push(format!("{hints} hints"));
        }
        let stray =
            said.iter().find(|line| !["ERROR: ", "Hint: ", "WARNING: "].iter().any(|s| line.starts_with(s)));
        if let Some(stray) = stray.filter(|_| self.kind.fails == 1 && self.kind.nature == Nature::Repeatable)
        {
            wrong.push(format!("a line of no kind: {stray}"));
        }
    }

    /// Files of the struck part: what a bulk command made of the others is right.
    fn left_behind(&self) -> Vec<String> {
        let other = |name: &str| name == "many/manifest.json" || name.starts_with("many/api-00006_");
        let own = |name: &&String| self.calm.files.contains_key(*name) || name.contains("tmp");
        files(self.sandbox).keys().filter(own).filter(|name| !other(name)).cloned().collect()
    }

    fn check_writes(&self, wrong: &mut Vec<String>) {
        let done = writes(self.sandbox, self.kind);
        for (write, times) in &done {
            let calm = self.calm.writes.get(write).copied().unwrap_or(0);
            let may_repeat = self.fault.loses && self.kind.nature == Nature::Repeatable;
            if calm == 0 || (*times > calm && !may_repeat) {
                wrong.push(format!("{} {} was carried out {times} times, not {calm}", write.0, write.1));
            }
        }
        if self.fault.ends_well(self.kind) {
            let done: BTreeSet<_> = done.keys().collect();
            for write in self.calm.writes.keys().filter(|write| !done.contains(write)) {
                wrong.push(format!("{} {} was not carried out", write.0, write.1));
            }
        }
    }
}

/// What is said to the user, without the records of `--debug`.
fn said(run: &Run) -> Vec<&str> {
    let record =
        |line: &&str| !["DEBUG", "INFO: ", " INFO ", "  not by "].iter().any(|s| line.starts_with(s));
    run.stderr.lines().filter(record).collect()
}

/// The text without what differs from run to run: times and generated ids.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for char in text.chars() {
        let varies = char.is_ascii_hexdigit() || "-:.TZ".contains(char);
        match (varies, shape.ends_with('#')) {
            (true, false) => shape.push('#'),
            (true, true) => {}
            (false, _) => shape.push(char),
        }
    }
    shape
}

/// The files of the folder and of the folders in it, but for those the test put there.
fn files(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let folder = sandbox.folder();
    walkdir::WalkDir::new(&folder)
        .into_iter()
        // Temporary files of other commands come and go.
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
        let after = fault.split(' ').any(|word| word == "after" || word == "reset=after");
        let done = after || line["status"].as_u64().is_some_and(|status| (200..300).contains(&status));
        if done && method != "GET" && path.contains(kind.touches) {
            *writes.entry((method, path)).or_default() += 1;
        }
    }
    writes
}
