//! Parses the tokens of a `JMESPath` query into a syntax tree, by precedence climbing.
//!
//! Accepts the same queries as jmespath.py, which az uses: also arguments and members without a comma between them, and
//! string literals in backticks without quotes. As there, a slice after an index (`a[0][1:]`) starts no projection.

use super::ast::{Comparison, Node, NodeId, SyntaxTree, check_height};
use super::error::SyntaxError;
use super::lexer::TokenKind;
use super::token_stream::TokenStream;

/// Parses a query; returns the tree and its root.
pub(crate) fn parse(text: &str) -> Result<(SyntaxTree, NodeId), SyntaxError> {
    let mut parser = Parser {
        tokens: TokenStream::new(text)?,
        depth: 0,
        tree: SyntaxTree::default(),
        open_index_chain: None,
    };
    let root = parser.expression(0)?;
    match parser.tokens.kind() {
        TokenKind::End => Ok((parser.tree, root)),
        _ => Err(parser.tokens.unexpected("the end")),
    }
}

mod power {
    //! The binding power of the operators.
    pub(crate) const PIPE: u8 = 1;
    pub(crate) const OR: u8 = 2;
    pub(crate) const AND: u8 = 3;
    pub(crate) const COMPARE: u8 = 5;
    pub(crate) const FLATTEN: u8 = 9;
    /// An operator with less binding power ends a projection.
    pub(crate) const PROJECTION_END: u8 = 10;
    pub(crate) const STAR: u8 = 20;
    pub(crate) const FILTER: u8 = 21;
    pub(crate) const DOT: u8 = 40;
    pub(crate) const NOT: u8 = 45;
    pub(crate) const BRACE: u8 = 50;
    pub(crate) const BRACKET: u8 = 55;
    pub(crate) const PAREN: u8 = 60;
}

struct Parser {
    tokens: TokenStream,
    depth: usize,
    tree: SyntaxTree,
    /// The chain that ends in an index or slice, if that was parsed last; further ones are added to it.
    open_index_chain: Option<NodeId>,
}

