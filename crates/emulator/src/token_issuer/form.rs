//! The form fields of a token request.

use crate::request::ParsedRequest;

use super::errors::EntraError;

/// The fields of a form; the first field of a name counts.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Parses the body of a request.
    pub(super) fn parse(request: &ParsedRequest) -> Self {
        Self(url::form_urlencoded::parse(&request.body).into_owned().collect())
    }

    /// The value of a field, unless it is missing or empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// The value of a required field.
    pub(super) fn require(&self, name: &str) -> Result<&str, EntraError> {
        self.get(name).ok_or_else(|| EntraError::missing_parameter(name))
    }
}
