//! Ctrl-C and SIGTERM, a reader that closes its pipe, and concurrent runs.

#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::process::Stdio;

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
