//! The shorthand syntax exactly as az reads it.
//!
//! `{key:value,flag}`, `[a,b]`, words, and text in single quotes, where `'/` is a quote. A word ends at one of
//! `, : ] }` and has neither spaces nor quotes. One comma may follow the last member or element. Found by
//! comparing with azure-cli-core 2.91.

use std::collections::HashSet;

use serde_json::Value;

use super::node::{Bad, Node};
use crate::commands::literal::MAX_DEPTH;

/// The whole text as one value.
pub fn parse(text: &str) -> Result<Node, Bad> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    let node = reader.value(0)?;
    if reader.at < reader.chars.len() {
        return Err(reader.bad("nothing more may follow the value"));
    }
    Ok(node)
}

/// Text in single quotes at the start of `chars`, and how many characters it takes.
pub fn quoted(chars: &[char]) -> Result<(String, usize), Bad> {
    let mut out = String::new();
    let mut at = 1;
    while let Some(&c) = chars.get(at) {
        if c != '\'' {
            out.push(c);
            at += 1;
        } else if chars.get(at + 1) == Some(&'/') {
            out.push('\'');
            at += 2;
        } else {
            return Ok((out, at + 1));
        }
    }
    Err(Bad::new(at, "the closing single quote is missing"))
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

    fn value(&mut self, depth: usize) -> Result<Node, Bad> {
        if depth > MAX_DEPTH {
            return Err(self.bad("the value nests too deep"));
        }
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.list(depth),
            _ => self.string(),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Node, Bad> {
        self.at += 1;
        let mut members: Vec<(String, Node)> = Vec::new();
        let mut known = HashSet::new();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(Node::Object(members));
        }
        loop {
            let start = self.at;
            let (Node::Bare(key) | Node::Text(key)) = self.string()? else {
                return Err(Bad::new(start, "a key cannot be null: put it in single quotes"));
            };
            if key.contains(['"', '\'']) {
                return Err(Bad::new(start, format!("the key {key} contains a quote")));
            }
            if !known.insert(key.clone()) {
                return Err(Bad::new(start, format!("the key '{key}' is given twice")));
            }
            let node = match self.peek() {
                Some(':') => {
                    self.at += 1;
                    self.value(depth + 1)?
                }
                Some(',' | '}') => Node::Blank,
                _ => return Err(self.bad("':' or ',' is expected")),
            };
            members.push((key, node));
            if self.ends('}')? {
                return Ok(Node::Object(members));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Node, Bad> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.peek() == Some(']') {
            self.at += 1;
            return Ok(Node::List(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.ends(']')? {
                return Ok(Node::List(elements));
            }
        }
    }

    /// After a member or element: whether the object or list ends here.
    fn ends(&mut self, close: char) -> Result<bool, Bad> {
        match self.peek() {
            Some(',') if self.chars.get(self.at + 1) == Some(&close) => self.at += 2,
            Some(',') => {
                self.at += 1;
                return Ok(false);
            }
            Some(c) if c == close => self.at += 1,
            _ => return Err(self.bad(&format!("',' or '{close}' is expected"))),
        }
        Ok(true)
    }

    fn string(&mut self) -> Result<Node, Bad> {
        if self.peek() == Some('\'') {
            let (text, length) =
                quoted(&self.chars[self.at..]).map_err(|bad| Bad::new(bad.at + self.at, bad.why))?;
            self.at += length;
            return Ok(Node::Text(text));
        }
        let start = self.at;
        while let Some(c) = self.peek() {
            match c {
                ',' | ':' | ']' | '}' => break,
                '"' | '\'' => return Err(self.bad(&format!("{c} must be within single quotes"))),
                c if c.is_whitespace() || ('\x1c'..='\x1f').contains(&c) => {
                    return Err(self.bad("text with spaces must be in single quotes"));
                }
                _ => self.at += 1,
            }
        }
        match self.chars[start..self.at].iter().collect::<String>() {
            word if word.is_empty() => Err(self.bad("a value is missing")),
            word if word == "null" => Ok(Node::Scalar(Value::Null)),
            word if word == "??" => Err(Bad::new(start, "see --help for the members of this value")),
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
    fn values_are_read_as_az_reads_them() {
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
            assert_eq!(parse(text).unwrap_err().at, at, "{text}");
        }
    }

    #[test]
    fn depth_is_limited() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
