//! What the emulator holds: resources by id, in the order they came.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One stored resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The id in the spelling it was created with.
    pub id: String,
    /// The body that a GET answers with (id, name, type and all).
    pub body: Value,
    /// What a GET never shows: imported documents, secrets, group membership.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub hidden: Value,
    /// Quoted where the service quotes it.
    pub etag: String,
    /// Order of creation, for lists.
    pub order: u64,
}

/// All resources, keyed by their id in lower case.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "Saved")]
pub struct Store {
    entries: BTreeMap<String, Entry>,
    next: u64,
    /// How many direct children each collection has, so that a limit is checked without counting.
    #[serde(skip)]
    counts: HashMap<String, usize>,
    /// How often anything was changed since the store was loaded.
    #[serde(skip)]
    changes: u64,
}

/// A store as it is written to the state file.
#[derive(Deserialize)]
struct Saved {
    entries: BTreeMap<String, Entry>,
    next: u64,
}

impl From<Saved> for Store {
    fn from(Saved { entries, next }: Saved) -> Self {
        let mut counts = HashMap::new();
        for key in entries.keys() {
            *counts.entry(collection_of(key).to_owned()).or_default() += 1;
        }
        Self { entries, next, counts, changes: 0 }
    }
}

fn key(id: &str) -> String {
    id.trim_end_matches('/').to_ascii_lowercase()
}

fn collection_of(key: &str) -> &str {
    key.rsplit_once('/').map_or("", |(collection, _)| collection)
}

impl Store {
    /// The resource with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(&key(id))
    }

    /// The resource with this id, to change.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Entry> {
        self.changes += 1;
        self.entries.get_mut(&key(id))
    }

    /// Creates or replaces a resource; keeps the order and `hidden` of one that was there. True if it is new.
    pub fn put(&mut self, id: &str, body: Value) -> bool {
        self.changes += 1;
        self.next += 1;
        let stamp = self.next;
        let etag = format!("{stamp:08x}-0000-0100-0000-{:012x}", stamp.wrapping_mul(0x9e37_79b9));
        let key = key(id);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.body = body;
            entry.etag = etag;
            false
        } else {
            *self.counts.entry(collection_of(&key).to_owned()).or_default() += 1;
            let entry = Entry { id: id.to_owned(), body, hidden: Value::Null, etag, order: stamp };
            self.entries.insert(key, entry);
            true
        }
    }

    /// Removes a resource and everything under it. True if it was there.
    pub fn delete(&mut self, id: &str) -> bool {
        self.changes += 1;
        let there = self.remove(&key(id));
        let below = format!("{}/", key(id));
        let gone: Vec<String> = self
            .entries
            .range(below.clone()..)
            .map(|(k, _)| k.clone())
            .take_while(|k| k.starts_with(&below))
            .collect();
        for k in gone {
            self.remove(&k);
        }
        there
    }

    fn remove(&mut self, key: &str) -> bool {
        let there = self.entries.remove(key).is_some();
        if there && let Some(count) = self.counts.get_mut(collection_of(key)) {
            *count -= 1;
        }
        there
    }

    /// How many direct children a collection has.
    #[must_use]
    pub fn count(&self, collection: &str) -> usize {
        self.counts.get(&key(collection)).copied().unwrap_or(0)
    }

    /// The direct children of one type in a collection such as `…/services/c/workspaces/default/apis`, oldest first.
    #[must_use]
    pub fn list(&self, collection: &str) -> Vec<&Entry> {
        let below = format!("{}/", key(collection));
        let mut found = Vec::with_capacity(self.count(collection));
        let mut from = below.clone();
        while let Some((key, entry)) =
            self.entries.range(from..).next().filter(|(k, _)| k.starts_with(&below))
        {
            from = match key[below.len()..].split_once('/') {
                None => {
                    found.push(entry);
                    format!("{key}\0")
                }
                // Past everything below this child: `0` is the character after `/`.
                Some((child, _)) => format!("{below}{child}0"),
            };
        }
        found.sort_by_key(|e| e.order);
        found
    }

    /// Every resource whose id satisfies the condition, oldest first.
    pub fn find<'a>(&'a self, mut wanted: impl FnMut(&str) -> bool + 'a) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = self.entries.iter().filter(|(k, _)| wanted(k)).map(|(_, e)| e).collect();
        found.sort_by_key(|e| e.order);
        found
    }

    /// How often anything was, or may have been, changed since the store was loaded.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// How many resources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_direct_children_in_order_of_creation() {
        let mut store = Store::default();
        store.put("/s/x/apis/b", json!(1));
        store.put("/s/x/apis/a", json!(2));
        store.put("/s/x/apis/a/versions/v", json!(3));
        let names: Vec<&str> = store.list("/S/X/APIS").iter().map(|e| e.id.as_str()).collect();
        assert_eq!(names, ["/s/x/apis/b", "/s/x/apis/a"]);
    }

    #[test]
    fn deleting_takes_what_is_below_but_not_a_namesake() {
        let mut store = Store::default();
        for id in ["/apis/a", "/apis/a/versions/v", "/apis/a-b", "/apis/ab"] {
            store.put(id, json!({}));
        }
        assert_eq!((store.list("/apis").len(), store.count("/APIS")), (3, 3));
        assert!(store.delete("/APIS/A"));
        assert_eq!((store.len(), store.count("/apis"), store.count("/apis/a/versions")), (2, 2, 0));
        let text = serde_json::to_string(&store).expect("JSON");
        let store: Store = serde_json::from_str(&text).expect("a store");
        assert_eq!(store.count("/apis"), 2);
        assert!(store.get("/apis/ab").is_some());
    }
}
