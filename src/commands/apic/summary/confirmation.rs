//! Asks before a command deletes something.

use azr_core::error::{Error, Result};
use azr_output::message;

/// How many deletions are listed before azr asks.
const MAX_LISTED_DELETIONS: usize = 50;

/// Lists what is to be deleted, and asks whether that is right.
pub(crate) fn confirm_deletions(deletions: &[String], center: &str) -> Result<()> {
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
