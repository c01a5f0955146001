//! Resource ids derived from a definition: the same as az's if those are valid.
//!
//! The same input always gives the same id, so that registering again updates the resources. API Center accepts
//! `^[a-zA-Z0-9-]{3,90}$`.

use sha2::{Digest, Sha256};

const MIN_LENGTH: usize = 3;
const MAX_LENGTH: usize = 90;

/// The id of an API with this title.
///
/// As in az: in lower case, without characters other than ASCII letters, digits and hyphens, and without hyphens at the
/// ends. If that removes half of the letters or more (日本語 API would be `api`), a hash of the title is appended; if
/// fewer than three characters remain, `api-` is prepended.
#[must_use]
pub fn api_id(title: &str) -> String {
    let title = title.trim();
    let id = remove_invalid_chars(title);
    let letters = title.chars().filter(|c| c.is_alphanumeric()).count();
    let remaining = id.chars().filter(char::is_ascii_alphanumeric).count();
    if remaining == 0 || remaining * 2 <= letters {
        let start = if id.is_empty() { "api" } else { &id };
        return shorten(&format!("{start}-{}", hash(title)), title);
    }
    ensure_length(&id, "api-", title)
}

/// The id of a resource that is named after one of another service: that name if it is a valid id.
///
/// Otherwise it is in lower case, with every run of other characters replaced by a hyphen. If that removes half of the
/// letters or more, a hash of the name is appended; if fewer than three characters remain, `prefix` is prepended.
#[must_use]
pub fn id_for_name(name: &str, prefix: &str) -> String {
    let is_valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_valid && (MIN_LENGTH..=MAX_LENGTH).contains(&name.len()) {
        return name.to_owned();
    }
    let id = hyphenate(&name.to_lowercase());
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    let remaining = id.chars().filter(char::is_ascii_alphanumeric).count();
    if remaining == 0 || remaining * 2 <= letters {
        return shorten(&format!("{prefix}{id}-{}", hash(name)).replace("--", "-"), name);
    }
    ensure_length(&id, prefix, name)
}

/// The id of a version: `1.0.19` becomes `1-0-19`.
///
/// az replaces only dots; here every run of other characters is replaced by a hyphen, and `version-` is prepended to
/// versions of one or two characters (`v1`: `version-v1`).
#[must_use]
pub fn version_id(version: &str) -> String {
    let version = version.trim();
    let id = hyphenate(&version.to_lowercase());
    if id.is_empty() {
        return format!("version-{}", hash(version));
    }
    ensure_length(&id, "version-", version)
}

/// Whether [`version_id`] is the same as az's id: the version with its dots replaced.
#[must_use]
pub fn is_plain_version(version: &str) -> bool {
    version_id(version) == version.trim().replace('.', "-").to_lowercase()
}

/// The id of the first deployment of an API: az's, `{id without hyphens}deployment`.
#[must_use]
pub fn deployment_id(api_id: &str) -> String {
    let id = format!("{}deployment", api_id.replace('-', ""));
    shorten(&id, api_id)
}

/// The id of a further deployment of an API, which contains the URL of its server.
///
/// For `https://eu.example.com/v1` of the API `pet` it is `petdeployment-eu-example-com-v1`.
#[must_use]
pub fn deployment_id_for_server(api_id: &str, server_url: &str) -> String {
    let address = server_url.split_once("://").map_or(server_url, |(_, address)| address);
    let suffix = hyphenate(&address.to_lowercase());
    let id = if suffix.is_empty() {
        format!("{}-{}", deployment_id(api_id), hash(server_url))
    } else {
        format!("{}-{suffix}", deployment_id(api_id))
    };
    shorten(&id, &format!("{api_id}\n{server_url}"))
}

/// `id` with a hash of `source` appended, for resources that would otherwise have the same id.
#[must_use]
pub fn id_with_hash(id: &str, source: &str) -> String {
    let hash = hash(source);
    let start: String = id.chars().take(MAX_LENGTH - hash.len() - 1).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

/// `id` with `suffix` appended: `petdeployment` and `2-0-0` give `petdeployment-2-0-0`.
#[must_use]
pub fn with_suffix(id: &str, suffix: &str) -> String {
    let long_id = format!("{id}-{suffix}");
    shorten(&long_id, &long_id)
}

fn remove_invalid_chars(text: &str) -> String {
    let valid: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    valid.trim_matches('-').to_ascii_lowercase()
}

fn hyphenate(text: &str) -> String {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).collect();
    parts.join("-")
}

