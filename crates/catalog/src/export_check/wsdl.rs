//! Checks WSDL documents: their root element, the names of their services, and their operations.

use super::expected_api::{
    CheckedDocument, ExpectedApi, ListedOperation, read_definition, wrong_operation, wrong_title,
};
use crate::service::ApiTerms;
use azr_core::error::Result;
use azr_definitions::Format;
use azr_definitions::operations::{SoapOperation, SoapService, soap_service};

/// The query parameter in which API Management keeps the SOAP action of an operation.
const SOAP_ACTION: &str = "soapaction=";

/// Checks a document.
///
/// The display name of an API may differ from the name of its service, and many services have the same name, such as
/// `Service`. So a document needs all operations of the API, or half of them if it has the API's name, because people
/// may have added some to the API or removed some; a document of an API with siblings must have the same operations.
pub(super) fn check(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    operations: Option<&[ListedOperation]>,
) -> Result<CheckedDocument> {
    let definition = read_definition(expected, bytes, Format::Wsdl)?;
    let service = soap_service(&definition.text);
    if let Some(operations) = operations {
        check_operations(expected, &service, operations)?;
    }
    Ok(CheckedDocument { format_version: definition.format_version, terms: ApiTerms::default() })
}

/// Whether the document or one of its services has the display name of the API.
fn has_name_of_api(expected: &ExpectedApi<'_>, service: &SoapService) -> bool {
    let Some(title) = expected.title else { return false };
    service.names.iter().any(|name| name.eq_ignore_ascii_case(title.trim()))
}

fn check_operations(
    expected: &ExpectedApi<'_>,
    service: &SoapService,
    operations: &[ListedOperation],
) -> Result<()> {
    // SOAP calls are POST; anything else was added by people.
    let calls: Vec<&ListedOperation> =
        operations.iter().filter(|operation| operation.method.eq_ignore_ascii_case("POST")).collect();
    let is_in_document = |call: &ListedOperation| service.operations.iter().any(|o| is_same(call, o));
    let missing: Vec<&&ListedOperation> = calls.iter().filter(|call| !is_in_document(call)).collect();
    let has_title = has_name_of_api(expected, service);
    if expected.has_siblings {
        let is_extra = |operation: &&SoapOperation| !calls.iter().any(|call| is_same(call, operation));
        if let Some(extra) = service.operations.iter().find(is_extra) {
            return Err(wrong_operation(expected, &extra.name, true));
        }
    } else if has_title && missing.len() <= calls.len() / 2 {
        return Ok(());
    }
    match missing.first() {
        Some(missing) => Err(wrong_operation(expected, &missing.title, false)),
        // Nothing identifies the document.
        None if calls.is_empty() && !has_title => {
            Err(wrong_title(expected, service.names.first().map_or("", String::as_str)))
        }
        None => Ok(()),
    }
}

/// Whether an operation of an API is an operation of a document: by its name, or by its SOAP action.
fn is_same(call: &ListedOperation, operation: &SoapOperation) -> bool {
    if [&call.title, &call.name].into_iter().any(|name| name.eq_ignore_ascii_case(&operation.name)) {
        return true;
    }
    let path = call.path.to_ascii_lowercase();
    let Some(start) = path.find(SOAP_ACTION) else { return false };
    let action = path[start + SOAP_ACTION.len()..].split('&').next().unwrap_or_default();
    operation.actions.iter().any(|known| known.eq_ignore_ascii_case(action))
}
