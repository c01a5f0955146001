//! What stands in brackets after an expression: indices, slices, filters and projections.

use super::super::ast::{Id, Node};
use super::super::lexer::Kind;
use super::{Fault, Parser, power};

impl Parser {
    pub(super) fn flatten(&mut self, left: Id) -> Result<Id, Fault> {
        let flat = self.add(Node::Flatten(left))?;
        let each = self.projected(power::FLATTEN)?;
        self.add(Node::Projection(flat, each))
    }

    pub(super) fn filter(&mut self, left: Id) -> Result<Id, Fault> {
        let condition = self.expression(0)?;
        self.expect("]")?;
        let each = match self.kind() {
            Kind::Flatten => self.add(Node::Current)?,
            _ => self.projected(power::FILTER)?,
        };
        self.add(Node::Filter(left, each, condition))
    }

    /// `*]` after `[`.
    pub(super) fn all_items(&mut self, left: Id) -> Result<Id, Fault> {
        self.expect("*")?;
        self.expect("]")?;
        let each = self.projected(power::STAR)?;
        self.add(Node::Projection(left, each))
    }

    /// An index or a slice after `[`.
    pub(super) fn index(&mut self, left: Id) -> Result<Id, Fault> {
        let slice = self.is(":") || self.tokens[self.next + 1].kind == Kind::Mark(":");
        let right = if slice { self.slice()? } else { self.number()? };
        if self.last == Some(left) {
            self.tree.extend(left, Node::Chain, right, self.here())?;
            return Ok(left);
        }
        let indexed = self.add(Node::Chain(vec![left, right]))?;
        if slice {
            let each = self.projected(power::STAR)?;
            return self.add(Node::Projection(indexed, each));
        }
        self.last = Some(indexed);
        Ok(indexed)
    }

    fn number(&mut self) -> Result<Id, Fault> {
        let Kind::Number(index) = self.advance().kind else { return self.back() };
        let index = self.add(Node::Index(index))?;
        self.expect("]")?;
        Ok(index)
    }

    fn slice(&mut self) -> Result<Id, Fault> {
        let mut parts = [None; 3];
        let mut part = 0;
        while !self.is("]") {
            match self.kind() {
                Kind::Number(number) => parts[part] = Some(*number),
                Kind::Mark(":") if part < 2 => part += 1,
                _ => return Err(self.unexpected("a number or ]")),
            }
            self.next += 1;
        }
        self.expect("]")?;
        let [start, end, step] = parts;
        self.add(Node::Slice { start, end, step })
    }
}
