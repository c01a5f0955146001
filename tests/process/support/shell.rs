//! A place to run azr in: a folder, and an environment with nothing of the user's in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::Run;

/// The access token of every test; no run may print it.
pub const TOKEN: &str = "the-marker-token-that-nobody-may-see";

/// The variable that names a file to which every command line is appended that succeeds.
pub const RECORD: &str = "RECORD_COMMANDS";

/// Variables of the surroundings that programs cannot do without.
const KEPT: &[&str] = &["PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LLVM_PROFILE_FILE"];

/// A folder and an environment.
pub struct Shell {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// A folder of its own, and these variables besides those that keep azr out of the user's home.
    pub fn new(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("work")).expect("a folder to work in");
        let home = folder.path().join("home");
        std::fs::create_dir(&home).expect("a home");
        let mut shell = Self { folder, variables: Vec::new() };
        for (name, below) in
            [("HOME", ""), ("USERPROFILE", ""), ("AZURE_CONFIG_DIR", "config"), ("AZR_STATE_DIR", "azr")]
        {
            shell.set(name, &home.join(below).display().to_string());
        }
        shell.set("NO_COLOR", "1");
        for (name, value) in variables {
            shell.set(name, value);
        }
        shell
    }

    /// Sets a variable; nothing takes it away.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.retain(|(n, _)| n != name);
        if !value.is_empty() {
            self.variables.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The folder that commands run in.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The names in that folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).expect("the folder can be listed");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    /// Puts a file into the folder.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.folder().join(name), content).unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// The lines of a file of JSON lines, such as an emulator's log.
    pub fn log(&self, name: &str) -> Vec<Value> {
        let text = String::from_utf8(self.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let line = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}: {e}: {line}"));
        text.lines().map(line).collect()
    }

    /// A command in this place, with nobody at the keyboard.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        let kept = KEPT.iter().filter_map(|name| std::env::var_os(name).map(|value| (*name, value)));
        command
            .env_clear()
            .envs(kept)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder())
            .stdin(Stdio::null());
        command
    }

    /// Runs azr with the words of a line, in which single quotes hold a word together.
    pub fn run(&self, line: impl AsRef<str>) -> Run {
        self.run_words(&words(line.as_ref()))
    }

    /// Runs azr with these words.
    pub fn run_words(&self, words: &[String]) -> Run {
        let line = format!("azr {}", words.join(" "));
        let output = self
            .command(env!("CARGO_BIN_EXE_azr"))
            .args(words)
            .output()
            .unwrap_or_else(|e| panic!("{line} cannot be run: {e}"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let run = Run { line, code: output.status.code(), bytes: output.stdout, stderr };
        assert!(!run.story().contains(TOKEN), "the token is shown\n{}", run.story());
        if run.code == Some(0) {
            record(words);
        }
        run
    }

    /// Runs azr, which must succeed.
    pub fn ok(&self, line: impl AsRef<str>) -> Run {
        self.run(line).good()
    }

    /// The JSON that azr prints, which must succeed.
    pub fn json(&self, line: impl AsRef<str>) -> Value {
        self.ok(line).json()
    }
}

/// Appends a command line to the file that [`RECORD`] names, if it names one.
pub(super) fn record(words: &[impl AsRef<str>]) {
    let Some(path) = std::env::var_os(RECORD) else { return };
    let line: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    let mut file = std::fs::File::options().create(true).append(true).open(path).expect("the record");
    // In one piece: tests run at the same time.
    file.write_all(format!("{}\n", line.join(" ").replace('\n', " ")).as_bytes()).expect("the record");
}

/// The words of a line as a shell without variables would split it.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for char in line.chars() {
        match char {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    assert!(!quoted, "an open quote in: {line}");
    words.extend(word);
    words
}

#[test]
fn a_line_is_split_as_a_shell_would() {
    assert_eq!(words("a 'b c' --d='e f' ''"), ["a", "b c", "--d=e f", ""]);
}
