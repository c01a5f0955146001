//! How many columns of a terminal a text takes, and how to fit it into fewer.
//!
//! East Asian characters and emoji take two columns, combining marks none.

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The number of columns that a text takes.
pub(crate) fn display_width(text: &str) -> usize {
    text.width()
}

/// Shortens a text to a number of columns; a shortened text ends with `…`.
pub(crate) fn shorten(text: &str, columns: usize) -> Cow<'_, str> {
    if display_width(text) <= columns {
        return Cow::Borrowed(text);
    }
    let end = end_of_columns(text, columns.saturating_sub(1));
    Cow::Owned(format!("{}…", text[..end].trim_end()))
}

/// Folds a text into lines of a number of columns, between words where possible.
pub(crate) fn fold(text: &str, columns: usize) -> Vec<&str> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut rest = text.trim_end();
    while display_width(rest) > columns {
        let end = end_of_columns(rest, columns);
        // The text may also break before the space that follows the line.
        let has_break_after = rest[end..].starts_with(' ');
        let break_at = if has_break_after { Some(end) } else { rest[..end].rfind(' ') };
        let end = match break_at {
            Some(index) if !rest[..index].trim().is_empty() => index,
            _ => end.max(rest.chars().next().map_or(0, char::len_utf8)),
        };
        lines.push(rest[..end].trim_end());
        rest = rest[end..].trim_start();
    }
    if !rest.is_empty() || lines.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Appends spaces to a text up to a number of columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(display_width(text))))
}

/// The end of the longest start of a text that takes at most `columns`; combining marks stay with their character.
fn end_of_columns(text: &str, columns: usize) -> usize {
    let mut used = 0;
    for (index, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > columns {
            return index;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_twice_and_combining_marks_not_at_all() {
        assert_eq!(display_width("日本語"), 6);
        assert_eq!(display_width("e\u{301}"), 1);
        assert_eq!(display_width("🐱"), 2);
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!(pad("日本", 3), "日本");
    }

    #[test]
    fn a_text_is_shortened_to_columns() {
        assert_eq!(shorten("swagger", 7), "swagger");
        assert_eq!(shorten("swagger", 6), "swagg…");
        assert_eq!(shorten("日本語", 5), "日本…");
        assert_eq!(shorten("日本語", 4), "日…");
        assert_eq!(shorten("re\u{301}sume\u{301}", 3), "re\u{301}…");
        assert_eq!(shorten("a b", 2), "a…");
    }

    #[test]
    fn a_text_is_folded_between_words() {
        assert_eq!(fold("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(fold("the quick brown fox", 9), ["the quick", "brown fox"]);
        assert_eq!(fold("a verylongword b", 6), ["a", "verylo", "ngword", "b"]);
        assert_eq!(fold("日本語", 4), ["日本", "語"]);
        assert_eq!(fold("日本", 1), ["日", "本"]);
        assert_eq!(fold("", 4), [""]);
    }
}
