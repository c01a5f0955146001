//! The resources of the emulator, by id and in order of creation.

use std::collections::{BTreeMap, BTreeSet, HashMap, btree_set};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api_version::is_at_least;

/// One stored resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Entry {
    /// The id in the spelling it was created with.
    pub id: String,
    /// The body that a GET returns, with id, name and type.
    pub body: Value,
    /// Data that a GET does not return: imported documents, secrets, group membership.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub hidden: Value,
    /// In quotes if the service sends it in quotes.
    pub etag: String,
    /// The first API version that shows it; `None` if all do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// Order of creation, for lists.
    order: u64,
}

impl Entry {
    /// Its position in lists; [`Store::reorder`] changes it.
    #[must_use]
    pub fn order(&self) -> u64 {
        self.order
    }

    /// The first API version that shows it; `None` if all do.
    #[must_use]
    pub(crate) fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    /// Whether requests with this API version see it.
    #[must_use]
    pub(crate) fn is_visible_in(&self, version: &str) -> bool {
        self.since.as_deref().is_none_or(|since| is_at_least(version, since))
    }
}

/// All resources, keyed by their id in lower case.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(from = "StoredEntries")]
pub struct Store {
    entries: BTreeMap<String, Entry>,
    next: u64,
    /// The direct children of each collection, so that reading a page takes the same time however long the list is.
    #[serde(skip)]
    collections: HashMap<String, Members>,
    /// The number of changes since the store was loaded.
    #[serde(skip)]
    changes: u64,
}

/// The members of a collection.
#[derive(Debug, Default)]
struct Members {
    /// By order, as the last part of their key.
    names: BTreeSet<(u64, String)>,
    /// The first API version of those that not all versions show, by order.
    since: BTreeMap<u64, String>,
}

impl Members {
    fn insert(&mut self, entry: &Entry, name: &str) {
        self.names.insert((entry.order, name.to_owned()));
        if let Some(since) = &entry.since {
            self.since.insert(entry.order, since.clone());
        }
    }

    fn remove(&mut self, entry: &Entry, name: &str) {
        self.names.remove(&(entry.order, name.to_owned()));
        self.since.remove(&entry.order);
    }
}

/// The part of a store that is in the state file.
#[derive(Deserialize)]
struct StoredEntries {
    entries: BTreeMap<String, Entry>,
    next: u64,
}

impl From<StoredEntries> for Store {
    fn from(StoredEntries { entries, next }: StoredEntries) -> Self {
        let mut collections: HashMap<String, Members> = HashMap::new();
        for (key, entry) in &entries {
            let (collection, name) = split_key(key);
            collections.entry(collection.to_owned()).or_default().insert(entry, name);
        }
        Self { entries, next, collections, changes: 0 }
    }
}

fn key(id: &str) -> String {
    id.trim_end_matches('/').to_ascii_lowercase()
}

