//! What responses show of a resource: in a GET more than in a list, and some members also when they are absent.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Field, ResourceKind, Rule};

/// The kind of response that a resource is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// The response to a request for the resource itself.
    Resource,
    /// An item of a list.
    List,
}

/// How responses show a member; the default is to show what is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    /// The JSON that stands for an absent member.
    pub absent: Option<&'static str>,
    /// The string that is not shown, because it is the default.
    pub hidden: Option<&'static str>,
    /// What lists show.
    pub list: ListView,
}

/// What lists show of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListView {
    /// The same as other responses.
    Same,
    /// Null.
    Null,
    /// Nothing.
    Omitted,
    /// Nothing if the member is an object of empty lists.
    OmittedIfEmpty,
}

impl Shown {
    /// As it is stored.
    pub(crate) const AS_STORED: Self = Self { absent: None, hidden: None, list: ListView::Same };
}

impl Field {
    /// The field, with this JSON in responses if it is absent.
    pub(crate) const fn or_shows(mut self, json: &'static str) -> Self {
        self.shown.absent = Some(json);
        self
    }

    /// The field, with null in responses if it is absent.
    pub(crate) const fn or_shows_null(self) -> Self {
        self.or_shows("null")
    }

    /// The field, which responses do not show if it has this value.
    pub(crate) const fn hides(mut self, value: &'static str) -> Self {
        self.shown.hidden = Some(value);
        self
    }

    /// The field, with another view in lists.
    pub(crate) const fn in_lists(mut self, list: ListView) -> Self {
        self.shown.list = list;
        self
    }

    fn is_shown_as_stored(&self) -> bool {
        let Shown { absent, hidden, list } = self.shown;
        absent.is_none() && hidden.is_none() && list == ListView::Same
    }
}

/// The body of a resource in a response; the members of `properties` are in the order of the fields.
///
/// It is written to the response without being copied first.
pub(crate) struct ViewedBody<'a> {
    /// The kind of the resource.
    pub kind: &'a ResourceKind,
    /// The stored body.
    pub stored: &'a Value,
    /// What it is shown in.
    pub view: View,
}

/// The body of a resource in a response, to be changed before it is sent.
pub(crate) fn body_in_view(kind: &ResourceKind, stored: &Value, view: View) -> Value {
    to_value(&ViewedBody { kind, stored, view })
}

fn to_value(viewed: &impl Serialize) -> Value {
    // JSON with keys that are strings is always a value.
    serde_json::to_value(viewed).unwrap_or_default()
}

impl Serialize for ViewedBody<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.kind.fields;
        let Some(body) = self.stored.as_object().filter(|_| !fields.iter().all(Field::is_shown_as_stored))
        else {
            return self.stored.serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(body.len()))?;
        for (name, value) in body {
            match value {
                Value::Object(stored) if name == "properties" => {
                    map.serialize_entry(name, &ViewedMembers { fields, stored, view: self.view })?;
                }
                _ => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// The members of an object with these fields.
struct ViewedMembers<'a> {
    fields: &'a [Field],
    stored: &'a Map<String, Value>,
    view: View,
}

impl Serialize for ViewedMembers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut known = 0;
        for field in self.fields {
            let member = self.stored.get(field.name);
            known += usize::from(member.is_some());
            let list = if self.view == View::List { field.shown.list } else { ListView::Same };
            match (list, member) {
                (ListView::Omitted, _) => {}
                (ListView::Null, _) => map.serialize_entry(field.name, &Value::Null)?,
                (_, Some(value)) if value.is_string() && value.as_str() == field.shown.hidden => {}
                (_, Some(value)) => {
                    let viewed = ViewedValue { rule: &field.rule, value, view: self.view };
                    if list != ListView::OmittedIfEmpty || !has_only_empty_lists(&to_value(&viewed)) {
                        map.serialize_entry(field.name, &viewed)?;
                    }
                }
                (_, None) => {
                    if let Some(json) = field.shown.absent.filter(|json| !is_omitted(list, json)) {
                        map.serialize_entry(field.name, raw(json))?;
                    }
                }
            }
        }
        if known < self.stored.len() {
            for (name, value) in self.stored {
                if !self.fields.iter().any(|field| field.name == name) {
                    map.serialize_entry(name, value)?;
                }
            }
        }
        map.end()
    }
}

/// A value that a rule describes.
struct ViewedValue<'a> {
    rule: &'a Rule,
    value: &'a Value,
    view: View,
}

impl Serialize for ViewedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.view;
        match (self.rule, self.value) {
            (Rule::Object(fields), Value::Object(stored)) => {
                ViewedMembers { fields, stored, view }.serialize(serializer)
            }
            (Rule::List(rule @ Rule::Object(_), _), Value::Array(items)) => {
                serializer.collect_seq(items.iter().map(|value| ViewedValue { rule, value, view }))
            }
            _ => self.value.serialize(serializer),
        }
    }
}

/// JSON of the table, which is written as it is.
fn raw(json: &'static str) -> &'static RawValue {
    // The JSON of the table is valid: a test serializes every kind.
    serde_json::from_str(json).unwrap_or(RawValue::NULL)
}

/// Whether lists leave out a member that is absent, and for which this JSON would stand.
fn is_omitted(list: ListView, json: &str) -> bool {
    list == ListView::OmittedIfEmpty && has_only_empty_lists(&serde_json::from_str(json).unwrap_or_default())
}

fn has_only_empty_lists(value: &Value) -> bool {
    let is_empty_list = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    value.as_object().is_some_and(|members| members.values().all(is_empty_list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::{ANY_TEXT, optional, required};
    use serde_json::json;

    static PARAMETER: &[Field] = &[optional("values", Rule::Any).or_shows("[]")];
    static FIELDS: &[Field] = &[
        required("title", ANY_TEXT),
        optional("text", ANY_TEXT).or_shows_null(),
        optional("type", ANY_TEXT).hides("http"),
        optional("keys", Rule::Any).in_lists(ListView::Null),
        optional("parameters", Rule::List(&Rule::Object(PARAMETER), 9)).in_lists(ListView::Omitted),
        optional("request", Rule::Any).or_shows(r#"{"headers":[]}"#).in_lists(ListView::OmittedIfEmpty),
    ];

    #[test]
    fn lists_show_less_than_a_get() {
        let stored = json!({"other": 1, "type": "http", "keys": {"a": 1}, "parameters": [{"name": "p"}], "title": "t"});
        let shown = |view| {
            let stored = stored.as_object().expect("an object");
            serde_json::to_string(&ViewedMembers { fields: FIELDS, stored, view }).expect("JSON")
        };
        assert_eq!(
            shown(View::Resource),
            r#"{"title":"t","text":null,"keys":{"a":1},"parameters":[{"values":[],"name":"p"}],"request":{"headers":[]},"other":1}"#
        );
        assert_eq!(shown(View::List), r#"{"title":"t","text":null,"keys":null,"other":1}"#);
    }
}
