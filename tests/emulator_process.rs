//! The emulator as a process of its own: how it starts and how it ends.

#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

#[test]
fn told_to_end_it_saves_its_state_and_ends_well() {
    for signal in ["-INT", "-TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("state.json");
        let mut emulator = Command::new(env!("CARGO_BIN_EXE_azr"))
            .args(["emulator", "start", "--sample", "--state"])
            .arg(&state)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(emulator.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert!(ready.starts_with("listening on http://127.0.0.1:"), "{ready}");
        let sent = Command::new("kill").args([signal, &emulator.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let ended = emulator.wait_with_output().unwrap();
        assert!(ended.status.success(), "{signal}: {ended:?}");
        assert!(ended.stderr.is_empty(), "{signal}: {ended:?}");
        let saved = std::fs::read_to_string(&state).unwrap();
        assert!(saved.contains("myAPIManagement"), "{signal}");
    }
}
