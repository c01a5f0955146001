//! How Python prints a value, where az's output shows it: times, and objects where its model says string.

use serde_json::Value;

/// `2026-01-02T03:04:05.0000000Z` as Python's `datetime.isoformat` prints it: `2026-01-02T03:04:05+00:00`.
///
/// Up to six digits of a fraction are kept, none when they are all zero. None for text that is no time.
pub fn iso_time(text: &str) -> Option<String> {
    let (date, rest) = text.split_once(['T', 't'])?;
    let zone_at = rest.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = rest.split_at(zone_at);
    let zone = if zone.eq_ignore_ascii_case("z") { "+00:00" } else { zone };
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let shaped = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text
                .bytes()
                .zip(shape.bytes())
                .all(|(b, s)| if s == b'0' { b.is_ascii_digit() } else { b == s })
    };
    if !shaped(date, "0000-00-00")
        || !shaped(seconds, "00:00:00")
        || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let fraction = if micros == "000000" { String::new() } else { format!(".{micros}") };
    Some(format!("{date}T{seconds}{fraction}{zone}"))
}

/// `str(value)`: what az prints for an object, list, number or bool where its model says string.
pub fn str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(n) => n.to_string(),
        Value::String(text) => {
            let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
            let mut out = String::from(quote);
            for c in text.chars() {
                match c {
                    '\\' => out.push_str("\\\\"),
                    '\n' => out.push_str("\\n"),
                    '\r' => out.push_str("\\r"),
                    '\t' => out.push_str("\\t"),
                    c if c == quote => {
                        out.push('\\');
                        out.push(c);
                    }
                    c => out.push(c),
                }
            }
            out.push(quote);
            out
        }
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(k, v)| format!("{}: {}", repr(&Value::String(k.clone())), repr(v)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_lose_their_zeros_and_keep_their_zone() {
        assert_eq!(iso_time("2026-01-02T03:04:05.0000000Z").as_deref(), Some("2026-01-02T03:04:05+00:00"));
        assert_eq!(
            iso_time("2026-01-02T03:04:05.1234567Z").as_deref(),
            Some("2026-01-02T03:04:05.123456+00:00")
        );
        assert_eq!(iso_time("2026-01-02T03:04:05+02:00").as_deref(), Some("2026-01-02T03:04:05+02:00"));
        assert_eq!(iso_time("yesterday"), None);
    }

    #[test]
    fn objects_print_as_python_does() {
        assert_eq!(
            str(&json!({"link": "https://x", "n": null, "b": true})),
            "{'link': 'https://x', 'n': None, 'b': True}"
        );
        assert_eq!(str(&json!(["it's", 1])), "[\"it's\", 1]");
        assert_eq!(str(&json!("plain")), "plain");
    }
}
