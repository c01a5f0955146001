//! Where a request points: the scope before the provider, and the kind, parent and name behind the service.

use super::rules::{self, Kind};
use super::{errors, revisions};
use crate::response::Response;
use crate::state::State;

/// The part of a path before `providers`.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The subscription's id.
    pub subscription: &'a str,
    /// The resource group, for what lives in one.
    pub group: Option<&'a str>,
}

/// The scope of a path, and its segments after the namespace.
pub fn split(path: &str) -> Option<(Scope<'_>, Vec<&str>)> {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    let at = segments.iter().rposition(|s| s.eq_ignore_ascii_case("Microsoft.ApiManagement"))?;
    let scope = match &segments[..at] {
        [s, subscription, p] if is(s, "subscriptions") && is(p, "providers") => {
            Scope { subscription, group: None }
        }
        [s, subscription, g, group, p]
            if is(s, "subscriptions") && is(g, "resourceGroups") && is(p, "providers") =>
        {
            Scope { subscription, group: Some(group) }
        }
        _ => return None,
    };
    Some((scope, segments[at + 1..].to_vec()))
}

fn is(segment: &str, wanted: &str) -> bool {
    segment.eq_ignore_ascii_case(wanted)
}

/// An entity or a collection inside a service.
#[derive(Debug)]
pub struct Place {
    /// The service's id.
    pub service: String,
    /// The id of what it lies in: the service, an API, a resolver.
    pub parent: String,
    /// Its kind.
    pub kind: &'static Kind,
    /// Its name; None for the collection.
    pub name: Option<String>,
    /// A POST action on it, in lower case.
    pub action: Option<String>,
}

impl Place {
    /// The place that these segments after the service's name point at.
    ///
    /// None for types that are not known; 404 where a parent is missing.
    pub fn find(state: &State, service: &str, below: &[&str]) -> Option<Result<Self, Response>> {
        let (below, action) = match below {
            [path @ .., action] if below.len() % 2 == 1 && is(action, "listValue") => {
                (path, Some(action.to_ascii_lowercase()))
            }
            _ => (below, None),
        };
        let types: Vec<&str> = below.iter().step_by(2).copied().collect();
        let names: Vec<&str> = below.iter().skip(1).step_by(2).copied().collect();
        let kind = rules::kind(&types)?;
        let mut parent = service.to_owned();
        for (depth, name) in names.iter().enumerate().take(types.len() - 1) {
            let above = rules::kind(&types[..=depth])?;
            let there = if depth == 0 && is(types[0], "apis") {
                revisions::resolve(state, service, name)
            } else {
                state.store.get(&format!("{parent}/{}/{name}", above.types[depth])).map(|e| e.id.clone())
            };
            match there {
                Some(id) => parent = id,
                None => return Some(Err(errors::not_found(above.noun))),
            }
        }
        let name = names.get(types.len() - 1).map(|n| (*n).to_owned());
        Some(Ok(Self { service: service.to_owned(), parent, kind, name, action }))
    }

    /// The id of the collection.
    pub fn collection(&self) -> String {
        format!("{}/{}", self.parent, self.kind.types.last().copied().unwrap_or_default())
    }

    /// The id of the entity with this name in the collection.
    pub fn id(&self, name: &str) -> String {
        format!("{}/{name}", self.collection())
    }
}
