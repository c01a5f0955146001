//! The styles in which a string may be written.

/// The styles allowed for a string.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AllowedStyles {
    /// Whether it may be written without quotes.
    pub plain: bool,
    /// Whether it may be written in single quotes.
    pub single_quoted: bool,
    /// Whether it contains a line break.
    pub has_breaks: bool,
}

impl AllowedStyles {
    /// Determines the styles from the characters of the string.
    pub(crate) fn for_text(text: &str) -> Self {
        let has_breaks = text.contains(is_break);
        let needs_double_quotes = text.chars().any(needs_escape);
        let space_then_break = has_pair(text, |a, b| a == ' ' && is_break(b));
        let break_then_space = has_pair(text, |a, b| is_break(a) && b == ' ');
        let has_outer_space = text.starts_with(' ') || text.ends_with(' ');
        let single_quoted = !needs_double_quotes && !space_then_break && !break_then_space;
        Self {
            plain: single_quoted && !has_breaks && !has_outer_space && !looks_like_syntax(text),
            single_quoted,
            has_breaks,
        }
    }
}

/// Whether a character ends a line in YAML 1.1. A carriage return does not: it needs an escape.
pub(crate) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether a character can be written only as an escape in double quotes.
fn needs_escape(c: char) -> bool {
    match c {
        '\u{feff}' | '\u{10ffff}' => true,
        '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => false,
        _ => true,
    }
}

/// Whether a parser would see an indicator in it: `- `, `key: `, ` # comment`, `[`, `---` and the like.
fn looks_like_syntax(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let starts_with_indicator = match first {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            true
        }
        '?' | ':' | '-' => chars.next().is_none_or(is_blank),
        _ => false,
    };
    starts_with_indicator
        || text.starts_with("---")
        || text.starts_with("...")
        || text.ends_with(':')
        || has_pair(text, |a, b| (a == ':' && is_blank(b)) || (is_blank(a) && b == '#'))
}

fn is_blank(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c)
}

fn has_pair(text: &str, is_match: impl Fn(char, char) -> bool) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(a, b)| is_match(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_that_look_like_syntax_are_quoted() {
        for plain in ["a", "a:b", "a#b", "-x", "?x", ":x", "it's", "a, b", "x]", "é☕", "--"] {
            assert!(AllowedStyles::for_text(plain).plain, "{plain}");
        }
        for quoted in
            [" a", "a ", "a: b", "a:", "a #b", "- x", "-", "#", "[x", "'x", "%", "---x", "...", "a\nb"]
        {
            let styles = AllowedStyles::for_text(quoted);
            assert!(!styles.plain && styles.single_quoted, "{quoted}");
        }
    }

    #[test]
    fn some_strings_need_double_quotes() {
        for text in ["\t", "a\r\n", "a \nb", "a\n b", "\u{7f}", "\u{feff}", "\u{10ffff}"] {
            assert!(!AllowedStyles::for_text(text).single_quoted, "{text:?}");
        }
    }
}
