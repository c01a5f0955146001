//! `a.b[0].'c d'=value`: one value given for a place within the whole.

use azr_arm::edit::Step;

use super::strict;

/// The place before `=`, and how many bytes of `text` it and the `=` take; None when the text is one whole value.
///
/// Names are letters, digits, `_` and `-`, or text in single quotes; a list element is `[n]`, counted from the
/// end when negative.
pub fn split(text: &str) -> Option<(Vec<Step>, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut steps = Vec::new();
    let mut at = 0;
    loop {
        match chars.get(at)? {
            '[' => at = index(&chars, at, &mut steps)?,
            '\'' => {
                let (name, length) = strict::quoted(&chars[at..]).ok()?;
                if name.is_empty() {
                    return None;
                }
                steps.push(Step::Key(name));
                at += length;
            }
            _ => {
                let length = chars[at..].iter().take_while(|c| is_name(**c)).count();
                if length == 0 {
                    return None;
                }
                steps.push(Step::Key(chars[at..at + length].iter().collect()));
                at += length;
            }
        }
        while chars.get(at) == Some(&'[') {
            at = index(&chars, at, &mut steps)?;
        }
        match chars.get(at)? {
            '=' => {
                let bytes = chars[..=at].iter().map(|c| c.len_utf8()).sum();
                return Some((steps, bytes));
            }
            '.' => at += 1,
            _ => return None,
        }
        // `a.[0]` is no place: the index follows the name.
        if chars.get(at) == Some(&'[') {
            return None;
        }
    }
}

fn index(chars: &[char], at: usize, steps: &mut Vec<Step>) -> Option<usize> {
    let length = chars[at + 1..].iter().position(|c| *c == ']')?;
    let digits: String = chars[at + 1..=at + length].iter().collect();
    if !digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    steps.push(Step::Index(digits.parse().ok()?));
    Some(at + length + 2)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.into())
    }

    #[test]
    fn places_are_split_from_values() {
        for (text, steps, value) in [
            ("a=b", vec![key("a")], "b"),
            ("a=", vec![key("a")], ""),
            ("a.b-c=d=e", vec![key("a"), key("b-c")], "d=e"),
            ("[0].name=Bob", vec![Step::Index(0), key("name")], "Bob"),
            ("[-1]={a:b}", vec![Step::Index(-1)], "{a:b}"),
            ("a[2].b=x\ny", vec![key("a"), Step::Index(2), key("b")], "x\ny"),
            ("'it'/s a.b'.x=1", vec![key("it's a.b"), key("x")], "1"),
        ] {
            let found = split(text);
            let (got, bytes) = found.unwrap();
            assert_eq!((got, &text[bytes..]), (steps, value), "{text}");
        }
    }

    #[test]
    fn whole_values_have_no_place() {
        for text in [
            "",
            "=",
            "a",
            "{a:b=c}",
            "https://x?a=b",
            "a b=c",
            ".a=b",
            "a.=b",
            "a..b=c",
            "[x]=1",
            "[]=1",
            "a.[0]=1",
            "'a=b",
            "''=x",
            "[99999999999999999999]=1",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
