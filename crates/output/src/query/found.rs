//! What a query finds: parts of the result where they lie, and what the query makes of them.

use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::super::tsv;

/// A value during evaluation; cheap to clone.
#[derive(Debug, Clone)]
pub enum Found<'a> {
    /// A part of the result, or of a literal in the query.
    Given(&'a Value),
    /// Something computed: a number, a string, a merged object.
    Made(Rc<Value>),
    /// A list that the query put together.
    List(Rc<Vec<Found<'a>>>),
    /// An object that the query put together. az prints it in this order even where it sorts others.
    Hash(Rc<Vec<(&'a str, Found<'a>)>>),
}

/// A value seen through its wrapping.
pub enum View<'f> {
    Null,
    Bool(bool),
    Number(&'f Number),
    String(&'f str),
    List,
    Object,
}

const NULL: &Value = &Value::Null;

impl Found<'_> {
    pub fn null() -> Self {
        Self::Given(NULL)
    }

    pub fn made(value: impl Into<Value>) -> Self {
        Self::Made(Rc::new(value.into()))
    }

    pub fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    pub fn view(&self) -> View<'_> {
        let value = match self {
            Self::Given(value) => value,
            Self::Made(value) => value.as_ref(),
            Self::List(_) => return View::List,
            Self::Hash(_) => return View::Object,
        };
        match value {
            Value::Null => View::Null,
            Value::Bool(value) => View::Bool(*value),
            Value::Number(number) => View::Number(number),
            Value::String(text) => View::String(text),
            Value::Array(_) => View::List,
            Value::Object(_) => View::Object,
        }
    }

    pub fn is_null(&self) -> bool {
        matches!(self.view(), View::Null)
    }

    /// What counts as false: nothing, `false`, and what is empty.
    pub fn is_false(&self) -> bool {
        match self.view() {
            View::Null => true,
            View::Bool(value) => !value,
            View::Number(_) => false,
            View::String(text) => text.is_empty(),
            View::List | View::Object => self.len() == Some(0),
        }
    }

    /// How many items, members or characters.
    pub fn len(&self) -> Option<usize> {
        match self {
            Self::List(items) => return Some(items.len()),
            Self::Hash(members) => return Some(members.len()),
            Self::Given(_) | Self::Made(_) => {}
        }
        match self.plain()? {
            Value::Array(items) => Some(items.len()),
            Value::Object(map) => Some(map.len()),
            Value::String(text) => Some(text.chars().count()),
            _ => None,
        }
    }

    /// How many items or members.
    pub fn parts(&self) -> usize {
        match self.view() {
            View::List | View::Object => self.len().unwrap_or_default(),
            _ => 0,
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(items) => Some(items.to_vec()),
            Self::Given(Value::Array(items)) => Some(items.iter().map(Self::Given).collect()),
            Self::Made(value) => {
                value.as_array().map(|items| items.iter().cloned().map(Self::made).collect())
            }
            _ => None,
        }
    }

    /// The members of an object, in their order.
    pub fn members(&self) -> Option<Vec<(String, Self)>> {
        match self {
            Self::Hash(members) => {
                Some(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
            }
            Self::Given(Value::Object(map)) => {
                Some(map.iter().map(|(key, value)| (key.clone(), Self::Given(value))).collect())
            }
            Self::Made(value) => value
                .as_object()
                .map(|map| map.iter().map(|(key, value)| (key.clone(), Self::made(value.clone()))).collect()),
            _ => None,
        }
    }

    /// A member of an object; null for anything else.
    pub fn field(&self, name: &str) -> Self {
        match self {
            Self::Given(value) => value.get(name).map_or_else(Self::null, Self::Given),
            Self::Made(value) => value.get(name).cloned().map_or_else(Self::null, Self::made),
            Self::Hash(members) => members
                .iter()
                .find(|(key, _)| *key == name)
                .map_or_else(Self::null, |(_, value)| value.clone()),
            Self::List(_) => Self::null(),
        }
    }

    /// The plain value.
    pub fn into_value(self) -> Value {
        match self {
            Self::Given(value) => value.clone(),
            Self::Made(value) => Rc::unwrap_or_clone(value),
            Self::List(items) => Rc::unwrap_or_clone(items).into_iter().map(Self::into_value).collect(),
            Self::Hash(members) => Value::Object(
                Rc::unwrap_or_clone(members)
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value.into_value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// The plain value for lines of TSV: objects that become lines are sorted, unless the query made them.
    pub fn into_rows(self) -> Value {
        let row = |item: Self| match item {
            Self::Hash(_) => item.into_value(),
            _ => tsv::sorted(&item.into_value()),
        };
        match self.items() {
            Some(items) => items.into_iter().map(row).collect(),
            None => row(self),
        }
    }

    fn plain(&self) -> Option<&Value> {
        match self {
            Self::Given(value) => Some(value),
            Self::Made(value) => Some(value),
            Self::List(_) | Self::Hash(_) => None,
        }
    }
}
