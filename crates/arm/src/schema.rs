//! The shape of a resource: its members on the wire, and as az shows them.
//!
//! az shows a resource flattened (`properties.title` on the wire is `title` on the screen and in `--set`),
//! without members its client does not know, and leaves read-only members out of what it sends back. Both
//! directions are one table here, so a resource's file says each name once.

use serde_json::{Map, Value};

/// The type of a member.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A string.
    Text,
    /// One of these strings; matched without regard to case, sent as written here.
    Choice(&'static [&'static str]),
    /// true or false.
    Bool,
    /// A whole number.
    Int,
    /// Any number.
    Number,
    /// A date and time. SDK models print it the way Python does: `2026-01-02T03:04:05+00:00`.
    Time,
    /// Any JSON value.
    Any,
    /// An object with these members.
    Object(&'static [Field]),
    /// A list.
    List(&'static Kind),
    /// An object with any keys.
    Map(&'static Kind),
}

impl Kind {
    /// Whether null is a value there rather than the absence of one.
    ///
    /// So it is for any value, and for objects without members, such as the user assigned identities of a
    /// resource, where null takes one away in the service.
    #[must_use]
    pub const fn takes_null(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Object(_) => self.is_memberless(),
            _ => false,
        }
    }

    /// Whether this is an object without members that can be written, which consists of its key alone.
    #[must_use]
    pub const fn is_memberless(&self) -> bool {
        let Self::Object(mut members) = *self else { return false };
        while let [first, rest @ ..] = members {
            if !first.read_only {
                return false;
            }
            members = rest;
        }
        true
    }
}

/// One member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name on the wire.
    pub wire: &'static str,
    /// Its name in az's output and in `--set`.
    pub shown: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Set by the service only: shown, never sent.
    pub read_only: bool,
    /// An object whose members are shown in its place.
    pub flatten: bool,
    /// The service requires it, so that null does not remove it.
    pub required: bool,
}

/// A member that is shown under its wire name and can be written.
#[must_use]
pub const fn field(name: &'static str, kind: Kind) -> Field {
    Field { wire: name, shown: name, kind, read_only: false, flatten: false, required: false }
}

/// A string member.
#[must_use]
pub const fn text(name: &'static str) -> Field {
    field(name, Kind::Text)
}

/// An object whose members are shown in its place, such as `properties`.
#[must_use]
pub const fn flattened(name: &'static str, members: &'static [Field]) -> Field {
    Field { flatten: true, ..field(name, Kind::Object(members)) }
}

impl Field {
    /// The same member, set by the service only.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// The same member, required by the service.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same member, shown under another name.
    #[must_use]
    pub const fn shown(mut self, name: &'static str) -> Self {
        self.shown = name;
        self
    }
}

/// What az prints for a member that the service did not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Nothing (`az apic`, `az identity`).
    Omit,
    /// `null` (`az apim`, `az group`, `az role`: models of the Python SDK).
    Null,
}

/// The shape of one type of resource.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// The members of the resource on the wire.
    pub fields: &'static [Field],
    /// What to print for members that did not come.
    pub absent: Absent,
}

impl Schema {
    /// The resource as az prints it: known members only, flattened.
    #[must_use]
    pub fn show(&self, wire: &Value) -> Value {
        let Value::Object(wire) = wire else { return wire.clone() };
        Value::Object(show_object(self.fields, wire, self.absent))
    }

    /// The body to send for a resource in its shown form: unflattened, without read-only and unknown members.
    #[must_use]
    pub fn wire(&self, shown: &Value) -> Value {
        let Value::Object(shown) = shown else { return shown.clone() };
        Value::Object(wire_object(self.fields, shown))
    }

    /// The body to send for a resource that came as `current` and was changed to `shown`.
    ///
    /// Like [`Schema::wire`], but an empty flattened object that came goes back empty (az's generated commands).
    #[must_use]
    pub(crate) fn wire_over(&self, shown: &Value, current: &Value) -> Value {
        let mut wire = self.wire(shown);
        if let (Absent::Omit, Some(wire)) = (self.absent, wire.as_object_mut()) {
            for f in self.fields.iter().filter(|f| f.flatten && !f.read_only) {
                if current.get(f.wire).is_some_and(Value::is_object) && !wire.contains_key(f.wire) {
                    wire.insert(f.wire.to_owned(), Value::Object(Map::new()));
                }
            }
        }
        wire
    }

    /// The member that `name` is shown as, looking through flattened objects.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Field> {
        member(self.fields, name)
    }
}

