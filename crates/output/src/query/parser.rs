//! `JMESPath` tokens to a tree, by precedence climbing.
//!
//! Accepts what jmespath.py accepts, which az uses: also arguments and members without a comma between them, and
//! string literals in backticks without quotes. A slice after an index (`a[0][1:]`) projects nothing there.

mod brackets;

use super::ast::{Comparison, Id, Node, Tree, check};
use super::lexer::{Kind, Token, tokenize};

/// Why a text is no query, and where, counted in characters.
#[derive(Debug)]
pub struct Fault {
    pub at: usize,
    pub reason: String,
}

impl Fault {
    pub fn at(at: usize, reason: impl Into<String>) -> Self {
        Self { at, reason: reason.into() }
    }
}

/// The tree and its root.
pub fn parse(text: &str) -> Result<(Tree, Id), Fault> {
    let mut parser = Parser { tokens: tokenize(text)?, next: 0, depth: 0, tree: Tree::default(), last: None };
    let root = parser.expression(0)?;
    match parser.kind() {
        Kind::End => Ok((parser.tree, root)),
        _ => Err(parser.unexpected("the end")),
    }
}

mod power {
    //! How tightly the operators bind.
    pub const PIPE: u8 = 1;
    pub const OR: u8 = 2;
    pub const AND: u8 = 3;
    pub const COMPARE: u8 = 5;
    pub const FLATTEN: u8 = 9;
    /// What binds less tightly than this ends a projection.
    pub const PROJECTION_END: u8 = 10;
    pub const STAR: u8 = 20;
    pub const FILTER: u8 = 21;
    pub const DOT: u8 = 40;
    pub const NOT: u8 = 45;
    pub const BRACE: u8 = 50;
    pub const BRACKET: u8 = 55;
    pub const PAREN: u8 = 60;
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    tree: Tree,
    /// The chain that ends in an index or slice, if that is what was parsed last.
    last: Option<Id>,
}

