//! Unambiguous values that az does not accept.
//!
//! Windows PowerShell removes double quotes from arguments, so `{"url":"https://x","name":"Bob Smith"}` arrives as
//! `{url:https://x,name:Bob Smith}`. In addition to az's syntax, this parser accepts spaces around names and values and
//! between words, URLs and other text with colons as values, and strings in double quotes. It does not accept what is
//! ambiguous: a member without `:`, a bracket or single quote within a word, and words followed by `word:`, which is
//! probably a missing comma.

use std::collections::HashSet;

use serde_json::Value;

use super::error::ParseError;
use super::node::Node;
use super::strict;
use crate::commands::char_reader::CharReader;
use crate::commands::literal::MAX_DEPTH;

/// Parses an object or a list.
pub(super) fn parse(text: &str) -> Result<Node, ParseError> {
    let mut parser = LenientParser { reader: CharReader::new(text) };
    parser.skip_space();
    let node = match parser.reader.peek() {
        Some('{') => parser.object(0)?,
        Some('[') => parser.list(0)?,
        _ => return Err(parser.error("expected '{' or '['")),
    };
    parser.skip_space();
    if !parser.reader.is_at_end() {
        return Err(parser.error("unexpected text after the value"));
    }
    Ok(node)
}

struct LenientParser {
    reader: CharReader,
}

impl LenientParser {
    fn error(&self, reason: &str) -> ParseError {
        ParseError::new(self.reader.position(), reason)
    }

    fn skip_space(&mut self) {
        self.reader.skip_while(char::is_whitespace);
    }

    fn accept(&mut self, c: char) -> bool {
        self.skip_space();
        self.reader.accept(c)
    }

