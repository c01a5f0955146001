//! Names for operations and schemas of documents that do not name them.

use std::collections::HashSet;

/// Makes names of at most 80 characters, none of them twice.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A name like `wanted` that was not given out before.
    pub fn unique(&mut self, wanted: &str) -> String {
        let plain: String = wanted
            .chars()
            .map(|c| if c == '/' || c.is_control() || c.is_whitespace() { '-' } else { c })
            .take(70)
            .collect();
        let plain = if plain.is_empty() { "operation".to_owned() } else { plain };
        let mut name = plain.clone();
        let mut number = 1;
        while !self.taken.insert(name.to_ascii_lowercase()) {
            number += 1;
            name = format!("{plain}-{number}");
        }
        name
    }
}

/// The name of an operation without an id: `get-pets-petid`.
pub fn of_operation(method: &str, path: &str) -> String {
    let mut name = method.to_lowercase();
    for part in path.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        name.push('-');
        name.push_str(&part.to_lowercase());
    }
    name
}

/// The name of a type for a schema that stands where it is used: `GetPets200Response`.
pub fn of_type(operation: &str, what: &str) -> String {
    let mut name = String::new();
    for part in operation.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()) {
        let mut chars = part.chars();
        name.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(chars.as_str());
    }
    name + what
}

/// A name as API Management makes them up: 24 hexadecimal digits, always the same for the same text.
pub fn of_hex(text: &str) -> String {
    let id = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, text.as_bytes());
    id.simple().to_string().chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_comes_twice() {
        let mut names = Names::default();
        assert_eq!(names.unique("List"), "List");
        assert_eq!(names.unique("list"), "list-2");
        assert_eq!(names.unique(""), "operation");
        assert!(names.unique(&"x/".repeat(100)).chars().count() <= 80);
    }

    #[test]
    fn names_are_made_from_what_there_is() {
        assert_eq!(of_operation("GET", "/pets/{petId}"), "get-pets-petid");
        assert_eq!(of_type("get-pets", "200Response"), "GetPets200Response");
        assert_eq!(of_hex("a").len(), 24);
    }
}
