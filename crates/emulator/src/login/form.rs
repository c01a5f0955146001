//! The fields of a form, as a request for a token is sent.

use crate::request::ParsedRequest;

/// The fields by name; of two with one name the first counts.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// The body's fields.
    pub fn of(request: &ParsedRequest) -> Self {
        Self(url::form_urlencoded::parse(&request.body).into_owned().collect())
    }

    /// A field that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }
}
