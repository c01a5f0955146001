//! The size of a list, and its limits: a service whose pages never end must not keep azr busy or fill the memory.

use serde_json::Value;

use crate::json_body::{MAX_MEMORY, memory_of};
use azr_core::error::{Error, Result};

/// How much of a list is read.
pub(super) const LIST_LIMITS: ListLimits =
    ListLimits { pages: 20_000, items: 1_000_000, text: 192 << 20, memory: MAX_MEMORY };

/// The limits of one list.
#[derive(Debug, Clone, Copy)]
pub(super) struct ListLimits {
    pub(super) pages: usize,
    pub(super) items: usize,
    /// The length of all pages, in bytes.
    pub(super) text: usize,
    /// The memory of the items that are kept until the end of the list, in bytes.
    pub(super) memory: usize,
}

/// How much has been read of a list.
#[derive(Debug)]
pub struct ListSize<'a> {
    path: &'a str,
    limits: ListLimits,
    pages: usize,
    items: usize,
    text: usize,
    memory: usize,
}

impl<'a> ListSize<'a> {
    /// Nothing of the list at a path.
    #[must_use]
    pub fn new(path: &'a str) -> Self {
        Self::with_limits(path, LIST_LIMITS)
    }

    pub(super) fn with_limits(path: &'a str, limits: ListLimits) -> Self {
        Self { path, limits, pages: 0, items: 0, text: 0, memory: 0 }
    }

    /// Counts a page of `length` bytes; fails if the list exceeds a limit.
    pub fn add_page(&mut self, length: usize, items: usize) -> Result<()> {
        self.pages += 1;
        self.items += items;
        self.text += length;
        self.check()
    }

    /// Counts an item that is kept until the end of the list; fails if the items need too much memory.
    pub fn add_kept_item(&mut self, item: &Value) -> Result<()> {
        self.memory += memory_of(item);
        self.check()
    }

    /// Fails if a list of `count` items exceeds a limit.
    pub(super) fn check_count(&self, count: usize, page_size: usize) -> Result<()> {
        let whole = Self { items: count, pages: count / page_size.max(1), ..*self };
        whole.check()
    }

    fn check(&self) -> Result<()> {
        let ListLimits { pages, items, text, memory } = self.limits;
        let exceeded = if self.pages > pages {
            format!("has more than {pages} pages")
        } else if self.items > items {
            format!("has more than {items} items")
        } else if self.text > text {
            format!("has more than {} MiB of JSON", text >> 20)
        } else if self.memory > memory {
            format!("needs more than {} MiB of memory", memory >> 20)
        } else {
            return Ok(());
        };
        Err(Error::limit_exceeded(format!("{}: the list {exceeded}", self.path)))
    }
}
