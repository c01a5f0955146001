//! The syntax tree of a query, flat in memory.
//!
//! Nodes lie in one list and name each other by place, a child always before its parent. So a tree is dropped
//! without recursion, and its height is known while it grows.

use serde_json::Value;

use super::parser::Fault;

/// The height past which a query is refused, so that evaluating it cannot exhaust the stack.
pub const MAX_HEIGHT: usize = 100;

/// How many levels a query may put around what it finds, so that nothing is nested too deep to be printed.
const MAX_GROWTH: usize = 100;

/// The place of a node.
pub type Id = usize;

/// What a part of a query does with the value it is given.
#[derive(Debug)]
pub enum Node {
    /// The value itself.
    Current,
    Field(String),
    Index(i64),
    Slice {
        start: Option<i64>,
        end: Option<i64>,
        step: Option<i64>,
    },
    Literal(Value),
    /// One after the other: `a.b`, `a[0]`, `a | b`.
    Chain(Vec<Id>),
    /// Each item of the list on the left, through the right.
    Projection(Id, Id),
    /// Each value of the object on the left, through the right.
    ValueProjection(Id, Id),
    /// Each item of the first for which the last is true, through the second.
    Filter(Id, Id, Id),
    Flatten(Id),
    List(Vec<Id>),
    Hash(Vec<(String, Id)>),
    Or(Vec<Id>),
    And(Vec<Id>),
    Not(Id),
    Compare(Comparison, Id, Id),
    Call(String, Vec<Id>),
    /// `&a`: an expression for a function to use.
    Reference(Id),
}

/// `==` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// All nodes of a query.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    heights: Vec<usize>,
    growths: Vec<usize>,
}

impl Tree {
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// Adds a node whose children are there already.
    pub fn add(&mut self, node: Node, at: usize) -> Result<Id, Fault> {
        let children: &[Id] = match &node {
            Node::Current | Node::Field(_) | Node::Index(_) | Node::Slice { .. } | Node::Literal(_) => &[],
            Node::Chain(ids) | Node::List(ids) | Node::Or(ids) | Node::And(ids) | Node::Call(_, ids) => ids,
            Node::Projection(a, b) | Node::ValueProjection(a, b) | Node::Compare(_, a, b) => &[*a, *b],
            Node::Filter(a, b, c) => &[*a, *b, *c],
            Node::Flatten(a) | Node::Not(a) | Node::Reference(a) => &[*a],
            Node::Hash(members) => &members.iter().map(|(_, id)| *id).collect::<Vec<_>>(),
        };
        let height = 1 + children.iter().map(|id| self.heights[*id]).max().unwrap_or(0);
        check(height, at)?;
        let growth = self.growth(&node);
        check_growth(growth, at)?;
        self.nodes.push(node);
        self.heights.push(height);
        self.growths.push(growth);
        Ok(self.nodes.len() - 1)
    }

    /// Appends to a node that holds a list, so that long chains stay flat; false if the node is of another kind.
    pub fn extend(&mut self, id: Id, kind: fn(Vec<Id>) -> Node, child: Id, at: usize) -> Result<bool, Fault> {
        let same = std::mem::discriminant(&kind(Vec::new())) == std::mem::discriminant(&self.nodes[id]);
        let (Node::Chain(ids) | Node::Or(ids) | Node::And(ids)) = &mut self.nodes[id] else {
            return Ok(false);
        };
        if same {
            ids.push(child);
            self.heights[id] = self.heights[id].max(1 + self.heights[child]);
            check(self.heights[id], at)?;
            let more = self.growths[child];
            let growth = &mut self.growths[id];
            *growth =
                if matches!(self.nodes[id], Node::Chain(_)) { *growth + more } else { more.max(*growth) };
            check_growth(*growth, at)?;
        }
        Ok(same)
    }

    /// How many levels deeper than what it is given a node's value may be, at the most.
    fn growth(&self, node: &Node) -> usize {
        let of = |id: &Id| self.growths[*id];
        match node {
            Node::Flatten(inner) | Node::Reference(inner) => of(inner),
            Node::Chain(ids) => ids.iter().map(of).sum(),
            Node::Projection(left, right)
            | Node::ValueProjection(left, right)
            | Node::Filter(left, right, _) => of(left) + of(right),
            Node::Or(ids) | Node::And(ids) => ids.iter().map(of).max().unwrap_or_default(),
            Node::List(ids) => 1 + ids.iter().map(of).max().unwrap_or_default(),
            Node::Hash(members) => 1 + members.iter().map(|(_, id)| of(id)).max().unwrap_or_default(),
            Node::Call(_, ids) => 1 + ids.iter().map(of).sum::<usize>(),
            Node::Current
            | Node::Field(_)
            | Node::Index(_)
            | Node::Slice { .. }
            | Node::Literal(_)
            | Node::Not(_)
            | Node::Compare(..) => 0,
        }
    }
}

fn check_growth(growth: usize, at: usize) -> Result<(), Fault> {
    if growth > MAX_GROWTH {
        let reason = format!("the query puts more than {MAX_GROWTH} lists and objects around what it finds");
        return Err(Fault::at(at, reason));
    }
    Ok(())
}

/// Refuses what is too high.
pub fn check(height: usize, at: usize) -> Result<(), Fault> {
    if height > MAX_HEIGHT {
        return Err(Fault::at(at, format!("the query is nested more than {MAX_HEIGHT} deep")));
    }
    Ok(())
}
