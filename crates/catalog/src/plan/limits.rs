//! What becomes of what API Center does not take.

use super::OnInvalid;
pub use azr_definitions::limits::{DESCRIPTION, NAME, TITLE, URL, truncate};

/// Checks the parts of one API, and collects what is to be said about it.
pub struct Checker {
    on_invalid: OnInvalid,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Why the API is left out.
    pub refused: Option<String>,
}

impl Checker {
    /// One that follows `--on-invalid`.
    pub fn new(on_invalid: OnInvalid) -> Self {
        Self { on_invalid, notes: Vec::new(), refused: None }
    }

    /// Says that something does not fit, and what was done about it where it is to be mended.
    pub fn amiss(&mut self, what: &str, mended: &str) {
        if self.on_invalid == OnInvalid::Truncate {
            self.notes.push(format!("{what}: {mended}"));
        } else {
            self.refuse(what);
        }
    }

    /// Leaves the API out; the first reason counts.
    pub fn refuse(&mut self, why: &str) {
        self.refused.get_or_insert_with(|| why.to_owned());
    }

    /// A text that fits into `limit`.
    pub fn text(&mut self, what: &str, text: &str, limit: usize) -> String {
        let text = text.trim();
        let short = truncate(text, limit);
        if short.len() == text.len() {
            return text.to_owned();
        }
        let at_word =
            short.rfind(' ').filter(|at| !text[short.len()..].starts_with(' ') && at * 2 > short.len());
        let short = at_word.map_or(short, |at| &short[..at]).trim_end();
        self.amiss(&format!("the {what} is longer than {limit} characters"), "it is shortened");
        short.to_owned()
    }

    /// A URL that fits; one that does not is left out, as it would be another URL if it were cut.
    pub fn url<'u>(&mut self, what: &str, url: &'u str) -> Option<&'u str> {
        if url::Url::parse(url).is_err() {
            self.amiss(&format!("the {what} is not a URL"), "it is left out");
            return None;
        }
        if truncate(url, URL).len() < url.len() {
            self.amiss(&format!("the {what} is longer than {URL} characters"), "it is left out");
            return None;
        }
        Some(url)
    }
}
