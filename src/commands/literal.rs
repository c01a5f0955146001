//! JSON, or what az takes for JSON: Python literals, which survive shells that eat double quotes.
//!
//! az tries JSON first and then a Python literal: `{'a': True, 'b': ('x', None)}`. The Python forms accepted
//! here are those that have a JSON meaning: dict, list, tuple, string, number, `True`, `False`, `None`.

use serde_json::{Map, Number, Value};

/// How deep lists and objects of a value may nest; deeper text is refused, so that no stack overflows.
pub const MAX_DEPTH: usize = 100;

/// The value that `text` writes as JSON or as a Python literal.
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| python(text))
}

fn python(text: &str) -> Option<Value> {
    let mut reader = Reader { chars: text.trim().chars().collect(), at: 0 };
    let value = reader.value(0)?;
    reader.space();
    (reader.at == reader.chars.len()).then_some(value)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, c: char) -> bool {
        self.space();
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.peek()? {
            '{' => self.dict(depth),
            '[' => self.sequence(']', depth).map(|(list, _)| Value::Array(list)),
            '(' => {
                let (mut list, comma) = self.sequence(')', depth)?;
                // Parentheses around one value without a comma only group.
                if list.len() == 1 && !comma { list.pop() } else { Some(Value::Array(list)) }
            }
            '\'' | '"' => self.strings().map(Value::String),
            _ => self.word(),
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut out = Map::new();
        loop {
            if self.eat('}') {
                return Some(Value::Object(out));
            }
            let key = match self.value(depth + 1)? {
                Value::String(key) => key,
                key @ (Value::Number(_) | Value::Bool(_) | Value::Null) => key.to_string(),
                _ => return None,
            };
            if !self.eat(':') {
                return None;
            }
            out.insert(key, self.value(depth + 1)?);
            if !self.eat(',') {
                return self.eat('}').then_some(Value::Object(out));
            }
        }
    }

    /// The elements up to `close`, and whether the last was followed by a comma.
    fn sequence(&mut self, close: char, depth: usize) -> Option<(Vec<Value>, bool)> {
        self.at += 1;
        let mut out = Vec::new();
        let mut comma = true;
        loop {
            if self.eat(close) {
                return Some((out, comma));
            }
            if !comma {
                return None;
            }
            out.push(self.value(depth + 1)?);
            comma = self.eat(',');
        }
    }

    /// One string, or several side by side, which Python joins.
    fn strings(&mut self) -> Option<String> {
        let mut out = String::new();
        while let Some(quote @ ('\'' | '"')) = self.peek() {
            self.at += 1;
            loop {
                let c = self.peek()?;
                self.at += 1;
                match c {
                    '\n' => return None,
                    '\\' => self.escape(&mut out)?,
                    c if c == quote => break,
                    c => out.push(c),
                }
            }
            self.space();
        }
        Some(out)
    }

    fn escape(&mut self, out: &mut String) -> Option<()> {
        let c = self.peek()?;
        self.at += 1;
        let plain = match c {
            '\n' => return Some(()),
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            '\\' | '\'' | '"' => c,
            'x' => self.hex(2)?,
            'u' => self.hex(4)?,
            'U' => self.hex(8)?,
            // Python keeps the backslash of an escape that it does not know.
            other => {
                out.push('\\');
                other
            }
        };
        out.push(plain);
        Some(())
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text: String = self.chars.get(self.at..self.at + digits)?.iter().collect();
        self.at += digits;
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    }

    fn word(&mut self) -> Option<Value> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-')) {
            self.at += 1;
        }
        let word: String = self.chars[start..self.at].iter().collect();
        match word.as_str() {
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            "None" => Some(Value::Null),
            // `inf` and `nan` are names in Python, and no JSON either.
            _ if !word.contains(|c: char| c.is_ascii_digit()) => None,
            _ => number(&word),
        }
    }
}

fn number(word: &str) -> Option<Value> {
    let word = word.replace('_', "");
    let unsigned = word.trim_start_matches('+');
    if let Ok(n) = unsigned.parse::<i64>() {
        // Python refuses 007: it was octal once.
        let digits = unsigned.trim_start_matches('-');
        let octal = digits.len() > 1 && digits.starts_with('0') && n != 0;
        return (!octal).then(|| n.into());
    }
    let radix = |prefix: &str, radix| {
        let digits = unsigned.strip_prefix(prefix)?;
        i64::from_str_radix(digits, radix).ok().map(Value::from)
    };
    radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .or_else(|| unsigned.parse().ok().and_then(Number::from_f64).map(Value::Number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn python_literals_are_read_as_the_json_they_mean() {
        for (text, want) in [
            ("{'a': 'b'}", json!({"a": "b"})),
            ("{'a': True, 'b': None, 'c': False,}", json!({"a": true, "b": null, "c": false})),
            ("['a', \"b\", 1.5, -2, 0x10]", json!(["a", "b", 1.5, -2, 16])),
            ("('a', 1)", json!(["a", 1])),
            ("('a',)", json!(["a"])),
            ("('a')", json!("a")),
            ("'it\\'s' 'x'", json!("it'sx")),
            ("'C:\\new'", json!("C:\new")),
            ("'\\d'", json!("\\d")),
            ("{1: 'a'}", json!({"1": "a"})),
            ("1_000", json!(1000)),
            ("{}", json!({})),
            ("()", json!([])),
        ] {
            assert_eq!(parse(text), Some(want), "{text}");
        }
    }

    #[test]
    fn what_is_neither_is_none() {
        for text in ["", "abc", "{a: 1}", "{'a'}", "['a' 1]", "'a", "007", "nan", "{'a':1} x", "(,)", "1 2"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
