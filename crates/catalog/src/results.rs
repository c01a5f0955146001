//! Collects the results of an import: counts them, orders them and passes them on to the report.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::{ApiResult, ReportWriter, Status};
use azr_core::error::Result;

/// How many notes are printed; the report has all.
const MAX_PRINTED_NOTES: usize = 10;

/// An API that failed or was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name in the center.
    pub name: String,
    /// Failed or skipped.
    pub status: Status,
    /// The reason.
    pub reason: String,
}

/// The results of an import, in the order of its APIs, whatever the order in which they are added.
#[derive(Default)]
pub struct ImportResults {
    report: Option<ReportWriter>,
    /// All results for printing; None if they would need too much memory.
    all: Option<Vec<Value>>,
    /// Results that were added before their predecessors.
    early: BTreeMap<usize, Option<ApiResult>>,
    /// The index of the next result.
    next: usize,
    counts: [usize; Status::ALL.len()],
    problems: Vec<Problem>,
    notes: Vec<String>,
    more_notes: usize,
}

impl ImportResults {
    /// Starts an empty collection that passes results on to a report.
    #[must_use]
    pub fn new(report: Option<ReportWriter>) -> Self {
        Self { report, ..Self::default() }
    }

    /// Collects a complete list of results, and finishes the report; the summary lists all of them.
    pub fn complete(all: Vec<ApiResult>, report: Option<ReportWriter>) -> Result<Self> {
        let mut results = Self { all: Some(Vec::with_capacity(all.len())), ..Self::new(report) };
        all.into_iter().try_for_each(|result| results.record(result))?;
        results.report.take().map_or(Ok(()), ReportWriter::finish)?;
        Ok(results)
    }

    /// Adds the result with this index, or None if there is none; every index is added once.
    pub fn add(&mut self, index: usize, result: Option<ApiResult>) -> Result<()> {
        self.early.insert(index, result);
        while let Some(result) = self.early.remove(&self.next) {
            self.next += 1;
            result.map_or(Ok(()), |result| self.record(result))?;
        }
        Ok(())
    }

    /// Finishes the collection with `count` results; `missing` returns those that have not been added.
    pub fn finish(&mut self, count: usize, missing: impl Fn(usize) -> Option<ApiResult>) -> Result<()> {
        self.fill(count, missing)?;
        self.report.take().map_or(Ok(()), ReportWriter::finish)
    }

    /// Completes the first `count` results, after which those of another source may follow.
    pub fn fill(&mut self, count: usize, missing: impl Fn(usize) -> Option<ApiResult>) -> Result<()> {
        while self.next < count {
            let index = self.next;
            self.next += 1;
            if let Some(result) = self.early.remove(&index).unwrap_or_else(|| missing(index)) {
                self.record(result)?;
            }
        }
        Ok(())
    }

    fn record(&mut self, result: ApiResult) -> Result<()> {
        if let Some(report) = &mut self.report {
            report.add(&result)?;
        }
        if let Some(all) = &mut self.all {
            all.push(json!(result));
        }
        if let Some(index) = Status::ALL.iter().position(|status| *status == result.status) {
            self.counts[index] += 1;
        }
        for note in &result.notes {
            if self.notes.len() < MAX_PRINTED_NOTES {
                // A note about a source may already start with the name.
                let is_named = note.starts_with(&format!("{} ", result.name));
                self.notes.push(if is_named { note.clone() } else { format!("{}: {note}", result.name) });
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

    /// How many APIs have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        Status::ALL.iter().position(|s| *s == status).map_or(0, |index| self.counts[index])
    }

    /// How many APIs there are.
    #[must_use]
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The APIs that failed or were skipped.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The first notes, and the number of further ones.
    #[must_use]
    pub fn notes(&self) -> (&[String], usize) {
        (&self.notes, self.more_notes)
    }

    /// The value to print: counts, the APIs that failed or were skipped, and all APIs of a complete list.
    #[must_use]
    pub fn summary(&self) -> Value {
        let mut summary = json!({});
        for status in Status::ALL {
            summary[status.as_str()] = json!(self.count(status));
        }
        let problem = |p: &Problem| json!({"name": p.name, "status": p.status.as_str(), "reason": p.reason});
        summary["problems"] = self.problems.iter().map(problem).collect();
        if let Some(all) = &self.all {
            summary["apis"] = json!(all);
        }
        summary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(name: &str, status: Status) -> ApiResult {
        let mut result = ApiResult { name: name.to_owned(), ..ApiResult::default() };
        result.finish(status, Some(format!("why {name}")));
        result
    }

    #[test]
    fn results_are_in_order_and_missing_ones_are_filled_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.json");
        let writer = ReportWriter::create(&path, crate::report::ReportFormat::Json).expect("a report");
        let mut results = ImportResults::new(Some(writer));
        results.add(2, Some(result("c", Status::Failed))).expect("added");
        results.add(1, None).expect("added");
        results.add(0, Some(result("a", Status::Created))).expect("added");
        results.add(5, Some(result("f", Status::Created))).expect("added");
        let missing = |index| (index == 3).then(|| result("d", Status::Skipped));
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
