//! Runs azr at a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

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
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("granted");
    unlockpt(&terminal).expect("unlocked");
    tcsetwinsize(&terminal, Winsize { ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 })
        .expect("a size");
    let name = ptsname(&terminal, Vec::new()).expect("the name of the terminal");
    let open = || {
        File::options().read(true).write(true).open(Path::new(name.to_str().expect("a path"))).expect("open")
    };
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
    let mut child = command
        .stdin(Stdio::from(open()))
        .stdout(Stdio::from(open()))
        .stderr(Stdio::from(open()))
        .spawn()
        .expect("azr runs");
    // The terminal is now open in the child only, so that reading ends with it.
    drop(command);
    let mut output = Vec::new();
    let mut master = File::from(terminal);
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

/// The text that stays on the terminal: without lines of progress that were removed again.
fn without_progress(text: &str) -> String {
    const REMOVED: &str = "\r\u{1b}[2K";
    let lines = text.split_inclusive('\n').map(|line| line.rsplit(REMOVED).next().unwrap_or_default());
    lines.collect()
}
