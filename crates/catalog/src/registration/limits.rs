//! Fits texts and URLs into the limits of API Center.

use azr_core::error::{Error, Result};

pub(super) use azr_definitions::limits::*;

/// The description of an API without one, as in az.
const NO_DESCRIPTION: &str = "API Description";

/// Truncates a text to `limit` characters, with a note if something was removed.
pub(super) fn truncate_with_note<'a>(
    name: &str,
    text: &'a str,
    limit: usize,
    notes: &mut Vec<String>,
) -> &'a str {
    let short = truncate(text, limit);
    if short.len() < text.len() {
        notes.push(format!("the {name} was shortened to {limit} characters, the maximum in API Center"));
    }
    short
}

/// Returns a URL if it is short enough, else adds a note; a shortened URL would be another URL.
pub(super) fn url<'a>(name: &str, url: &'a str, notes: &mut Vec<String>) -> Option<&'a str> {
    let fits = truncate(url, URL).len() == url.len();
    if !fits {
        notes.push(format!(
            "the {name} was left out, because it is longer than {URL} characters, the maximum in API Center"
        ));
    }
    fits.then_some(url)
}

/// A remark that `--title` sets another title; empty with several definitions, to which it cannot apply.
pub(super) fn title_option_note(is_one_of_several: bool) -> &'static str {
    if is_one_of_several { "" } else { " (--title sets another)" }
}

/// Shortens the title of a document, at the end of a word if one is near.
pub(super) fn fit_title(document_title: &str, is_one_of_several: bool, notes: &mut Vec<String>) -> String {
    let short = truncate(document_title, TITLE);
    if short.len() == document_title.len() {
        return document_title.to_owned();
    }
    let ends_a_word = document_title[short.len()..].starts_with(' ');
    let last_word = short.rfind(' ').filter(|index| !ends_a_word && index * 2 > short.len());
    let words = last_word.map_or(short, |index| &short[..index]);
    let title = words.trim_end().to_owned();
    let option = title_option_note(is_one_of_several);
    notes.push(format!("the title was shortened to '{title}': API Center allows {TITLE} characters{option}"));
    title
}

/// Checks the title in the options, which is never shortened.
pub(super) fn check_title(title: &str) -> Result<String> {
    let title = title.trim();
    if title.is_empty() || truncate(title, TITLE).len() < title.len() {
        return Err(Error::invalid(format!("--title '{title}' must have 1 to {TITLE} characters")));
    }
    Ok(title.to_owned())
}

/// Checks the summary in the options, which is never shortened.
pub(super) fn check_summary(summary: &str) -> Result<()> {
    if truncate(summary, SUMMARY).len() < summary.len() {
        return Err(Error::invalid(format!("--summary must have at most {SUMMARY} characters")));
    }
    Ok(())
}

/// The description of the API and its definition.
pub(super) fn description(document_description: Option<&str>, notes: &mut Vec<String>) -> String {
    truncate_with_note("description", document_description.unwrap_or(NO_DESCRIPTION), DESCRIPTION, notes)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_truncated_between_characters() {
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("äbc", 2), "äb");
        assert_eq!(truncate("a🐱b", 2), "a");
        assert_eq!(truncate("a🐱b", 3), "a🐱");
    }

    #[test]
    fn titles_end_with_a_word_and_a_note() {
        let mut notes = Vec::new();
        assert_eq!(fit_title("Short", false, &mut notes), "Short");
        assert!(notes.is_empty());
        let long = fit_title("A Rather Long Title of an API That Says Everything at Once", false, &mut notes);
        assert_eq!(long, "A Rather Long Title of an API That Says Everything");
        let unbroken = fit_title(&"x".repeat(60), true, &mut notes);
        assert_eq!((unbroken.len(), notes.len()), (TITLE, 2));
        assert!(check_title(&"x".repeat(51)).is_err() && check_title(" ").is_err());
    }

    #[test]
    fn long_urls_are_left_out() {
        let mut notes = Vec::new();
        assert!(url("URL of the license", &format!("https://{}", "x".repeat(200)), &mut notes).is_none());
        assert_eq!(notes.len(), 1);
    }
}
