//! Permissions of the files that azr writes for itself, and of those that it reads.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use crate::credentials::with_secret;
use crate::support::{APIM, Azure, CENTER, InProcessAzure, Sandbox};

/// Writes two definitions into the folder, `a.json` and `b.json`.
pub(crate) fn write_specs(sandbox: &Sandbox) {
    for title in ["a", "b"] {
        let info = format!(r#"{{"title": "{title}", "version": "1.0"}}"#);
        let spec = format!(r#"{{"openapi": "3.0.1", "info": {info}, "paths": {{}}}}"#);
        sandbox.write(&format!("{title}.json"), spec);
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
        .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}

/// The files and folders below a folder.
fn list_recursively(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    let nested =
        paths.iter().filter(|path| path.is_dir()).flat_map(|path| list_recursively(path)).collect::<Vec<_>>();
    [paths, nested].concat()
}

/// The only file in the token cache.
fn cached_token(sandbox: &Sandbox) -> PathBuf {
    let files = list_recursively(&sandbox.folder().join("../home/azr/tokens"));
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].clone()
}

#[test]
fn files_of_azr_are_private_whatever_the_umask() {
    let azure = with_secret(&[], "hush");
    write_specs(&azure);
    // With this umask a file without an explicit mode is accessible to everybody.
    let line = format!(
        "umask 0; azr=$1; \"$azr\" apim show {APIM} && \"$azr\" apic api register {CENTER} -l a.json b.json"
    );
    let status = azure.command("/bin/sh").args(["-c", &line, "sh", env!("CARGO_BIN_EXE_azr")]).output();
    let output = status.expect("a shell runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let paths = list_recursively(&azure.folder().join("../home"));
    assert!(paths.contains(&cached_token(&azure)), "{paths:?}");
    for path in paths {
        let mode = fs::metadata(&path).expect("the file exists").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}: {mode:o}", path.display());
    }
}

#[test]
fn a_cached_token_that_others_can_access_is_not_used() {
    let azure = with_secret(&[], "hush");
    azure.ok(format!("apim show {APIM}"));
    let token = cached_token(&azure);
    let from_cache = "with a cached token";
    let run = azure.ok(format!("apim show {APIM} --verbose"));
    assert!(run.stderr.contains(from_cache), "{run}");
    set_mode(&token, 0o644);
    let run = azure.ok(format!("apim show {APIM} --verbose"));
    assert!(run.stderr.contains("is not used: other users can access it (mode 644)"), "{run}");
    assert!(!run.stderr.contains(from_cache), "{run}");
    let elsewhere = azure.folder().join("elsewhere");
    fs::rename(cached_token(&azure), &elsewhere).expect("moved");
    symlink(&elsewhere, &token).expect("linked");
    let run = azure.ok(format!("apim show {APIM} --verbose"));
    assert!(run.stderr.contains("it is a symbolic link"), "{run}");
    assert!(fs::symlink_metadata(&token).expect("the file exists").is_file(), "the link is still there");
}

#[test]
fn a_journal_that_others_can_change_is_refused() {
    let azure = Azure::start();
    write_specs(&azure);
    let register = format!("apic api register {CENTER} -l a.json b.json --journal j.jsonl");
    azure.write("j.jsonl", "");
    set_mode(&azure.folder().join("j.jsonl"), 0o666);
    let run = azure.run(&register);
    assert!(run.error(1).contains("other users can write to it (mode 666)"), "{run}");
    fs::remove_file(azure.folder().join("j.jsonl")).expect("removed");
    symlink("target", azure.folder().join("j.jsonl")).expect("linked");
    let run = azure.run(&register);
    assert!(run.error(1).contains("it is a symbolic link"), "{run}");
    assert!(!azure.folder().join("target").exists(), "the link was followed");
}

#[test]
fn a_state_that_others_can_change_is_refused() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apim show {APIM}"));
    let state = azure.folder().join("../state.json");
    set_mode(&state, 0o666);
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("other users can write to it (mode 666)"), "{run}");
    set_mode(&state, 0o644);
    azure.ok(format!("apim show {APIM}"));
    fs::rename(&state, azure.folder().join("elsewhere")).expect("moved");
    symlink(azure.folder().join("elsewhere"), &state).expect("linked");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("it is a symbolic link"), "{run}");
}

#[test]
fn a_tls_key_that_others_can_read_is_refused() {
    let options = "--sample --tls --state state.json";
    let mut azure = Azure::start_with(options);
    let key = azure.folder().join("state.key.pem");
    assert_eq!(fs::metadata(&key).expect("the file exists").permissions().mode() & 0o777, 0o600);
    assert_eq!(azure.terminate(), Some(0));
    set_mode(&key, 0o644);
    let run = azure.run(format!("emulator start {options}"));
    assert!(run.error(1).contains("other users can access it (mode 644)"), "{run}");
}

/// A core dump would contain tokens.
#[cfg(target_os = "linux")]
#[test]
fn a_crash_writes_no_core_dump() {
    let azure = Azure::start();
    let limits =
        fs::read_to_string(format!("/proc/{}/limits", azure.id())).expect("the limits of the process");
    let core =
        limits.lines().find(|line| line.starts_with("Max core file size")).expect("the limit of core files");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}
