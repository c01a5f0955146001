//! What only a look at the whole plan shows, and may keep all of it from being carried out.

use super::request::Request;
use azr_catalog::plan::{OnInvalid, PlannedApi};
use azr_core::error::{Error, Result};

/// What only a look at the whole plan shows.
#[derive(Default)]
pub struct Whole {
    refused: Vec<String>,
    deleted: usize,
}

impl Whole {
    /// Looks at the plan of one API.
    pub fn add(&mut self, planned: &PlannedApi) {
        self.deleted += planned.removals.len();
        if let Some(why) = &planned.refused {
            self.refused.push(format!("{}: {why}", planned.sources.join(", ")));
        }
    }

    /// Refuses the whole where an API does not fit and that is what is asked for.
    pub fn check_refused(&mut self, request: &Request) -> Result<()> {
        if request.options.on_invalid != OnInvalid::Fail || self.refused.is_empty() {
            return Ok(());
        }
        self.refused.sort_unstable();
        let (count, refused) = (self.refused.len(), self.refused.join("; "));
        Err(Error::limit_exceeded(format!("the center does not take {count} of the APIs: {refused}"))
            .with_hint(
                "--on-invalid truncate shortens what is too long; --on-invalid skip leaves such APIs out.",
            ))
    }

    /// Refuses to remove more than may be.
    pub fn check_deleted(&self, request: &Request) -> Result<()> {
        let (deleted, most) = (self.deleted, request.max_delete);
        if deleted <= most {
            return Ok(());
        }
        let text = format!("--prune would remove {deleted} APIs and versions, and --max-delete is {most}");
        Err(Error::limit_exceeded(text).with_hint("Look at them with --dry-run; --max-delete N allows more."))
    }
}
