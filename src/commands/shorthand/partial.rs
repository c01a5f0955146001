//! Partial values: `a.b[0].'c d'=value` sets the value at a path.

use azr_arm::edit::PathSegment;

use super::strict;

/// Splits off the path before `=`; also returns its length in bytes including `=`. `None` if there is no path.
///
/// Names consist of letters, digits, `_` and `-`, or are in single quotes; a list element is `[n]`, which counts from the
/// end if it is negative.
pub(super) fn split_path(text: &str) -> Option<(Vec<PathSegment>, usize)> {
    let chars: Vec<char> = text.chars().collect();
    let mut steps = Vec::new();
    let mut position = 0;
    loop {
        match chars.get(position)? {
            '[' => position = parse_index(&chars, position, &mut steps)?,
            '\'' => {
                let (name, length) = strict::parse_quoted(&chars[position..]).ok()?;
                if name.is_empty() {
                    return None;
                }
                steps.push(PathSegment::Key(name));
                position += length;
            }
            _ => {
                let length = chars[position..].iter().take_while(|c| is_name(**c)).count();
                if length == 0 {
                    return None;
                }
                steps.push(PathSegment::Key(chars[position..position + length].iter().collect()));
                position += length;
            }
        }
        while chars.get(position) == Some(&'[') {
            position = parse_index(&chars, position, &mut steps)?;
        }
        match chars.get(position)? {
            '=' => {
                let bytes = chars[..=position].iter().map(|c| c.len_utf8()).sum();
                return Some((steps, bytes));
            }
            '.' => position += 1,
            _ => return None,
        }
        // `a.[0]` is not valid: an index follows a name directly.
        if chars.get(position) == Some(&'[') {
            return None;
        }
    }
}

fn parse_index(chars: &[char], start: usize, steps: &mut Vec<PathSegment>) -> Option<usize> {
    let length = chars[start + 1..].iter().position(|c| *c == ']')?;
    let digits: String = chars[start + 1..=start + length].iter().collect();
    if !digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    steps.push(PathSegment::Index(digits.parse().ok()?));
    Some(start + length + 2)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> PathSegment {
        PathSegment::Key(name.into())
    }

    #[test]
    fn paths_are_split_from_values() {
        for (text, steps, value) in [
            ("a=b", vec![key("a")], "b"),
            ("a=", vec![key("a")], ""),
            ("a.b-c=d=e", vec![key("a"), key("b-c")], "d=e"),
            ("[0].name=Bob", vec![PathSegment::Index(0), key("name")], "Bob"),
            ("[-1]={a:b}", vec![PathSegment::Index(-1)], "{a:b}"),
            ("a[2].b=x\ny", vec![key("a"), PathSegment::Index(2), key("b")], "x\ny"),
            ("'it'/s a.b'.x=1", vec![key("it's a.b"), key("x")], "1"),
        ] {
            let (path, bytes) = split_path(text).unwrap();
            assert_eq!((path, &text[bytes..]), (steps, value), "{text}");
        }
    }

    #[test]
    fn values_without_a_path_are_not_split() {
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
            assert_eq!(split_path(text), None, "{text}");
        }
    }
}
