//! Ids made from what a definition says of itself: az's where az makes a legal one.
//!
//! The same input always gives the same id, so that registering again updates and does not add. API Center
//! takes `^[a-zA-Z0-9-]{3,90}$`.

use sha2::{Digest, Sha256};

const SHORTEST: usize = 3;
const LONGEST: usize = 90;

/// The id of an API with this title.
///
/// As az does: lower case, everything but ASCII letters, digits and hyphens removed, no hyphens at the ends.
/// Where that loses half of the title's letters or more (日本語 API would be `api`, as would any other), a hash
/// of the title is appended; where it leaves less than three characters, `api-` goes in front.
#[must_use]
pub fn api_id(title: &str) -> String {
    let title = title.trim();
    let kept = keep(title);
    let letters = title.chars().filter(|c| c.is_alphanumeric()).count();
    let left = kept.chars().filter(char::is_ascii_alphanumeric).count();
    if left == 0 || left * 2 <= letters {
        let start = if kept.is_empty() { "api" } else { &kept };
        return fit(&format!("{start}-{}", hash(title)), title);
    }
    legal(&kept, "api-", title)
}

/// The id of something that has a name of another service: the name itself where it is legal.
///
/// Else every run of other characters becomes one hyphen, in lower case; where that loses half of the name or more,
/// a hash of the name is appended, and where it leaves less than three characters, `prefix` goes in front.
#[must_use]
pub fn id_of_name(name: &str, prefix: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain && (SHORTEST..=LONGEST).contains(&name.len()) {
        return name.to_owned();
    }
    let id = hyphenated(&name.to_lowercase());
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    let left = id.chars().filter(char::is_ascii_alphanumeric).count();
    if left == 0 || left * 2 <= letters {
        return fit(&format!("{prefix}{id}-{}", hash(name)).replace("--", "-"), name);
    }
    legal(&id, prefix, name)
}

/// The id of a version: `1.0.19` becomes `1-0-19`.
///
/// az replaces dots only and sends the rest as it is; here every run of other characters becomes one hyphen, and
/// a version of one or two characters gets `version-` in front (`v1`: `version-v1`).
#[must_use]
pub fn version_id(version: &str) -> String {
    let version = version.trim();
    let id = hyphenated(&version.to_lowercase());
    if id.is_empty() {
        return format!("version-{}", hash(version));
    }
    legal(&id, "version-", version)
}

/// Whether [`version_id`] says the same as az: the version with its dots replaced.
#[must_use]
pub fn is_plain_version(version: &str) -> bool {
    version_id(version) == version.trim().replace('.', "-").to_lowercase()
}

/// The id of the first deployment of an API: az's, `{id without hyphens}deployment`.
#[must_use]
pub fn deployment_id(api_id: &str) -> String {
    let id = format!("{}deployment", api_id.replace('-', ""));
    fit(&id, api_id)
}

/// The id of a further deployment, told from the first by its server.
///
/// `https://eu.example.com/v1` after `petdeployment` gives `petdeployment-eu-example-com-v1`.
#[must_use]
pub fn deployment_id_at(api_id: &str, server_url: &str) -> String {
    let place = server_url.split_once("://").map_or(server_url, |(_, place)| place);
    let suffix = hyphenated(&place.to_lowercase());
    let id = if suffix.is_empty() {
        format!("{}-{}", deployment_id(api_id), hash(server_url))
    } else {
        format!("{}-{suffix}", deployment_id(api_id))
    };
    fit(&id, &format!("{api_id}\n{server_url}"))
}

/// `id` with a hash of `of`: for two things whose readable ids are the same.
#[must_use]
pub fn distinct(id: &str, of: &str) -> String {
    let hash = hash(of);
    let start: String = id.chars().take(LONGEST - hash.len() - 1).collect();
    format!("{}-{hash}", start.trim_end_matches('-'))
}

/// `id` with `suffix` behind it: `petdeployment` and `2-0-0` give `petdeployment-2-0-0`.
#[must_use]
pub fn with_suffix(id: &str, suffix: &str) -> String {
    let whole = format!("{id}-{suffix}");
    fit(&whole, &whole)
}

fn keep(text: &str) -> String {
    let kept: String = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    kept.trim_matches('-').to_ascii_lowercase()
}

fn hyphenated(text: &str) -> String {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()).collect();
    parts.join("-")
}

fn legal(id: &str, prefix: &str, whole: &str) -> String {
    if id.len() < SHORTEST { format!("{prefix}{id}") } else { fit(id, whole) }
}

/// `id` where it is short enough, else its start with a hash of `whole`, so that long titles stay distinct.
fn fit(id: &str, whole: &str) -> String {
    if id.len() <= LONGEST { id.to_owned() } else { distinct(id, whole) }
}

/// Eight hexadecimal digits that are the same on every machine and in every release.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(4).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_legal(id: &str) -> bool {
        (SHORTEST..=LONGEST).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
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
            assert_eq!(id_of_name(name, "api-"), id, "{name}");
        }
        for strange in ["日本語 API", "...", "x".repeat(200).as_str()] {
            assert!(is_legal(&id_of_name(strange, "api-")), "{strange}");
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
        assert_eq!(deployment_id_at("pet", "https://b.example/v2/"), "petdeployment-b-example-v2");
        assert_ne!(deployment_id_at("pet", "/"), deployment_id_at("pet", ""));
        assert_ne!(distinct("x", "a"), distinct("x", "b"));
    }

    proptest! {
        #[test]
        fn every_id_is_legal(text in "\\PC{0,200}", other in "\\PC{0,200}") {
            let api = api_id(&text);
            prop_assert!(is_legal(&api), "{}", api);
            prop_assert!(is_legal(&version_id(&text)));
            prop_assert!(is_legal(&deployment_id(&api)));
            prop_assert!(is_legal(&deployment_id_at(&api, &other)));
            prop_assert!(is_legal(&distinct(&api, &other)));
            prop_assert!(is_legal(&with_suffix(&api, &version_id(&other))));
        }
    }
}
