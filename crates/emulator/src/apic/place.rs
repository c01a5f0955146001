//! Where in an API center a request points, its parents checked.

use super::errors;
use super::kinds::{self, Kind};
use crate::context::Context;
use crate::response::Response;

/// A collection below an API center, and perhaps one resource of it.
#[derive(Debug)]
pub struct Place<'a> {
    /// The kind of resource.
    pub kind: &'static Kind,
    /// The center's id as it was created.
    pub center: String,
    /// The parent's id as it was created.
    pub parent: String,
    /// The resource's name as given; none for the collection.
    pub name: Option<&'a str>,
}

/// The id of the center of the request as it was created, or ARM's answer for a missing parent.
pub fn center(context: &Context<'_>, name: &str) -> Result<String, Response> {
    let group = context.group_id().unwrap_or_default();
    let id = format!("{group}/providers/Microsoft.ApiCenter/services/{name}");
    if let Some(entry) = context.state.store.get(&id) {
        return Ok(entry.id.clone());
    }
    let verb = match context.method() {
        "GET" | "HEAD" => "read",
        "DELETE" => "delete",
        "POST" => "action",
        _ => "write",
    };
    let mut types = vec!["services"];
    types.extend(context.route.rest.iter().skip(2).step_by(2));
    Err(errors::no_parent(verb, &types.join("/"), &id))
}

impl<'a> Place<'a> {
    /// Finds the place that the segments below the center name; its parents must exist.
    pub fn find(context: &Context<'_>, below: &[&'a str]) -> Result<Self, Response> {
        let center = center(context, context.route.rest.get(1).copied().unwrap_or_default())?;
        let types: Vec<&str> = below.iter().step_by(2).copied().collect();
        let names: Vec<&'a str> = below.iter().skip(1).step_by(2).copied().collect();
        let kind = kinds::find(&types)
            .filter(|kind| !kind.preview || super::is_preview(context))
            .ok_or_else(errors::problem_404)?;
        let mut parent = center.clone();
        for depth in 1..types.len() {
            let above = kinds::find(&types[..depth]).ok_or_else(errors::problem_404)?;
            let id = format!("{parent}/{}/{}", above.collection(), names[depth - 1]);
            let entry = context.state.store.get(&id).ok_or_else(|| errors::missing(above))?;
            parent.clone_from(&entry.id);
        }
        Ok(Self { kind, center, parent, name: names.get(types.len() - 1).copied() })
    }

    /// The id of the collection.
    #[must_use]
    pub fn collection(&self) -> String {
        format!("{}/{}", self.parent, self.kind.collection())
    }

    /// The id of the resource, unless the place is a collection.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.name.map(|name| format!("{}/{name}", self.collection()))
    }
}
