//! The documentation: every bash block of the README and of `docs/` runs unchanged, in order, against the emulator, and
//! after them every azr command of the pipeline examples.

use std::path::{Path, PathBuf};

use crate::support::InProcessAzure;

/// The files that the documents expect in the folder.
const FILES: &[(&str, &str)] =
    &[("services/pets/openapi.yaml", "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n")];

/// The README and the pages of `docs/`, each with its text.
pub(crate) fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md")];
    // The packaged crate does not contain docs.
    if let Ok(entries) = std::fs::read_dir(root.join("docs")) {
        let pages = entries.map(|entry| entry.expect("an entry").path());
        paths.extend(pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    }
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        // Git on Windows may convert line endings.
        (path, text.replace("\r\n", "\n"))
    };
    paths.into_iter().map(read).collect()
}

/// The fenced code blocks of a document in order, each as its language and its text.
pub(crate) fn blocks(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<&str> = text.split("```").collect();
    let fenced = parts.iter().skip(1).step_by(2);
    fenced.filter_map(|block| block.split_once('\n')).collect()
}

/// The bash blocks of a document, except those that build azr or run its tests.
pub(crate) fn bash_blocks(text: &str) -> impl Iterator<Item = &str> {
    let bash = blocks(text).into_iter().filter(|(language, _)| *language == "bash");
    bash.map(|(_, block)| block).filter(|block| !block.starts_with("cargo "))
}

/// The azr commands in a pipeline, as the first job of a matrix runs them.
fn pipeline_commands(block: &str) -> Vec<String> {
    let text = block.replace("\\\n", " ").replace("${{ matrix.part }}", "1");
    let steps =
        text.lines().map(|line| line.trim_start().trim_start_matches("- ").trim_start_matches("run: "));
    steps.filter(|line| line.starts_with("azr ")).map(str::to_owned).collect()
}

/// The script with all commands of a document.
fn script(text: &str) -> String {
    let mut script = bash_blocks(text).collect::<Vec<_>>().join("\n");
    let pipelines = blocks(text).into_iter().filter(|(language, _)| *language == "yaml");
    for command in pipelines.flat_map(|(_, block)| pipeline_commands(block)) {
        script.push_str(&command);
        script.push('\n');
    }
    script
}

#[test]
#[cfg_attr(windows, ignore = "bash blocks need a bash")]
fn every_command_in_the_documentation_succeeds() {
    let azr = Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("azr is in a folder");
    let path = format!("{}:{}", azr.display(), std::env::var("PATH").unwrap_or_default());
    let mut run = 0;
    std::thread::scope(|scope| {
        for (document, text) in documents() {
            let script = script(&text);
            if script.is_empty() {
                continue;
            }
            run += 1;
            let path = &path;
            scope.spawn(move || {
                let azure = InProcessAzure::new();
                for (name, content) in FILES {
                    let file = azure.folder().join(name);
                    std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder is created");
                    std::fs::write(file, content).expect("the file is written");
                }
                azure.write("document.sh", format!("set -euo pipefail\n{script}"));
                let output = azure
                    .command("bash")
                    .args(["-x", "document.sh"])
                    .env("PATH", path)
                    .output()
                    .expect("bash runs");
                let stderr = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "{}: {stderr}", document.display());
            });
        }
    });
    assert!(run > 0, "no document has a command");
}

#[test]
fn a_block_is_the_text_between_its_fences() {
    let text = "a\n```bash\nazr x\n```\n```powershell\nazr y\n```\n```bash\ncargo test\n```\n```bash\nazr z\nazr w\n```\n";
    assert_eq!(blocks(text)[1], ("powershell", "azr y\n"));
    assert_eq!(bash_blocks(text).collect::<Vec<_>>(), ["azr x\n", "azr z\nazr w\n"]);
}

#[test]
fn the_commands_of_a_pipeline_are_those_of_its_steps() {
    let pipeline =
        "steps:\n  - run: |\n      azr x \\\n        --shard ${{ matrix.part }}/4\n      cat y\n  - azr z\n";
    assert_eq!(pipeline_commands(pipeline), ["azr x          --shard 1/4", "azr z"]);
}
