//! Splits a `JMESPath` query into tokens.

use serde_json::Value;

use super::error::SyntaxError;

/// A token and its position, counted in characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub position: usize,
}

/// The kinds of tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TokenKind {
    Identifier(String),
    QuotedIdentifier(String),
    Number(i64),
    Literal(Value),
    /// `[]`
    Flatten,
    /// `[?`
    Filter,
    /// An operator or other punctuation of one or two characters.
    Punctuation(&'static str),
    End,
}

/// Those of two characters come before those of one that they start with.
const PUNCTUATION: [&str; 22] = [
    "||", "&&", "==", "!=", "<=", ">=", ".", "*", "]", ",", ":", "@", "(", ")", "{", "}", "[", "|", "&", "<",
    ">", "!",
];

/// Returns all tokens; the last is [`TokenKind::End`].
pub(crate) fn tokenize(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { rest: text, position: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        let position = lexer.position;
        let kind = lexer.next()?;
        let is_end = kind == TokenKind::End;
        tokens.push(Token { kind, position });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    position: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<TokenKind, SyntaxError> {
        let Some(first) = self.rest.chars().next() else { return Ok(TokenKind::End) };
        match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                Ok(TokenKind::Identifier(name.to_owned()))
            }
            '0'..='9' => Ok(TokenKind::Number(self.number(1))),
            '-' if self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                self.take_bytes(1);
                Ok(TokenKind::Number(self.number(-1)))
            }
            '"' => {
                let position = self.position;
                let body = self.delimited('"')?;
                serde_json::from_str(&format!("\"{body}\"")).map(TokenKind::QuotedIdentifier).map_err(|_| {
                    SyntaxError::new(position, "the name in double quotes is not a valid JSON string")
                })
            }
            '\'' => Ok(TokenKind::Literal(self.delimited('\'')?.replace("\\'", "'").into())),
            '`' => {
                let position = self.position;
                parse_literal(&self.delimited('`')?.replace("\\`", "`"))
                    .map(TokenKind::Literal)
                    .ok_or_else(|| SyntaxError::new(position, "the text between backticks is not valid JSON"))
            }
            _ if self.rest.starts_with("[]") => {
                self.take_bytes(2);
                Ok(TokenKind::Flatten)
            }
            _ if self.rest.starts_with("[?") => {
                self.take_bytes(2);
                Ok(TokenKind::Filter)
            }
            '-' | '=' if !self.rest.starts_with("==") => {
                Err(SyntaxError::new(self.position, format!("unexpected '{first}'")))
            }
            _ => {
                let punctuation = PUNCTUATION.into_iter().find(|text| self.rest.starts_with(text));
                let punctuation = punctuation
                    .ok_or_else(|| SyntaxError::new(self.position, format!("unexpected '{first}'")))?;
                self.take_bytes(punctuation.len());
                Ok(TokenKind::Punctuation(punctuation))
            }
        }
    }

    /// Consumes characters while they match.
    fn take_while(&mut self, matches: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !matches(c)).unwrap_or(self.rest.len());
        self.take_bytes(end)
    }

    fn take_bytes(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        self.position += taken.chars().count();
        taken
    }

    /// Consumes an index; one that is too large becomes the largest integer.
    fn number(&mut self, sign: i64) -> i64 {
        self.take_while(|c| c.is_ascii_digit()).parse().unwrap_or(i64::MAX) * sign
    }

    /// Consumes a delimited text; returns what is between the delimiters, with its backslashes.
    fn delimited(&mut self, delimiter: char) -> Result<&'a str, SyntaxError> {
        let mut escaped = false;
        let body = &self.rest[1..];
        let end = body.find(|c| {
            let is_end = c == delimiter && !escaped;
            escaped = c == '\\' && !escaped;
            is_end
        });
        let end = end
            .ok_or_else(|| SyntaxError::new(self.position, format!("the closing {delimiter} is missing")))?;
        self.take_bytes(end + 2);
        Ok(&body[..end])
    }
}

/// Parses a literal: JSON, or a string without its quotes, as older queries have it.
fn parse_literal(text: &str) -> Option<Value> {
    serde_json::from_str(text)
        .or_else(|_| serde_json::from_str::<String>(&format!("\"{}\"", text.trim_start())).map(Value::from))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokenize(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    #[test]
    fn punctuation_of_two_characters_comes_before_one() {
        assert_eq!(
            kinds("a||b|c<=-1"),
            [
                TokenKind::Identifier("a".into()),
                TokenKind::Punctuation("||"),
                TokenKind::Identifier("b".into()),
                TokenKind::Punctuation("|"),
                TokenKind::Identifier("c".into()),
                TokenKind::Punctuation("<="),
                TokenKind::Number(-1),
                TokenKind::End
            ]
        );
    }

    #[test]
    fn a_literal_may_be_a_string_without_quotes() {
        assert_eq!(kinds("`foo`"), kinds("`\"foo\"`"));
        assert_eq!(kinds("'it\\'s'")[0], TokenKind::Literal("it's".into()));
        assert_eq!(kinds(r"'\\'")[0], TokenKind::Literal(r"\\".into()));
    }

    #[test]
    fn an_error_has_its_position_in_characters() {
        assert_eq!(tokenize("\"é\" = b").unwrap_err().position, 4);
        assert_eq!(tokenize("a.'b").unwrap_err().position, 2);
        assert_eq!(tokenize("-").unwrap_err().position, 0);
    }
}