impl Parser {
    fn expression(&mut self, power: u8) -> Result<Id, Fault> {
        check(self.depth, self.here())?;
        self.depth += 1;
        let mut left = self.prefix()?;
        while power < self.power() {
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// How tightly the next token binds to what stands before it; 0 if it does not.
    fn power(&self) -> u8 {
        match self.kind() {
            Kind::Flatten => power::FLATTEN,
            Kind::Filter => power::FILTER,
            Kind::Mark(mark) => match *mark {
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

    fn prefix(&mut self) -> Result<Id, Fault> {
        let token = self.advance();
        let at = token.at;
        match token.kind {
            Kind::Literal(value) => self.add(Node::Literal(value)),
            Kind::QuotedIdentifier(_) if self.is("(") => {
                Err(Fault::at(at, "the name of a function takes no quotes"))
            }
            Kind::Identifier(name) | Kind::QuotedIdentifier(name) => self.add(Node::Field(name)),
            Kind::Flatten => {
                let current = self.add(Node::Current)?;
                self.flatten(current)
            }
            Kind::Filter => {
                let current = self.add(Node::Current)?;
                self.filter(current)
            }
            Kind::Mark("@") => self.add(Node::Current),
            Kind::Mark("*") => {
                let current = self.add(Node::Current)?;
                let each = if self.is("]") { self.add(Node::Current)? } else { self.projected(power::STAR)? };
                self.add(Node::ValueProjection(current, each))
            }
            Kind::Mark("{") => self.hash(),
            Kind::Mark("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                Ok(inner)
            }
            Kind::Mark("!") => {
                let inner = self.expression(power::NOT)?;
                self.add(Node::Not(inner))
            }
            Kind::Mark("&") => {
                let inner = self.expression(0)?;
                self.add(Node::Reference(inner))
            }
            Kind::Mark("[") => match self.kind() {
                Kind::Number(_) | Kind::Mark(":") => {
                    let current = self.add(Node::Current)?;
                    self.index(current)
                }
                Kind::Mark("*") if self.tokens[self.next + 1].kind == Kind::Mark("]") => {
                    let current = self.add(Node::Current)?;
                    self.all_items(current)
                }
                _ => self.list(),
            },
            _ => {
                self.next -= 1;
                Err(self.unexpected("an expression"))
            }
        }
    }

    fn infix(&mut self, left: Id) -> Result<Id, Fault> {
        let token = self.advance();
        let at = token.at;
        match token.kind {
            Kind::Flatten => self.flatten(left),
            Kind::Filter => self.filter(left),
            Kind::Mark(".") if self.is("*") => {
                self.advance();
                let each = self.projected(power::DOT)?;
                self.add(Node::ValueProjection(left, each))
            }
            Kind::Mark(".") => {
                let right = self.after_dot(power::DOT)?;
                self.join(left, Node::Chain, right)
            }
            Kind::Mark("|") => {
                let right = self.expression(power::PIPE)?;
                self.join(left, Node::Chain, right)
            }
            Kind::Mark("||") => {
                let right = self.expression(power::OR)?;
                self.join(left, Node::Or, right)
            }
            Kind::Mark("&&") => {
                let right = self.expression(power::AND)?;
                self.join(left, Node::And, right)
            }
            Kind::Mark("[") => match self.kind() {
                Kind::Number(_) | Kind::Mark(":") => self.index(left),
                _ => self.all_items(left),
            },
            Kind::Mark("(") => self.call(left, at),
            Kind::Mark(mark) => match comparison(mark) {
                Some(comparison) => {
                    let right = self.expression(power::COMPARE)?;
                    self.add(Node::Compare(comparison, left, right))
                }
                None => self.back(),
            },
            _ => self.back(),
        }
    }

    fn back(&mut self) -> Result<Id, Fault> {
        self.next -= 1;
        Err(self.unexpected("an operator"))
    }

    fn call(&mut self, left: Id, at: usize) -> Result<Id, Fault> {
        let Node::Field(name) = self.tree.node(left) else {
            return Err(Fault::at(at, "only a name can be called"));
        };
        let name = name.clone();
        let mut arguments = Vec::new();
        while !self.is(")") {
            arguments.push(self.expression(0)?);
            if self.is(",") {
                self.next += 1;
            }
        }
        self.expect(")")?;
        self.add(Node::Call(name, arguments))
    }

    fn list(&mut self) -> Result<Id, Fault> {
        let mut items = Vec::new();
        loop {
            items.push(self.expression(0)?);
            if self.is("]") {
                break;
            }
            self.expect(",")?;
        }
        self.expect("]")?;
        self.add(Node::List(items))
    }

    fn hash(&mut self) -> Result<Id, Fault> {
        let mut members = Vec::new();
        loop {
            let (Kind::Identifier(name) | Kind::QuotedIdentifier(name)) = self.kind().clone() else {
                return Err(self.unexpected("a name"));
            };
            self.next += 1;
            self.expect(":")?;
            members.push((name, self.expression(0)?));
            if self.is(",") {
                self.next += 1;
            } else if self.is("}") {
                self.next += 1;
                return self.add(Node::Hash(members));
            }
        }
    }

    /// What each item of a projection goes through.
    fn projected(&mut self, power: u8) -> Result<Id, Fault> {
        if self.power() < power::PROJECTION_END {
            return self.add(Node::Current);
        }
        match self.kind() {
            Kind::Filter | Kind::Mark("[") => self.expression(power),
            Kind::Mark(".") => {
                self.next += 1;
                self.after_dot(power)
            }
            _ => Err(self.unexpected("., [ or the end of the projection")),
        }
    }

    fn after_dot(&mut self, power: u8) -> Result<Id, Fault> {
        match self.kind() {
            Kind::Identifier(_) | Kind::QuotedIdentifier(_) | Kind::Mark("*") => self.expression(power),
            Kind::Mark("[") => {
                self.next += 1;
                self.list()
            }
            Kind::Mark("{") => {
                self.next += 1;
                self.hash()
            }
            _ => Err(self.unexpected("a name, [ or {")),
        }
    }

    fn join(&mut self, left: Id, kind: fn(Vec<Id>) -> Node, right: Id) -> Result<Id, Fault> {
        if self.last != Some(left) && self.tree.extend(left, kind, right, self.here())? {
            return Ok(left);
        }
        self.add(kind(vec![left, right]))
    }

    fn add(&mut self, node: Node) -> Result<Id, Fault> {
        self.tree.add(node, self.here())
    }

    fn kind(&self) -> &Kind {
        &self.tokens[self.next].kind
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.kind(), Kind::Mark(found) if *found == mark)
    }

    fn here(&self) -> usize {
        self.tokens[self.next].at
    }

    /// Takes the next token; the end stays where it is.
    fn advance(&mut self) -> Token {
        let token = self.tokens[self.next].clone();
        self.next += 1;
        token
    }

    fn expect(&mut self, mark: &'static str) -> Result<(), Fault> {
        if !self.is(mark) {
            return Err(self.unexpected(mark));
        }
        self.next += 1;
        Ok(())
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        let found = match self.kind() {
            Kind::End => return Fault::at(self.here(), format!("the query ends where {wanted} is missing")),
            Kind::Identifier(name) => name.clone(),
            Kind::QuotedIdentifier(name) => format!("\"{name}\""),
            Kind::Number(number) => number.to_string(),
            Kind::Literal(value) => value.to_string(),
            Kind::Flatten => "[]".to_owned(),
            Kind::Filter => "[?".to_owned(),
            Kind::Mark(mark) => (*mark).to_owned(),
        };
        Fault::at(self.here(), format!("{wanted} was expected, not {found}"))
    }
}

fn comparison(mark: &str) -> Option<Comparison> {
    Some(match mark {
        "==" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        "<" => Comparison::Less,
        "<=" => Comparison::LessOrEqual,
        ">" => Comparison::Greater,
        ">=" => Comparison::GreaterOrEqual,
        _ => return None,
    })
}
