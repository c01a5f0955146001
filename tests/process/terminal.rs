//! At a terminal: colours, and no pager.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{APIM, InProcessAzure};

/// The output of azr at a new terminal, with these variables.
fn run_at_terminal(azure: &InProcessAzure, line: &str, variables: &[(&str, &str)]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("granted");
    unlockpt(&terminal).expect("unlocked");
    let name = ptsname(&terminal, Vec::new()).expect("the name of the terminal");
    let open = || {
        File::options().read(true).write(true).open(Path::new(name.to_str().expect("a path"))).expect("open")
    };
    let mut command = azure.command(env!("CARGO_BIN_EXE_azr"));
    command
        .args(line.split(' '))
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
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
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = master.read(&mut buffer) {
        output.extend_from_slice(&buffer[..count]);
    }
    assert!(child.wait().expect("azr ends").success(), "{line}: {}", String::from_utf8_lossy(&output));
    String::from_utf8(output).expect("text").replace("\r\n", "\n")
}

#[test]
fn only_jsonc_and_yamlc_are_coloured() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name,sku:sku.capacity}}");
    let json = run_at_terminal(&azure, &format!("{show} -o jsonc"), &[]);
    assert_eq!(
        json,
        "{\n  \u{1b}[94m\"name\"\u{1b}[39m: \u{1b}[33m\"myAPIManagement\"\u{1b}[39m,\n  \
         \u{1b}[94m\"sku\"\u{1b}[39m: \u{1b}[34m1\u{1b}[39m\n}\n"
    );
    assert!(run_at_terminal(&azure, &format!("{show} -o yamlc"), &[]).contains("\u{1b}["));
    for format in ["json", "yaml", "table", "tsv", "wide"] {
        let text = run_at_terminal(&azure, &format!("{show} -o {format}"), &[]);
        assert!(!text.contains('\u{1b}'), "{format}: {text:?}");
    }
}

#[test]
fn colours_can_be_switched_off() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name}} -o jsonc");
    for variable in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true"), ("TERM", "dumb")] {
        let text = run_at_terminal(&azure, &show, &[variable]);
        assert_eq!(text, "{\n  \"name\": \"myAPIManagement\"\n}\n", "{variable:?}");
    }
}

#[test]
fn long_output_is_not_paged() {
    let azure = InProcessAzure::new();
    let pagers = [("PAGER", "false"), ("AZURE_PAGER", "false"), ("MANPAGER", "false"), ("LESS", "")];
    for line in [format!("apim api list {APIM} -o json"), "apim api create --help".to_owned()] {
        assert!(run_at_terminal(&azure, &line, &pagers).lines().count() > 24, "{line}");
    }
}
