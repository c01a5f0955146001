//! What a report is about, for its readers.

/// What a report is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportHeading {
    /// What was done, such as `Import from myAPIManagement into myAPICenter`.
    pub subject: String,
    /// When it was started, such as `2026-11-27 13:53 UTC`.
    pub time: String,
    /// The page of the pipeline's run, if a pipeline did it.
    pub run_url: Option<String>,
}
