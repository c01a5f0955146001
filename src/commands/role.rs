//! `azr role assignment` and `azr role definition`: which principal has which role on which scope, and what it allows.

mod assignment;
mod definition;

use super::tree::{Node, group};

/// `azr role …`.
pub(crate) fn children() -> Vec<Node> {
    vec![
        group("assignment", "Role assignments", assignment::children),
        group("definition", "Role definitions", definition::children),
    ]
}
