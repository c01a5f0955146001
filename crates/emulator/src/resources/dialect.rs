//! What differs between providers and is not data: the wording of errors, and the layout of bodies.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{Problem, Provider, ResourceKind};
use crate::context::Context;
use crate::response::Response;
use crate::store::Entry;

/// The parts of a resource's body.
pub(crate) struct BodyParts<'a> {
    /// The provider that the resource belongs to.
    pub provider: &'static Provider,
    /// The kind of the resource.
    pub kind: &'static ResourceKind,
    /// Its id.
    pub id: &'a str,
    /// Its properties.
    pub properties: Map<String, Value>,
    /// The resource that it replaces.
    pub previous: Option<&'a Entry>,
    /// When it is written.
    pub now: OffsetDateTime,
}

/// The errors and bodies of a provider.
pub(crate) trait Dialect: Sync {
    /// 404 for a path with a type that the provider does not have.
    fn unknown_type(&self, context: &Context<'_>) -> Response;

    /// 404 for a request below a top-level resource that does not exist.
    fn root_not_found(&self, context: &Context<'_>, root_id: &str) -> Response;

    /// 404 for a resource, or a parent, that does not exist.
    fn not_found(&self, kind: &ResourceKind) -> Response;

    /// 400 for parts of a request, each a target and a message.
    fn invalid(&self, details: &[(String, String)]) -> Response;

    /// The target and the message of a problem.
    fn describe(&self, problem: &Problem) -> (String, String);

    /// What errors call the name of a resource.
    fn name_target(&self) -> &'static str;

    /// 400 for a name that is not valid.
    fn invalid_name(&self, message: &str) -> Response {
        self.invalid_parameter(self.name_target(), message)
    }

    /// 400 for a query parameter that is not valid.
    fn invalid_parameter(&self, name: &str, message: &str) -> Response {
        self.invalid(&[(name.to_owned(), message.to_owned())])
    }

    /// 400 for properties that are not valid.
    fn invalid_properties(&self, problems: &[Problem]) -> Response {
        let details: Vec<(String, String)> = problems.iter().map(|problem| self.describe(problem)).collect();
        self.invalid(&details)
    }

    /// 412 for an `If-Match` that is not the resource's `ETag`.
    fn precondition_failed(&self) -> Response;

    /// 400 for one resource more than the plan allows.
    fn quota_exceeded(&self, kind: &ResourceKind, limit: usize, plan: &str) -> Response;

    /// The `ETag` header of a resource.
    fn etag(&self, entry: &Entry) -> String;

    /// The body of a resource, as a GET shows it.
    fn body(&self, parts: BodyParts<'_>) -> Value;
}
