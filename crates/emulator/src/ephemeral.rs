//! A map of items that expire: download links, and operations that can be polled.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize, Serializer};

/// An item that expires.
pub trait Expires {
    /// When it expires, in seconds since the epoch.
    fn expires_at(&self) -> i64;
}

/// Items by name; expired ones are removed when others are added.
///
/// All items of a map live equally long, so the oldest expires first, and adding one takes the same time however many
/// there are.
#[derive(Debug, Deserialize)]
#[serde(from = "BTreeMap<String, T>", bound(deserialize = "T: Expires + Deserialize<'de>"))]
pub struct EphemeralMap<T> {
    items: BTreeMap<String, T>,
    oldest_first: VecDeque<String>,
}

impl<T> Default for EphemeralMap<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), oldest_first: VecDeque::new() }
    }
}

/// Serialized as a map; the order is derived again from the expiry when it is read.
impl<T: Serialize> Serialize for EphemeralMap<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<T: Expires> From<BTreeMap<String, T>> for EphemeralMap<T> {
    fn from(items: BTreeMap<String, T>) -> Self {
        let mut names: Vec<(i64, String)> =
            items.iter().map(|(name, item)| (item.expires_at(), name.clone())).collect();
        names.sort_unstable();
        Self { items, oldest_first: names.into_iter().map(|(_, name)| name).collect() }
    }
}

impl<T: Expires> EphemeralMap<T> {
    /// Adds an item under a new name, and removes those that have expired by `now`.
    pub fn add(&mut self, name: String, item: T, now: i64) {
        while let Some(oldest) = self.oldest_first.front()
            && self.items.get(oldest).is_none_or(|item| item.expires_at() <= now)
        {
            self.items.remove(oldest);
            self.oldest_first.pop_front();
        }
        self.oldest_first.push_back(name.clone());
        self.items.insert(name, item);
    }
}

impl<T> EphemeralMap<T> {
    /// The item of this name, even if it has expired since it was added.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.items.get(name)
    }

    /// The item of this name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.items.get_mut(name)
    }

    /// All items, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Item(i64);

    impl Expires for Item {
        fn expires_at(&self) -> i64 {
            self.0
        }
    }

    fn names(items: &EphemeralMap<Item>) -> String {
        items.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn expired_items_are_removed_before_and_after_the_map_was_saved() {
        let mut items = EphemeralMap::default();
        for (name, expiry) in [("c", 10), ("a", 20), ("b", 30)] {
            items.add(name.to_owned(), Item(expiry), expiry - 15);
        }
        assert_eq!(names(&items), "ab", "c had expired when b was added");
        let text = serde_json::to_string(&items).expect("JSON");
        assert_eq!(text, r#"{"a":20,"b":30}"#);
        let mut items: EphemeralMap<Item> = serde_json::from_str(&text).expect("items");
        items.add("d".to_owned(), Item(35), 25);
        assert_eq!(names(&items), "bd");
        assert_eq!(items.get("b").map(Item::expires_at), Some(30));
    }
}
