//! Values as JSON or Python literals.
//!
//! az tries to parse JSON and then a Python literal, such as `{'a': True, 'b': ('x', None)}`, which needs no double quotes.
//! Supported are the Python forms with an equivalent in JSON: dict, list, tuple, string, number, `True`, `False`, `None`.

use serde_json::{Map, Number, Value};

use super::char_reader::CharReader;
use super::numeral;

/// The maximum nesting of lists and objects in a value, so that the stack does not overflow.
pub(crate) const MAX_DEPTH: usize = 100;

/// Parses JSON or a Python literal.
pub(crate) fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| parse_python(text))
}

fn parse_python(text: &str) -> Option<Value> {
    let mut parser = LiteralParser { reader: CharReader::new(text.trim()) };
    let value = parser.value(0)?;
    parser.skip_space();
    parser.reader.is_at_end().then_some(value)
}

struct LiteralParser {
    reader: CharReader,
}

impl LiteralParser {
    fn skip_space(&mut self) {
        self.reader.skip_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c'));
    }

    fn accept(&mut self, c: char) -> bool {
        self.skip_space();
        self.reader.accept(c)
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.skip_space();
        match self.reader.peek()? {
            '{' => self.dict(depth),
            '[' => self.sequence(']', depth).map(|(list, _)| Value::Array(list)),
            '(' => {
                let (mut list, comma) = self.sequence(')', depth)?;
                // Parentheses around one value without a comma are not a tuple.
                if list.len() == 1 && !comma { list.pop() } else { Some(Value::Array(list)) }
            }
            '\'' | '"' => self.strings().map(Value::String),
            _ => self.word(),
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Value> {
        self.reader.skip(1);
        let mut output = Map::new();
        loop {
            if self.accept('}') {
                return Some(Value::Object(output));
            }
            let key = match self.value(depth + 1)? {
                Value::String(key) => key,
                key @ (Value::Number(_) | Value::Bool(_) | Value::Null) => key.to_string(),
                _ => return None,
            };
            if !self.accept(':') {
                return None;
            }
            output.insert(key, self.value(depth + 1)?);
            if !self.accept(',') {
                return self.accept('}').then_some(Value::Object(output));
            }
        }
    }

    /// Parses the elements up to `close`; also returns whether the last one is followed by a comma.
    fn sequence(&mut self, close: char, depth: usize) -> Option<(Vec<Value>, bool)> {
        self.reader.skip(1);
        let mut output = Vec::new();
        let mut comma = true;
        loop {
            if self.accept(close) {
                return Some((output, comma));
            }
            if !comma {
                return None;
            }
            output.push(self.value(depth + 1)?);
            comma = self.accept(',');
        }
    }

    /// Parses one or more adjacent strings, which Python concatenates.
    fn strings(&mut self) -> Option<String> {
        let mut output = String::new();
        while let Some(quote @ ('\'' | '"')) = self.reader.peek() {
            self.reader.skip(1);
            loop {
                let c = self.reader.peek()?;
                self.reader.skip(1);
                match c {
                    '\n' => return None,
                    '\\' => self.escape(&mut output)?,
                    c if c == quote => break,
                    c => output.push(c),
                }
            }
            self.skip_space();
        }
        Some(output)
    }

    fn escape(&mut self, output: &mut String) -> Option<()> {
        let c = self.reader.peek()?;
        self.reader.skip(1);
        let character = match c {
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
            // Python keeps the backslash of an unknown escape.
            other => {
                output.push('\\');
                other
            }
        };
        output.push(character);
        Some(())
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text: String = self.reader.rest().get(..digits)?.iter().collect();
        self.reader.skip(digits);
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    }

    fn word(&mut self) -> Option<Value> {
        let word =
            self.reader.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-'));
        match word.as_str() {
            "True" => Some(Value::Bool(true)),
            "False" => Some(Value::Bool(false)),
            "None" => Some(Value::Null),
            // `inf` and `nan` are names in Python, not literals.
            _ if !word.contains(|c: char| c.is_ascii_digit()) => None,
            _ => parse_number(&word),
        }
    }
}

fn parse_number(word: &str) -> Option<Value> {
    let word = word.replace('_', "");
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word.strip_prefix('+').unwrap_or(&word)),
    };
    if let Some(n) = numeral::parse_integer(sign, digits, 10) {
        // Python does not accept leading zeros, which once meant octal.
        let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && n != 0;
        return (!has_leading_zero).then_some(n);
    }
    let radix = |prefix: &str, radix| numeral::parse_integer(sign, digits.strip_prefix(prefix)?, radix);
    radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .or_else(|| word.parse().ok().and_then(Number::from_f64).map(Value::Number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn python_literals_are_parsed_as_the_equivalent_json() {
        for (text, expected) in [
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
            ("-0x10", json!(-16)),
            ("18446744073709551617", serde_json::from_str("18446744073709551617").unwrap()),
            ("{}", json!({})),
            ("()", json!([])),
        ] {
            assert_eq!(parse(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_literals() {
        for text in ["", "abc", "{a: 1}", "{'a'}", "['a' 1]", "'a", "007", "nan", "{'a':1} x", "(,)", "1 2"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&"[".repeat(100_000)), None);
    }
}
