//! Every bash block of the README and of `docs/` runs, as it stands and in its order, against the emulator, and after
//! them every command of the pipelines' recipes.

use std::path::{Path, PathBuf};

use crate::support::InProcessAzure;

/// What the documents take for granted in the folder they are tried in.
const GIVEN: &[(&str, &str)] =
    &[("services/pets/openapi.yaml", "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n")];

/// The README and the pages of `docs/`, each with its text.
pub fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = vec![root.join("README.md")];
    // A packaged crate has no docs.
    if let Ok(entries) = std::fs::read_dir(root.join("docs")) {
        let pages = entries.map(|entry| entry.expect("an entry").path());
        all.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    all.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        // Git on Windows may have its own ends of lines.
        (path, text.replace("\r\n", "\n"))
    };
    all.into_iter().map(read).collect()
}

/// The blocks of a document, in order: the language of each, and what stands between its fences.
pub fn blocks(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split("```").collect();
    let fenced = parts.iter().skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

/// The bash blocks of a document, but for those that build azr or run its tests.
pub fn bash(text: &str) -> impl Iterator<Item = &str> {
    let bash = blocks(text).into_iter().filter(|(language, _)| *language == "bash");
    bash.map(|(_, block)| block).filter(|block| !block.starts_with("cargo "))
}

/// The commands of azr in a pipeline's recipe, as the first part of a matrix has them.
fn of_pipeline(block: &str) -> Vec<String> {
    let whole = block.replace("\\\n", " ").replace("${{ matrix.part }}", "1");
    let steps =
        whole.lines().map(|line| line.trim_start().trim_start_matches("- ").trim_start_matches("run: "));
    steps.filter(|line| line.starts_with("azr ")).map(str::to_owned).collect()
}

/// What is to be run of a document.
fn script(text: &str) -> String {
    let mut script = bash(text).collect::<Vec<_>>().join("\n");
    let recipes = blocks(text).into_iter().filter(|(language, _)| *language == "yaml");
    for command in recipes.flat_map(|(_, block)| of_pipeline(block)) {
        script.push_str(&command);
        script.push('\n');
    }
    script
}

#[test]
#[cfg_attr(windows, ignore = "bash blocks need a bash")]
fn what_they_say_can_be_done() {
    let azr = Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("azr is in a folder");
    let path = format!("{}:{}", azr.display(), std::env::var("PATH").unwrap_or_default());
    let mut tried = 0;
    std::thread::scope(|scope| {
        for (document, text) in documents() {
            let script = script(&text);
            if script.is_empty() {
                continue;
            }
            tried += 1;
            let path = &path;
            scope.spawn(move || {
                let azure = InProcessAzure::new();
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
    assert_eq!(blocks(text)[1], ("powershell", "azr y\n"));
    assert_eq!(bash(text).collect::<Vec<_>>(), ["azr x\n", "azr z\nazr w\n"]);
}

#[test]
fn a_recipe_is_the_commands_of_its_steps() {
    let recipe =
        "steps:\n  - run: |\n      azr x \\\n        --shard ${{ matrix.part }}/4\n      cat y\n  - azr z\n";
    assert_eq!(of_pipeline(recipe), ["azr x          --shard 1/4", "azr z"]);
}
