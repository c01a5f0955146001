//! Custom properties of a resource: one for each metadata schema of the center that is assigned to its entity type.

use serde_json::{Map, Value};

use super::schema_check;
use crate::resources::{Problem, Reason};
use crate::state::State;

/// A metadata schema that is assigned to an entity type.
#[derive(Debug)]
pub(super) struct AssignedSchema {
    /// The schema's name, which is the name of the property.
    pub name: String,
    /// The JSON schema.
    pub schema: Value,
    /// Whether every resource must have the property.
    pub is_required: bool,
}

/// The metadata schemas that are assigned to an entity type, in order of creation; all schemas if it is `None`.
pub(super) fn assigned_schemas(state: &State, center: &str, entity: Option<&str>) -> Vec<AssignedSchema> {
    let mut schemas = Vec::new();
    for entry in state.store.list(&format!("{center}/metadataSchemas")) {
        let properties = &entry.body["properties"];
        let assignments = properties["assignedTo"].as_array().map_or(&[][..], Vec::as_slice);
        let assignment = assignments.iter().find(|a| entity.is_none_or(|e| a["entity"] == e));
        if assignment.is_none() && entity.is_some() {
            continue;
        }
        schemas.push(AssignedSchema {
            name: entry.body["name"].as_str().unwrap_or_default().to_owned(),
            // It was checked to be JSON when it was stored.
            schema: serde_json::from_str(properties["schema"].as_str().unwrap_or("{}")).unwrap_or_default(),
            is_required: assignment.is_some_and(|a| a["required"] == true),
        });
    }
    schemas
}

/// Checks the `customProperties` of a resource.
pub(super) fn check(
    state: &State,
    center: &str,
    entity: &str,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let none = Map::new();
    let custom = match properties.get("customProperties") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(custom)) => custom,
        Some(_) => {
            let reason = Reason::WrongType("an object");
            return vec![Problem { path: "customProperties".to_owned(), reason }];
        }
    };
    let schemas = assigned_schemas(state, center, Some(entity));
    let problem = |name: &str, message: String| Problem::new(&format!("customProperties.{name}"), message);
    let mut problems = Vec::new();
    for (name, value) in custom {
        match schemas.iter().find(|s| s.name == *name) {
            None => {
                let message = format!("No metadata schema '{name}' is assigned to {entity}.");
                problems.push(problem(name, message));
            }
            Some(assigned) => {
                let violation = schema_check::find_violation(&assigned.schema, value);
                problems.extend(violation.map(|message| problem(name, message)));
            }
        }
    }
    for schema in schemas.iter().filter(|s| s.is_required && !custom.contains_key(&s.name)) {
        let message = format!("The metadata property '{}' is required.", schema.name);
        problems.push(problem(&schema.name, message));
    }
    problems
}
