//! Checks GraphQL schemas: that they can be read, and that they have the fields for which the API has resolvers.

use super::expected_api::{CheckedDocument, ExpectedApi, ListedOperation, read_definition, wrong_operation};
use azr_core::error::Result;
use azr_definitions::Format;
use azr_definitions::operations::graphql_fields;

/// Checks a schema, which has no title; `resolvers` are those of the API.
pub(super) fn check(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    resolvers: Option<&[ListedOperation]>,
) -> Result<CheckedDocument> {
    let definition = read_definition(expected, bytes, Format::GraphQl)?;
    let is_introspection = definition.text.trim_start().starts_with('{');
    let fields = resolvers
        .filter(|resolvers| !resolvers.is_empty() && !is_introspection)
        .map(|_| graphql_fields(&definition.text));
    let is_missing = |resolver: &&ListedOperation| {
        let path = resolver.path.trim_matches('/');
        fields.as_ref().is_some_and(|fields| path.contains('/') && !fields.contains(path))
    };
    match resolvers.into_iter().flatten().find(is_missing) {
        Some(missing) => Err(wrong_operation(expected, &missing.path, false)),
        None => Ok(CheckedDocument::default()),
    }
}
