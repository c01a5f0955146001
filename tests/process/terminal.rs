//! What azr does at a terminal, and only there: colours, and no pager.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{APIM, InProcessAzure};

/// What azr shows at a terminal of its own with these variables; line ends are those of a terminal.
fn shown(azure: &InProcessAzure, line: &str, variables: &[(&str, &str)]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("granted");
    unlockpt(&terminal).expect("unlocked");
    let name = ptsname(&terminal, Vec::new()).expect("its name");
    let seat = || {
        File::options().read(true).write(true).open(Path::new(name.to_str().expect("a path"))).expect("open")
    };
    let mut command = azure.command(env!("CARGO_BIN_EXE_azr"));
    command
        .args(line.split(' '))
        .env_remove("NO_COLOR")
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied());
    let mut child = command
        .stdin(Stdio::from(seat()))
        .stdout(Stdio::from(seat()))
        .stderr(Stdio::from(seat()))
        .spawn()
        .expect("azr runs");
    // Nobody but the child is at the terminal any more, so that it ends with the child.
    drop(command);
    let mut seen = Vec::new();
    let mut master = File::from(terminal);
    let mut some = [0; 4096];
    while let Ok(count @ 1..) = master.read(&mut some) {
        seen.extend_from_slice(&some[..count]);
    }
    assert!(child.wait().expect("azr ends").success(), "{line}: {}", String::from_utf8_lossy(&seen));
    String::from_utf8(seen).expect("text").replace("\r\n", "\n")
}

#[test]
fn jsonc_and_yamlc_are_coloured_and_nothing_else_is() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name,sku:sku.capacity}}");
    let json = shown(&azure, &format!("{show} -o jsonc"), &[]);
    assert_eq!(
        json,
        "{\n  \u{1b}[94m\"name\"\u{1b}[39m: \u{1b}[33m\"myAPIManagement\"\u{1b}[39m,\n  \
         \u{1b}[94m\"sku\"\u{1b}[39m: \u{1b}[34m1\u{1b}[39m\n}\n"
    );
    assert!(shown(&azure, &format!("{show} -o yamlc"), &[]).contains("\u{1b}["));
    for format in ["json", "yaml", "table", "tsv", "wide"] {
        let text = shown(&azure, &format!("{show} -o {format}"), &[]);
        assert!(!text.contains('\u{1b}'), "{format}: {text:?}");
    }
}

#[test]
fn whoever_wants_no_colours_gets_none() {
    let azure = InProcessAzure::new();
    let show = format!("apim show {APIM} --query {{name:name}} -o jsonc");
    for variable in [("NO_COLOR", "1"), ("AZURE_CORE_NO_COLOR", "true"), ("TERM", "dumb")] {
        let text = shown(&azure, &show, &[variable]);
        assert_eq!(text, "{\n  \"name\": \"myAPIManagement\"\n}\n", "{variable:?}");
    }
}

#[test]
fn what_is_long_is_printed_and_not_paged() {
    let azure = InProcessAzure::new();
    let pagers = [("PAGER", "false"), ("AZURE_PAGER", "false"), ("MANPAGER", "false"), ("LESS", "")];
    for line in [format!("apim api list {APIM} -o json"), "apim api create --help".to_owned()] {
        assert!(shown(&azure, &line, &pagers).lines().count() > 24, "{line}");
    }
}
