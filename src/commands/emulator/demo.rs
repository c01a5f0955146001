//! `azr emulator demo`: azr's workflow from API Management to API Center, on sample data.

mod full;
mod steps;

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use clap::Args;
use tokio::process::Command;

use crate::commands::fold::fold_command;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_emulator::Emulator;
use steps::{Check, Step, Tour};

/// The lines of a result that are shown if it is not printed to a terminal; the rest is counted.
const SHOWN_LINES: usize = 14;

/// The width that command lines are folded to.
const WIDTH: usize = 80;

/// `azr emulator demo`.
pub(super) fn command() -> Leaf {
    Leaf::run("demo", "Show azr at work on sample data: export, register, plan, import, inventory", run)
    .without_spinner()
    .details(
        "Starts an emulator and runs each command as a process of its own against it, as a script would against Azure. \
         State, files and login are in a temporary folder, so nothing of yours is changed.",
    )
    .examples(&[
        Example { summary: "See azr work without Azure", command: "azr emulator demo" },
        Example {
            summary: "See several services synchronized, backed up and restored",
            command: "azr emulator demo --full",
        },
    ])
}

#[derive(Args)]
struct DemoOptions {
    #[arg(
        long,
        help = "Synchronize three services from one file, change both ends, synchronize again, back up, restore and compare"
    )]
    full: bool,
}

async fn run(session: &Session, options: DemoOptions) -> Result<Outcome> {
    let folder = tempfile::tempdir().map_err(|e| Error::write(std::env::temp_dir(), e))?;
    let emulator = Emulator::builder().require_token().start().await?;
    let demo = Demo {
        tour: if options.full { full::FULL } else { steps::SHORT },
        folder: folder.path(),
        endpoint: emulator.url(),
        is_at_terminal: session.context.terminal().stdout,
        is_colored: azr_output::stdout_is_colored(),
    };
    demo.prepare().await?;
    demo.run_steps().await
}

/// A running demo.
struct Demo<'a> {
    /// What is shown.
    tour: Tour,
    /// The folder that the commands run in.
    folder: &'a Path,
    /// The endpoint of the emulator.
    endpoint: &'a str,
    /// Whether the output of the commands goes to a terminal unchanged.
    is_at_terminal: bool,
    /// Whether command lines are bold.
    is_colored: bool,
}

impl Demo<'_> {
    /// Creates what the steps need, and says what there is.
    async fn prepare(&self) -> Result<()> {
        print(self.tour.introduction)?;
        if let Some((name, content)) = self.tour.file {
            let path = self.folder.join(name);
            std::fs::write(&path, content).map_err(|e| Error::write(path, e))?;
            print(&format!("\n{name}:\n\n"))?;
            for line in content.lines() {
                print(&format!("  {line}\n"))?;
            }
        }
        for line in self.tour.preparation {
            let output = self.command(&steps::words(line))?.output().await.map_err(|e| cannot_run(&e))?;
            if !output.status.success() {
                let reason = String::from_utf8_lossy(&output.stderr);
                return Err(Error::unexpected(format!("the demo cannot be prepared: {line}: {reason}")));
            }
        }
        Ok(())
    }

    async fn run_steps(&self) -> Result<Outcome> {
        let steps = self.tour.steps;
        let mut failed = 0;
        for (number, step) in steps.iter().enumerate() {
            print(&format!("\n{} of {}: {}\n\n", number + 1, steps.len(), step.title))?;
            for line in fold_command(step.line, WIDTH - 2, 4) {
                print(&format!("{}\n", self.bold(&format!("  {line}"))))?;
            }
            print("\n")?;
            if let Err(reason) = self.run_step(step).await? {
                failed += 1;
                print(&format!("FAILED: {reason}\n"))?;
            }
        }
        if failed > 0 {
            return Err(Error::partial(failed, steps.len()));
        }
        self.print_next_commands()?;
        Ok(Outcome::empty())
    }

    fn print_next_commands(&self) -> Result<()> {
        let set = if cfg!(windows) {
            "$env:AZURE_CLOUD_NAME = \"AzureEmulator\""
        } else {
            "export AZURE_CLOUD_NAME=AzureEmulator"
        };
        print(&format!(
            "\nAll {} steps succeeded. Now try it yourself, still without Azure:\n\n",
            self.tour.steps.len()
        ))?;
        for line in [set].iter().chain(self.tour.next) {
            print(&format!("{}\n", self.bold(&format!("  {line}"))))?;
        }
        print("\nWith your own API Management service and API center:\n\n")?;
        for line in self.tour.next_with_azure {
            print(&format!("{}\n", self.bold(&format!("  {line}"))))?;
        }
        Ok(())
    }

    /// Runs a step and checks what it did; the inner error is the reason of a failure.
    async fn run_step(&self, step: &Step) -> Result<Result<(), String>> {
        let status = if self.is_at_terminal {
            let mut command = self.command(&step.words())?;
            command.status().await.map_err(|e| cannot_run(&e))?
        } else {
            let output = self.command(&step.words())?.output().await.map_err(|e| cannot_run(&e))?;
            for line in abridged(&String::from_utf8_lossy(&output.stdout))
                .chain(String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned))
            {
                print(&format!("  {line}\n"))?;
            }
            output.status
        };
        if !status.success() {
            return Ok(Err(ended_with(status)));
        }
        match step.check {
            Check::File(name, is_right) => Ok(steps::check_file(self.folder, name, is_right)),
            Check::Prints(line, expected) => {
                let output = self.command(&steps::words(line))?.output().await.map_err(|e| cannot_run(&e))?;
                let printed = String::from_utf8_lossy(&output.stdout);
                Ok(if !output.status.success() {
                    Err(ended_with(output.status))
                } else if printed.trim() == expected {
                    Ok(())
                } else {
                    Err(format!("'{}' is not '{expected}'", printed.trim()))
                })
            }
        }
    }

    /// azr itself with these words, without the user's settings.
    fn command(&self, words: &[String]) -> Result<Command> {
        let program = std::env::current_exe()
            .map_err(|e| Error::unexpected(format!("the path of azr is unknown: {e}")))?;
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["AZURE_", "AZR_", "ARM_"].iter().any(|prefix| text.starts_with(prefix)) {
                command.env_remove(&name);
            }
        }
        command
            .args(words)
            .current_dir(self.folder)
            .env("AZURE_CLOUD_NAME", "AzureEmulator")
            .env("AZR_ARM_ENDPOINT", self.endpoint)
            .env("AZURE_CONFIG_DIR", self.folder.join("config"))
            .env("AZR_STATE_DIR", self.folder.join("state"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        Ok(command)
    }

    fn bold(&self, text: &str) -> String {
        if self.is_colored { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn cannot_run(error: &std::io::Error) -> Error {
    Error::unexpected(format!("azr cannot run itself: {error}"))
}

fn ended_with(status: ExitStatus) -> String {
    format!("the command ended with {status}")
}

fn abridged(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let more = lines.len().saturating_sub(SHOWN_LINES);
    let tail = (more > 0).then(|| format!("… {more} more lines"));
    lines.into_iter().take(SHOWN_LINES).chain(tail)
}

fn print(text: &str) -> Result<()> {
    azr_output::write_stdout(text.as_bytes())
}
