//! The steps of a saved plan that may be carried out.

use std::collections::HashMap;

use crate::planned_step::{PlannedStep, describe_differences};
use azr_core::error::{Error, Result};

/// The steps that may be carried out for each API of a source.
#[derive(Debug, Default)]
pub struct ApprovedSteps(HashMap<String, Vec<PlannedStep>>);

impl ApprovedSteps {
    /// The steps of APIs, each by its name.
    pub fn new<'n>(apis: impl Iterator<Item = (&'n str, Vec<PlannedStep>)>) -> Self {
        Self(apis.map(|(name, steps)| (name.to_ascii_lowercase(), steps)).collect())
    }

    /// The approved steps of an API.
    #[must_use]
    pub fn of_api(&self, name: &str) -> &[PlannedStep] {
        self.0.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice)
    }

    /// Fails if the steps of an API, without documents, are not those that were approved.
    pub fn check(&self, name: &str, steps: &[PlannedStep]) -> Result<()> {
        let without_documents = |steps: &[PlannedStep]| {
            steps.iter().filter(|step| step.source.is_none()).cloned().collect::<Vec<_>>()
        };
        let (approved, current) = (without_documents(self.of_api(name)), without_documents(steps));
        match describe_differences(&approved, &current).first() {
            None => Ok(()),
            Some(difference) => Err(changed_error(difference)),
        }
    }

    /// Fails if the steps of an API are not those that were approved.
    pub fn check_all(&self, name: &str, steps: &[PlannedStep]) -> Result<()> {
        match describe_differences(self.of_api(name), steps).first() {
            None => Ok(()),
            Some(difference) => Err(changed_error(difference)),
        }
    }

    /// Fails if the document of a source API is not the one that was approved.
    pub fn check_document(&self, name: &str, source: &str, digest: &str) -> Result<()> {
        let is_same =
            |step: &&PlannedStep| step.source.as_deref().is_some_and(|s| s.eq_ignore_ascii_case(source));
        let approved = self.of_api(name).iter().find(is_same).and_then(|step| step.desired.as_deref());
        if approved == Some(digest) {
            return Ok(());
        }
        Err(changed_error(&format!("the document of {source} has changed")))
    }
}

/// The error of an API that has changed since its plan was saved.
pub(crate) fn changed_error(difference: &str) -> Error {
    Error::conflict(format!("not written, because it has changed since the plan was saved: {difference}"))
        .with_hint("Save a new plan with --dry-run --out FILE.")
}
