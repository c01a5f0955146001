//! Streams that the caller has closed: stdin is empty, and what is written to stdout or stderr is lost.

use crate::support::{APIM, Azure, CENTER, Run, Sandbox};

/// Runs azr with one of its streams closed.
fn run_without(azure: &Sandbox, stream: &str, line: &str) -> Run {
    let mut shell = azure.command("sh");
    shell.args(["-c", &format!("exec \"$0\" \"$@\" {stream}"), env!("CARGO_BIN_EXE_azr")]);
    let output = shell.args(line.split(' ')).output().expect("a shell");
    Run {
        command_line: format!("azr {line} {stream}"),
        code: output.status.code(),
        stdout_bytes: output.stdout,
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_command_works_without_one_of_its_streams() {
    const SPEC: &str = r#"{"openapi": "3.0.3", "info": {"title": "Pumps", "version": "1"}, "paths": {}}"#;
    let azure = Azure::start();
    azure.write("pumps.json", SPEC);
    let export = format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f");
    // Each with the file that it writes.
    let commands = [
        (format!("apim api list {APIM} -o table"), None),
        (format!("{export} -"), None),
        (format!("{export} out.json"), Some("out.json")),
        (format!("apic api register {CENTER} -l pumps.json"), None),
        (
            format!(
                "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis * --mode client --report report.json"
            ),
            Some("report.json"),
        ),
        (format!("apic inventory {CENTER} --html page.html"), Some("page.html")),
        (format!("apic backup {CENTER} --path backup.zip"), Some("backup.zip")),
        ("completion bash".to_owned(), None),
        ("man apic".to_owned(), None),
        ("emulator demo".to_owned(), None),
    ];
    for (line, file) in &commands {
        // The first run creates what later ones find.
        let expected = azure.ok(line);
        for stream in ["<&-", ">&-", "2>&-"] {
            if let Some(file) = file {
                std::fs::remove_file(azure.folder().join(file)).expect("written before");
            }
            let before = azure.files();
            let run = run_without(&azure, stream, line);
            assert_eq!(run.code, Some(0), "{run}");
            assert_eq!(
                run.stdout_bytes.is_empty(),
                stream == ">&-" || expected.stdout_bytes.is_empty(),
                "{run}"
            );
            assert!(!run.stderr.contains("ERROR") && !run.stderr.contains("panicked"), "{run}");
            let created: Vec<String> =
                azure.files().into_iter().filter(|name| !before.contains(name)).collect();
            assert_eq!(created, file.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{run}");
        }
    }
}

#[test]
fn a_failure_without_stderr_has_its_exit_code() {
    let azure = Azure::start();
    for (line, code) in [
        (format!("apim api show {APIM} --api-id nope"), 3),
        ("apim api show --nope".to_owned(), 2),
        (format!("apim api delete {APIM} --api-id my-api"), 1),
        (format!("apic api register {CENTER} -l /dev/stdin"), 1),
    ] {
        let run = run_without(&azure, "<&- >&- 2>&-", &line);
        assert_eq!((run.code, &*run.stderr), (Some(code), ""), "{run}");
    }
}
