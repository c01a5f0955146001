//! Truncation of texts.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_outside_the_basic_plane_counts_twice() {
        assert_eq!(truncate_utf16("abc", 3), "abc");
        assert_eq!(truncate_utf16("äbc", 2), "äb");
        assert_eq!(truncate_utf16("a🐱b", 2), "a");
        assert_eq!(truncate_utf16("a🐱b", 3), "a🐱");
    }
}
