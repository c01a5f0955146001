//! Transcripts: command lines, each with what it prints or how it fails.
//!
//! A line `$ WORDS` runs azr; `$CENTER`, `$APIM` and the like stand for the sample's names. What follows it, up to the
//! next such line, is what it prints: JSON of which at least the members named are there, or any other text as it is
//! but for spaces at the ends of lines. `exit 3` and a text is an error with that exit code that says the text. `...`
//! is any success. Nothing is a success that prints nothing.

use serde_json::Value;

use crate::support::{APIM, APIM_ID, CENTER, Sandbox, includes};

/// Runs a transcript in this place.
pub fn follow(sandbox: &Sandbox, text: &str) {
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
        let (line, wanted) = entry.split_once('\n').unwrap_or((entry, ""));
        let run = sandbox.run(line);
        let wanted = wanted.trim();
        if let Some(failure) = wanted.strip_prefix("exit ") {
            let (code, says) = failure.split_once(' ').unwrap_or((failure, ""));
            let code = code.parse().unwrap_or_else(|e| panic!("{line}: {failure}: {e}"));
            run.error(code);
            assert!(run.stderr.contains(says), "it does not say '{says}'\n{run}");
            continue;
        }
        let run = run.expect_success();
        if wanted == "..." {
            continue;
        }
        let same = match (serde_json::from_str::<Value>(wanted), serde_json::from_slice(&run.stdout_bytes)) {
            (Ok(wanted), Ok(printed)) => includes(&printed, &wanted),
            _ => run.text().lines().map(str::trim_end).eq(wanted.lines().map(str::trim_end)),
        };
        assert!(same, "wanted: {wanted}\n{run}");
    }
}
