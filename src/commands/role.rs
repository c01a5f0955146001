//! `azr role assignment`: who may do what where.

mod assignment;

use super::tree::{Node, group};

/// `azr role …`.
pub fn children() -> Vec<Node> {
    vec![group("assignment", "Role assignments", assignment::children)]
}
