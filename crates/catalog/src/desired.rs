//! What the center should contain: resources whose fields have an owner.
//!
//! The source of an import (an API Management service, a definition file) owns the fields that it specifies. Everything
//! else belongs to the people who maintain the center: a field of theirs is set when its resource is created, and never
//! written again. `docs/bulk-import.md` has the table.

mod difference;
mod members;

use serde_json::{Map, Value, json};

use members::{CUSTOM_PROPERTIES, writable_members};

pub(crate) use difference::changed_fields;
pub(crate) use members::{ignores_case, members_without_metadata};

use azr_core::id::ResourceId;
use azr_core::resource::ResourceType;

/// Who decides about the value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldOwner {
    /// The source: every run brings the field to the desired value.
    Source,
    /// The people who maintain the center: the value is only for a new resource.
    People,
}

/// A field of a resource, with its desired value.
#[derive(Debug, Clone, PartialEq)]
pub struct DesiredField {
    /// The member of the resource's properties.
    pub member: &'static str,
    /// The name of the custom metadata, if that is the member.
    pub metadata: Option<String>,
    /// The value; null removes custom metadata.
    pub value: Value,
    /// The owner.
    pub owner: FieldOwner,
}

impl DesiredField {
    /// The name for messages.
    fn name(&self) -> String {
        self.metadata.clone().unwrap_or_else(|| self.member.to_owned())
    }

    /// Whether a resource with these properties has the value.
    fn is_in(&self, properties: &Value) -> bool {
        match self.existing(properties) {
            None => self.value.is_null(),
            Some(existing) => contains(existing, &self.value, self.member),
        }
    }

    fn existing<'v>(&self, properties: &'v Value) -> Option<&'v Value> {
        let value = properties.get(self.member)?;
        self.metadata.as_ref().map_or(Some(value), |name| value.get(name))
    }
}

/// A resource that the center should have.
#[derive(Debug, Clone)]
pub struct DesiredResource {
    /// The resource for messages: `version v1`.
    pub label: String,
    /// The id.
    pub id: ResourceId,
    /// The type.
    pub resource_type: &'static ResourceType,
    /// The fields, in the order in which they are sent.
    pub fields: Vec<DesiredField>,
    /// Whether the resource should have these fields and no others, whoever entered them.
    pub is_complete: bool,
}

/// What happens to a resource, or to an API with everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It does not exist and is created.
    Create,
    /// It exists, differs, and is updated.
    Update,
    /// It exists as desired.
    Unchanged,
}

impl Change {
    /// The word for the change in output and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
        }
    }

    /// Whether anything is written.
    #[must_use]
    pub fn is_write(self) -> bool {
        self != Self::Unchanged
    }

    /// This change, or the other one if this is `Unchanged`.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        if self.is_write() { self } else { other }
    }
}

/// What to do with a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What happens to the resource.
    pub change: Change,
    /// The names of the fields that an update changes.
    pub changed_fields: Vec<String>,
    /// The body to send: the desired values, and what people entered.
    pub body: Value,
}

impl DesiredResource {
    /// A resource without fields.
    #[must_use]
    pub fn new(label: String, id: ResourceId, resource_type: &'static ResourceType) -> Self {
        Self { label, id, resource_type, fields: Vec::new(), is_complete: false }
    }

    /// A resource whose writable properties are exactly these: what they do not have is removed.
    #[must_use]
    pub fn complete(
        label: String,
        id: ResourceId,
        resource_type: &'static ResourceType,
        properties: &Value,
    ) -> Self {
        let mut desired = Self { is_complete: true, ..Self::new(label, id, resource_type) };
        for member in writable_members(resource_type) {
            match properties.get(*member) {
                None | Some(Value::Null) => {}
                Some(Value::Object(metadata)) if *member == CUSTOM_PROPERTIES => {
                    let entries = metadata.iter().filter(|(_, value)| !value.is_null());
                    entries.for_each(|(name, value)| {
                        desired.set_metadata(name, value.clone(), FieldOwner::Source);
                    });
                }
                Some(value) => desired.set(member, value.clone()),
            }
        }
        desired
    }

    /// Adds a field that the source specifies.
    pub fn set(&mut self, member: &'static str, value: Value) {
        self.fields.push(DesiredField { member, metadata: None, value, owner: FieldOwner::Source });
    }

