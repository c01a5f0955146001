//! Every bash block of the README and of `docs/` runs, as it stands and in its order, against the emulator.

use std::path::{Path, PathBuf};

use crate::support::Local;

/// What the documents take for granted in the folder they are tried in.
const GIVEN: &[(&str, &str)] =
    &[("services/pets/openapi.yaml", "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n")];

fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![root.join("README.md")];
    // A packaged crate has no docs.
    if let Ok(entries) = std::fs::read_dir(root.join("docs")) {
        let pages = entries.map(|entry| entry.expect("an entry").path());
        all.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    all.sort();
    all
}

/// The bash blocks of a document, but for those that build azr or run its tests.
fn blocks(text: &str) -> Vec<&str> {
    let starts = text.match_indices("```bash\n").map(|(at, fence)| &text[at + fence.len()..]);
    let whole = starts.map(|rest| &rest[..rest.find("```").expect("a block ends")]);
    whole.filter(|block| !block.starts_with("cargo ")).collect()
}

#[test]
#[cfg_attr(windows, ignore = "bash blocks need a bash")]
fn what_they_say_can_be_done() {
    let azr = Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("azr is in a folder");
    let path = format!("{}:{}", azr.display(), std::env::var("PATH").unwrap_or_default());
    let mut tried = 0;
    std::thread::scope(|scope| {
        for document in documents() {
            let text =
                std::fs::read_to_string(&document).unwrap_or_else(|e| panic!("{}: {e}", document.display()));
            let script = blocks(&text).join("\n");
            if script.is_empty() {
                continue;
            }
            tried += 1;
            let path = &path;
            scope.spawn(move || {
                let azure = Local::new();
                for (name, content) in GIVEN {
                    let file = azure.folder().join(name);
                    std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
                    std::fs::write(file, content).expect("written");
                }
                azure.write("document.sh", format!("set -euo pipefail\n{script}"));
                let output = azure
                    .command("bash")
                    .args(["-x", "document.sh"])
                    .env("PATH", path)
                    .output()
                    .expect("bash runs");
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{}: {said}", document.display());
            });
        }
    });
    assert!(tried > 0, "no document has a command");
}

#[test]
fn a_block_is_what_stands_between_its_fences() {
    let text = "a\n```bash\nazr x\n```\n```powershell\nazr y\n```\n```bash\ncargo test\n```\n```bash\nazr z\nazr w\n```\n";
    assert_eq!(blocks(text), ["azr x\n", "azr z\nazr w\n"]);
}
