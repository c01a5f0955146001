//! How a string may be written, by what it is made of.

/// What is allowed for a string.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// Without quotes, in a block.
    pub plain: bool,
    /// Between single quotes.
    pub single_quoted: bool,
    /// Whether it holds a line break.
    pub breaks: bool,
}

impl Shape {
    /// Looks at the characters and their neighbours.
    pub fn of(text: &str) -> Self {
        let breaks = text.contains(is_break);
        let special = text.chars().any(is_special);
        let space_then_break = has_pair(text, |a, b| a == ' ' && is_break(b));
        let break_then_space = has_pair(text, |a, b| is_break(a) && b == ' ');
        let outer_space = text.starts_with(' ') || text.ends_with(' ');
        let single_quoted = !special && !space_then_break && !break_then_space;
        Self {
            plain: single_quoted && !breaks && !outer_space && !reads_as_syntax(text),
            single_quoted,
            breaks,
        }
    }
}

/// What ends a line in YAML 1.1; a carriage return is special instead.
pub fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What only double quotes can hold.
fn is_special(c: char) -> bool {
    match c {
        '\u{feff}' | '\u{10ffff}' => true,
        '\n' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. => false,
        _ => true,
    }
}

/// Whether a parser would see a marker in it: `- `, `key: `, ` # comment`, `[`, `---` and the like.
fn reads_as_syntax(text: &str) -> bool {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let marker = match first {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            true
        }
        '?' | ':' | '-' => chars.next().is_none_or(is_blank),
        _ => false,
    };
    marker
        || text.starts_with("---")
        || text.starts_with("...")
        || text.ends_with(':')
        || has_pair(text, |a, b| (a == ':' && is_blank(b)) || (is_blank(a) && b == '#'))
}

fn is_blank(c: char) -> bool {
    matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c)
}

fn has_pair(text: &str, found: impl Fn(char, char) -> bool) -> bool {
    text.chars().zip(text.chars().skip(1)).any(|(a, b)| found(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_until_it_reads_as_syntax() {
        for plain in ["a", "a:b", "a#b", "-x", "?x", ":x", "it's", "a, b", "x]", "é☕", "--"] {
            assert!(Shape::of(plain).plain, "{plain}");
        }
        for quoted in
            [" a", "a ", "a: b", "a:", "a #b", "- x", "-", "#", "[x", "'x", "%", "---x", "...", "a\nb"]
        {
            let shape = Shape::of(quoted);
            assert!(!shape.plain && shape.single_quoted, "{quoted}");
        }
    }

    #[test]
    fn some_need_double_quotes() {
        for text in ["\t", "a\r\n", "a \nb", "a\n b", "\u{7f}", "\u{feff}", "\u{10ffff}"] {
            assert!(!Shape::of(text).single_quoted, "{text:?}");
        }
    }
}
