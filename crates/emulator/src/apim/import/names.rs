//! Names for operations and schemas that have no name in their document.

use std::collections::HashSet;

/// Generates unique names of at most 80 characters.
#[derive(Debug, Default)]
pub(super) struct UniqueNames {
    used: HashSet<String>,
}

impl UniqueNames {
    /// A name like `proposed` that is unique.
    pub(super) fn add(&mut self, proposed: &str) -> String {
        let plain: String = proposed
            .chars()
            .map(|c| if c == '/' || c.is_control() || c.is_whitespace() { '-' } else { c })
            .take(70)
            .collect();
        let plain = if plain.is_empty() { "operation".to_owned() } else { plain };
        let mut name = plain.clone();
        let mut number = 1;
        while !self.used.insert(name.to_ascii_lowercase()) {
            number += 1;
            name = format!("{plain}-{number}");
        }
        name
    }
}

/// The name of an operation without an id: `get-pets-petid`.
pub(super) fn operation_name(method: &str, path: &str) -> String {
    let mut name = method.to_lowercase();
    for part in path.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        name.push('-');
        name.push_str(&part.to_lowercase());
    }
    name
}

/// The name of a type for an inline schema, as recorded: `PetFindByStatusGet200ApplicationJsonResponse`,
/// `Pet-petId-GetRequest`.
///
/// `parts` are joined as words with a capital: the path, the method, the status and content type or header, and a suffix.
pub(super) fn type_name(parts: &[&str]) -> String {
    let mut name = String::new();
    let words = parts.iter().flat_map(|part| part.split('?').next().unwrap_or_default().split('/'));
    for word in words {
        let allowed = word.chars().filter_map(|c| match c {
            '{' | '}' => Some('-'),
            c => (c.is_ascii_alphanumeric() || "-._".contains(c)).then_some(c),
        });
        let mut chars = allowed;
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.extend(chars);
    }
    name
}

/// A name such as API Management generates: 24 hexadecimal digits, the same for the same text.
pub(super) fn hex_name(text: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
    id.simple().to_string().chars().take(24).collect()
}

/// The name of an XML schema, which is a GUID as recorded; the same for the same text.
pub(super) fn guid_name(text: &str) -> String {
    uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names = UniqueNames::default();
        assert_eq!(names.add("List"), "List");
        assert_eq!(names.add("list"), "list-2");
        assert_eq!(names.add(""), "operation");
        assert!(names.add(&"x/".repeat(100)).chars().count() <= 80);
    }

    #[test]
    fn names_are_derived_from_the_document() {
        assert_eq!(operation_name("GET", "/pets/{petId}"), "get-pets-petid");
        assert_eq!(
            type_name(&["/pet/findByStatus", "get", "200", "application/json", "Response"]),
            "PetFindByStatusGet200ApplicationJsonResponse"
        );
        assert_eq!(
            type_name(&["/pet/{petId}/uploadImage?a={a}", "post", "Request"]),
            "Pet-petId-UploadImagePostRequest"
        );
        assert_eq!(
            type_name(&["/user/login", "get", "200", "X-Rate-Limit", "ResponseHeader"]),
            "UserLoginGet200X-Rate-LimitResponseHeader"
        );
        assert_eq!(hex_name("a").len(), 24);
        assert_eq!(guid_name("a").len(), 36);
    }
}
