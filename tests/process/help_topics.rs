//! `azr help`: every topic fits a terminal, and its command lines work.

use crate::support::{InProcessAzure, Run};

/// The widest a line may be.
const COLUMNS: usize = 80;

const TOPICS: [&str; 6] = ["auth", "emulator", "exit-codes", "output", "query", "shorthand"];

/// The command lines in a text, for bash.
#[cfg(unix)]
fn command_lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut is_continued = false;
    for line in text.lines() {
        if is_continued {
            let last = lines.last_mut().expect("a line before");
            last.push('\n');
            last.push_str(line);
        } else if line.starts_with("  azr ") {
            lines.push(line.to_owned());
        } else {
            continue;
        }
        is_continued = line.ends_with('\\');
    }
    lines
}

#[test]
fn the_list_names_every_topic() {
    let azure = InProcessAzure::new();
    let list = azure.ok("help");
    for topic in TOPICS {
        let text = azure.ok(format!("help {topic}"));
        assert_eq!(azure.ok(format!("help {}", topic.to_uppercase())).stdout(), text.stdout());
        let summary = text.stdout().lines().next().expect("a first line");
        assert!(list.stdout().contains(&format!("{topic:<11} {summary}\n")), "{list}");
        for line in text.stdout().lines().chain(list.stdout().lines()) {
            assert!(line.chars().count() <= COLUMNS && line.is_ascii(), "azr help {topic}: {line}");
            assert_eq!(line, line.trim_end(), "azr help {topic}");
        }
    }
    assert_eq!(list.stdout().lines().filter(|line| line.starts_with("  ")).count(), TOPICS.len());
}

#[test]
fn help_of_a_command_is_its_help_option() {
    let azure = InProcessAzure::new();
    for command in ["apic api create", "apic api", "apim", "completion", "help"] {
        assert_eq!(
            azure.ok(format!("help {command}")).stdout(),
            azure.ok(format!("{command} --help")).stdout(),
            "{command}"
        );
    }
    // A topic takes precedence over a group of the same name.
    assert!(azure.ok("help emulator").stdout().contains("AzureEmulator"));
    assert!(azure.ok("--help").stdout().contains("azr help"));
}

#[test]
fn an_unknown_topic_is_refused_with_the_list_of_topics() {
    let azure = InProcessAzure::new();
    let check = |run: Run, message: &str| {
        assert!(run.error(2).contains(message), "{run}");
        run.stderr
    };
    let stderr = check(azure.run("help nonsense"), "not a topic or a command");
    for topic in TOPICS {
        assert!(stderr.contains(topic), "{stderr}");
    }
    check(azure.run("help query more"), "takes no further words");
    check(azure.run("help nonsense more"), "'nonsense'");
    assert_eq!(azure.run("help apic nonsense").code, Some(2));
}

#[cfg(unix)]
#[test]
fn every_command_line_runs() {
    let azr =
        std::path::Path::new(env!("CARGO_BIN_EXE_azr")).parent().expect("a folder").display().to_string();
    let path = format!("{azr}:{}", std::env::var("PATH").unwrap_or_default());
    let mut run = 0;
    for topic in TOPICS {
        let azure = InProcessAzure::new();
        let text = azure.ok(format!("help {topic}"));
        let lines = command_lines(text.stdout());
        assert!(!lines.is_empty(), "azr help {topic} shows no command");
        for line in lines {
            // A command that serves the emulator does not end; it is only parsed.
            let is_server = line.contains("azr emulator");
            let line = if is_server { format!("{line} --help") } else { line };
            azure.write("line.sh", format!("set -euo pipefail\n{line}\n"));
            let output = azure.command("bash").arg("line.sh").env("PATH", &path).output().expect("bash runs");
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "azr help {topic}: {line}\n{stderr}");
            assert!(
                !output.stdout.is_empty() || line.contains("-o none"),
                "azr help {topic} prints nothing: {line}"
            );
            run += 1;
        }
    }
    assert!(run > 15, "{run} lines");
}
