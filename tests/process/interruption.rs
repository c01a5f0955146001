//! Ctrl-C and SIGTERM, a reader that closes its pipe, and concurrent runs.

#[cfg(target_os = "linux")]
use std::io::Write as _;
#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::process::Stdio;

#[cfg(target_os = "linux")]
use crate::support::Sandbox;
#[cfg(unix)]
use crate::support::send_signal;
use crate::support::{APIM, Azure, CENTER, InProcessAzure, strings};

const AZR: &str = env!("CARGO_BIN_EXE_azr");

/// The signal is sent while a request is in flight, which `--debug` shows.
#[cfg(unix)]
#[test]
fn a_signal_ends_azr_at_once_with_an_error() {
    let azure = Azure::start_with("--sample --latency-ms 600000");
    azure.write("spec.json", "old");
    for signal in ["-INT", "-TERM"] {
        let args = format!(
            "apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f spec.json --debug"
        );
        let mut child = azure
            .command(AZR)
            .args(args.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azr starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let mut line = String::new();
        while !line.contains("GET") {
            line.clear();
            assert_ne!(
                stderr.read_line(&mut line).expect("a line of stderr"),
                0,
                "azr ended before its request"
            );
        }
        send_signal(&child, signal);
        let rest: Vec<String> = stderr.lines().map_while(Result::ok).collect();
        assert_eq!(child.wait().expect("azr ends").code(), Some(130), "{rest:?}");
        assert!(rest.iter().any(|line| line == "ERROR: interrupted"), "{rest:?}");
    }
    assert_eq!((azure.read("spec.json"), azure.files()), (b"old".to_vec(), vec!["spec.json".to_owned()]));
}

#[test]
fn a_reader_that_closes_its_pipe_is_no_failure() {
    let azure = Azure::start_with("--apis 250");
    let mut child = azure
        .command(AZR)
        .args(format!("apim api list {APIM}").split(' '))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("azr starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("azr ends");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {stderr}", output.status);
    assert!(!stderr.contains("panicked") && !stderr.contains("ERROR"), "{stderr}");
}

#[test]
fn concurrent_runs_lose_no_change() {
    let azure = InProcessAzure::new();
    let create = |number: u32| {
        let args = format!("apic api create {CENTER} --api-id api-{number} --title T --type rest -o none");
        azure.command(AZR).args(args.split(' ')).stderr(Stdio::piped()).spawn().expect("azr starts")
    };
    let children: Vec<_> = (0..6).map(create).collect();
    for child in children {
        let output = child.wait_with_output().expect("azr ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&names).len(), 7, "{names}");
}

/// Sends a signal to a process as soon as azr receives this signal.
#[cfg(target_os = "linux")]
fn interrupt(child: &std::process::Child, signal: &str) {
    let number = match signal {
        "-HUP" => 1,
        "-INT" => 2,
        "-TERM" => 15,
        other => panic!("{other}"),
    };
    let path = format!("/proc/{}/status", child.id());
    loop {
        let status = std::fs::read_to_string(&path).expect("the status of azr");
        let has_signal = |mask: &str| {
            let mask = status.lines().find_map(|line| line.strip_prefix(mask)).expect("a mask").trim();
            u64::from_str_radix(mask, 16).expect("a mask") & (1 << (number - 1)) != 0
        };
        if has_signal("SigCgt:") {
            break;
        }
        assert!(signal != "-HUP" || !has_signal("SigIgn:"), "nohup runs the tests, so that azr ignores HUP");
        std::thread::yield_now();
    }
    send_signal(child, signal);
}

/// Starts azr with pipes for its three streams.
#[cfg(target_os = "linux")]
fn start_with_pipes(azure: &Sandbox, line: &str) -> std::process::Child {
    let mut command = azure.command(AZR);
    command.args(line.split(' ')).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("azr starts")
}

/// An operation that does not end, a condition that is not met, and a request that is to be repeated in ten minutes.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_every_wait_for_the_service() {
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
            interrupt(&child, signal);
            let output = child.wait_with_output().expect("azr ends");
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{signal} {line}: {stderr}");
            let hint = "Hint: The service continues the operation: check the resource before you run the command again.\n";
            let hint = if is_operation { hint } else { "" };
            assert_eq!(stderr, format!("ERROR: interrupted\n{hint}"), "{signal} {line}");
        }
    }
}

/// stdin and a pipe without a writer, which no response and no timeout would end.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_ends_every_wait_for_input_without_a_request() {
    let azure = InProcessAzure::new();
    let pipe = tempfile::tempdir().expect("a folder");
    let pipe = pipe.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    let pipe = pipe.display().to_string();
    let update = format!("apim api update {APIM} --api-id my-api --description");
    let before = azure.json(format!("apim api show {APIM} --api-id my-api"));
    for signal in ["-INT", "-TERM", "-HUP"] {
        for line in [
            format!("{update} @-"),
            format!("{update} @{pipe}"),
            format!("rest -m put -u /subscriptions?api-version=2022-12-01 --body @{pipe}"),
            format!("apic api register {CENTER} -l {pipe}"),
        ] {
            let mut child = start_with_pipes(&azure, &line);
            interrupt(&child, signal);
            // stdin stays open until azr has ended.
            let stdin = child.stdin.take();
            let output = child.wait_with_output().expect("azr ends");
            drop(stdin);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(130), "{signal} {line}: {stderr}");
            assert_eq!(stderr, "ERROR: interrupted\n", "{signal} {line}");
        }
    }
    assert_eq!(azure.json(format!("apim api show {APIM} --api-id my-api")), before);
}

/// Ctrl-C ends every program of a pipeline: the text from the one before azr is incomplete.
#[cfg(target_os = "linux")]
#[test]
fn a_signal_that_also_ends_the_input_is_an_interrupt() {
    const RUNS: usize = 10;
    let azure = InProcessAzure::new();
    let line = format!("apim api update {APIM} --api-id my-api --description @-");
    let interrupted = (0..RUNS).filter(|_| {
        let mut child = start_with_pipes(&azure, &line);
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(b"half of a te").expect("written");
        interrupt(&child, "-INT");
        drop(stdin);
        let output = child.wait_with_output().expect("azr ends");
        output.status.code() == Some(130) && output.stderr == b"ERROR: interrupted\n"
    });
    // A machine that is busy may deliver a signal late. Without the wait for it, at most a few runs notice it.
    let interrupted = interrupted.count();
    assert!(interrupted > RUNS / 2, "only {interrupted} of {RUNS} runs noticed the signal");
}