/// The collection that a key is in, and its name there.
fn split_key(key: &str) -> (&str, &str) {
    key.rsplit_once('/').unwrap_or(("", key))
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

    /// Creates or replaces a resource; true if it is new. The order and `hidden` of an existing one stay.
    pub fn put(&mut self, id: &str, body: Value) -> bool {
        self.changes += 1;
        self.next += 1;
        let number = self.next;
        let etag = format!("{number:08x}-0000-0100-0000-{:012x}", number.wrapping_mul(0x9e37_79b9));
        let key = key(id);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.body = body;
            entry.etag = etag;
            false
        } else {
            let entry =
                Entry { id: id.to_owned(), body, hidden: Value::Null, etag, since: None, order: number };
            let (collection, name) = split_key(&key);
            self.collections.entry(collection.to_owned()).or_default().insert(&entry, name);
            self.entries.insert(key, entry);
            true
        }
    }

    /// Stores a resource with everything that it had when it was deleted.
    pub(crate) fn restore(&mut self, entry: Entry) {
        self.changes += 1;
        let key = key(&entry.id);
        self.remove(&key);
        let (collection, name) = split_key(&key);
        self.collections.entry(collection.to_owned()).or_default().insert(&entry, name);
        self.entries.insert(key, entry);
    }

    /// Changes the position of a resource in lists.
    pub fn reorder(&mut self, id: &str, order: u64) {
        self.change_member(id, |entry| entry.order = order);
    }

    /// Sets the first API version that shows a resource; `None` for all.
    pub(crate) fn show_since(&mut self, id: &str, version: Option<&str>) {
        self.change_member(id, |entry| entry.since = version.map(str::to_owned));
    }

    /// Changes what the collection of a resource knows about it.
    fn change_member(&mut self, id: &str, change: impl FnOnce(&mut Entry)) {
        self.changes += 1;
        let key = key(id);
        let Some(entry) = self.entries.get_mut(&key) else { return };
        let (collection, name) = split_key(&key);
        let members = self.collections.entry(collection.to_owned()).or_default();
        members.remove(entry, name);
        change(entry);
        members.insert(entry, name);
    }

    /// Removes a resource and its descendants; true if it existed.
    pub fn delete(&mut self, id: &str) -> bool {
        self.changes += 1;
        let existed = self.remove(&key(id));
        let prefix = format!("{}/", key(id));
        let descendants: Vec<String> = self
            .entries
            .range(prefix.clone()..)
            .map(|(k, _)| k.clone())
            .take_while(|k| k.starts_with(&prefix))
            .collect();
        for k in descendants {
            self.remove(&k);
        }
        existed
    }

    fn remove(&mut self, key: &str) -> bool {
        let Some(entry) = self.entries.remove(key) else { return false };
        let (collection, name) = split_key(key);
        if let Some(members) = self.collections.get_mut(collection) {
            members.remove(&entry, name);
            if members.names.is_empty() {
                self.collections.remove(collection);
            }
        }
        true
    }

    /// The number of direct children of a collection.
    #[must_use]
    pub fn count(&self, collection: &str) -> usize {
        self.collections.get(&key(collection)).map_or(0, |members| members.names.len())
    }

    /// The direct children of one type in a collection such as `…/services/c/workspaces/default/apis`, oldest first.
    #[must_use]
    pub fn list(&self, collection: &str) -> Children<'_> {
        let collection = key(collection);
        let members = self.collections.get(&collection);
        let names = members.map_or(const { &BTreeSet::new() }, |members| &members.names);
        Children { entries: &self.entries, members: names.iter(), hidden: BTreeSet::new(), collection }
    }

    /// Like [`Store::list`], without those that requests with this API version do not see.
    #[must_use]
    pub(crate) fn list_in_version(&self, collection: &str, version: &str) -> Children<'_> {
        let children = self.list(collection);
        let members = self.collections.get(&children.collection);
        let hidden = members.into_iter().flat_map(|members| &members.since);
        let hidden = hidden.filter(|(_, since)| !is_at_least(version, since)).map(|(order, _)| *order);
        Children { hidden: hidden.collect(), ..children }
    }

    /// A resource and its descendants, oldest first.
    #[must_use]
    pub fn tree(&self, id: &str) -> Vec<&Entry> {
        let own = key(id);
        let prefix = format!("{own}/");
        let descendants = self.entries.range(prefix.clone()..).take_while(|(k, _)| k.starts_with(&prefix));
        let mut found: Vec<&Entry> =
            self.entries.get(&own).into_iter().chain(descendants.map(|(_, e)| e)).collect();
        found.sort_by_key(|e| e.order);
        found
    }

    /// A hash of a resource and its descendants, which changes when one of them is created, replaced or deleted.
    pub(crate) fn content_hash(&self, id: &str) -> u64 {
        let own = key(id);
        let prefix = format!("{own}/");
        let descendants = self.entries.range(prefix.clone()..).take_while(|(k, _)| k.starts_with(&prefix));
        let mut hasher = DefaultHasher::new();
        for (key, entry) in self.entries.get_key_value(&own).into_iter().chain(descendants) {
            (key, &entry.etag).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// The resources of one collection whose names begin with the end of this id, by name.
    pub fn starting_with(&self, id: &str) -> impl Iterator<Item = &Entry> {
        let start = key(id);
        let length = start.len();
        let found = self.entries.range(start.clone()..).take_while(move |(k, _)| k.starts_with(&start));
        found.filter(move |(k, _)| !k[length..].contains('/')).map(|(_, e)| e)
    }

    /// Every resource whose id satisfies the condition, oldest first.
    pub fn find<'a>(&'a self, mut condition: impl FnMut(&str) -> bool + 'a) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> =
            self.entries.iter().filter(|(k, _)| condition(k)).map(|(_, e)| e).collect();
        found.sort_by_key(|e| e.order);
        found
    }

    /// The number of changes, or possible changes, since the store was loaded.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The number of resources.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no resources.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The direct children of a collection; skipped ones are not looked up.
#[derive(Debug, Clone)]
pub struct Children<'a> {
    entries: &'a BTreeMap<String, Entry>,
    members: btree_set::Iter<'a, (u64, String)>,
    /// The orders of members that are left out and still to come.
    hidden: BTreeSet<u64>,
    collection: String,
}

