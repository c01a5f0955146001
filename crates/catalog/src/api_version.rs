//! The API versions of API Management that an import reads with.
//!
//! Only new API versions show MCP servers and A2A agents, and not every service accepts them.

use crate::import_source::ImportSource;
use azr_core::error::Error;
use azr_core::resource::{APIM, APIM_MCP, APIM_WORKSPACES};

/// The error codes of an API version, or of a resource type in it, that the service does not support.
const UNSUPPORTED_CODES: [&str; 4] = [
    "NoRegisteredProviderFound",
    "InvalidResourceType",
    "UnsupportedApiVersion",
    "InvalidApiVersionParameter",
];

/// The API versions to read a source with, the preferred one first.
#[must_use]
pub(crate) fn api_versions(source: &ImportSource) -> [&'static str; 2] {
    [APIM_MCP, if source.workspace_name().is_some() { APIM_WORKSPACES } else { APIM }]
}

/// Whether the service does not support the API version of a request, or the resource type in it.
#[must_use]
pub(crate) fn is_unsupported_type_or_version(error: &Error) -> bool {
    error.service_error().is_some_and(|error| {
        matches!(error.status, 400 | 404)
            && UNSUPPORTED_CODES.iter().any(|code| code.eq_ignore_ascii_case(&error.code))
    })
}

/// Whether an API version is at least as new as another one; versions start with a date.
#[must_use]
pub(crate) fn is_at_least(version: &str, other: &str) -> bool {
    version >= other
}
