//! Errors of queries: those of the syntax, and those of the evaluation.

/// Why a text is not a valid query, and where.
#[derive(Debug)]
pub(crate) struct SyntaxError {
    /// The position in the query, counted in characters.
    pub position: usize,
    pub reason: String,
}

impl SyntaxError {
    pub(crate) fn new(position: usize, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into() }
    }
}

/// The result of an evaluation; the error is the reason in words.
pub(crate) type EvalResult<T> = Result<T, String>;
