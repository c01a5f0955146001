//! Strings that would be parsed as another type without quotes: a boolean, a number, a date, null.
//!
//! The forms are those of YAML 1.1, so `yes`, `007`, `1_000`, `190:20:30` and `2026-01-02` are quoted.

/// Whether the text without quotes would be parsed as something other than a string.
pub(crate) fn is_implicit_type(text: &str) -> bool {
    is_keyword(text) || is_int(text) || is_float(text) || is_time(text)
}

fn is_keyword(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "yes" | "no" | "true" | "false" | "on" | "off" | "null") {
        let capitalized = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text[1..].bytes().all(|b| b.is_ascii_lowercase());
        return text == lower || capitalized || text.bytes().all(|b| b.is_ascii_uppercase());
    }
    matches!(text, "" | "~" | "<<" | "=")
}

fn is_int(text: &str) -> bool {
    let text = strip_sign(text);
    if let Some(digits) = text.strip_prefix("0b") {
        return non_empty(digits, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return non_empty(digits, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    match text.strip_prefix('0') {
        Some(octal) => octal.bytes().all(|b| matches!(b, b'0'..=b'7' | b'_')),
        None => is_sexagesimal(text) || is_decimal(text),
    }
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".nan" | ".NaN" | ".NAN") || matches!(strip_sign(text), ".inf" | ".Inf" | ".INF") {
        return true;
    }
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (text, None),
    };
    let exponent_is_valid = exponent
        .is_none_or(|e| e.strip_prefix(['+', '-']).is_some_and(|e| non_empty(e, |b| b.is_ascii_digit())));
    let Some((integer, fraction)) = strip_sign(number).split_once('.') else { return false };
    if !exponent_is_valid || !fraction.bytes().all(is_digit_or_underscore) {
        return false;
    }
    match integer {
        // A number that starts with its point has no sign.
        "" => number.starts_with('.') && fraction.starts_with(|c: char| c.is_ascii_digit()),
        _ => is_decimal(integer) || (exponent.is_none() && is_sexagesimal(integer)),
    }
}

/// `2026-01-02`, or a date and a time with or without a zone.
fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(3, '-').collect();
    let [year, month, rest] = parts[..] else { return false };
    let day_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !is_digits(year, 4, 4) || !is_digits(month, 1, 2) || !(1..=2).contains(&day_digits) {
        return false;
    }
    let after_day = &rest[day_digits..];
    if after_day.is_empty() {
        return month.len() == 2 && day_digits == 2;
    }
    let clock = match after_day.strip_prefix(['T', 't']) {
        Some(clock) => clock,
        None if after_day.starts_with([' ', '\t']) => after_day.trim_start_matches([' ', '\t']),
        None => return false,
    };
    let seconds_end = clock.bytes().take_while(|b| b.is_ascii_digit() || *b == b':').count();
    let (time, zone) = clock.split_at(seconds_end);
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => zone,
    };
    let time: Vec<&str> = time.split(':').collect();
    matches!(time[..], [h, m, s] if is_digits(h, 1, 2) && is_digits(m, 2, 2) && is_digits(s, 2, 2))
        && is_zone(zone)
}

fn is_zone(text: &str) -> bool {
    let zone = text.trim_start_matches([' ', '\t']);
    if text.is_empty() || zone == "Z" {
        return true;
    }
    let Some(offset) = zone.strip_prefix(['+', '-']) else { return false };
    let (hours, minutes) = offset.split_once(':').unwrap_or((offset, "00"));
    is_digits(hours, 1, 2) && is_digits(minutes, 2, 2)
}

fn strip_sign(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// Digits and `_`, starting with a digit.
fn is_decimal(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(is_digit_or_underscore)
}

/// A number in base 60: `190:20:30`.
fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().unwrap_or_default();
    let mut rest = parts.peekable();
    is_decimal(first)
        && rest.peek().is_some()
        && rest.all(|part| is_digits(part, 1, 2) && (part.len() == 1 || part.as_bytes()[0] <= b'5'))
}

fn is_digit_or_underscore(byte: u8) -> bool {
    byte.is_ascii_digit() || byte == b'_'
}

fn is_digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn non_empty(text: &str, matches: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_other_types_are_recognized() {
        for text in [
            "",
            "~",
            "null",
            "NULL",
            "yes",
            "Yes",
            "OFF",
            "<<",
            "=",
            "0",
            "-7",
            "007",
            "1_000",
            "0b1",
            "-0xFf",
            "190:20:30",
            "1.",
            "1.5",
            ".5",
            "-1.5e+3",
            "1:2.",
            "+.inf",
            ".NaN",
            "2026-01-02",
            "2026-1-2T3:04:05",
            "2026-01-02 03:04:05.123 +01:30",
            "2026-01-02T03:04:05Z",
        ] {
            assert!(is_implicit_type(text), "{text}");
        }
    }

    #[test]
    fn other_strings_stay_strings() {
        for text in [
            "yEs",
            "y",
            "nUll",
            "08",
            "0o7",
            "1e5",
            "1.5e3",
            "-.5",
            "-.nan",
            "_1",
            "1:60",
            "01:20",
            "0b",
            "0x",
            "+",
            ".",
            "2026-1-2",
            "2026-01-02T",
            "2026-01-02T03:04",
            "1.2.3",
            "12-01-02",
        ] {
            assert!(!is_implicit_type(text), "{text}");
        }
    }
}
