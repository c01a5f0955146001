//! What API Center takes, and what becomes of what it does not take.
//!
//! Lengths are those of the resource types of 2024-03-01, counted in UTF-16 units, as .NET counts.

use super::OnInvalid;

/// Titles of APIs, versions, definitions and deployments.
pub const TITLE: usize = 50;
/// An API's description.
pub const DESCRIPTION: usize = 1000;
/// Every URL.
pub const URL: usize = 200;
/// Names and addresses of contacts, names of licenses.
pub const NAME: usize = 100;

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
        let short = cut(text, limit);
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
        if cut(url, URL).len() < url.len() {
            self.amiss(&format!("the {what} is longer than {URL} characters"), "it is left out");
            return None;
        }
        Some(url)
    }
}

/// The start of `text` that fits into `limit`.
pub fn cut(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if units > limit {
            return &text[..at];
        }
    }
    text
}
