//! The syntax tree of a query.
//!
//! All nodes are in one list and refer to each other by index, each child before its parent. So a tree is dropped
//! without recursion, and its height is known while it grows.

use serde_json::Value;

use super::error::SyntaxError;

/// The greatest height of a tree, so that evaluating it cannot overflow the stack.
pub(crate) const MAX_HEIGHT: usize = 100;

/// How many levels of lists and objects a query may add, so that no result is nested too deep to be printed.
const MAX_ADDED_DEPTH: usize = 100;

/// The index of a node.
pub(crate) type NodeId = usize;

/// A part of a query, which maps a value to another.
#[derive(Debug)]
pub(crate) enum Node {
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
    /// Expressions applied one after the other: `a.b`, `a[0]`, `a | b`.
    Chain(Vec<NodeId>),
    /// Applies the right expression to each item of the list on the left.
    Projection(NodeId, NodeId),
    /// Applies the right expression to each value of the object on the left.
    ValueProjection(NodeId, NodeId),
    /// Applies the second expression to each item of the first for which the third is true.
    Filter(NodeId, NodeId, NodeId),
    Flatten(NodeId),
    List(Vec<NodeId>),
    Object(Vec<(String, NodeId)>),
    Or(Vec<NodeId>),
    And(Vec<NodeId>),
    Not(NodeId),
    Compare(Comparison, NodeId, NodeId),
    Call(String, Vec<NodeId>),
    /// `&a`: an expression passed to a function.
    Reference(NodeId),
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// All nodes of a query.
#[derive(Debug, Default)]
pub(crate) struct SyntaxTree {
    nodes: Vec<Node>,
    heights: Vec<usize>,
    added_depths: Vec<usize>,
}

impl SyntaxTree {
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// Adds a node whose children have been added already.
    pub(crate) fn add(&mut self, node: Node, position: usize) -> Result<NodeId, SyntaxError> {
        let children: &[NodeId] = match &node {
            Node::Current | Node::Field(_) | Node::Index(_) | Node::Slice { .. } | Node::Literal(_) => &[],
            Node::Chain(ids) | Node::List(ids) | Node::Or(ids) | Node::And(ids) | Node::Call(_, ids) => ids,
            Node::Projection(a, b) | Node::ValueProjection(a, b) | Node::Compare(_, a, b) => &[*a, *b],
            Node::Filter(a, b, c) => &[*a, *b, *c],
            Node::Flatten(a) | Node::Not(a) | Node::Reference(a) => &[*a],
            Node::Object(members) => &members.iter().map(|(_, id)| *id).collect::<Vec<_>>(),
        };
        let height = 1 + children.iter().map(|id| self.heights[*id]).max().unwrap_or(0);
        check_height(height, position)?;
        let added_depth = self.added_depth(&node);
        check_added_depth(added_depth, position)?;
        self.nodes.push(node);
        self.heights.push(height);
        self.added_depths.push(added_depth);
        Ok(self.nodes.len() - 1)
    }

    /// Appends a child to a node with a list of them, so that long chains stay flat; `false` if the node is of another kind.
    pub(crate) fn extend(
        &mut self,
        id: NodeId,
        kind: fn(Vec<NodeId>) -> Node,
        child: NodeId,
        position: usize,
    ) -> Result<bool, SyntaxError> {
        let is_same_kind =
            std::mem::discriminant(&kind(Vec::new())) == std::mem::discriminant(&self.nodes[id]);
        let (Node::Chain(ids) | Node::Or(ids) | Node::And(ids)) = &mut self.nodes[id] else {
            return Ok(false);
        };
        if is_same_kind {
            ids.push(child);
            self.heights[id] = self.heights[id].max(1 + self.heights[child]);
            check_height(self.heights[id], position)?;
            let child_depth = self.added_depths[child];
            let depth = &mut self.added_depths[id];
            *depth = if matches!(self.nodes[id], Node::Chain(_)) {
                *depth + child_depth
            } else {
                child_depth.max(*depth)
            };
            check_added_depth(*depth, position)?;
        }
        Ok(is_same_kind)
    }

    /// How many levels deeper than its input the value of a node can be.
    fn added_depth(&self, node: &Node) -> usize {
        let depth = |id: &NodeId| self.added_depths[*id];
        match node {
            Node::Flatten(inner) | Node::Reference(inner) => depth(inner),
            Node::Chain(ids) => ids.iter().map(depth).sum(),
            Node::Projection(left, right)
            | Node::ValueProjection(left, right)
            | Node::Filter(left, right, _) => depth(left) + depth(right),
            Node::Or(ids) | Node::And(ids) => ids.iter().map(depth).max().unwrap_or_default(),
            Node::List(ids) => 1 + ids.iter().map(depth).max().unwrap_or_default(),
            Node::Object(members) => 1 + members.iter().map(|(_, id)| depth(id)).max().unwrap_or_default(),
            Node::Call(_, ids) => 1 + ids.iter().map(depth).sum::<usize>(),
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

fn check_added_depth(depth: usize, position: usize) -> Result<(), SyntaxError> {
    if depth > MAX_ADDED_DEPTH {
        let reason = format!("the query nests its result in more than {MAX_ADDED_DEPTH} lists and objects");
        return Err(SyntaxError::new(position, reason));
    }
    Ok(())
}

/// Returns an error if an expression is nested too deep.
pub(crate) fn check_height(height: usize, position: usize) -> Result<(), SyntaxError> {
    if height > MAX_HEIGHT {
        return Err(SyntaxError::new(
            position,
            format!("the query is nested more than {MAX_HEIGHT} levels deep"),
        ));
    }
    Ok(())
}
