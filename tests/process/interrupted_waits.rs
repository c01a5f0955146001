//! Signals while azr waits for the service or for input.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{APIM, Azure, CENTER, InProcessAzure, Sandbox, send_signal};

const AZR: &str = env!("CARGO_BIN_EXE_azr");

/// More than a pipe holds: once it is written, azr has begun to read.
static LONG_INPUT: [u8; 1 << 17] = [b'x'; 1 << 17];

/// Opens for writing the one of two named pipes that azr opens for reading first.
fn wait_for_reader(pipes: [&Path; 2], azr: &mut Child) -> File {
    use rustix::fs::{Mode, OFlags, open};
    loop {
        for pipe in pipes {
            match open(pipe, OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty()) {
                Ok(writer) => return writer.into(),
                // Nobody reads it.
                Err(rustix::io::Errno::NXIO) => {}
                Err(error) => panic!("{}: {error}", pipe.display()),
            }
        }
        assert!(azr.try_wait().expect("its state").is_none(), "azr ended before it read a pipe");
        std::thread::yield_now();
    }
}

/// `nohup cargo test` makes azr ignore SIGHUP, too.
fn assert_hangup_is_not_ignored() {
    let status = std::fs::read_to_string("/proc/self/status").expect("the status of the test");
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).expect("a mask").trim();
    assert_eq!(u64::from_str_radix(ignored, 16).expect("a mask") & 1, 0, "the tests are run by nohup");
}

/// Starts azr with pipes for its three streams.
fn start_with_pipes(azure: &Sandbox, line: &str) -> Child {
    let mut command = azure.command(AZR);
    command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("azr starts")
}

/// An operation that does not end, a condition that is not met, and a request that is to be repeated in ten minutes.
#[test]
fn a_signal_ends_every_wait_for_the_service() {
    assert_hangup_is_not_ignored();
    let rule = "GET */apis/orders-v1 status=429 retry-after=600";
    let args = ["--sample", "--operation-ms", "600000", "--log", "log.jsonl", "--faults", rule];
    let azure = Azure::start_with_args(&args);
    azure.ok(format!("apic update {CENTER} --identity type=SystemAssigned"));
    let import = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis * --only-show-errors"
    );
    for signal in ["-INT", "-TERM", "-HUP"] {
        let create = format!(
            "apim create -g myResourceGroup -n new{signal} -l eastus --publisher-name P --publisher-email p@example.com"
        );
        for (line, last_request, is_operation) in [
            (create.as_str(), "/operationresults/", true),
            (&import, "/operationresults/", true),
            (&format!("apim wait {APIM} --deleted --interval 600"), "/myapimanagement", false),
            (&format!("apim api show {APIM} --api-id orders-v1"), "/orders-v1", false),
        ] {
            let start = azure.log("log.jsonl").len();
            let mut child = start_with_pipes(&azure, line);
            let is_waiting = || {
                let log = azure.log("log.jsonl");
                let paths = log[start..].iter().filter_map(|request| request["path"].as_str());
                paths.map(str::to_ascii_lowercase).any(|path| path.contains(last_request))
            };
            while !is_waiting() {
                assert!(child.try_wait().expect("its state").is_none(), "{line} ended early");
                std::thread::yield_now();
            }
            send_signal(&child, signal);
            let output = child.wait_with_output().expect("azr ends");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{signal} {line}: {stderr}");
            let hint = "Hint: The service continues the operation: check the resource before you run the command again.\n";
            let hint = if is_operation { hint } else { "" };
            assert_eq!(stderr, format!("ERROR: interrupted\n{hint}"), "{signal} {line}");
        }
    }
}

/// What a command of the next test waits for.
#[derive(Debug, Clone, Copy)]
enum Input {
    /// More text from stdin.
    Stdin,
    /// More text from a pipe.
    Text,
    /// A writer of one pipe, after it has read the other.
    Writer,
}

/// What no response and no timeout would end.
#[test]
fn a_signal_ends_every_wait_for_input_without_a_request() {
    assert_hangup_is_not_ignored();
    let azure = InProcessAzure::new();
    let folder = tempfile::tempdir().expect("a folder");
    let [pipe, other] = ["pipe", "other"].map(|name| folder.path().join(name));
    assert!(Command::new("mkfifo").args([&pipe, &other]).status().expect("runs").success());
    let pipes = [pipe.as_path(), other.as_path()];
    let (pipe, other) = (pipe.display(), other.display());
    let update = format!("apim api update {APIM} --api-id my-api --description");
    let before = azure.json(format!("apim api show {APIM} --api-id my-api"));
    for signal in ["-INT", "-TERM", "-HUP"] {
        for (line, input) in [
            (format!("{update} @-"), Input::Stdin),
            (format!("{update} @{pipe}"), Input::Text),
            (format!("{update} @{pipe} --display-name @{other}"), Input::Writer),
            (format!("rest -m put -u /subscriptions?api-version=2022-12-01 --body @{pipe}"), Input::Text),
            (format!("apic api register {CENTER} -l {pipe}"), Input::Text),
        ] {
            let mut child = start_with_pipes(&azure, &line);
            let mut stdin = child.stdin.take().expect("a pipe");
            // Both stay open until azr has ended.
            let _writer = match input {
                Input::Stdin => {
                    stdin.write_all(&LONG_INPUT).expect("azr reads it");
                    None
                }
                Input::Text => Some(wait_for_reader(pipes, &mut child)),
                Input::Writer => {
                    let mut writer = wait_for_reader(pipes, &mut child);
                    writer.write_all(b"a text").expect("azr reads it");
                    None
                }
            };
            send_signal(&child, signal);
            let output = child.wait_with_output().expect("azr ends");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{signal} {line}: {stderr}");
            assert_eq!(stderr, "ERROR: interrupted\n", "{signal} {line}");
        }
    }
    assert_eq!(azure.json(format!("apim api show {APIM} --api-id my-api")), before);
}

/// Ctrl-C ends every program of a pipeline: the text from the one before azr is incomplete.
#[test]
fn a_signal_that_also_ends_the_input_is_an_interrupt() {
    const RUNS: usize = 10;
    let azure = InProcessAzure::new();
    let line = format!("apim api update {APIM} --api-id my-api --description @-");
    let interrupted = (0..RUNS).filter(|_| {
        let mut child = start_with_pipes(&azure, &line);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(&LONG_INPUT).expect("azr reads it");
        send_signal(&child, "-INT");
        drop(stdin);
        let output = child.wait_with_output().expect("azr ends");
        output.status.code() == Some(130) && output.stderr == b"ERROR: interrupted\n"
    });
    // A machine that is busy may deliver a signal late. Without the wait for it, at most a few runs notice it.
    let interrupted = interrupted.count();
    assert!(interrupted > RUNS / 2, "only {interrupted} of {RUNS} runs noticed the signal");
}
