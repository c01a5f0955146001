//! List elements with an index but without a value.
//!
//! `--contacts [3].name=a [3].email=b` on a list with one element adds one, the second: az keeps the gaps while it applies
//! options, and removes them at the end.

use serde_json::Value;

use super::path::{self, PathSegment};

/// The gaps so far: the path of the list, and the index.
#[derive(Debug, Default)]
pub(super) struct Gaps(Vec<(Vec<PathSegment>, usize)>);

impl Gaps {
    /// Adds a gap at an index of a list.
    pub(super) fn add(&mut self, list: &[PathSegment], index: usize) {
        self.0.push((list.to_vec(), index));
    }

    /// Forgets the gap at an index, because it gets a value.
    pub(super) fn fill(&mut self, list: &[PathSegment], index: usize) {
        self.0.retain(|(l, i)| l != list || *i != index);
    }

    /// Forgets the gaps at and below a path, because its value is replaced.
    pub(super) fn remove_below(&mut self, path: &[PathSegment]) {
        self.0.retain(|(l, _)| !l.starts_with(path));
    }

    /// Removes the elements without values.
    pub(super) fn close(&mut self, doc: &mut Value) {
        // Deepest lists first, from their ends, so that no removal changes the index of another gap.
        self.0.sort_by_key(|(list, index)| std::cmp::Reverse((list.len(), *index)));
        for (list, index) in self.0.drain(..) {
            if let Some(Value::Array(elements)) = path::find(doc, &list)
                && index < elements.len()
            {
                elements.remove(index);
            }
        }
    }
}
