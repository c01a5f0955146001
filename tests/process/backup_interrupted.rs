//! Backups and restores that are interrupted or killed, and continue.

use crate::backup::{add_odd_contents, assert_same_files, contents};
use crate::client_import_resume::kill_after_requests;
use crate::support::{Azure, CENTER};

/// A center with the imported APIs of the sample, and odd contents.
fn start(options: &str) -> Azure {
    let azure = Azure::start_with(&format!("--sample --latency-ms 5 --log log.jsonl {options}"));
    add_odd_contents(&azure);
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis '*' --mode client -o none"
    ));
    azure
}

#[test]
fn a_backup_that_is_killed_again_and_again_is_the_same_in_the_end() {
    let azure = start("");
    azure.ok(format!("apic backup {CENTER} --path whole -o none"));
    for (path, folder) in [("parts", "parts"), ("parts.zip", "parts.zip.partial")] {
        let line = format!("apic backup {CENTER} --path {path} --concurrency 2");
        let mut kills = 0;
        for requests in [3, 12, 20, 25, 30] {
            kills += usize::from(kill_after_requests(&azure, &line, requests));
            assert!(!azure.folder().join(folder).join("manifest.json").exists() || kills == 0, "{path}");
            let restored = azure.run(format!("apic restore {CENTER} --path {folder} --dry-run"));
            assert!(restored.error(1).contains("is not a complete backup"), "{path} {restored}");
        }
        assert!(kills >= 4, "{path}: it was killed {kills} times");
        let run = azure.ok(&line);
        assert!(run.stderr.contains("Continuing a backup that was not completed."), "{run}");
        azure.ok(format!("apic diff whole {path} -o none"));
    }
    let folder = |name: &str| contents(&azure.folder().join(name));
    assert_same_files(&folder("parts"), &folder("whole"));
    assert!(!azure.folder().join("parts.zip.partial").exists());
}

#[test]
fn a_restore_that_is_killed_again_and_again_is_complete_in_the_end() {
    let azure = start("");
    azure.ok(format!("apic backup {CENTER} --path whole -o none"));
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    let line = "apic restore -g myResourceGroup -n other --path whole --with-api-sources --concurrency 4";
    let mut kills = 0;
    for requests in [10, 25, 30, 35, 40] {
        kills += usize::from(kill_after_requests(&azure, line, requests));
    }
    assert!(kills >= 4, "it was killed {kills} times");
    azure.ok(line);
    azure.ok("apic diff whole other -g myResourceGroup -o none");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_backup_and_a_restore_with_what_continues_them() {
    use std::process::Stdio;

    // Slow enough that the signal arrives before the end on a busy machine, too.
    let azure = start("--latency-ms 50");
    azure.ok(format!("apic backup {CENTER} --path whole -o none"));
    azure.ok("apic create -g myResourceGroup -n other -l eastus -o none");
    for (line, word) in [
        (
            format!("apic backup {CENTER} --path parts --concurrency 1"),
            "Run the same command again to continue",
        ),
        (
            "apic restore -g myResourceGroup -n other --path whole --concurrency 1".to_owned(),
            "Run the same command again",
        ),
    ] {
        let start = azure.log("log.jsonl").len();
        let mut child = azure
            .command(env!("CARGO_BIN_EXE_azr"))
            .args(line.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("azr starts");
        while azure.log("log.jsonl").len() < start + 20 {
            assert!(child.try_wait().expect("its state").is_none(), "{line} ended early");
            std::thread::yield_now();
        }
        crate::support::send_signal(&child, "-INT");
        let output = child.wait_with_output().expect("azr ends");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{line}\n{stderr}");
        assert!(stderr.contains(word), "{line}\n{stderr}");
        azure.ok(&line);
    }
    azure.ok("apic diff whole parts -o none");
    azure.ok("apic diff parts other -g myResourceGroup --query differences[?type!='apiSource'] -o none");
}
