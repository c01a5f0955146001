//! What shells are given: completions.

use crate::support::Local;

#[test]
fn every_shell_gets_completions_that_know_the_commands() {
    let azure = Local::new();
    for shell in ["bash", "zsh", "fish", "PowerShell", "elvish"] {
        let run = azure.ok(format!("completion {shell}"));
        for word in ["import-from-apim", "on-collision"] {
            assert!(run.stdout().contains(word), "{shell} does not know {word}");
        }
    }
    assert_eq!(azure.run("completion tcsh").code, Some(2));
}

#[cfg(unix)]
#[test]
fn bash_completes_with_them() {
    let azure = Local::new();
    let azr =
        std::path::Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("a folder").display().to_string();
    let path = format!("{azr}:{}", std::env::var("PATH").unwrap_or_default());
    let script = "source <(azr completion bash)\n\
        COMP_WORDS=(azr apic api ver) COMP_CWORD=3\n\
        _azr azr ver api 2>/dev/null; echo \"${COMPREPLY[@]}\"\n";
    azure.write("complete.sh", script);
    let output = azure.command("bash").arg("complete.sh").env("PATH", path).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.trim(), "version", "{}", String::from_utf8_lossy(&output.stderr));
}
