//! `azr role assignment`: which principal has which role on which scope.

mod assignment;

use super::tree::{Node, group};

/// `azr role …`.
pub(crate) fn children() -> Vec<Node> {
    vec![group("assignment", "Role assignments", assignment::children)]
}
