//! Values that az refuses although they can mean only one thing.
//!
//! Windows PowerShell strips double quotes from arguments, so `{"url":"https://x","name":"Bob Smith"}` arrives
//! as `{url:https://x,name:Bob Smith}`. Accepted beyond az: spaces around names and values and between words,
//! a URL or other text with colons as a value, double quotes next to shorthand. Refused, because it could mean
//! two things: a member without `:`, a bracket or a lone quote within a word, and words followed by `word:`,
//! which is more likely a forgotten comma.

use std::collections::HashSet;

use serde_json::Value;

use super::node::{Bad, Node};
use super::strict;
use crate::commands::literal::MAX_DEPTH;

/// The whole text, an object or a list, as one value.
pub fn parse(text: &str) -> Result<Node, Bad> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    reader.space();
    let node = match reader.peek() {
        Some('{') => reader.object(0)?,
        Some('[') => reader.list(0)?,
        _ => return Err(reader.bad("'{' or '[' is expected")),
    };
    reader.space();
    if reader.at < reader.chars.len() {
        return Err(reader.bad("nothing more may follow the value"));
    }
    Ok(node)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn bad(&self, why: &str) -> Bad {
        Bad::new(self.at, why)
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn eat(&mut self, c: char) -> bool {
        self.space();
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn object(&mut self, depth: usize) -> Result<Node, Bad> {
        self.at += 1;
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut known = HashSet::new();
        loop {
            if self.eat('}') {
                return Ok(Node::Object(members));
            }
            let start = self.at;
            let key = self.key()?;
            if !known.insert(key.clone()) {
                return Err(Bad::new(start, format!("the key '{key}' is given twice")));
            }
            if !self.eat(':') {
                return Err(self.bad("':' is expected"));
            }
            members.push((key, self.value('}', depth + 1)?));
            self.separator('}')?;
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, Bad> {
        self.at += 1;
        let mut elements = Vec::new();
        loop {
            if self.eat(']') {
                return Ok(Node::List(elements));
            }
            elements.push(self.value(']', depth + 1)?);
            self.separator(']')?;
        }
    }

    fn separator(&mut self, close: char) -> Result<(), Bad> {
        self.space();
        match self.peek() {
            Some(c) if c == close => Ok(()),
            Some(',') => {
                self.at += 1;
                Ok(())
            }
            _ => Err(self.bad(&format!("',' or '{close}' is expected"))),
        }
    }

    fn key(&mut self) -> Result<String, Bad> {
        match self.peek() {
            Some('\'') => return self.single(),
            Some('"') => return self.double(),
            _ => {}
        }
        let start = self.at;
        while self.peek().is_some_and(|c| !c.is_whitespace() && !",:{}[]\"'".contains(c)) {
            self.at += 1;
        }
        if start == self.at {
            return Err(self.bad("a key is expected"));
        }
        Ok(self.chars[start..self.at].iter().collect())
    }

    fn value(&mut self, close: char, depth: usize) -> Result<Node, Bad> {
        if depth > MAX_DEPTH {
            return Err(self.bad("the value nests too deep"));
        }
        self.space();
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            Some('\'') => self.single().map(Node::Text),
            Some('"') => self.double().map(Node::Text),
            _ => self.words(close),
        }
    }

    fn single(&mut self) -> Result<String, Bad> {
        let (text, length) =
            strict::quoted(&self.chars[self.at..]).map_err(|bad| Bad::new(bad.at + self.at, bad.why))?;
        self.at += length;
        Ok(text)
    }

    /// A JSON string.
    fn double(&mut self) -> Result<String, Bad> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(self.bad("the closing double quote is missing")),
                Some('\\') => self.at += 2,
                Some('"') => break,
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let json: String = self.chars[start..self.at].iter().collect();
        serde_json::from_str(&json).map_err(|_| Bad::new(start, "not a string of JSON"))
    }

    /// Everything up to `,` or the end of what holds the value.
    fn words(&mut self, close: char) -> Result<Node, Bad> {
        let start = self.at;
        let mut spaced = false;
        while let Some(c) = self.peek() {
            match c {
                ',' => break,
                c if c == close => break,
                '{' | '}' | '[' | ']' | '"' => {
                    return Err(self.bad(&format!("{c} must be within single quotes")));
                }
                '\'' if !self.within_word() => {
                    return Err(self.bad("a single quote within text is written '/ in single quotes"));
                }
                ':' if spaced && !self.chars[self.at..].starts_with(&[':', '/', '/']) => {
                    return Err(self.bad("a comma seems to be missing, or text with ':' needs single quotes"));
                }
                c => {
                    spaced |= c.is_whitespace();
                    self.at += 1;
                }
            }
        }
        let text: String = self.chars[start..self.at].iter().collect();
        match text.trim() {
            "" => Err(self.bad("a value is missing")),
            "??" => Err(Bad::new(start, "see --help for the members of this value")),
            "null" => Ok(Node::Scalar(Value::Null)),
            word if !word.contains(char::is_whitespace) => Ok(Node::Bare(word.to_owned())),
            words => Ok(Node::Text(words.to_owned())),
        }
    }

    /// Whether letters or digits are on both sides, as in `Bob's`.
    fn within_word(&self) -> bool {
        let letter = |at: usize| self.chars.get(at).is_some_and(|c| c.is_alphanumeric());
        self.at > 0 && letter(self.at - 1) && letter(self.at + 1)
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
    fn stripped_json_and_urls_are_read() {
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
    fn what_could_mean_two_things_is_refused() {
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