    /// Adds a field that belongs to people, with its value for a new resource.
    pub fn set_initially(&mut self, member: &'static str, value: Value) {
        self.fields.push(DesiredField { member, metadata: None, value, owner: FieldOwner::People });
    }

    /// Sets custom metadata.
    pub fn set_metadata(&mut self, name: &str, value: Value, owner: FieldOwner) {
        let is_same = |field: &&mut DesiredField| field.metadata.as_deref() == Some(name);
        if let Some(field) = self.fields.iter_mut().find(is_same) {
            (field.value, field.owner) = (value, owner);
            return;
        }
        let metadata = Some(name.to_owned());
        self.fields.push(DesiredField { member: CUSTOM_PROPERTIES, metadata, value, owner });
    }

    /// Whether a value of custom metadata is set.
    pub(crate) fn has_metadata(&self, name: &str) -> bool {
        let is_set = |field: &DesiredField| field.metadata.as_deref() == Some(name) && !field.value.is_null();
        self.fields.iter().any(is_set)
    }

    /// Decides what to do with the resource; `existing` are its properties in the center, if it exists.
    ///
    /// A PUT replaces the whole resource. The body therefore contains the existing values of everything that the source
    /// does not specify.
    #[must_use]
    pub fn decide(&self, existing: Option<&Value>) -> Decision {
        let Some(existing) = existing else {
            let body = json!({"properties": self.properties()});
            return Decision { change: Change::Create, changed_fields: Vec::new(), body };
        };
        if self.is_complete {
            let properties = Value::Object(self.properties());
            let changed_fields = changed_fields(self.resource_type, existing, &properties);
            let change = if changed_fields.is_empty() { Change::Unchanged } else { Change::Update };
            return Decision { change, changed_fields, body: json!({"properties": properties}) };
        }
        let mut properties = existing_properties(self.resource_type, existing);
        let mut changed_fields = Vec::new();
        for field in self.fields.iter().filter(|field| field.owner == FieldOwner::Source) {
            if !field.is_in(existing) {
                changed_fields.push(field.name());
                write_field(&mut properties, field);
            }
        }
        let change = if changed_fields.is_empty() { Change::Unchanged } else { Change::Update };
        Decision { change, changed_fields, body: json!({"properties": properties}) }
    }
}

impl DesiredResource {
    /// The properties of a new resource.
    fn properties(&self) -> Map<String, Value> {
        let mut properties = Map::new();
        self.fields.iter().for_each(|field| write_field(&mut properties, field));
        properties
    }
}

/// The writable properties of an existing resource.
pub(crate) fn existing_properties(resource_type: &ResourceType, existing: &Value) -> Map<String, Value> {
    let member = |name: &&str| {
        let value = existing.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    };
    writable_members(resource_type).iter().filter_map(member).collect()
}

fn write_field(properties: &mut Map<String, Value>, field: &DesiredField) {
    let member = properties.entry(field.member).or_insert(Value::Null);
    match &field.metadata {
        Some(name) => match member {
            Value::Object(metadata) if field.value.is_null() => drop(metadata.shift_remove(name)),
            Value::Object(metadata) => drop(metadata.insert(name.clone(), field.value.clone())),
            _ => *member = json!({name.as_str(): field.value}),
        },
        None => merge(member, &field.value, field.member),
    }
}

/// Writes a desired value over an existing one; what the desired value does not specify of an object stays.
fn merge(existing: &mut Value, desired: &Value, name: &str) {
    if contains(existing, desired, name) {
        return;
    }
    match (existing, desired) {
        (Value::Object(existing), Value::Object(desired)) => {
            for (name, value) in desired {
                merge(existing.entry(name).or_insert(Value::Null), value, name);
            }
        }
        (existing, desired) => *existing = desired.clone(),
    }
}

/// Whether an existing value has everything that is desired; `name` is the member it belongs to.
fn contains(existing: &Value, desired: &Value, name: &str) -> bool {
    match (existing, desired) {
        (Value::Object(existing), Value::Object(desired)) => desired
            .iter()
            .all(|(name, value)| existing.get(name).is_some_and(|found| contains(found, value, name))),
        (Value::Array(existing), Value::Array(desired)) => {
            existing.len() == desired.len()
                && existing.iter().zip(desired).all(|(existing, desired)| contains(existing, desired, name))
        }
        (Value::String(existing), Value::String(desired)) if ignores_case(name) => {
            existing.eq_ignore_ascii_case(desired)
        }
        _ => existing == desired,
    }
}

#[cfg(test)]
mod tests;
