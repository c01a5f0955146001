//! The owners of an API: its contacts, and custom metadata about owners.

use serde_json::Value;

use super::contents::non_blank_text;
use azr_arm::names::to_snake_case;

/// Words in the name of custom metadata that mark it as being about an owner.
const OWNER_WORDS: &[&str] =
    &["owner", "owners", "owning", "team", "teams", "maintainer", "maintainers", "contact", "contacts"];

/// Which custom metadata names the owner of an API.
#[derive(Debug)]
pub(super) enum OwnerRule {
    /// Metadata with one of [`OWNER_WORDS`] in its name.
    ByWord,
    /// Metadata with one of these names, in any case.
    ByName(Vec<String>),
}

impl OwnerRule {
    /// The rule for the values of `--owner-property`; without values, [`OwnerRule::ByWord`].
    #[must_use]
    pub(super) fn new(names: Vec<String>) -> Self {
        if names.is_empty() { Self::ByWord } else { Self::ByName(names) }
    }

    fn is_about_owners(&self, name: &str) -> bool {
        match self {
            Self::ByWord => to_snake_case(name)
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| OWNER_WORDS.contains(&word)),
            Self::ByName(names) => names.iter().any(|owner| owner.eq_ignore_ascii_case(name)),
        }
    }

    /// The owners of an API with these properties: its contacts, then those in its custom metadata.
    #[must_use]
    pub(super) fn owners(&self, properties: &Value) -> Vec<String> {
        let contacts = properties["contacts"].as_array().into_iter().flatten().filter_map(contact_text);
        let custom = properties["customProperties"].as_object().into_iter().flatten();
        let custom = custom
            .filter(|(name, _)| self.is_about_owners(name))
            .filter_map(|(_, value)| one_line_text(value));
        let mut owners: Vec<String> = Vec::new();
        for owner in contacts.chain(custom) {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        owners
    }
}

/// A contact in one line; None if it is empty.
fn contact_text(contact: &Value) -> Option<String> {
    let [name, email, url] = ["name", "email", "url"].map(|member| non_blank_text(&contact[member]));
    match (name, email.or(url)) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (name, address) => name.or(address),
    }
}

/// A value in one line; None if it is blank.
fn one_line_text(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(_) => non_blank_text(value),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => join_texts(items.iter()),
        Value::Object(members) => join_texts(members.values()),
    }
}

fn join_texts<'a>(values: impl Iterator<Item = &'a Value>) -> Option<String> {
    let parts: Vec<String> = values.filter_map(one_line_text).collect();
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owners(rule: &OwnerRule, properties: &Value) -> Vec<String> {
        rule.owners(properties)
    }

    #[test]
    fn a_contact_with_an_address_or_a_name_is_an_owner() {
        let found = owners(
            &OwnerRule::ByWord,
            &json!({"contacts": [{}, {"name": " "}, {"name": "Ada", "email": "a@b.c"}, {"url": "https://d.e"}, {"name": "Bo"}]}),
        );
        assert_eq!(found, ["Ada <a@b.c>", "https://d.e", "Bo"]);
    }

    #[test]
    fn metadata_about_an_owner_is_found_by_its_words() {
        for name in [
            "owner",
            "Owner",
            "ownerEmail",
            "api-owner",
            "owning_team",
            "Team",
            "productOwner",
            "maintainers",
        ] {
            let found = owners(&OwnerRule::ByWord, &json!({"customProperties": {(name): "Ada"}}));
            assert_eq!(found, ["Ada"], "{name}");
        }
        for name in ["ownership-doc", "steam", "cost", "teamster"] {
            let found = owners(&OwnerRule::ByWord, &json!({"customProperties": {(name): "Ada"}}));
            assert!(found.is_empty(), "{name}");
        }
    }

    #[test]
    fn metadata_without_a_value_names_no_owner() {
        for value in
            [json!(null), json!(""), json!(" "), json!(true), json!([]), json!({}), json!([null, ""])]
        {
            assert!(
                owners(&OwnerRule::ByWord, &json!({"customProperties": {"owner": value}})).is_empty(),
                "{value}"
            );
        }
        let found = owners(
            &OwnerRule::ByWord,
            &json!({"customProperties": {"owners": ["Ada", "Bo"], "teams": [{"name": "Core"}]}}),
        );
        assert_eq!(found, ["Ada, Bo", "Core"]);
    }

    #[test]
    fn only_metadata_with_the_given_names_counts() {
        let rule = OwnerRule::new(vec!["Squad".to_owned()]);
        let found = owners(&rule, &json!({"customProperties": {"squad": "Blue", "owner": "Ada"}}));
        assert_eq!(found, ["Blue"]);
    }
}
