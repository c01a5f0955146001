//! Things that are good for a while only: links that were handed out, operations that can be asked about.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize, Serializer};

/// Something that ends by itself.
pub trait Ends {
    /// When, in seconds since the epoch.
    fn end(&self) -> i64;
}

/// Things by name; those that ended are forgotten when others come.
///
/// All of one kind are good for equally long, so the oldest is the first to go, and adding one costs no more the more
/// there are.
#[derive(Debug, Deserialize)]
#[serde(from = "BTreeMap<String, T>", bound(deserialize = "T: Ends + Deserialize<'de>"))]
pub struct Fleeting<T> {
    items: BTreeMap<String, T>,
    oldest_first: VecDeque<String>,
}

impl<T> Default for Fleeting<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), oldest_first: VecDeque::new() }
    }
}

/// As a map of the items; their order is made anew when they are read.
impl<T: Serialize> Serialize for Fleeting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.items.serialize(serializer)
    }
}

impl<T: Ends> From<BTreeMap<String, T>> for Fleeting<T> {
    fn from(items: BTreeMap<String, T>) -> Self {
        let mut names: Vec<(i64, String)> =
            items.iter().map(|(name, item)| (item.end(), name.clone())).collect();
        names.sort_unstable();
        Self { items, oldest_first: names.into_iter().map(|(_, name)| name).collect() }
    }
}

impl<T: Ends> Fleeting<T> {
    /// Adds something under a new name, and forgets what has ended by `now`.
    pub fn add(&mut self, name: String, item: T, now: i64) {
        while let Some(oldest) = self.oldest_first.front()
            && self.items.get(oldest).is_none_or(|item| item.end() <= now)
        {
            self.items.remove(oldest);
            self.oldest_first.pop_front();
        }
        self.oldest_first.push_back(name.clone());
        self.items.insert(name, item);
    }
}

impl<T> Fleeting<T> {
    /// The one of this name, even if it has ended since.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.items.get(name)
    }

    /// The one of this name, to change.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.items.get_mut(name)
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.items.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Serialize, Deserialize)]
    struct Thing(i64);

    impl Ends for Thing {
        fn end(&self) -> i64 {
            self.0
        }
    }

    fn names(things: &Fleeting<Thing>) -> String {
        things.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn what_has_ended_is_forgotten_before_and_after_it_was_saved() {
        let mut things = Fleeting::default();
        for (name, end) in [("c", 10), ("a", 20), ("b", 30)] {
            things.add(name.to_owned(), Thing(end), end - 15);
        }
        assert_eq!(names(&things), "ab", "c ended when b came");
        let text = serde_json::to_string(&things).expect("JSON");
        assert_eq!(text, r#"{"a":20,"b":30}"#);
        let mut things: Fleeting<Thing> = serde_json::from_str(&text).expect("things");
        things.add("d".to_owned(), Thing(35), 25);
        assert_eq!(names(&things), "bd");
        assert_eq!(things.get("b").map(Thing::end), Some(30));
    }
}
