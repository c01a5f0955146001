//! Checks WADL documents: root element, title, and operations of an API with siblings.

use super::expected_api::{CheckedDocument, ExpectedApi, ListedOperation, read_definition, wrong_title};
use super::openapi::{Operations, check_operations, normalized_operation};
use azr_core::error::Result;
use azr_definitions::Format;
use azr_definitions::operations::wadl_operations;

/// Checks a document.
pub(super) fn check(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    operations: Option<&[ListedOperation]>,
) -> Result<CheckedDocument> {
    let definition = read_definition(expected, bytes, Format::Wadl)?;
    if let (Some(document_title), Some(title)) = (&definition.title, expected.title)
        && document_title.trim() != title.trim()
    {
        return Err(wrong_title(expected, document_title));
    }
    if expected.has_siblings
        && let Some(operations) = operations
        && let Some(exported) = wadl_operations(&definition.text)
    {
        let exported: Operations =
            exported.iter().filter_map(|(method, path)| normalized_operation(method, path)).collect();
        check_operations(expected, &exported, operations)?;
    }
    Ok(CheckedDocument::default())
}
