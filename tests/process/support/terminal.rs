//! Runs azr at a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::{Run, Sandbox};

/// Runs azr at a new terminal of this width with these variables.
///
/// stdout has what stays on the terminal, and stderr all that the terminal received, with the progress.
pub(crate) fn run_at_terminal(
    sandbox: &Sandbox,
    columns: u16,
    line: &str,
    variables: &[(&str, &str)],
) -> Run {
    run_with_input(sandbox, columns, line, variables, "")
}

/// Runs azr at a new terminal at which this text is typed.
pub(crate) fn run_with_input(
    sandbox: &Sandbox,
    columns: u16,
    line: &str,
    variables: &[(&str, &str)],
    input: &str,
) -> Run {
    let terminal = Terminal::open(columns);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_azr"));
    command.args(super::sandbox::split_args(line)).env("TERM", "xterm-256color");
    for (name, value) in variables {
        // An empty value removes the variable of the sandbox.
        if value.is_empty() {
            command.env_remove(name)
        } else {
            command.env(name, value)
        };
    }
    let mut child = terminal.spawn(command);
    let mut output = Vec::new();
    let mut master = terminal.into_file();
    // It waits in the terminal until azr reads it.
    master.write_all(input.as_bytes()).expect("typed");
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = master.read(&mut buffer) {
        output.extend_from_slice(&buffer[..count]);
    }
    let code = child.wait().expect("azr ends").code();
    let text = String::from_utf8(output).expect("text").replace("\r\n", "\n");
    Run {
        command_line: format!("azr {line}"),
        code,
        stdout_bytes: without_progress(&text).into_bytes(),
        stderr: text,
    }
}

/// A new terminal.
pub(crate) struct Terminal(OwnedFd);

impl Terminal {
    /// Opens a terminal of this width.
    pub(crate) fn open(columns: u16) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&terminal).expect("granted");
        unlockpt(&terminal).expect("unlocked");
        tcsetwinsize(&terminal, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })
            .expect("a size");
        Self(terminal)
    }

    /// Starts a command whose streams are the terminal, which is then open in that process only, so that reading ends
    /// with it.
    pub(crate) fn spawn(&self, mut command: Command) -> Child {
        let stream = || Stdio::from(self.open_side());
        command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().expect("azr runs")
    }

    /// Opens the side of the program at the terminal.
    pub(crate) fn open_side(&self) -> File {
        let name = ptsname(&self.0, Vec::new()).expect("the name of the terminal");
        let path = Path::new(name.to_str().expect("a path"));
        File::options().read(true).write(true).open(path).expect("open")
    }

    /// The side of the person at the terminal.
    pub(crate) fn into_file(self) -> File {
        File::from(self.0)
    }
}

/// The text that stays on the terminal: without lines of progress that were removed again.
fn without_progress(text: &str) -> String {
    const REMOVED: &str = "\r\u{1b}[2K";
    let lines = text.split_inclusive('\n').map(|line| line.rsplit(REMOVED).next().unwrap_or_default());
    lines.collect()
}