impl Parser {
    fn expression(&mut self, power: u8) -> Result<NodeId, SyntaxError> {
        check_height(self.depth, self.tokens.position())?;
        self.depth += 1;
        let mut left = self.prefix()?;
        while power < self.next_power() {
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The binding power of the next token as an infix operator; 0 if it is not one.
    fn next_power(&self) -> u8 {
        match self.tokens.kind() {
            TokenKind::Flatten => power::FLATTEN,
            TokenKind::Filter => power::FILTER,
            TokenKind::Punctuation(operator) => match *operator {
                "|" => power::PIPE,
                "||" => power::OR,
                "&&" => power::AND,
                "==" | "!=" | "<" | "<=" | ">" | ">=" => power::COMPARE,
                "*" => power::STAR,
                "." => power::DOT,
                "!" => power::NOT,
                "{" => power::BRACE,
                "[" => power::BRACKET,
                "(" => power::PAREN,
                _ => 0,
            },
            _ => 0,
        }
    }

    fn prefix(&mut self) -> Result<NodeId, SyntaxError> {
        let token = self.tokens.advance();
        let position = token.position;
        match token.kind {
            TokenKind::Literal(value) => self.add(Node::Literal(value)),
            TokenKind::QuotedIdentifier(_) if self.tokens.is("(") => {
                Err(SyntaxError::new(position, "a function name cannot be quoted"))
            }
            TokenKind::Identifier(name) | TokenKind::QuotedIdentifier(name) => self.add(Node::Field(name)),
            TokenKind::Flatten => {
                let current = self.add(Node::Current)?;
                self.flatten(current)
            }
            TokenKind::Filter => {
                let current = self.add(Node::Current)?;
                self.filter(current)
            }
            TokenKind::Punctuation("@") => self.add(Node::Current),
            TokenKind::Punctuation("*") => {
                let current = self.add(Node::Current)?;
                let each = if self.tokens.is("]") {
                    self.add(Node::Current)?
                } else {
                    self.projection(power::STAR)?
                };
                self.add(Node::ValueProjection(current, each))
            }
            TokenKind::Punctuation("{") => self.object(),
            TokenKind::Punctuation("(") => {
                let inner = self.expression(0)?;
                self.tokens.expect(")")?;
                Ok(inner)
            }
            TokenKind::Punctuation("!") => {
                let inner = self.expression(power::NOT)?;
                self.add(Node::Not(inner))
            }
            TokenKind::Punctuation("&") => {
                let inner = self.expression(0)?;
                self.add(Node::Reference(inner))
            }
            TokenKind::Punctuation("[") => match self.tokens.kind() {
                TokenKind::Number(_) | TokenKind::Punctuation(":") => {
                    let current = self.add(Node::Current)?;
                    self.index(current)
                }
                TokenKind::Punctuation("*") if *self.tokens.second_kind() == TokenKind::Punctuation("]") => {
                    let current = self.add(Node::Current)?;
                    self.all_items(current)
                }
                _ => self.list(),
            },
            _ => {
                self.tokens.step_back();
                Err(self.tokens.unexpected("an expression"))
            }
        }
    }

    fn infix(&mut self, left: NodeId) -> Result<NodeId, SyntaxError> {
        let token = self.tokens.advance();
        let position = token.position;
        match token.kind {
            TokenKind::Flatten => self.flatten(left),
            TokenKind::Filter => self.filter(left),
            TokenKind::Punctuation(".") if self.tokens.is("*") => {
                self.tokens.advance();
                let each = self.projection(power::DOT)?;
                self.add(Node::ValueProjection(left, each))
            }
            TokenKind::Punctuation(".") => {
                let right = self.after_dot(power::DOT)?;
                self.append_or_add(left, Node::Chain, right)
            }
            TokenKind::Punctuation("|") => {
                let right = self.expression(power::PIPE)?;
                self.append_or_add(left, Node::Chain, right)
            }
            TokenKind::Punctuation("||") => {
                let right = self.expression(power::OR)?;
                self.append_or_add(left, Node::Or, right)
            }
            TokenKind::Punctuation("&&") => {
                let right = self.expression(power::AND)?;
                self.append_or_add(left, Node::And, right)
            }
            TokenKind::Punctuation("[") => match self.tokens.kind() {
                TokenKind::Number(_) | TokenKind::Punctuation(":") => self.index(left),
                _ => self.all_items(left),
            },
            TokenKind::Punctuation("(") => self.call(left, position),
            TokenKind::Punctuation(operator) => match comparison(operator) {
                Some(comparison) => {
                    let right = self.expression(power::COMPARE)?;
                    self.add(Node::Compare(comparison, left, right))
                }
                None => self.missing_operator(),
            },
            _ => self.missing_operator(),
        }
    }

    fn missing_operator(&mut self) -> Result<NodeId, SyntaxError> {
        self.tokens.step_back();
        Err(self.tokens.unexpected("an operator"))
    }

    fn call(&mut self, left: NodeId, position: usize) -> Result<NodeId, SyntaxError> {
        let Node::Field(name) = self.tree.node(left) else {
            return Err(SyntaxError::new(position, "only a name can be called"));
        };
        let name = name.clone();
        let mut arguments = Vec::new();
        while !self.tokens.is(")") {
            arguments.push(self.expression(0)?);
            self.tokens.accept(",");
        }
        self.tokens.expect(")")?;
        self.add(Node::Call(name, arguments))
    }

    fn list(&mut self) -> Result<NodeId, SyntaxError> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0)?);
            if self.tokens.is("]") {
                break;
            }
            self.tokens.expect(",")?;
        }
        self.tokens.expect("]")?;
        self.add(Node::List(items))
    }

    fn object(&mut self) -> Result<NodeId, SyntaxError> {
        let mut members = Vec::new();
        loop {
            let (TokenKind::Identifier(name) | TokenKind::QuotedIdentifier(name)) =
                self.tokens.kind().clone()
            else {
                return Err(self.tokens.unexpected("a name"));
            };
            self.tokens.advance();
            self.tokens.expect(":")?;
            members.push((name, self.expression(0)?));
            if !self.tokens.accept(",") && self.tokens.accept("}") {
                return self.add(Node::Object(members));
            }
        }
    }

    /// The expression that is applied to each item of a projection.
    fn projection(&mut self, power: u8) -> Result<NodeId, SyntaxError> {
        if self.next_power() < power::PROJECTION_END {
            return self.add(Node::Current);
        }
        match self.tokens.kind() {
            TokenKind::Filter | TokenKind::Punctuation("[") => self.expression(power),
            TokenKind::Punctuation(".") => {
                self.tokens.advance();
                self.after_dot(power)
            }
            _ => Err(self.tokens.unexpected("., [ or the end of the projection")),
        }
    }

    fn after_dot(&mut self, power: u8) -> Result<NodeId, SyntaxError> {
        match self.tokens.kind() {
            TokenKind::Identifier(_) | TokenKind::QuotedIdentifier(_) | TokenKind::Punctuation("*") => {
                self.expression(power)
            }
            TokenKind::Punctuation("[") => {
                self.tokens.advance();
                self.list()
            }
            TokenKind::Punctuation("{") => {
                self.tokens.advance();
                self.object()
            }
            _ => Err(self.tokens.unexpected("a name, [ or {")),
        }
    }

    fn append_or_add(
        &mut self,
        left: NodeId,
        kind: fn(Vec<NodeId>) -> Node,
        right: NodeId,
    ) -> Result<NodeId, SyntaxError> {
        if self.open_index_chain != Some(left)
            && self.tree.extend(left, kind, right, self.tokens.position())?
        {
            return Ok(left);
        }
        self.add(kind(vec![left, right]))
    }

    fn add(&mut self, node: Node) -> Result<NodeId, SyntaxError> {
        self.tree.add(node, self.tokens.position())
    }

    fn flatten(&mut self, left: NodeId) -> Result<NodeId, SyntaxError> {
        let flattened = self.add(Node::Flatten(left))?;
        let each = self.projection(power::FLATTEN)?;
        self.add(Node::Projection(flattened, each))
    }

    fn filter(&mut self, left: NodeId) -> Result<NodeId, SyntaxError> {
        let condition = self.expression(0)?;
        self.tokens.expect("]")?;
        let each = match self.tokens.kind() {
            TokenKind::Flatten => self.add(Node::Current)?,
            _ => self.projection(power::FILTER)?,
        };
        self.add(Node::Filter(left, each, condition))
    }

    /// Parses `*]`, after `[`.
    fn all_items(&mut self, left: NodeId) -> Result<NodeId, SyntaxError> {
        self.tokens.expect("*")?;
        self.tokens.expect("]")?;
        let each = self.projection(power::STAR)?;
        self.add(Node::Projection(left, each))
    }

    /// Parses an index or a slice, after `[`.
    fn index(&mut self, left: NodeId) -> Result<NodeId, SyntaxError> {
        let is_slice = self.tokens.is(":") || *self.tokens.second_kind() == TokenKind::Punctuation(":");
        let right = if is_slice { self.slice()? } else { self.number()? };
        if self.open_index_chain == Some(left) {
            self.tree.extend(left, Node::Chain, right, self.tokens.position())?;
            return Ok(left);
        }
        let indexed = self.add(Node::Chain(vec![left, right]))?;
        if is_slice {
            let each = self.projection(power::STAR)?;
            return self.add(Node::Projection(indexed, each));
        }
        self.open_index_chain = Some(indexed);
        Ok(indexed)
    }

    fn number(&mut self) -> Result<NodeId, SyntaxError> {
        let TokenKind::Number(index) = self.tokens.advance().kind else { return self.missing_operator() };
        let index = self.add(Node::Index(index))?;
        self.tokens.expect("]")?;
        Ok(index)
    }

    fn slice(&mut self) -> Result<NodeId, SyntaxError> {
        let mut parts = [None; 3];
        let mut part = 0;
        while !self.tokens.is("]") {
            match self.tokens.kind() {
                TokenKind::Number(number) => parts[part] = Some(*number),
                TokenKind::Punctuation(":") if part < 2 => part += 1,
                _ => return Err(self.tokens.unexpected("a number or ]")),
            }
            self.tokens.advance();
        }
        self.tokens.expect("]")?;
        let [start, end, step] = parts;
        self.add(Node::Slice { start, end, step })
    }
}

fn comparison(operator: &str) -> Option<Comparison> {
    Some(match operator {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
