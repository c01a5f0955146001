//! Checks values against the limits of API Center.

use super::types::OnInvalid;
pub(super) use azr_definitions::limits::{DESCRIPTION, NAME, TITLE, URL, truncate};

/// Checks the values of one API, and collects the notes and the reason for skipping it.
pub(super) struct LimitChecker {
    on_invalid: OnInvalid,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Why the API is skipped; None if it is not.
    pub skip_reason: Option<String>,
}

impl LimitChecker {
    /// Creates a checker that follows `--on-invalid`.
    pub(super) fn new(on_invalid: OnInvalid) -> Self {
        Self { on_invalid, notes: Vec::new(), skip_reason: None }
    }

    /// Records a violated limit: a note with the resolution if values are shortened, else a reason to skip the API.
    pub(super) fn violation(&mut self, problem: &str, resolution: &str) {
        if self.on_invalid == OnInvalid::Truncate {
            self.notes.push(format!("{problem}: {resolution}"));
        } else {
            self.skip(problem);
        }
    }

    /// Skips the API; only the first reason is kept.
    pub(super) fn skip(&mut self, reason: &str) {
        self.skip_reason.get_or_insert_with(|| reason.to_owned());
    }

    /// Shortens a text to `limit` characters, at a word boundary if one is near.
    pub(super) fn text(&mut self, name: &str, text: &str, limit: usize) -> String {
        let text = text.trim();
        let short = truncate(text, limit);
        if short.len() == text.len() {
            return text.to_owned();
        }
        let ends_a_word = text[short.len()..].starts_with(' ');
        let last_space = short.rfind(' ').filter(|index| !ends_a_word && index * 2 > short.len());
        let short = last_space.map_or(short, |index| &short[..index]).trim_end();
        self.violation(&format!("the {name} is longer than {limit} characters"), "it was shortened");
        short.to_owned()
    }

    /// Returns a URL if it is valid and short enough; a shortened URL would be another URL.
    pub(super) fn url<'u>(&mut self, name: &str, url: &'u str) -> Option<&'u str> {
        if url::Url::parse(url).is_err() {
            self.violation(&format!("the {name} is not a valid URL"), "it was left out");
            return None;
        }
        if truncate(url, URL).len() < url.len() {
            self.violation(&format!("the {name} is longer than {URL} characters"), "it was left out");
            return None;
        }
        Some(url)
    }
}
