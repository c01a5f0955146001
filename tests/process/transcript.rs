//! Transcripts: command lines, each with its output or its error.
//!
//! A line `$ ARGUMENTS` runs azr; `$CENTER`, `$APIM` and the like stand for options that name the sample's resources.
//! The lines up to the next command are the expected output: JSON that the output includes, or any other text as it is,
//! without spaces at the ends of lines. `exit 3 TEXT` is an error with that exit code that contains the text. `...` is
//! a success with any output. No lines are a success without output.

use serde_json::Value;

use crate::support::{APIM, APIM_ID, CENTER, Sandbox, includes};

/// Runs the commands of a transcript and checks what they print.
pub(crate) fn run_transcript(sandbox: &Sandbox, text: &str) {
    let text = text
        .replace("$APIM_ID", APIM_ID)
        .replace(
            "$CENTER_ID",
            &APIM_ID.replace("ApiManagement/service/myAPIManagement", "ApiCenter/services/myAPICenter"),
        )
        .replace("$APIM", APIM)
        .replace("$CENTER", CENTER)
        .replace("$GROUP", "-g myResourceGroup");
    let entries: Vec<&str> = text.split("\n$ ").skip(1).collect();
    assert!(!entries.is_empty(), "no command in: {text}");
    for entry in entries {
        let (line, expected) = entry.split_once('\n').unwrap_or((entry, ""));
        let run = sandbox.run(line);
        let expected = expected.trim();
        if let Some(failure) = expected.strip_prefix("exit ") {
            let (code, message) = failure.split_once(' ').unwrap_or((failure, ""));
            let code = code.parse().unwrap_or_else(|e| panic!("{line}: {failure}: {e}"));
            run.error(code);
            assert!(run.stderr.contains(message), "the message is not '{message}'\n{run}");
            continue;
        }
        let run = run.expect_success();
        if expected == "..." {
            continue;
        }
        let is_expected =
            match (serde_json::from_str::<Value>(expected), serde_json::from_slice(&run.stdout_bytes)) {
                (Ok(expected), Ok(output)) => includes(&output, &expected),
                _ => run.text().lines().map(str::trim_end).eq(expected.lines().map(str::trim_end)),
            };
        assert!(is_expected, "expected: {expected}\n{run}");
    }
}
