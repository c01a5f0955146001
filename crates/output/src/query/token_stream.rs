//! The tokens of a query as the parser consumes them.

use super::error::SyntaxError;
use super::lexer::{Token, TokenKind, tokenize};

/// A cursor over the tokens of a query, the last of which is the end.
pub(crate) struct TokenStream {
    tokens: Vec<Token>,
    next: usize,
}

impl TokenStream {
    pub(crate) fn new(text: &str) -> Result<Self, SyntaxError> {
        Ok(Self { tokens: tokenize(text)?, next: 0 })
    }

    /// The kind of the next token.
    pub(crate) fn kind(&self) -> &TokenKind {
        &self.tokens[self.next].kind
    }

    /// The kind of the token after the next one, which must not be the end.
    pub(crate) fn second_kind(&self) -> &TokenKind {
        &self.tokens[self.next + 1].kind
    }

    /// Whether the next token is this punctuation.
    pub(crate) fn is(&self, punctuation: &str) -> bool {
        matches!(self.kind(), TokenKind::Punctuation(next) if *next == punctuation)
    }

    /// The position of the next token.
    pub(crate) fn position(&self) -> usize {
        self.tokens[self.next].position
    }

    /// Consumes the next token.
    pub(crate) fn advance(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        self.next += 1;
        token
    }

    /// Makes the token consumed last the next one again.
    pub(crate) fn step_back(&mut self) {
        self.next -= 1;
    }

    /// Consumes the next token if it is this punctuation.
    pub(crate) fn accept(&mut self, punctuation: &str) -> bool {
        let is_next = self.is(punctuation);
        self.next += usize::from(is_next);
        is_next
    }

    /// Consumes the next token, which must be this punctuation.
    pub(crate) fn expect(&mut self, punctuation: &'static str) -> Result<(), SyntaxError> {
        if self.accept(punctuation) { Ok(()) } else { Err(self.unexpected(punctuation)) }
    }

    /// The error that the next token is something other than `expected`.
    pub(crate) fn unexpected(&self, expected: &str) -> SyntaxError {
        let token = match self.kind() {
            TokenKind::End => {
                return SyntaxError::new(
                    self.position(),
                    format!("the query ends where {expected} is missing"),
                );
            }
            TokenKind::Identifier(name) => name.clone(),
            TokenKind::QuotedIdentifier(name) => format!("\"{name}\""),
            TokenKind::Number(number) => number.to_string(),
            TokenKind::Literal(value) => value.to_string(),
            TokenKind::Flatten => "[]".to_owned(),
            TokenKind::Filter => "[?".to_owned(),
            TokenKind::Punctuation(text) => (*text).to_owned(),
        };
        SyntaxError::new(self.position(), format!("expected {expected}, found {token}"))
    }
}
