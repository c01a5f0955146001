//! What the schemas of API Management's resources have in common.

use azr_arm::schema::{Absent, Field, Schema, text};

// The members that every resource has besides its properties.
pub(super) const ID: Field = text("id").read_only();
pub(super) const NAME: Field = text("name").read_only();
pub(super) const TYPE: Field = text("type").read_only();

/// A shape that prints absent members as null, like the models of the Python SDK.
pub(super) const fn shape(fields: &'static [Field]) -> Schema {
    Schema { fields, absent: Absent::Null }
}