impl<'a> Children<'a> {
    fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.entries.get(&format!("{}/{name}", self.collection))
    }

    fn next_name(&mut self) -> Option<&'a str> {
        loop {
            let (order, name) = self.members.next()?;
            if self.hidden.is_empty() || !self.hidden.remove(order) {
                return Some(name);
            }
        }
    }
}

impl<'a> Iterator for Children<'a> {
    type Item = &'a Entry;

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.next_name()?;
        self.entry(name)
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        for _ in 0..n {
            self.next_name()?;
        }
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = self.members.len() - self.hidden.len();
        (length, Some(length))
    }
}

// Every member of a collection has an entry: `put`, `reorder` and `remove` change both.
impl ExactSizeIterator for Children<'_> {}

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
        let names: Vec<&str> = store.list("/S/X/APIS").map(|e| e.id.as_str()).collect();
        assert_eq!(names, ["/s/x/apis/b", "/s/x/apis/a"]);
        store.reorder("/s/x/apis/b", 9);
        let names: Vec<&str> = store.list("/s/x/apis").map(|e| e.id.as_str()).collect();
        assert_eq!(names, ["/s/x/apis/a", "/s/x/apis/b"]);
        assert_eq!(store.list("/s/x/apis").nth(1).map(Entry::order), Some(9));
        assert_eq!(store.tree("/S/x/apis/a").len(), 2);
        assert_eq!(store.list("/s/x/none").len(), 0);
    }

    #[test]
    fn earlier_api_versions_do_not_list_what_a_later_one_introduced() {
        let mut store = Store::default();
        for name in ["a", "b", "c", "d"] {
            store.put(&format!("/s/apis/{name}"), json!({}));
        }
        store.show_since("/s/apis/a", Some("2025-09-01-preview"));
        store.show_since("/s/apis/c", Some("2025-09-01-preview"));
        store.reorder("/s/apis/a", 9);
        let saved = serde_json::to_string(&store).expect("JSON");
        let mut store: Store = serde_json::from_str(&saved).expect("a store");
        let names = |store: &Store, version| -> Vec<String> {
            store.list_in_version("/s/apis", version).map(|e| e.id[8..].to_owned()).collect()
        };
        assert_eq!(names(&store, "2022-08-01"), ["b", "d"]);
        assert_eq!(names(&store, "2025-09-01-Preview"), ["b", "c", "d", "a"]);
        let mut earlier = store.list_in_version("/s/apis", "2022-08-01");
        assert_eq!(
            (earlier.len(), earlier.nth(1).map(|e| e.id.as_str()), earlier.len()),
            (2, Some("/s/apis/d"), 0)
        );
        assert!(!store.get("/s/apis/a").expect("an entry").is_visible_in("2024-05-01"));
        store.show_since("/s/apis/a", None);
        assert_eq!(names(&store, "2022-08-01"), ["b", "d", "a"]);
    }

    #[test]
    fn deleting_removes_descendants_but_no_resource_with_a_similar_name() {
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
