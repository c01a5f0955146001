//! Elements of lists that have an index but no value.
//!
//! `--contacts [3].name=a [3].email=b` on a list of one makes one element, the second: az keeps the holes while
//! it applies options and drops them at the end.

use serde_json::Value;

use super::{Step, walk};

/// The holes made so far: the path of the list, and the index.
#[derive(Debug, Default)]
pub struct Gaps(Vec<(Vec<Step>, usize)>);

impl Gaps {
    /// A hole at an index of a list, to be dropped unless it is filled.
    pub fn open(&mut self, list: &[Step], at: usize) {
        self.0.push((list.to_vec(), at));
    }

    /// The hole at an index, if there is one, gets a value.
    pub fn fill(&mut self, list: &[Step], at: usize) {
        self.0.retain(|(l, i)| l != list || *i != at);
    }

    /// What is at and under a path is replaced.
    pub fn forget(&mut self, path: &[Step]) {
        self.0.retain(|(l, _)| !l.starts_with(path));
    }

    /// Drop the holes.
    pub fn close(&mut self, doc: &mut Value) {
        // Deepest lists first, from their ends, so that no removal moves what another names.
        self.0.sort_by_key(|(list, at)| std::cmp::Reverse((list.len(), *at)));
        for (list, at) in self.0.drain(..) {
            if let Some(Value::Array(elements)) = walk::find(doc, &list)
                && at < elements.len()
            {
                elements.remove(at);
            }
        }
    }
}
