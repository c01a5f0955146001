//! `JMESPath` text cut into tokens.

use serde_json::Value;

use super::parser::Fault;

/// A token and where it begins, counted in characters.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub kind: Kind,
    pub at: usize,
}

/// The tokens of `JMESPath`.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Identifier(String),
    QuotedIdentifier(String),
    Number(i64),
    Literal(Value),
    /// `[]`
    Flatten,
    /// `[?`
    Filter,
    /// A mark of one or two characters.
    Mark(&'static str),
    End,
}

/// Two-character marks stand before the one-character marks that they begin with.
const MARKS: [&str; 22] = [
    "||", "&&", "==", "!=", "<=", ">=", ".", "*", "]", ",", ":", "@", "(", ")", "{", "}", "[", "|", "&", "<",
    ">", "!",
];

/// All tokens, the last of which is the end.
pub fn tokenize(text: &str) -> Result<Vec<Token>, Fault> {
    let mut lexer = Lexer { rest: text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let at = lexer.at;
        let kind = lexer.next()?;
        let done = kind == Kind::End;
        tokens.push(Token { kind, at });
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Kind, Fault> {
        let Some(first) = self.rest.chars().next() else { return Ok(Kind::End) };
        match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let name = self.skip(|c| c.is_ascii_alphanumeric() || c == '_');
                Ok(Kind::Identifier(name.to_owned()))
            }
            '0'..='9' => Ok(Kind::Number(self.number(1))),
            '-' if self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                self.take(1);
                Ok(Kind::Number(self.number(-1)))
            }
            '"' => {
                let at = self.at;
                let body = self.delimited('"')?;
                serde_json::from_str(&format!("\"{body}\""))
                    .map(Kind::QuotedIdentifier)
                    .map_err(|_| Fault::at(at, "the name in double quotes is not a JSON string"))
            }
            '\'' => Ok(Kind::Literal(self.delimited('\'')?.replace("\\'", "'").into())),
            '`' => {
                let at = self.at;
                literal(&self.delimited('`')?.replace("\\`", "`"))
                    .map(Kind::Literal)
                    .ok_or_else(|| Fault::at(at, "the text between backticks is not JSON"))
            }
            _ if self.rest.starts_with("[]") => {
                self.take(2);
                Ok(Kind::Flatten)
            }
            _ if self.rest.starts_with("[?") => {
                self.take(2);
                Ok(Kind::Filter)
            }
            '-' | '=' if !self.rest.starts_with("==") => {
                Err(Fault::at(self.at, format!("'{first}' cannot stand here")))
            }
            _ => {
                let mark = MARKS.into_iter().find(|mark| self.rest.starts_with(mark));
                let mark = mark.ok_or_else(|| Fault::at(self.at, format!("'{first}' cannot stand here")))?;
                self.take(mark.len());
                Ok(Kind::Mark(mark))
            }
        }
    }

    /// Takes characters while they fit.
    fn skip(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.at += taken.chars().count();
        taken
    }

    /// An index; one that no list can have stays the largest there is.
    fn number(&mut self, sign: i64) -> i64 {
        self.skip(|c| c.is_ascii_digit()).parse().unwrap_or(i64::MAX) * sign
    }

    /// What stands between two delimiters, backslashes kept.
    fn delimited(&mut self, delimiter: char) -> Result<&'a str, Fault> {
        let mut escaped = false;
        let body = &self.rest[1..];
        let end = body.find(|c| {
            let ends = c == delimiter && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let end = end.ok_or_else(|| Fault::at(self.at, format!("the {delimiter} has no partner")))?;
        self.take(end + 2);
        Ok(&body[..end])
    }
}

/// JSON, or as older queries have it, a string without its quotes.
fn literal(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str::<String>(&format!("\"{}\"", text.trim_start())).map(Value::from))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        tokenize(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn two_characters_before_one() {
        assert_eq!(
            kinds("a||b|c<=-1"),
            [
                Kind::Identifier("a".into()),
                Kind::Mark("||"),
                Kind::Identifier("b".into()),
                Kind::Mark("|"),
                Kind::Identifier("c".into()),
                Kind::Mark("<="),
                Kind::Number(-1),
                Kind::End
            ]
        );
    }

    #[test]
    fn a_literal_may_be_a_string_without_quotes() {
        assert_eq!(kinds("`foo`"), kinds("`\"foo\"`"));
        assert_eq!(kinds("'it\\'s'")[0], Kind::Literal("it's".into()));
        assert_eq!(kinds(r"'\\'")[0], Kind::Literal(r"\\".into()));
    }

    #[test]
    fn a_fault_knows_its_place_in_characters() {
        assert_eq!(tokenize("\"é\" = b").unwrap_err().at, 4);
        assert_eq!(tokenize("a.'b").unwrap_err().at, 2);
        assert_eq!(tokenize("-").unwrap_err().at, 0);
    }
}
