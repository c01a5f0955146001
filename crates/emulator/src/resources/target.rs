//! The collection or resource that a request's path names.

use super::{Provider, ResourceKind};
use crate::context::Context;
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// A collection below a top-level resource, or one resource of it.
pub(crate) struct Target<'a> {
    /// The provider.
    pub provider: &'static Provider,
    /// The kind of resource.
    pub kind: &'static ResourceKind,
    /// The id of the top-level resource, in the spelling it was created with.
    pub root: String,
    /// The id of the parent, in the spelling it was created with.
    pub parent: String,
    /// The resource's name as it was sent; `None` for the collection.
    pub name: Option<&'a str>,
    /// The API version of the request.
    pub version: &'a str,
}

impl<'a> Target<'a> {
    /// Finds what these segments below the top-level resource name; the parents must exist.
    pub(crate) fn find(
        context: &Context<'a>,
        provider: &'static Provider,
        root: String,
        segments: &[&'a str],
    ) -> Result<Self, Response> {
        let unknown_type = || provider.dialect.unknown_type(context);
        let version = context.request.query("api-version").unwrap_or_default();
        let types: Vec<&str> = segments.iter().step_by(2).copied().collect();
        let kind_in_version = |types: &[&str]| {
            let kind = provider.kind(types).filter(|kind| kind.api_versions.contains(version));
            kind.ok_or_else(unknown_type)
        };
        let kind = kind_in_version(&types)?;
        let mut parent = root.clone();
        for (depth, name) in segments.iter().skip(1).step_by(2).enumerate().take(types.len() - 1) {
            let above = kind_in_version(&types[..=depth])?;
            let collection = format!("{parent}/{}", above.collection());
            parent = (above.hooks.resolve)(context.state, &collection, name)
                .filter(|entry| entry.is_visible_in(version))
                .map(|entry| entry.id.clone())
                .ok_or_else(|| provider.dialect.not_found(above))?;
        }
        let name = segments.get(2 * types.len() - 1).copied();
        Ok(Self { provider, kind, root, parent, name, version })
    }

    /// The id of the workspace of API Management that the target is in, or else of the top-level resource.
    pub(crate) fn scope(&self) -> &str {
        let is_workspace = |rest: &str| {
            rest.get(.."/workspaces/".len()).is_some_and(|start| start.eq_ignore_ascii_case("/workspaces/"))
        };
        let Some(rest) = self.parent.get(self.root.len()..).filter(|rest| is_workspace(rest)) else {
            return &self.root;
        };
        let end =
            rest["/workspaces/".len()..].find('/').map_or(rest.len(), |index| index + "/workspaces/".len());
        &self.parent[..self.root.len() + end]
    }

    /// The id of the collection.
    pub(crate) fn collection(&self) -> String {
        format!("{}/{}", self.parent, self.kind.collection())
    }

    /// The id of the resource; that of the collection if it has no name.
    pub(crate) fn id(&self) -> String {
        match self.name {
            Some(name) => format!("{}/{name}", self.collection()),
            None => self.collection(),
        }
    }

    /// The stored resource, or 404.
    pub(crate) fn entry<'s>(&self, state: &'s State) -> Result<&'s Entry, Response> {
        (self.kind.hooks.resolve)(state, &self.collection(), self.name.unwrap_or_default())
            .filter(|entry| entry.is_visible_in(self.version))
            .ok_or_else(|| self.not_found())
    }

    /// 404 for the resource.
    pub(crate) fn not_found(&self) -> Response {
        self.provider.dialect.not_found(self.kind)
    }
}
