//! The documentation: every bash block of the README, of `docs/` and of the skill for assistants runs unchanged, in order,
//! against the emulator, and after them every azr command of the pipeline examples. Commands in the text exist.

use std::path::{Path, PathBuf};

use crate::support::InProcessAzure;

/// The files that the documents expect in the folder.
const FILES: &[(&str, &str)] = &[
    ("services/pets/openapi.yaml", "openapi: 3.0.3\ninfo: {title: Pets, version: 1.0.0}\npaths: {}\n"),
    ("azr.yaml", "version: 1\nsources:\n  - apim: myAPIManagement\n"),
];

/// The first line of a block that is the file `azr.yaml`.
const SYNC_FILE: &str = "# azr.yaml\n";

/// The README, the pages of `docs/`, and what is for assistants, each with its text.
pub(crate) fn documents() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = vec![root.join("README.md")];
    let for_assistants = ["AGENTS.md", "skills/azr/SKILL.md"].map(|name| root.join(name));
    paths.extend(for_assistants.into_iter().filter(|path| path.exists()));
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
                let sync_file = blocks(&text).into_iter().find(|(_, block)| block.starts_with(SYNC_FILE));
                if let Some((_, block)) = sync_file {
                    azure.write("azr.yaml", block);
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

/// The targets of the links of a document that are files, without fragments.
fn linked_files(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
    files.map(|target| target.split('#').next().unwrap_or(target))
}

#[test]
fn links_in_the_documentation_lead_to_files() {
    let mut checked = 0;
    for (document, text) in documents() {
        let without_blocks: String = text.split("```").step_by(2).collect();
        for target in linked_files(&without_blocks) {
            checked += 1;
            let file = document.parent().expect("a folder").join(target);
            assert!(file.exists(), "{} links to {target}", document.display());
        }
    }
    assert!(checked > 50, "only {checked} links were found");
}

#[test]
fn the_index_of_the_documentation_lists_every_page() {
    let documents = documents();
    let Some((_, index)) = documents.iter().find(|(path, _)| path.ends_with("docs/README.md")) else {
        return;
    };
    let listed: Vec<&str> = linked_files(index).collect();
    for (document, _) in &documents {
        let name = document.file_name().expect("a name").to_string_lossy();
        let is_page = document.parent().is_some_and(|folder| folder.ends_with("docs")) && name != "README.md";
        assert!(!is_page || listed.contains(&&*name), "docs/README.md does not list {name}");
    }
}

/// The azr commands in the text of a document, between backticks.
fn commands_in_text(text: &str) -> Vec<String> {
    let without_blocks: String = text.split("```").step_by(2).collect();
    let spans = without_blocks.split('`').skip(1).step_by(2);
    let at_a_prompt = blocks(text).into_iter().filter(|(language, _)| *language == "console");
    let at_a_prompt = at_a_prompt.flat_map(|(_, block)| {
        let lines = block.replace("\\\n", " ");
        lines.lines().filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect::<Vec<_>>()
    });
    let commands = spans.map(|span| span.replace('\n', " ")).chain(at_a_prompt);
    commands.filter(|span| span.starts_with("azr ") && !span.contains('…')).collect()
}

/// What is wrong with a command: a word that is no command, or an option that the command does not have.
fn find_mistake(line: &str) -> Option<String> {
    let tree = azr::cli::command_tree();
    let mut command = &tree;
    let words = line.split_whitespace().skip(1).take_while(|word| !["|", ">", "<"].contains(word));
    for word in words {
        let word = word.trim_matches(['\'', '"', '\\', '.', ',']);
        if let Some(option) = word.strip_prefix("--") {
            let name = option.split('=').next().unwrap_or_default();
            let has_it = |arg: &clap::Arg| {
                arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|all| all.contains(&name))
            };
            let is_global = ["help", "version"].contains(&name) || tree.get_arguments().any(has_it);
            if !is_global && !command.get_arguments().any(has_it) {
                return Some(format!("{} does not have --{name}", command.get_name()));
            }
        } else if command.has_subcommands() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            match command.find_subcommand(word) {
                Some(below) => command = below,
                None => return Some(format!("'{word}' is not a command of {}", command.get_name())),
            }
        }
    }
    None
}

#[test]
fn commands_in_the_text_exist() {
    let mut checked = 0;
    let mut mistakes = Vec::new();
    for (document, text) in documents() {
        for line in commands_in_text(&text) {
            checked += 1;
            mistakes.extend(
                find_mistake(&line).map(|mistake| format!("{}: {line}: {mistake}", document.display())),
            );
        }
    }
    assert!(checked > 0, "no commands were found");
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
    for wrong in ["azr apic import-from-apin", "azr apic api list --filtre x", "azr api list"] {
        assert!(find_mistake(wrong).is_some(), "{wrong}");
    }
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

#[test]
fn the_summary_of_a_pipeline_is_written_after_a_failure_too() {
    let pages = documents();
    // The packaged crate does not contain docs.
    let Some((_, page)) = pages.iter().find(|(path, _)| path.ends_with("docs/ci.md")) else { return };
    let lines: Vec<&str> = page.lines().collect();
    let is_summary = |line: &str| line.contains("\"$GITHUB_STEP_SUMMARY\"");
    let indexes: Vec<usize> = (0..lines.len()).filter(|index| is_summary(lines[*index])).collect();
    assert!(!indexes.is_empty(), "no step writes a summary");
    for index in indexes {
        assert!(lines[index - 1].contains("if: always()"), "{}", lines[index]);
    }
}
