//! What becomes of what API Center does not take: text is cut to what it does.

use azr_core::error::{Error, Result};

pub(super) use azr_definitions::limits::*;

/// az's description of an API that has none.
const NO_DESCRIPTION: &str = "API Description";

/// The start of `text` that fits into `limit`, with a note where something was lost.
pub(super) fn cut_with_note<'a>(what: &str, text: &'a str, limit: usize, notes: &mut Vec<String>) -> &'a str {
    let short = truncate(text, limit);
    if short.len() < text.len() {
        notes.push(format!("the {what} is shortened to {limit} characters, the most API Center takes"));
    }
    short
}

/// A URL that fits; one that is too long would be another URL if it were cut, so it is left out with a note.
pub(super) fn url<'a>(what: &str, url: &'a str, notes: &mut Vec<String>) -> Option<&'a str> {
    let fits = truncate(url, URL).len() == url.len();
    if !fits {
        notes.push(format!(
            "the {what} is left out: it is longer than {URL} characters, the most API Center takes"
        ));
    }
    fits.then_some(url)
}

/// How to have another title, in parentheses; nothing where there are other definitions, which it would be for as well.
pub(super) fn title_mend(among_others: bool) -> &'static str {
    if among_others { "" } else { " (--title sets another)" }
}

/// The document's title, shortened at the end of a word where one is near.
pub(super) fn title(own: &str, among_others: bool, notes: &mut Vec<String>) -> String {
    let short = truncate(own, TITLE);
    if short.len() == own.len() {
        return own.to_owned();
    }
    let ends_a_word = own[short.len()..].starts_with(' ');
    let last_word = short.rfind(' ').filter(|at| !ends_a_word && at * 2 > short.len());
    let words = last_word.map_or(short, |at| &short[..at]);
    let title = words.trim_end().to_owned();
    let mend = title_mend(among_others);
    notes.push(format!("the title is shortened to '{title}': API Center takes {TITLE} characters{mend}"));
    title
}

/// The user's title, which is refused rather than changed.
pub(super) fn given_title(title: &str) -> Result<String> {
    let title = title.trim();
    if title.is_empty() || truncate(title, TITLE).len() < title.len() {
        return Err(Error::invalid(format!("--title '{title}' does not have 1 to {TITLE} characters")));
    }
    Ok(title.to_owned())
}

/// The description of the API and of its definition.
pub(super) fn description(own: Option<&str>, notes: &mut Vec<String>) -> String {
    cut_with_note("description", own.unwrap_or(NO_DESCRIPTION), DESCRIPTION, notes).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters() {
        assert_eq!(truncate("abc", 3), "abc");
        assert_eq!(truncate("äbc", 2), "äb");
        assert_eq!(truncate("a🐱b", 2), "a");
        assert_eq!(truncate("a🐱b", 3), "a🐱");
    }

    #[test]
    fn titles_end_with_a_word_and_a_note() {
        let mut notes = Vec::new();
        assert_eq!(title("Short", false, &mut notes), "Short");
        assert!(notes.is_empty());
        let long = title("A Rather Long Title of an API That Says Everything at Once", false, &mut notes);
        assert_eq!(long, "A Rather Long Title of an API That Says Everything");
        let unbroken = title(&"x".repeat(60), true, &mut notes);
        assert_eq!((unbroken.len(), notes.len()), (TITLE, 2));
        assert!(given_title(&"x".repeat(51)).is_err() && given_title(" ").is_err());
    }

    #[test]
    fn long_urls_are_left_out() {
        let mut notes = Vec::new();
        assert!(url("URL of the license", &format!("https://{}", "x".repeat(200)), &mut notes).is_none());
        assert_eq!(notes.len(), 1);
    }
}
