//! What azr runs in: a temporary folder, and an environment without the user's settings.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::Run;

/// The access token of every test, which no run may print.
pub(crate) const TOKEN: &str = "the-marker-token-that-nobody-may-see";

/// The variable that names a file to which every command line is appended that succeeds.
pub(crate) const RECORD: &str = "RECORD_COMMANDS";

/// Variables of the environment that programs need.
const INHERITED: &[&str] = &["PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LLVM_PROFILE_FILE"];

/// The error of Windows for failures that it has no other error for.
const WINDOWS_ERROR_INTERNAL_ERROR: i32 = 1359;

/// A temporary folder and an environment.
pub(crate) struct Sandbox {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    /// A new folder, and these variables besides those that keep azr away from the user's home.
    pub(crate) fn new(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("work")).expect("a working folder");
        let home = folder.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        let mut sandbox = Self { folder, variables: Vec::new() };
        for (name, below) in
            [("HOME", ""), ("USERPROFILE", ""), ("AZURE_CONFIG_DIR", "config"), ("AZR_STATE_DIR", "azr")]
        {
            sandbox.set(name, &home.join(below).display().to_string());
        }
        sandbox.set("NO_COLOR", "1");
        for (name, value) in variables {
            sandbox.set(name, value);
        }
        sandbox
    }

    /// Sets a variable; an empty value removes it.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(n, _)| n != name);
        if !value.is_empty() {
            self.variables.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The folder that commands run in.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The names in that folder, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).expect("the folder can be listed");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), content).unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    /// Reads a file in the folder.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The lines of a file of JSON lines, such as an emulator's log.
    pub(crate) fn log(&self, name: &str) -> Vec<Value> {
        let text = String::from_utf8(self.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let line = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line}"));
        // While the emulator runs, the last line may be incomplete.
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        complete.lines().map(line).collect()
    }

    /// A command in this folder and environment, with an empty stdin.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let inherited =
            INHERITED.iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value)));
        command
            .env_clear()
            .envs(inherited)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder())
            .stdin(Stdio::null());
        command
    }

    /// Runs azr with the arguments in a line; single quotes group words.
    pub(crate) fn run(&self, line: impl AsRef<str>) -> Run {
        self.run_args(&split_args(line.as_ref()))
    }

    /// Runs azr with these arguments.
    pub(crate) fn run_args(&self, args: &[String]) -> Run {
        let command_line = format!("azr {}", args.join(" "));
        let output = output_of(self.command(env!("CARGO_BIN_EXE_azr")).args(args))
            .unwrap_or_else(|e| panic!("{command_line} cannot be run: {e}"));
        let stderr = String::from_utf8(output.stderr)
            .unwrap_or_else(|e| panic!("{command_line} writes bytes that are not UTF-8 to stderr: {e}"));
        let run = Run { command_line, code: output.status.code(), stdout_bytes: output.stdout, stderr };
        assert!(!run.to_string().contains(TOKEN), "the token is shown\n{run}");
        if run.code == Some(0) {
            record(args);
        }
        run
    }

    /// Runs azr, which must succeed.
    pub(crate) fn ok(&self, line: impl AsRef<str>) -> Run {
        self.run(line).expect_success()
    }

    /// Runs azr, which must succeed, and returns the JSON that it prints.
    pub(crate) fn json(&self, line: impl AsRef<str>) -> Value {
        self.ok(line).json()
    }
}

/// Runs a program to its end.
///
/// On a busy machine Wine sometimes ends a process before its program has started, and reports an internal error.
fn output_of(command: &mut Command) -> io::Result<Output> {
    let is_not_started =
        |e: &io::Error| cfg!(windows) && e.raw_os_error() == Some(WINDOWS_ERROR_INTERNAL_ERROR);
    let mut attempts_left = 3;
    loop {
        match command.output() {
            Err(e) if is_not_started(&e) && attempts_left > 0 => attempts_left -= 1,
            result => return result,
        }
    }
}

/// Appends a command line to the file that [`RECORD`] names, if it names one.
pub(super) fn record(args: &[impl AsRef<str>]) {
    let Some(path) = std::env::var_os(RECORD) else { return };
    let line: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
    let mut file = std::fs::File::options().create(true).append(true).open(path).expect("the record");
    // In one piece: tests run at the same time.
    file.write_all(format!("{}\n", line.join(" ").replace('\n', " ")).as_bytes()).expect("the record");
}

/// Splits a line into arguments, as a shell without variables does.
pub(super) fn split_args(line: &str) -> Vec<String> {
    let mut args = Vec::new();
    let mut arg: Option<String> = None;
    let mut is_quoted = false;
    for char in line.chars() {
        match char {
            '\'' => {
                is_quoted = !is_quoted;
                arg.get_or_insert_default();
            }
            c if c.is_whitespace() && !is_quoted => args.extend(arg.take()),
            c => arg.get_or_insert_default().push(c),
        }
    }
    assert!(!is_quoted, "an open quote in: {line}");
    args.extend(arg);
    args
}

#[test]
fn a_line_is_split_as_a_shell_would() {
    assert_eq!(split_args("a 'b c' --d='e f' ''"), ["a", "b c", "--d=e f", ""]);
}
