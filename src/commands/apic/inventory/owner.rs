//! Who owns an API, as far as the center says so.

use serde_json::Value;

use super::contents::text;
use azr_arm::names::snake;

/// Words in the name of custom metadata that make it one about an owner.
const WORDS: &[&str] =
    &["owner", "owners", "owning", "team", "teams", "maintainer", "maintainers", "contact", "contacts"];

/// Which custom metadata says who owns an API.
#[derive(Debug)]
pub enum Rule {
    /// That with one of [`WORDS`] in its name.
    Words,
    /// That of these names, whatever its case.
    Named(Vec<String>),
}

impl Rule {
    /// The rule of `--owner-property`: its names, or none of them for the words.
    #[must_use]
    pub fn of(names: Vec<String>) -> Self {
        if names.is_empty() { Self::Words } else { Self::Named(names) }
    }

    fn is_about_owners(&self, name: &str) -> bool {
        match self {
            Self::Words => {
                snake(name).split(|c: char| !c.is_alphanumeric()).any(|word| WORDS.contains(&word))
            }
            Self::Named(names) => names.iter().any(|given| given.eq_ignore_ascii_case(name)),
        }
    }

    /// The owners of an API with these properties: its contacts, then what its custom metadata says.
    #[must_use]
    pub fn owners(&self, properties: &Value) -> Vec<String> {
        let contacts = properties["contacts"].as_array().into_iter().flatten().filter_map(contact);
        let custom = properties["customProperties"].as_object().into_iter().flatten();
        let custom =
            custom.filter(|(name, _)| self.is_about_owners(name)).filter_map(|(_, value)| said(value));
        let mut owners: Vec<String> = Vec::new();
        for owner in contacts.chain(custom) {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
        owners
    }
}

/// A contact in one line; none where it says nothing.
fn contact(contact: &Value) -> Option<String> {
    let [name, email, url] = ["name", "email", "url"].map(|member| text(&contact[member]));
    match (name, email.or(url)) {
        (Some(name), Some(reached)) => Some(format!("{name} <{reached}>")),
        (name, reached) => name.or(reached),
    }
}

/// A value in one line; none where it says nothing.
fn said(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(_) => None,
        Value::String(_) => text(value),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => joined(items.iter()),
        Value::Object(members) => joined(members.values()),
    }
}

fn joined<'a>(values: impl Iterator<Item = &'a Value>) -> Option<String> {
    let parts: Vec<String> = values.filter_map(said).collect();
    if parts.is_empty() { None } else { Some(parts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn owners(rule: &Rule, properties: &Value) -> Vec<String> {
        rule.owners(properties)
    }

    #[test]
    fn a_contact_that_can_be_reached_or_has_a_name_is_an_owner() {
        let found = owners(
            &Rule::Words,
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
            let found = owners(&Rule::Words, &json!({"customProperties": {(name): "Ada"}}));
            assert_eq!(found, ["Ada"], "{name}");
        }
        for name in ["ownership-doc", "steam", "cost", "teamster"] {
            let found = owners(&Rule::Words, &json!({"customProperties": {(name): "Ada"}}));
            assert!(found.is_empty(), "{name}");
        }
    }

    #[test]
    fn metadata_without_a_value_names_nobody() {
        for value in
            [json!(null), json!(""), json!(" "), json!(true), json!([]), json!({}), json!([null, ""])]
        {
            assert!(
                owners(&Rule::Words, &json!({"customProperties": {"owner": value}})).is_empty(),
                "{value}"
            );
        }
        let found = owners(
            &Rule::Words,
            &json!({"customProperties": {"owners": ["Ada", "Bo"], "teams": [{"name": "Core"}]}}),
        );
        assert_eq!(found, ["Ada, Bo", "Core"]);
    }

    #[test]
    fn names_that_are_given_count_and_no_others() {
        let rule = Rule::of(vec!["Squad".to_owned()]);
        let found = owners(&rule, &json!({"customProperties": {"squad": "Blue", "owner": "Ada"}}));
        assert_eq!(found, ["Blue"]);
    }
}
