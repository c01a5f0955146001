//! How much a query may do: what is short to write may double a value with every step (`[@, @] | [@, @] | …`).

use std::cell::Cell;

use serde_json::Value;

use super::found::Found;

/// The most values that a query may look at, copy or make.
///
/// Ten members of each of a hundred thousand APIs are some two million. Fuzzing, whose instrumentation takes its time,
/// comes to the limit sooner.
pub const MAX_WORK: usize = if cfg!(fuzzing) { 100_000 } else { 10_000_000 };

/// So many bytes of text count as another value.
const TEXT: usize = 16;

/// What a query may still do.
#[derive(Debug)]
pub struct Work(Cell<usize>);

impl Work {
    /// So many values; a user's query may do [`MAX_WORK`].
    pub fn of(values: usize) -> Self {
        Self(Cell::new(values))
    }

    /// Takes so many values off; the error says that there are none left.
    pub fn take(&self, values: usize) -> Result<(), String> {
        let left = self.0.get().checked_sub(values).ok_or_else(too_much)?;
        self.0.set(left);
        Ok(())
    }

    /// Takes off what a text counts.
    pub fn take_text(&self, text: &str) -> Result<(), String> {
        self.take(1 + text.len() / TEXT)
    }

    /// Takes off all that is in a value, each time it is in there.
    pub fn take_all(&self, found: &Found) -> Result<(), String> {
        match found {
            Found::Given(value) => self.take_value(value),
            Found::Made(value) => self.take_value(value),
            Found::List(items) => {
                self.take(1)?;
                items.iter().try_for_each(|item| self.take_all(item))
            }
            Found::Hash(members) => {
                self.take(1)?;
                members.iter().try_for_each(|(key, value)| {
                    self.take_text(key)?;
                    self.take_all(value)
                })
            }
        }
    }

    /// Takes off what it costs to look at the parts of a value one by one.
    pub fn take_parts(&self, found: &Found) -> Result<(), String> {
        match found {
            // Its parts are copied.
            Found::Made(value) => self.take_value(value),
            _ => self.take(found.parts()),
        }
    }

    fn take_value(&self, value: &Value) -> Result<(), String> {
        match value {
            Value::String(text) => self.take_text(text),
            Value::Array(items) => {
                self.take(1)?;
                items.iter().try_for_each(|item| self.take_value(item))
            }
            Value::Object(map) => {
                self.take(1)?;
                map.iter().try_for_each(|(key, value)| {
                    self.take_text(key)?;
                    self.take_value(value)
                })
            }
            _ => self.take(1),
        }
    }
}

fn too_much() -> String {
    "it makes too much of the result: more than ten million values".to_owned()
}