/// The member of `fields` that is shown as `name`, looking through flattened objects.
#[must_use]
pub fn member(fields: &'static [Field], name: &str) -> Option<&'static Field> {
    for f in fields {
        match f.kind {
            Kind::Object(inner) if f.flatten => {
                if let Some(found) = member(inner, name) {
                    return Some(found);
                }
            }
            _ if f.shown == name => return Some(f),
            _ => {}
        }
    }
    None
}

fn show_object(fields: &'static [Field], wire: &Map<String, Value>, absent: Absent) -> Map<String, Value> {
    let mut out = Map::with_capacity(shown_count(fields, wire, absent));
    show_members(fields, Some(wire), Some(wire), absent, &mut out);
    if absent == Absent::Null {
        // A member that the SDK's model does not know is printed as it came.
        for (name, value) in wire {
            if !fields.iter().any(|f| f.wire == name) {
                out.insert(name.clone(), value.clone());
            }
        }
    }
    out
}

/// At least how many members are shown of an object: a map that grows is slow.
fn shown_count(fields: &'static [Field], wire: &Map<String, Value>, absent: Absent) -> usize {
    let count = |f: &Field| match f.kind {
        Kind::Object(inner) if f.flatten => match (wire.get(f.wire), absent) {
            (Some(Value::Object(flattened)), Absent::Omit) => flattened.len(),
            _ => inner.len(),
        },
        _ => usize::from(absent == Absent::Null || wire.contains_key(f.wire)),
    };
    fields.iter().map(count).sum()
}

/// Shows `fields` of `wire`; `root` is the object that a flattened member hangs in.
///
/// Where a flattened object did not come at all, the SDK's deserializer looks for its members in the root.
fn show_members(
    fields: &'static [Field],
    wire: Option<&Map<String, Value>>,
    root: Option<&Map<String, Value>>,
    absent: Absent,
    out: &mut Map<String, Value>,
) {
    for f in fields {
        let value = wire.and_then(|w| w.get(f.wire));
        match (f.kind, value) {
            (Kind::Object(inner), None) if f.flatten && absent == Absent::Null => {
                show_members(inner, root, root, absent, out);
            }
            (Kind::Object(inner), _) if f.flatten => {
                show_members(inner, value.and_then(Value::as_object), root, absent, out);
            }
            (_, Some(value)) => {
                out.insert(f.shown.to_owned(), show_value(&f.kind, value, absent));
            }
            (_, None) if absent == Absent::Null => {
                out.insert(f.shown.to_owned(), Value::Null);
            }
            (_, None) => {}
        }
    }
}

fn show_value(kind: &Kind, value: &Value, absent: Absent) -> Value {
    match (kind, value) {
        (Kind::Object(fields), Value::Object(map)) => Value::Object(show_object(fields, map, absent)),
        (Kind::List(item), Value::Array(list)) => list.iter().map(|v| show_value(item, v, absent)).collect(),
        (Kind::Map(item), Value::Object(map)) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), show_value(item, v, absent))).collect())
        }
        (Kind::Time, Value::String(text)) if absent == Absent::Null => {
            Value::String(azr_core::python::format_time(text).unwrap_or_else(|| text.clone()))
        }
        (Kind::Text, Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Number(_))
            if absent == Absent::Null =>
        {
            Value::String(azr_core::python::format_str(value))
        }
        _ => value.clone(),
    }
}

fn wire_object(fields: &'static [Field], shown: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for f in fields {
        if f.read_only {
            continue;
        }
        match f.kind {
            Kind::Object(inner) if f.flatten => {
                let inner = wire_object(inner, shown);
                if !inner.is_empty() || shown.contains_key(f.wire) {
                    out.insert(f.wire.to_owned(), Value::Object(inner));
                }
            }
            _ => match shown.get(f.shown) {
                None | Some(Value::Null) => {}
                Some(value) => {
                    out.insert(f.wire.to_owned(), wire_value(&f.kind, value));
                }
            },
        }
    }
    out
}

fn wire_value(kind: &Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Object(fields), Value::Object(map)) => Value::Object(wire_object(fields, map)),
        (Kind::List(item), Value::Array(list)) => list.iter().map(|v| wire_value(item, v)).collect(),
        (Kind::Map(item), Value::Object(map)) => {
            Value::Object(map.iter().map(|(k, v)| (k.clone(), wire_value(item, v))).collect())
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static INNER: &[Field] = &[text("name"), field("at", Kind::Time)];
    static FIELDS: &[Field] = &[
        text("id").read_only(),
        text("type").read_only(),
        flattened(
            "properties",
            &[
                text("title"),
                text("type").shown("apiType"),
                text("state").read_only(),
                field("contact", Kind::Object(INNER)),
                flattened("document", &[text("value")]),
            ],
        ),
    ];
    static OMIT: Schema = Schema { fields: FIELDS, absent: Absent::Omit };
    static NULL: Schema = Schema { fields: FIELDS, absent: Absent::Null };

    #[test]
    fn omitting_shows_known_members_only() {
        let wire =
            json!({"id": "i", "properties": {"title": "T", "new": 1, "contact": {"name": "n", "x": 2}}});
        assert_eq!(OMIT.show(&wire), json!({"id": "i", "title": "T", "contact": {"name": "n"}}));
    }

    #[test]
    fn sdk_models_show_null_for_what_did_not_come_and_keep_what_they_do_not_know() {
        let wire = json!({"id": "i", "etag": "e", "properties": {"title": 5, "contact": {"at": "2026-01-02T03:04:05Z"}}});
        assert_eq!(
            NULL.show(&wire),
            json!({"id": "i", "type": null, "title": "5", "apiType": null, "state": null,
                   "contact": {"name": null, "at": "2026-01-02T03:04:05+00:00"}, "value": null, "etag": "e"})
        );
    }

    #[test]
    fn sdk_models_look_in_the_root_for_members_of_an_absent_object() {
        let shown = NULL.show(&json!({"id": "i", "type": "a/b"}));
        assert_eq!(shown["apiType"], json!("a/b"));
        assert_eq!(NULL.show(&json!({"type": "a/b", "properties": {}}))["apiType"], Value::Null);
    }

    #[test]
    fn the_wire_form_leaves_out_nulls_read_only_and_unknown_members() {
        let shown = json!({"id": "i", "title": "T", "state": "S", "contact": null, "value": "v", "junk": 1});
        assert_eq!(OMIT.wire(&shown), json!({"properties": {"title": "T", "document": {"value": "v"}}}));
        assert_eq!(OMIT.wire(&json!({})), json!({}));
    }
}
