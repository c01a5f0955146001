//! Truncation of texts, byte order marks, and characters that are not safe to show.

/// The longest start of a text that has at most `limit` UTF-16 code units, which is how .NET counts lengths.
#[must_use]
pub fn truncate_utf16(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (index, char) in text.char_indices() {
        units += char.len_utf16();
        if units > limit {
            return &text[..index];
        }
    }
    text
}

/// A text in UTF-8 without the byte order mark that some programs of Windows put before it.
#[must_use]
pub fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Whether a character can change how a terminal or a log shows a text, instead of being shown itself: a control
/// character (C0, DEL, C1), a line or paragraph separator, a mark of text direction, or an invisible character.
#[must_use]
pub fn is_unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_are_not_shown_as_themselves_are_unsafe() {
        for c in "\u{1b}\u{7}\n\t\u{7f}\u{9b}\u{85}\u{2028}\u{202e}\u{2066}\u{200b}\u{200f}\u{feff}\u{e0041}"
            .chars()
        {
            assert!(is_unsafe_to_show(c), "{c:?}");
        }
        for c in "a é日🐱 \u{a0}\u{301}ש".chars() {
            assert!(!is_unsafe_to_show(c), "{c:?}");
        }
    }

    #[test]
    fn a_character_outside_the_basic_plane_counts_twice() {
        assert_eq!(truncate_utf16("abc", 3), "abc");
        assert_eq!(truncate_utf16("äbc", 2), "äb");
        assert_eq!(truncate_utf16("a🐱b", 2), "a");
        assert_eq!(truncate_utf16("a🐱b", 3), "a🐱");
    }
}
