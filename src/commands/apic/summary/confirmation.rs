//! Asks before a command deletes something.

use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_output::message;

/// How many deletions are listed before azr asks.
const MAX_LISTED_DELETIONS: usize = 50;

/// At a terminal, lists what is to be deleted and asks whether that is right, unless `yes` or a setting says so.
pub(crate) fn confirm_deletions(
    session: &Session,
    deletions: &[String],
    center: &str,
    yes: bool,
) -> Result<()> {
    let terminal = session.context.terminal();
    let is_asked = terminal.stdin && terminal.stderr && !yes && !session.context.disable_confirm_prompt()?;
    if !is_asked || deletions.is_empty() {
        return Ok(());
    }
    message::status(&format!("To be deleted from the API center '{center}':"));
    for label in deletions.iter().take(MAX_LISTED_DELETIONS) {
        message::status(&format!("  {label}"));
    }
    let more = deletions.len().saturating_sub(MAX_LISTED_DELETIONS);
    if more > 0 {
        message::status(&format!("  and {more} more (--dry-run lists all of them)"));
    }
    if message::confirm("Continue?")? {
        return Ok(());
    }
    Err(Error::declined("cancelled: nothing was changed"))
}