    fn object(&mut self, depth: usize) -> Result<Node, ParseError> {
        self.reader.skip(1);
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut known_keys = HashSet::new();
        loop {
            if self.accept('}') {
                return Ok(Node::Object(members));
            }
            let start = self.reader.position();
            let key = self.key()?;
            if !known_keys.insert(key.clone()) {
                return Err(ParseError::new(start, format!("the key '{key}' occurs twice")));
            }
            if !self.accept(':') {
                return Err(self.error("expected ':'"));
            }
            members.push((key, self.value('}', depth + 1)?));
            self.separator('}')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, ParseError> {
        self.reader.skip(1);
        let mut elements = Vec::new();
        loop {
            if self.accept(']') {
                return Ok(Node::List(elements));
            }
            elements.push(self.value(']', depth + 1)?);
            self.separator(']')?;
        }
    }

    fn separator(&mut self, close: char) -> Result<(), ParseError> {
        self.skip_space();
        match self.reader.peek() {
            Some(c) if c == close => Ok(()),
            Some(',') => {
                self.reader.skip(1);
                Ok(())
            }
            _ => Err(self.error(&format!("expected ',' or '{close}'"))),
        }
    }

    fn key(&mut self) -> Result<String, ParseError> {
        match self.reader.peek() {
            Some('\'') => return self.single_quoted(),
            Some('"') => return self.double_quoted(),
            _ => {}
        }
        let key = self.reader.take_while(|c| !c.is_whitespace() && !",:{}[]\"'".contains(c));
        if key.is_empty() { Err(self.error("expected a key")) } else { Ok(key) }
    }

    fn value(&mut self, close: char, depth: usize) -> Result<Node, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.error("the value is nested too deep"));
        }
        self.skip_space();
        match self.reader.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('\'') => self.single_quoted().map(Node::Text),
            Some('"') => self.double_quoted().map(Node::Text),
            _ => self.words(close),
        }
    }

    fn single_quoted(&mut self) -> Result<String, ParseError> {
        let (text, length) = strict::parse_quoted(self.reader.rest())
            .map_err(|e| ParseError::new(e.position + self.reader.position(), e.reason))?;
        self.reader.skip(length);
        Ok(text)
    }

    /// Parses a JSON string.
    fn double_quoted(&mut self) -> Result<String, ParseError> {
        let start = self.reader.position();
        self.reader.skip(1);
        loop {
            match self.reader.peek() {
                None => return Err(self.error("the closing double quote is missing")),
                Some('\\') => self.reader.skip(2),
                Some('"') => break,
                Some(_) => self.reader.skip(1),
            }
        }
        self.reader.skip(1);
        let json: String = self.reader.text_since(start);
        serde_json::from_str(&json).map_err(|_| ParseError::new(start, "not a valid JSON string"))
    }

    /// Parses text up to `,` or the end of the object or list.
    fn words(&mut self, close: char) -> Result<Node, ParseError> {
        let start = self.reader.position();
        let mut has_space = false;
        while let Some(c) = self.reader.peek() {
            match c {
                ',' => break,
                c if c == close => break,
                '{' | '}' | '[' | ']' | '"' => {
                    return Err(self.error(&format!("{c} must be within single quotes")));
                }
                '\'' if !self.is_within_word() => {
                    return Err(self
                        .error("text with a single quote must be in single quotes, with '/ for the quote"));
                }
                ':' if has_space && !self.reader.rest().starts_with(&[':', '/', '/']) => {
                    return Err(self.error("a comma is missing, or text with ':' must be in single quotes"));
                }
                c => {
                    has_space |= c.is_whitespace();
                    self.reader.skip(1);
                }
            }
        }
        let text: String = self.reader.text_since(start);
        match text.trim() {
            "" => Err(self.error("a value is missing")),
            "??" => Err(ParseError::new(start, "see --help for the members of this value")),
            "null" => Ok(Node::Scalar(Value::Null)),
            word if !word.contains(char::is_whitespace) => Ok(Node::Bare(word.to_owned())),
            words => Ok(Node::Text(words.to_owned())),
        }
    }

    /// Whether there are letters or digits on both sides, as in `Bob's`.
    fn is_within_word(&self) -> bool {
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        is_letter(self.reader.previous()) && is_letter(self.reader.peek_nth(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.into())
    }

    fn bare(word: &str) -> Node {
        Node::Bare(word.into())
    }

    #[test]
    fn json_without_quotes_and_urls_are_parsed() {
        for (input, members) in [
            ("{url:https://x/y?z=1&w=2}", vec![("url", bare("https://x/y?z=1&w=2"))]),
            ("{url:https://x,name:Bob Smith}", vec![("url", bare("https://x")), ("name", text("Bob Smith"))]),
            ("{ a : 1 , b : two words }", vec![("a", bare("1")), ("b", text("two words"))]),
            ("{a: \"x, y\", \"b\":'c'}", vec![("a", text("x, y")), ("b", text("c"))]),
            ("{title:Bob's API}", vec![("title", text("Bob's API"))]),
            ("{at:12:30:00}", vec![("at", bare("12:30:00"))]),
            ("{see:more at https://x/y}", vec![("see", text("more at https://x/y"))]),
            ("{ }", vec![]),
            ("{a: null,}", vec![("a", Node::Scalar(Value::Null))]),
        ] {
            let want = members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
            assert_eq!(parse(input), Ok(Node::Object(want)), "{input}");
        }
        let list = Node::List(vec![bare("https://a"), text("b c")]);
        assert_eq!(parse("[ https://a, b c ]"), Ok(list));
    }

    #[test]
    fn ambiguous_values_are_errors() {
        for input in [
            "{name:Bob email:x}",
            "{see:more at https://x:80/y}",
            "{url:https://x/a,b}",
            "{url:https://x/{id}}",
            "{a:b]c}",
            "[x'b,c']",
            "{a:say \"hi\"}",
            "{a:}",
            "{a b:1}",
            "{a:1,a:2}",
            "{a:1",
            "{a:\"x",
            "{a:\"\\",
            "MIT",
            "",
            "{a:1} b",
        ] {
            assert!(parse(input).is_err(), "{input}");
        }
        assert!(parse(&"[ ".repeat(100_000)).is_err());
    }
}
