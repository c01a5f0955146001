//! What is new is not known everywhere at once: a resource to its children, and a role assignment to the services.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::emulator::Emulator;
use crate::front_door;
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::route::Route;

/// Remembers what was created a short time ago.
#[derive(Debug)]
pub(super) struct Propagation {
    delay: Duration,
    creations: Mutex<Creations>,
}

#[derive(Debug, Default)]
struct Creations {
    /// When each resource is known to its children, by its path in lower case.
    resources: HashMap<String, OffsetDateTime>,
    roles: Vec<Role>,
}

/// A role assignment.
#[derive(Debug, Clone)]
struct Role {
    principal: String,
    /// In lower case.
    scope: String,
    /// When it takes effect.
    effective: OffsetDateTime,
}

/// A creation in flight.
#[derive(Debug)]
pub(super) struct Creation<'a> {
    propagation: &'a Propagation,
    created: Created,
    now: OffsetDateTime,
}

#[derive(Debug)]
enum Created {
    /// A resource with this path in lower case.
    Resource(String),
    Role(Role),
}

impl Propagation {
    pub(super) fn new(delay: Duration) -> Self {
        Self { delay, creations: Mutex::default() }
    }

    /// The response to a request below a resource, or with a role, that is too new.
    pub(super) fn refusal(&self, emulator: &Emulator, request: &ParsedRequest) -> Option<Response> {
        let route = Route::parse(&request.path);
        if !is_emulated(&route) {
            return None;
        }
        let path = request.path.to_ascii_lowercase();
        let creations = self.creations.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = |length: &usize| {
            let known = creations.resources.get(&path[..*length]);
            known.is_some_and(|known| request.now < *known)
        };
        // Polling an operation is not a request for a child.
        if !path.contains("/operationresults/")
            && let Some(length) = path.match_indices('/').map(|(index, _)| index).find(is_new)
        {
            return Some(parent_not_found(request, &route, &request.path[..length]));
        }
        let mut roles = creations.roles.iter().filter(|role| request.now < role.effective).peekable();
        roles.peek()?;
        let principals = acting_principals(emulator, request, &route);
        let role = roles.find(|role| {
            let is_acting = principals.iter().any(|id| id.eq_ignore_ascii_case(&role.principal));
            is_acting && (is_import(request, &route) || path.starts_with(&role.scope))
        })?;
        Some(not_authorized(request, &role.principal))
    }

    /// What a request creates if it succeeds.
    pub(super) fn creation(&self, emulator: &Emulator, request: &ParsedRequest) -> Option<Creation<'_>> {
        let route = Route::parse(&request.path);
        if request.method != "PUT" || route.rest.len() % 2 == 1 {
            return None;
        }
        let is_known = || emulator.with_state(|state| state.store.get(&request.path).is_some());
        let created = if route.is("Microsoft.Authorization") && !is_known() {
            let body = serde_json::from_slice::<Value>(&request.body).ok()?;
            let principal = body["properties"]["principalId"].as_str()?.to_owned();
            let scope = route.scope.to_ascii_lowercase();
            Created::Role(Role { principal, scope, effective: request.now + self.delay })
        } else if is_emulated(&route) && !is_known() {
            Created::Resource(request.path.to_ascii_lowercase())
        } else {
            return None;
        };
        Some(Creation { propagation: self, created, now: request.now })
    }
}

impl Creation<'_> {
    /// Records the creation if it succeeded.
    pub(super) fn finish(self, response: &Response) {
        if !response.status().is_success() {
            return;
        }
        let Self { propagation, created, now } = self;
        let mut creations = propagation.creations.lock().unwrap_or_else(PoisonError::into_inner);
        creations.resources.retain(|_, known| now < *known);
        creations.roles.retain(|role| now < role.effective);
        match created {
            Created::Resource(path) => drop(creations.resources.insert(path, now + propagation.delay)),
            Created::Role(role) => creations.roles.push(role),
        }
    }
}

fn is_emulated(route: &Route<'_>) -> bool {
    route.is("Microsoft.ApiManagement") || route.is("Microsoft.ApiCenter")
}

/// Whether a center reads API Management with its own identity to respond to a request.
fn is_import(request: &ParsedRequest, route: &Route<'_>) -> bool {
    if !route.is("Microsoft.ApiCenter") {
        return false;
    }
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    match (request.method.as_str(), &route.rest[..]) {
        ("POST", [.., action]) => is(action, "importFromApim") || is(action, "importApiSource"),
        ("PUT", [.., kind, _]) => is(kind, "apiSources"),
        _ => false,
    }
}

/// The principals whose roles decide about a request: the caller, and the identities of a center that imports.
fn acting_principals(emulator: &Emulator, request: &ParsedRequest, route: &Route<'_>) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let token = request.header("authorization").and_then(|header| header.split_once(' '));
    let claims = token.and_then(|(_, token)| front_door::unverified_claims(token.trim()));
    let mut principals: Vec<String> = claims.and_then(|claims| text(&claims["oid"])).into_iter().collect();
    if is_import(request, route) {
        let center = request.path.split('/').take(9).collect::<Vec<_>>().join("/");
        emulator.with_state(|state| {
            let Some(center) = state.store.get(&center) else { return };
            let identity = &center.body["identity"];
            principals.extend(text(&identity["principalId"]));
            let users = identity["userAssignedIdentities"].as_object();
            principals.extend(users.into_iter().flatten().filter_map(|(_, user)| text(&user["principalId"])));
        });
    }
    principals
}

/// The operation that a request needs a permission for, and its type.
fn describe(request: &ParsedRequest, route: &Route<'_>) -> (&'static str, String) {
    let operation = match request.method.as_str() {
        "GET" | "HEAD" => "read",
        "DELETE" => "delete",
        "POST" => "action",
        _ => "write",
    };
    let types: Vec<&str> = route.rest.iter().step_by(2).copied().collect();
    (operation, format!("{}/{}", route.namespace.unwrap_or_default(), types.join("/")))
}

/// Resource Manager's 404 for a request below a resource that it does not know yet.
fn parent_not_found(request: &ParsedRequest, route: &Route<'_>, parent: &str) -> Response {
    let (operation, full_type) = describe(request, route);
    let message = format!(
        "Failed to perform '{operation}' on resource(s) of type '{full_type}', because the parent resource '{parent}' \
         could not be found."
    );
    response::error(404, "ParentResourceNotFound", &message)
}

/// Resource Manager's 403 for a principal without a role that is in effect.
fn not_authorized(request: &ParsedRequest, principal: &str) -> Response {
    let (operation, full_type) = describe(request, &Route::parse(&request.path));
    let message = format!(
        "The client '{principal}' with object id '{principal}' does not have authorization to perform action \
         '{full_type}/{operation}' over scope '{}' or the scope is invalid. If access was recently granted, please \
         refresh your credentials.",
        request.path
    );
    response::error(403, "AuthorizationFailed", &message)
}
