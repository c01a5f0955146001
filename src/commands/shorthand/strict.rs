//! The shorthand syntax, as az parses it.
//!
//! `{key:value,flag}`, `[a,b]`, words, and text in single quotes, where `'/` is a quote. A word ends at one of
//! `, : ] }` and has neither spaces nor quotes. One comma may follow the last member or element. The rules were found
//! by comparing with azure-cli-core 2.91.

use std::collections::HashSet;

use serde_json::Value;

use super::error::ParseError;
use super::node::Node;
use crate::commands::char_reader::CharReader;
use crate::commands::literal::MAX_DEPTH;

/// Parses a text as one value.
pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let mut parser = StrictParser { reader: CharReader::new(text) };
    let node = parser.value(0)?;
    if !parser.reader.is_at_end() {
        return Err(parser.error("unexpected text after the value"));
    }
    Ok(node)
}

/// Parses text in single quotes at the start of `chars`; also returns the number of characters read.
pub(super) fn parse_quoted(chars: &[char]) -> Result<(String, usize), ParseError> {
    let mut output = String::new();
    let mut index = 1;
    while let Some(&c) = chars.get(index) {
        if c != '\'' {
            output.push(c);
            index += 1;
        } else if chars.get(index + 1) == Some(&'/') {
            output.push('\'');
            index += 2;
        } else {
            return Ok((output, index + 1));
        }
    }
    Err(ParseError::new(index, "the closing single quote is missing"))
}

struct StrictParser {
    reader: CharReader,
}

impl StrictParser {
    fn error(&self, reason: &str) -> ParseError {
        ParseError::new(self.reader.position(), reason)
    }

    fn value(&mut self, depth: usize) -> Result<Node, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.error("the value is nested too deep"));
        }
        match self.reader.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            _ => self.string(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, ParseError> {
        self.reader.skip(1);
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut known_keys = HashSet::new();
        if self.reader.peek() == Some('}') {
            self.reader.skip(1);
            return Ok(Node::Object(members));
        }
        loop {
            let start = self.reader.position();
            let (Node::Bare(key) | Node::Text(key)) = self.string()? else {
                return Err(ParseError::new(start, "a key cannot be null; use single quotes"));
            };
            if key.contains(['"', '\'']) {
                return Err(ParseError::new(start, format!("the key {key} contains a quote")));
            }
            if !known_keys.insert(key.clone()) {
                return Err(ParseError::new(start, format!("the key '{key}' occurs twice")));
            }
            let node = match self.reader.peek() {
                Some(':') => {
                    self.reader.skip(1);
                    self.value(depth + 1)?
                }
                Some(',' | '}') => Node::Blank,
                _ => return Err(self.error("expected ':' or ','")),
            };
            members.push((key, node));
            if self.accept_end('}')? {
                return Ok(Node::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, ParseError> {
        self.reader.skip(1);
        let mut elements = Vec::new();
        if self.reader.peek() == Some(']') {
            self.reader.skip(1);
            return Ok(Node::List(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.accept_end(']')? {
                return Ok(Node::List(elements));
            }
        }
    }

    /// Parses what follows a member or element; returns whether the object or list ends.
    fn accept_end(&mut self, close: char) -> Result<bool, ParseError> {
        match self.reader.peek() {
            Some(',') if self.reader.peek_nth(1) == Some(close) => self.reader.skip(2),
            Some(',') => {
                self.reader.skip(1);
                return Ok(false);
            }
            Some(c) if c == close => self.reader.skip(1),
            _ => return Err(self.error(&format!("expected ',' or '{close}'"))),
        }
        Ok(true)
    }

    fn string(&mut self) -> Result<Node, ParseError> {
        if self.reader.peek() == Some('\'') {
            let (text, length) = parse_quoted(self.reader.rest())
                .map_err(|e| ParseError::new(e.position + self.reader.position(), e.reason))?;
            self.reader.skip(length);
            return Ok(Node::Text(text));
        }
        let start = self.reader.position();
        while let Some(c) = self.reader.peek() {
            match c {
                ',' | ':' | ']' | '}' => break,
                '"' | '\'' => return Err(self.error(&format!("{c} must be within single quotes"))),
                c if c.is_whitespace() || ('\x1c'..='\x1f').contains(&c) => {
                    return Err(self.error("text with spaces must be in single quotes"));
                }
                _ => self.reader.skip(1),
            }
        }
        match self.reader.text_since(start) {
            word if word.is_empty() => Err(self.error("a value is missing")),
            word if word == "null" => Ok(Node::Scalar(Value::Null)),
            word if word == "??" => Err(ParseError::new(start, "see --help for the members of this value")),
            word => Ok(Node::Bare(word)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(word: &str) -> Node {
        Node::Bare(word.into())
    }

    #[test]
    fn values_are_parsed_as_in_az() {
        let object = |members: &[(&str, Node)]| {
            Node::Object(members.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect())
        };
        for (text, want) in [
            ("MIT", bare("MIT")),
            ("null", Node::Scalar(Value::Null)),
            ("'null'", Node::Text("null".into())),
            ("'it'/s, {x}'", Node::Text("it's, {x}".into())),
            ("''", Node::Text(String::new())),
            ("{}", Node::Object(vec![])),
            ("[]", Node::List(vec![])),
            ("{a:b,c}", object(&[("a", bare("b")), ("c", Node::Blank)])),
            ("{a:1,}", object(&[("a", bare("1"))])),
            ("[a,]", Node::List(vec![bare("a")])),
            ("{'c d':[x,{y:null}]}", {
                let inner = object(&[("y", Node::Scalar(Value::Null))]);
                object(&[("c d", Node::List(vec![bare("x"), inner]))])
            }),
            ("{/a/b:{}}", object(&[("/a/b", Node::Object(vec![]))])),
            ("a{b[c=d", bare("a{b[c=d")),
        ] {
            assert_eq!(parse(text), Ok(want), "{text}");
        }
    }

    #[test]
    fn a_fault_is_located() {
        for (text, at) in [
            ("", 0),
            ("{a:}", 3),
            ("{a:1", 4),
            ("{a 1}", 2),
            ("[a,,b]", 3),
            ("{\"a\":1}", 1),
            ("{a:1,a:2}", 5),
            ("{null:1}", 1),
            ("https://x", 5),
            ("{url:https://x}", 10),
            ("'abc", 4),
            ("'a'b", 3),
            ("{'a'b:1}", 4),
            ("[x]y", 3),
            ("{a:'b'", 6),
            ("??", 0),
        ] {
            assert_eq!(parse(text).unwrap_err().position, at, "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
