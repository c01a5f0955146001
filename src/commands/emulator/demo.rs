//! `azr emulator demo`: the road from API Management to API Center, walked on sample data.

mod walk;

use std::path::Path;
use std::process::Stdio;

use clap::Args;
use tokio::process::Command;

use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_emulator::Emulator;
use walk::{STEPS, Step, Variables};

/// The lines of a result that are shown; the rest is counted.
const SHOWN_LINES: usize = 14;

/// `azr emulator demo`.
pub(super) fn command() -> Leaf {
    Leaf::run("demo", "Walk from API Management to API Center on sample data", run)
    .without_spinner()
    .details(
        "Starts an emulator of its own and runs each command as a process of its own against it, as a script would \
         against Azure. Nothing of yours is touched: state, files and login are in a temporary folder.",
    )
    .examples(&[Example { summary: "See azr work without Azure", command: "azr emulator demo" }])
}

#[derive(Args)]
struct DemoOptions {}

async fn run(_: &Session, _: DemoOptions) -> Result<Outcome> {
    let folder = tempfile::tempdir().map_err(|e| Error::write(std::env::temp_dir(), e))?;
    let emulator = Emulator::builder().require_token().start().await?;
    print(&format!("An emulator of Azure is listening on {}.\n", emulator.url()))?;
    run_steps(folder.path(), emulator.url()).await
}

async fn run_steps(folder: &Path, endpoint: &str) -> Result<Outcome> {
    let mut variables = Variables::new(folder);
    let mut wrong = 0;
    for (number, step) in STEPS.iter().enumerate() {
        print(&format!("\n{}. {}\n   {}\n", number + 1, step.title, step.shown()))?;
        let words = variables.words(step.line);
        let output = run_step(folder, endpoint, &words).await?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        for line in
            abridged(&stdout).chain(String::from_utf8_lossy(&output.stderr).lines().map(str::to_owned))
        {
            print(&format!("   | {line}\n"))?;
        }
        if let Err(why) = verdict(step, output.status, &stdout, &mut variables) {
            wrong += 1;
            print(&format!("   WRONG: {why}\n"))?;
        }
    }
    print(&format!("\n{} steps, {wrong} wrong.\n", STEPS.len()))?;
    if wrong > 0 { Err(Error::partial(wrong, STEPS.len())) } else { Ok(Outcome::empty()) }
}

fn verdict(
    step: &Step,
    status: std::process::ExitStatus,
    stdout: &str,
    variables: &mut Variables,
) -> Result<(), String> {
    if !status.success() {
        return Err(format!("it ended with {status}"));
    }
    if let Some(name) = step.into {
        variables.set(name, stdout.trim_end());
    }
    (step.check)(stdout, variables)
}

/// Runs azr itself, with nothing of the user's around it.
async fn run_step(folder: &Path, endpoint: &str, words: &[String]) -> Result<std::process::Output> {
    let program = std::env::current_exe()
        .map_err(|e| Error::unexpected(format!("azr does not know where it is itself: {e}")))?;
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["AZURE_", "AZR_", "ARM_"].iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
        .args(words)
        .current_dir(folder)
        .env("AZURE_CLOUD_NAME", "AzureEmulator")
        .env("AZR_ARM_ENDPOINT", endpoint)
        .env("AZURE_CONFIG_DIR", folder.join("config"))
        .env("AZR_STATE_DIR", folder.join("state"))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| Error::unexpected(format!("azr cannot run itself: {e}")))
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
