//! The binary: parses the command line, runs the command, and turns an error into a message and an exit code.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use azr::cli::{self, Parsed};
use azr::interrupt;
use azr_core::context::{self, Context};
use azr_core::error::{Error, SHOW_PANICS};
use azr_output::{Pipeline, message};

fn main() -> ExitCode {
    context::disable_core_dumps();
    interrupt::install();
    let context = Context::from_process();
    if !context.is_var_enabled(SHOW_PANICS) {
        azr_output::panic::install_hook();
    }
    Pipeline::detect(|name| context.is_var_enabled(name)).install();
    run(context).unwrap_or_else(report)
}

fn run(context: Context) -> Result<ExitCode> {
    let invocation = match cli::parse(std::env::args_os().collect(), &context)? {
        Parsed::Command(invocation) => invocation,
        Parsed::Completion(request) => {
            cli::complete(request, context)?;
            return Ok(ExitCode::SUCCESS);
        }
        Parsed::Help(text) => {
            azr_output::write_stdout(text.as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the asynchronous runtime")?;
    let code = runtime.block_on(cli::run(*invocation, context));
    // The look-up of a host name may still block a thread.
    runtime.shutdown_background();
    Ok(ExitCode::from(code?))
}

/// Prints an error; returns its exit code.
fn report(error: anyhow::Error) -> ExitCode {
    let error = error.downcast::<Error>().unwrap_or_else(|other| Error::unexpected(format!("{other:#}")));
    message::error(&error);
    ExitCode::from(error.exit_code())
}
