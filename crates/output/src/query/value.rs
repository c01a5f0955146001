//! Values during the evaluation of a query: borrowed parts of its input, and computed values.

use std::rc::Rc;

use serde_json::{Map, Number, Value};

use super::super::tsv;

/// A value during evaluation, which is cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum QueryValue<'a> {
    /// A part of the input, or of a literal in the query.
    Borrowed(&'a Value),
    /// A computed value: a number, a string, a merged object.
    Computed(Rc<Value>),
    /// A list created by the query.
    List(Rc<Vec<QueryValue<'a>>>),
    /// An object created by the query, of which az keeps the order where it sorts others.
    Object(Rc<Vec<(&'a str, QueryValue<'a>)>>),
}

/// The kind of a value, with its content if it is a scalar.
pub(crate) enum ValueView<'f> {
    Null,
    Bool(bool),
    Number(&'f Number),
    String(&'f str),
    List,
    Object,
}

const NULL: &Value = &Value::Null;

impl QueryValue<'_> {
    pub(crate) fn null() -> Self {
        Self::Borrowed(NULL)
    }

    pub(crate) fn computed(value: impl Into<Value>) -> Self {
        Self::Computed(Rc::new(value.into()))
    }

    pub(crate) fn list(items: Vec<Self>) -> Self {
        Self::List(Rc::new(items))
    }

    pub(crate) fn view(&self) -> ValueView<'_> {
        let value = match self {
            Self::Borrowed(value) => value,
            Self::Computed(value) => value.as_ref(),
            Self::List(_) => return ValueView::List,
            Self::Object(_) => return ValueView::Object,
        };
        match value {
            Value::Null => ValueView::Null,
            Value::Bool(value) => ValueView::Bool(*value),
            Value::Number(number) => ValueView::Number(number),
            Value::String(text) => ValueView::String(text),
            Value::Array(_) => ValueView::List,
            Value::Object(_) => ValueView::Object,
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self.view(), ValueView::Null)
    }

    /// Whether the value counts as false: null, `false`, and empty strings, lists and objects.
    pub(crate) fn is_false(&self) -> bool {
        match self.view() {
            ValueView::Null => true,
            ValueView::Bool(value) => !value,
            ValueView::Number(_) => false,
            ValueView::String(text) => text.is_empty(),
            ValueView::List | ValueView::Object => self.len() == Some(0),
        }
    }

    /// The number of items, members or characters; `None` for other kinds.
    pub(crate) fn len(&self) -> Option<usize> {
        match self {
            Self::List(items) => return Some(items.len()),
            Self::Object(members) => return Some(members.len()),
            Self::Borrowed(_) | Self::Computed(_) => {}
        }
        match self.as_json()? {
            Value::Array(items) => Some(items.len()),
            Value::Object(map) => Some(map.len()),
            Value::String(text) => Some(text.chars().count()),
            _ => None,
        }
    }

    /// The number of items or members; 0 for other kinds.
    pub(crate) fn parts(&self) -> usize {
        match self.view() {
            ValueView::List | ValueView::Object => self.len().unwrap_or_default(),
            _ => 0,
        }
    }

    /// The items of a list.
    pub(crate) fn items(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(items) => Some(items.to_vec()),
            Self::Borrowed(Value::Array(items)) => Some(items.iter().map(Self::Borrowed).collect()),
            Self::Computed(value) => {
                value.as_array().map(|items| items.iter().cloned().map(Self::computed).collect())
            }
            _ => None,
        }
    }

    /// The members of an object, in their order.
    pub(crate) fn members(&self) -> Option<Vec<(String, Self)>> {
        match self {
            Self::Object(members) => {
                Some(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
            }
            Self::Borrowed(Value::Object(map)) => {
                Some(map.iter().map(|(key, value)| (key.clone(), Self::Borrowed(value))).collect())
            }
            Self::Computed(value) => value.as_object().map(|map| {
                map.iter().map(|(key, value)| (key.clone(), Self::computed(value.clone()))).collect()
            }),
            _ => None,
        }
    }

    /// The member of an object with this name; null if there is none, or for other kinds.
    pub(crate) fn field(&self, name: &str) -> Self {
        match self {
            Self::Borrowed(value) => value.get(name).map_or_else(Self::null, Self::Borrowed),
            Self::Computed(value) => value.get(name).cloned().map_or_else(Self::null, Self::computed),
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| *key == name)
                .map_or_else(Self::null, |(_, value)| value.clone()),
            Self::List(_) => Self::null(),
        }
    }

    /// Converts the value to JSON.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Borrowed(value) => value.clone(),
            Self::Computed(value) => Rc::unwrap_or_clone(value),
            Self::List(items) => Rc::unwrap_or_clone(items).into_iter().map(Self::into_value).collect(),
            Self::Object(members) => Value::Object(
                Rc::unwrap_or_clone(members)
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value.into_value()))
                    .collect::<Map<_, _>>(),
            ),
        }
    }

    /// Converts the value to JSON for TSV: the objects that become rows are sorted, unless they were created by the query.
    pub(crate) fn into_rows(self) -> Value {
        let to_row = |item: Self| match item {
            Self::Object(_) => item.into_value(),
            _ => tsv::sort_members(item.into_value()),
        };
        match self.items() {
            Some(items) => items.into_iter().map(to_row).collect(),
            None => to_row(self),
        }
    }

    fn as_json(&self) -> Option<&Value> {
        match self {
            Self::Borrowed(value) => Some(value),
            Self::Computed(value) => Some(value),
            Self::List(_) | Self::Object(_) => None,
        }
    }
}
