//! Edits to a resource as az shows it: what the options of a create or update amount to.
//!
//! `--title X`, `--contacts [0].name=Bob` and `--set a.b=1` become the same thing here: a list of edits, applied in order to
//! nothing (create) or to the current resource (update).
//!
//! ```
//! use azr_arm::edit::{Edit, PathSegment, apply};
//! use serde_json::json;
//!
//! let path = vec![PathSegment::Key("title".to_owned())];
//! let mut resource = json!({});
//! apply(&[Edit::Set { path, value: json!("Echo") }], &mut resource, &[])?;
//! assert_eq!(resource, json!({"title": "Echo"}));
//! # Ok::<(), azr_core::error::Error>(())
//! ```

mod change;
mod gaps;
mod generic_edits;
mod option_edits;
mod path;
#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::schema::Field;
use azr_core::error::Result;

pub use change::{Dialect, Edit};
pub use path::PathSegment;

/// Applies the edits in order to a resource as az shows it; a new resource starts as `{}` or null.
pub fn apply(edits: &[Edit], doc: &mut Value, fields: &'static [Field]) -> Result<()> {
    let mut gaps = gaps::Gaps::default();
    for edit in edits {
        match edit {
            Edit::Set { path, value } => option_edits::set(doc, fields, path, value, &mut gaps)?,
            Edit::Default { path, value } => {
                if path::find(doc, path).is_none_or(|value| value.is_null()) {
                    option_edits::set(doc, fields, path, value, &mut gaps)?;
                }
            }
            generic_edit => {
                gaps.close(doc);
                generic_edits::apply_generic(doc, fields, generic_edit)?;
            }
        }
    }
    gaps.close(doc);
    Ok(())
}
