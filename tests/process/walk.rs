//! The how-to's own commands as a bash script, with only `az` replaced: the project's first purpose.

use crate::support::{CENTER, InProcessAzure, strings};

#[test]
#[cfg_attr(windows, ignore = "the how-to's bash commands need a bash")]
fn the_how_to_runs_word_for_word() {
    let azure = InProcessAzure::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/seed/walk.sh");
    let azr = std::path::Path::new(env!("CARGO_BIN_EXE_azr"));
    let path = format!(
        "{}:{}",
        azr.parent().expect("azr is in a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = azure.command("bash").arg(script).env("PATH", path).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stdout));
    // Its spellings are older ones; nothing else is worth a warning.
    let warned = said.lines().any(|line| line.contains("WARNING") && !line.contains("is the older name of"));
    assert!(!said.contains("ERROR") && !warned, "{said}");

    let titles = azure.json(format!("apic api list {CENTER} --query [].title"));
    let mut titles = strings(&titles);
    titles.sort_unstable();
    let wanted = [
        "City Library",
        "City Library",
        "Museum",
        "My API",
        "Orders",
        "StockQuote",
        "Swagger Petstore",
        "Ticker",
        "Weather",
    ];
    for title in wanted {
        let count = |list: &[&str]| list.iter().filter(|t| **t == title).count();
        assert_eq!(count(&titles), count(&wanted), "{title} in {titles:?}");
    }
    assert_eq!(titles.len(), wanted.len() + 2, "the warehouse and the one in Japanese, too: {titles:?}");
    let document = "--api-id my-api --version-id v1-0-0 --definition-id openapi --file-name again.json";
    azure.ok(format!("apic api definition export-specification {CENTER} {document}"));
    assert_eq!(azure.read("again.json"), azure.read("path/to/folder/my-api_openapi+json.json"));
}
