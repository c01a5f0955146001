//! What has come of an import so far: counted, ordered, and handed on, so that little of it is held.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::{ApiResult, Status, Writer};
use azr_core::error::Result;

/// How many notes are kept to be shown; all are in the report.
const KEPT_NOTES: usize = 10;

/// An API that was not imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its name in the center.
    pub name: String,
    /// Failed or skipped.
    pub status: Status,
    /// Why.
    pub reason: String,
}

/// The results of an import, in the order of its APIs whichever way they come.
#[derive(Default)]
pub struct Results {
    report: Option<Writer>,
    /// All of them as they are printed; None where they are too many to be held.
    kept: Option<Vec<Value>>,
    /// Results that came before their turn.
    early: BTreeMap<usize, Option<ApiResult>>,
    /// The place of the next one.
    next: usize,
    counts: [usize; Status::ALL.len()],
    problems: Vec<Problem>,
    notes: Vec<String>,
    more_notes: usize,
}

impl Results {
    /// Results that go into a report as they come.
    #[must_use]
    pub fn new(report: Option<Writer>) -> Self {
        Self { report, ..Self::default() }
    }

    /// These results, which are all there are; they are in the report at the end, and in what is printed.
    pub fn of(all: Vec<ApiResult>, report: Option<Writer>) -> Result<Self> {
        let mut results = Self { kept: Some(Vec::with_capacity(all.len())), ..Self::new(report) };
        all.into_iter().try_for_each(|result| results.take(result))?;
        results.report.take().map_or(Ok(()), Writer::finish)?;
        Ok(results)
    }

    /// Takes the result of the API at this place, or that there is none; each place comes once.
    pub fn add(&mut self, at: usize, result: Option<ApiResult>) -> Result<()> {
        self.early.insert(at, result);
        while let Some(result) = self.early.remove(&self.next) {
            self.next += 1;
            result.map_or(Ok(()), |result| self.take(result))?;
        }
        Ok(())
    }

    /// Ends the results after so many places; `missing` gives the result of one that none has come for.
    pub fn finish(&mut self, places: usize, missing: impl Fn(usize) -> Option<ApiResult>) -> Result<()> {
        while self.next < places {
            let at = self.next;
            self.next += 1;
            if let Some(result) = self.early.remove(&at).unwrap_or_else(|| missing(at)) {
                self.take(result)?;
            }
        }
        self.report.take().map_or(Ok(()), Writer::finish)
    }

    fn take(&mut self, result: ApiResult) -> Result<()> {
        if let Some(report) = &mut self.report {
            report.add(&result)?;
        }
        if let Some(kept) = &mut self.kept {
            kept.push(json!(result));
        }
        if let Some(at) = Status::ALL.iter().position(|status| *status == result.status) {
            self.counts[at] += 1;
        }
        for note in &result.notes {
            if self.notes.len() < KEPT_NOTES {
                self.notes.push(format!("{}: {note}", result.name));
            } else {
                self.more_notes += 1;
            }
        }
        if matches!(result.status, Status::Failed | Status::Skipped) {
            let reason = result.reason.unwrap_or_default();
            self.problems.push(Problem { name: result.name, status: result.status, reason });
        }
        Ok(())
    }

    /// How many APIs ended so.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        Status::ALL.iter().position(|s| *s == status).map_or(0, |at| self.counts[at])
    }

    /// How many APIs there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The APIs that were not imported.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The first notes, and how many more there are.
    #[must_use]
    pub fn notes(&self) -> (&[String], usize) {
        (&self.notes, self.more_notes)
    }

    /// The result to print: counts, every API that was not imported with the reason, and all APIs where they are held.
    #[must_use]
    pub fn summary(&self) -> Value {
        let mut summary = json!({});
        for status in Status::ALL {
            summary[status.word()] = json!(self.count(status));
        }
        let problem = |p: &Problem| json!({"name": p.name, "status": p.status.word(), "reason": p.reason});
        summary["problems"] = self.problems.iter().map(problem).collect();
        if let Some(kept) = &self.kept {
            summary["apis"] = json!(kept);
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, status: Status) -> ApiResult {
        let mut result = ApiResult { name: name.to_owned(), ..ApiResult::default() };
        result.end(status, Some(format!("why {name}")));
        result
    }

    #[test]
    fn results_are_in_order_and_what_is_missing_is_made_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.json");
        let writer = Writer::create(&path, super::super::report::Form::Json).expect("a report");
        let mut results = Results::new(Some(writer));
        results.add(2, Some(result("c", Status::Failed))).expect("taken");
        results.add(1, None).expect("taken");
        results.add(0, Some(result("a", Status::Created))).expect("taken");
        results.add(5, Some(result("f", Status::Created))).expect("taken");
        let missing = |at| (at == 3).then(|| result("d", Status::Skipped));
        results.finish(6, missing).expect("written");
        let list: Vec<Value> = serde_json::from_slice(&std::fs::read(&path).expect("it")).expect("a list");
        let names: Vec<&str> = list.iter().filter_map(|r| r["name"].as_str()).collect();
        assert_eq!(names, ["a", "c", "d", "f"]);
        let summary = results.summary();
        assert_eq!(
            (&summary["created"], &summary["failed"], &summary["skipped"]),
            (&json!(2), &json!(1), &json!(1))
        );
        assert_eq!(summary["problems"][0], json!({"name": "c", "status": "failed", "reason": "why c"}));
    }
}
