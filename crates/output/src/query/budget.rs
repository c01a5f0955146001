//! A limit on the work that a query may cause: a short query can double its value in every step (`[@, @] | [@, @] | …`).

use std::cell::Cell;

use serde_json::Value;

use super::error::EvalResult;
use super::value::QueryValue;

/// The number of values that a query may read, copy or create.
///
/// Ten members of each of a hundred thousand APIs are about two million values. The limit is lower for fuzzing, whose
/// instrumentation is slow.
pub(crate) const MAX_BUDGET: usize = if cfg!(fuzzing) { 100_000 } else { 10_000_000 };

/// The number of bytes of text that cost as much as a value.
const TEXT_UNIT: usize = 16;

/// The number of values that a query may still read, copy or create.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

impl Budget {
    /// A budget of this many values; a user's query has [`MAX_BUDGET`].
    pub(crate) fn new(values: usize) -> Self {
        Self(Cell::new(values))
    }

    /// Spends the cost of this many values; fails if the budget is exhausted.
    pub(crate) fn spend(&self, values: usize) -> EvalResult<()> {
        let left = self.0.get().checked_sub(values).ok_or_else(exhausted)?;
        self.0.set(left);
        Ok(())
    }

    /// Spends the cost of a text.
    pub(crate) fn spend_text(&self, text: &str) -> EvalResult<()> {
        self.spend(1 + text.len() / TEXT_UNIT)
    }

    /// Spends the cost of a value and everything in it, counting shared parts each time.
    pub(crate) fn spend_value(&self, value: &QueryValue) -> EvalResult<()> {
        match value {
            QueryValue::Borrowed(json) => self.spend_json(json),
            QueryValue::Computed(json) => self.spend_json(json),
            QueryValue::List(items) => {
                self.spend(1)?;
                items.iter().try_for_each(|item| self.spend_value(item))
            }
            QueryValue::Object(members) => {
                self.spend(1)?;
                members.iter().try_for_each(|(key, value)| {
                    self.spend_text(key)?;
                    self.spend_value(value)
                })
            }
        }
    }

    /// Spends the cost of iterating over the items or members of a value.
    pub(crate) fn spend_parts(&self, value: &QueryValue) -> EvalResult<()> {
        match value {
            // Its parts are copied when they are read.
            QueryValue::Computed(json) => self.spend_json(json),
            _ => self.spend(value.parts()),
        }
    }

    /// Returns the items of a list, and spends the cost of iterating over them.
    pub(crate) fn list_items<'a>(&self, value: &QueryValue<'a>) -> EvalResult<Option<Vec<QueryValue<'a>>>> {
        self.spend_parts(value)?;
        Ok(value.items())
    }

    /// Returns the members of an object, and spends the cost of iterating over them.
    pub(crate) fn object_members<'a>(
        &self,
        value: &QueryValue<'a>,
    ) -> EvalResult<Option<Vec<(String, QueryValue<'a>)>>> {
        self.spend_parts(value)?;
        Ok(value.members())
    }

    fn spend_json(&self, value: &Value) -> EvalResult<()> {
        match value {
            Value::String(text) => self.spend_text(text),
            Value::Array(items) => {
                self.spend(1)?;
                items.iter().try_for_each(|item| self.spend_json(item))
            }
            Value::Object(map) => {
                self.spend(1)?;
                map.iter().try_for_each(|(key, value)| {
                    self.spend_text(key)?;
                    self.spend_json(value)
                })
            }
            _ => self.spend(1),
        }
    }
}

fn exhausted() -> String {
    "the query creates more than ten million values".to_owned()
}
