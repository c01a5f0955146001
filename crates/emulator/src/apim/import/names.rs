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

/// The name of a type for an inline schema: `PetFindByStatusGet200ApplicationJsonResponse`, as recorded.
///
/// `parts` are joined as words with a capital: the path, the method, the status and content type, and a suffix.
pub(super) fn type_name(parts: &[&str]) -> String {
    let mut name = String::new();
    let words = parts.iter().flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    for part in words.filter(|word| !word.is_empty()) {
        let mut chars = part.chars();
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(chars.as_str());
    }
    name
}

/// A name such as API Management generates: 24 hexadecimal digits, the same for the same text.
pub(super) fn hex_name(text: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
    id.simple().to_string().chars().take(24).collect()
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
        assert_eq!(hex_name("a").len(), 24);
    }
}
