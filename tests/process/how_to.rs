//! The commands of the how-to as a bash script, with only `az` replaced by `azr`.

use crate::support::{CENTER, InProcessAzure, strings};

#[test]
#[cfg_attr(windows, ignore = "the commands of the how-to need bash")]
fn the_how_to_runs_word_for_word() {
    let azure = InProcessAzure::new();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/process/how_to.sh");
    let azr = std::path::Path::new(env!("CARGO_BIN_EXE_azr"));
    let path = format!(
        "{}:{}",
        azr.parent().expect("azr is in a folder").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let output = azure.command("bash").arg(script).env("PATH", path).output().expect("bash runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}\n{}", String::from_utf8_lossy(&output.stdout));
    // The how-to has the older spellings, which are not mentioned.
    assert!(!stderr.contains("ERROR") && !stderr.contains("WARNING"), "{stderr}");

    let titles = azure.json(format!("apic api list {CENTER} --query [].title"));
    let mut titles = strings(&titles);
    titles.sort_unstable();
    let expected = [
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
    for title in expected {
        let count = |list: &[&str]| list.iter().filter(|t| **t == title).count();
        assert_eq!(count(&titles), count(&expected), "{title} in {titles:?}");
    }
    assert_eq!(
        titles.len(),
        expected.len() + 2,
        "the warehouse API and the one with a Japanese title come on top: {titles:?}"
    );
    let document = "--api-id my-api --version-id v1-0-0 --definition-id openapi --file-name again.json";
    azure.ok(format!("apic api definition export-specification {CENTER} {document}"));
    assert_eq!(azure.read("again.json"), azure.read("path/to/folder/my-api_openapi+json.json"));
}
