//! The binary: starts the runtime, runs the command, prints an error, sets the exit code.

use std::process::ExitCode;

use anyhow::Context as _;
use azr::cli::{self, Parsed};
use azr_core::context::{self, Context};
use azr_core::error::{Error, SHOW_PANICS};
use azr_output::message;

fn main() -> ExitCode {
    context::disable_core_dumps();
    let context = Context::from_process();
    if !context.is_var_enabled(SHOW_PANICS) {
        azr_output::panic::install_hook();
    }
    match start(context) {
        Ok(code) => code,
        Err(error) => {
            if let Some(known) = error.downcast_ref::<Error>() {
                message::error(known);
                ExitCode::from(known.exit_code())
            } else {
                message::error(&Error::unexpected(format!("{error:#}")));
                ExitCode::FAILURE
            }
        }
    }
}

fn start(context: Context) -> anyhow::Result<ExitCode> {
    let invocation = match cli::parse(std::env::args_os().collect(), &context)? {
        Parsed::Command(invocation) => invocation,
        Parsed::Completion(request) => {
            cli::complete(request, context)?;
            return Ok(ExitCode::SUCCESS);
        }
        Parsed::Text { text, after, code } => {
            message::print_clap_error(&text);
            azr_output::write_stdout(after.as_bytes())?;
            return Ok(code);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime cannot be started")?;
    Ok(ExitCode::from(runtime.block_on(cli::run(*invocation, context))?))
}
