//! Custom properties: allowed where a metadata schema of the center is assigned to the entity.

use serde_json::{Map, Value};

use super::schema_check;
use super::shape::Problems;
use crate::state::State;

/// A metadata schema as it is assigned to one kind of entity.
#[derive(Debug)]
pub struct Assigned {
    /// The schema's name, which is the property's.
    pub name: String,
    /// The JSON schema.
    pub schema: Value,
    /// Whether every entity must have it.
    pub required: bool,
}

/// The schemas of a center that are assigned to `entity`, in order of creation; all of them for none.
#[must_use]
pub fn assigned(state: &State, center: &str, entity: Option<&str>) -> Vec<Assigned> {
    let mut found = Vec::new();
    for entry in state.store.list(&format!("{center}/metadataSchemas")) {
        let properties = &entry.body["properties"];
        let assignments = properties["assignedTo"].as_array().map_or(&[][..], Vec::as_slice);
        let of = assignments.iter().find(|a| entity.is_none_or(|e| a["entity"] == e));
        if of.is_none() && entity.is_some() {
            continue;
        }
        found.push(Assigned {
            name: entry.body["name"].as_str().unwrap_or_default().to_owned(),
            // Checked to be JSON when it was stored.
            schema: serde_json::from_str(properties["schema"].as_str().unwrap_or("{}")).unwrap_or_default(),
            required: of.is_some_and(|a| a["required"] == true),
        });
    }
    found
}

/// What is wrong with the custom properties of an entity.
#[must_use]
pub fn check(state: &State, center: &str, entity: &str, given: &Value) -> Problems {
    let none = Map::new();
    let given = match given {
        Value::Null => &none,
        Value::Object(given) => given,
        _ => {
            return vec![(
                "properties.customProperties".to_owned(),
                "The value must be an object.".to_owned(),
            )];
        }
    };
    let schemas = assigned(state, center, Some(entity));
    let mut problems = Problems::new();
    for (name, value) in given {
        let target = format!("properties.customProperties.{name}");
        match schemas.iter().find(|s| s.name == *name) {
            None => problems.push((target, format!("No metadata schema '{name}' is assigned to {entity}."))),
            Some(of) => problems.extend(schema_check::problem(&of.schema, value).map(|why| (target, why))),
        }
    }
    for schema in schemas.iter().filter(|s| s.required && !given.contains_key(&s.name)) {
        let target = format!("properties.customProperties.{}", schema.name);
        problems.push((target, format!("The metadata property '{}' is required.", schema.name)));
    }
    problems
}
