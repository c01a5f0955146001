//! Values of structured options: shorthand syntax strict and lenient, Python literals, paths of `--set`.
//!
//! Each line of the input is one value, decoded as the content of an `@file` is.

use azr::fuzzing::generic_update::{self, Op};
use azr::fuzzing::shorthand::{self, Nulls};
use azr_arm::edit::{Dialect, PathSegment, apply};
use azr_arm::schema::{Field, Kind, field, text};
use serde_json::Value;

static CONTACT: &[Field] = &[text("email"), text("name"), text("url")];
static SERVER: &[Field] =
    &[field("runtimeUri", Kind::List(&Kind::Text)), field("type", Kind::Choice(&["AWS", "Azure"]))];
static FIELDS: &[Field] = &[
    field("contacts", Kind::List(&Kind::Object(CONTACT))),
    field("server", Kind::Object(SERVER)),
    field("custom", Kind::Map(&Kind::Any)),
    field("tags", Kind::Map(&Kind::Text)),
    field("count", Kind::Int),
    field("on", Kind::Bool),
];

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let input = azr::fuzzing::value_of_file(data);
    // What is behind an @ would be read from this machine, and `@-` waits for its input.
    if input.contains('@') {
        return;
    }
    let values: Vec<String> = input.lines().map(str::to_owned).collect();
    for field in FIELDS {
        let path = [PathSegment::Key(field.shown.to_owned())];
        if let Ok(edits) =
            shorthand::parse("--x", &field.kind, Nulls::Optional, &path, std::slice::from_ref(&values))
        {
            let mut value_of_edits = Value::Null;
            // Edits of several values may contradict one another; that is an error, as any other.
            drop(apply(&edits, &mut value_of_edits, FIELDS));
            value_of_edits.to_string();
        }
        if let Some(value) = values.first() {
            drop(shorthand::parse_scalar("--x", &field.kind, Nulls::Optional, value));
        }
    }
    for dialect in [Dialect::Aaz, Dialect::Sdk] {
        for op in [Op::Set, Op::Add, Op::Remove] {
            if let Ok(edits) = generic_update::parse(dialect, &[(op, values.clone())], false, FIELDS) {
                let mut resource =
                    serde_json::json!({"contacts": [{"name": "Bob"}], "custom": {"a": [1, {"b": null}]}});
                drop(apply(&edits, &mut resource, FIELDS));
                resource.to_string();
            }
        }
    }
}