fn ensure_length(id: &str, prefix: &str, source: &str) -> String {
    if id.len() < MIN_LENGTH { format!("{prefix}{id}") } else { shorten(id, source) }
}

/// `id` if it is short enough, else its start with a hash of `source`, so that the ids of long titles are distinct.
fn shorten(id: &str, source: &str) -> String {
    if id.len() <= MAX_LENGTH { id.to_owned() } else { id_with_hash(id, source) }
}

/// A hash of eight hexadecimal digits, which is the same on every machine and in every release.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_valid_id(id: &str) -> bool {
        (MIN_LENGTH..=MAX_LENGTH).contains(&id.len())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    }

    #[test]
    fn names_of_another_service_stay_where_they_are_legal() {
        for (name, id) in [
            ("Orders-v1", "Orders-v1"),
            ("orders_v1.public", "orders-v1-public"),
            ("a.b", "a-b"),
            ("ab", "api-ab"),
            ("x", "api-x"),
        ] {
            assert_eq!(id_for_name(name, "api-"), id, "{name}");
        }
        for strange in ["日本語 API", "...", "x".repeat(200).as_str()] {
            assert!(is_valid_id(&id_for_name(strange, "api-")), "{strange}");
        }
    }

    #[test]
    fn ids_are_those_of_az_where_it_makes_legal_ones() {
        for (title, id) in [
            ("Swagger Petstore - OpenAPI 3.0", "swaggerpetstore-openapi30"),
            ("Swagger Petstore", "swaggerpetstore"),
            ("Pet & Store — v2", "petstorev2"),
            ("Café API", "cafapi"),
            ("-Echo-", "echo"),
        ] {
            assert_eq!(api_id(title), id);
        }
        assert_eq!(version_id("1.0.19"), "1-0-19");
        assert_eq!(deployment_id("swaggerpetstore-openapi30"), "swaggerpetstoreopenapi30deployment");
    }

    #[test]
    fn where_az_makes_illegal_or_empty_ones_they_are_still_readable_and_distinct() {
        assert_eq!(api_id("Q"), "api-q");
        assert_eq!(api_id("日本語"), api_id(" 日本語 "));
        assert!(api_id("日本語").starts_with("api-"));
        assert_ne!(api_id("日本語 API"), api_id("中国語 API"));
        assert_ne!(api_id(&"a".repeat(100)), api_id(&"a".repeat(101)));
        assert_eq!(version_id("v1"), "version-v1");
        assert_eq!(version_id("v1 beta/2"), "v1-beta-2");
        assert_eq!(version_id("1.0.0+Build"), "1-0-0-build");
        assert!(version_id("最新").starts_with("version-"));
        assert!(is_plain_version("1.0") && !is_plain_version("v1 beta/2") && !is_plain_version("2"));
    }

    #[test]
    fn further_deployments_are_told_by_their_server() {
        assert_eq!(deployment_id_for_server("pet", "https://b.example/v2/"), "petdeployment-b-example-v2");
        assert_ne!(deployment_id_for_server("pet", "/"), deployment_id_for_server("pet", ""));
        assert_ne!(id_with_hash("x", "a"), id_with_hash("x", "b"));
    }

    proptest! {
        #[test]
        fn every_id_is_legal(text in "\\PC{0,200}", other in "\\PC{0,200}") {
            let api = api_id(&text);
            prop_assert!(is_valid_id(&api), "{}", api);
            prop_assert!(is_valid_id(&version_id(&text)));
            prop_assert!(is_valid_id(&deployment_id(&api)));
            prop_assert!(is_valid_id(&deployment_id_for_server(&api, &other)));
            prop_assert!(is_valid_id(&id_with_hash(&api, &other)));
            prop_assert!(is_valid_id(&with_suffix(&api, &version_id(&other))));
        }
    }
}
