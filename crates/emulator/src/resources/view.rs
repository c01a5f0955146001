//! What responses show of a resource: in a GET more than in a list, and some members also when they are absent.

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
pub(crate) fn body_in_view(kind: &ResourceKind, stored: &Value, view: View) -> Value {
    let Some(body) = stored.as_object().filter(|_| !kind.fields.iter().all(Field::is_shown_as_stored)) else {
        return stored.clone();
    };
    let shown = body.iter().map(|(name, value)| {
        let value = match value {
            Value::Object(properties) if name == "properties" => {
                Value::Object(members_in_view(kind.fields, properties, view))
            }
            _ => value.clone(),
        };
        (name.clone(), value)
    });
    Value::Object(shown.collect())
}

fn members_in_view(fields: &[Field], stored: &Map<String, Value>, view: View) -> Map<String, Value> {
    let mut shown = Map::with_capacity(fields.len());
    let mut known = 0;
    for field in fields {
        let member = stored.get(field.name);
        known += usize::from(member.is_some());
        let list = if view == View::List { field.shown.list } else { ListView::Same };
        let value = match (list, member) {
            (ListView::Omitted, _) => continue,
            (ListView::Null, _) => Value::Null,
            (_, Some(value)) if value.is_string() && value.as_str() == field.shown.hidden => continue,
            (_, Some(value)) => value_in_view(&field.rule, value, view),
            (_, None) => match field.shown.absent {
                // Parsing is slower.
                Some("null") => Value::Null,
                Some(json) => serde_json::from_str(json).unwrap_or_default(),
                None => continue,
            },
        };
        if list != ListView::OmittedIfEmpty || !has_only_empty_lists(&value) {
            shown.insert(field.name.to_owned(), value);
        }
    }
    if known == stored.len() {
        return shown;
    }
    for (name, value) in stored {
        if !fields.iter().any(|field| field.name == name) {
            shown.insert(name.clone(), value.clone());
        }
    }
    shown
}

fn value_in_view(rule: &Rule, value: &Value, view: View) -> Value {
    match (rule, value) {
        (Rule::Object(fields), Value::Object(members)) => {
            Value::Object(members_in_view(fields, members, view))
        }
        (Rule::List(rule @ Rule::Object(_), _), Value::Array(items)) => {
            items.iter().map(|item| value_in_view(rule, item, view)).collect()
        }
        _ => value.clone(),
    }
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
            let shown = members_in_view(FIELDS, stored.as_object().expect("an object"), view);
            Value::Object(shown).to_string()
        };
        assert_eq!(
            shown(View::Resource),
            r#"{"title":"t","text":null,"keys":{"a":1},"parameters":[{"values":[],"name":"p"}],"request":{"headers":[]},"other":1}"#
        );
        assert_eq!(shown(View::List), r#"{"title":"t","text":null,"keys":null,"other":1}"#);
    }
}
