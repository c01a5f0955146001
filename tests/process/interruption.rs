//! Ends that nobody plans: Ctrl-C, a reader that goes away, two runs at once.

#[cfg(unix)]
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{APIM, Azure, CENTER, InProcessAzure, strings};

const AZR: &str = env!("CARGO_BIN_EXE_azr");

/// A signal while a request is under way; its beginning is seen in what `--debug` says.
#[cfg(unix)]
#[test]
fn asked_to_end_azr_ends_at_once_and_says_so() {
    let azure = Azure::start_with("--sample --latency-ms 600000");
    azure.write("spec.json", "old");
    for signal in ["-INT", "-TERM"] {
        let words = format!(
            "apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f spec.json --debug"
        );
        let mut child = azure
            .command(AZR)
            .args(words.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azr starts");
        let mut said = BufReader::new(child.stderr.take().expect("stderr is piped"));
        let mut line = String::new();
        while !line.contains("GET") {
            line.clear();
            assert_ne!(
                said.read_line(&mut line).expect("azr says what it does"),
                0,
                "it ended before its request"
            );
        }
        let pid = child.id().to_string();
        assert!(
            std::process::Command::new("kill").args([signal, &pid]).status().expect("kill runs").success()
        );
        let rest: Vec<String> = said.lines().map_while(Result::ok).collect();
        assert_eq!(child.wait().expect("azr ends").code(), Some(130), "{rest:?}");
        assert!(rest.iter().any(|line| line == "ERROR: interrupted"), "{rest:?}");
    }
    assert_eq!((azure.read("spec.json"), azure.files()), (b"old".to_vec(), vec!["spec.json".to_owned()]));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
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
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    assert!(!said.contains("panicked") && !said.contains("ERROR"), "{said}");
}

#[test]
fn runs_at_the_same_time_lose_nothing() {
    let azure = InProcessAzure::new();
    let create = |number: u32| {
        let words = format!("apic api create {CENTER} --api-id api-{number} --title T --type rest -o none");
        azure.command(AZR).args(words.split(' ')).stderr(Stdio::piped()).spawn().expect("azr starts")
    };
    let children: Vec<_> = (0..6).map(create).collect();
    for child in children {
        let output = child.wait_with_output().expect("azr ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&names).len(), 7, "{names}");
}
