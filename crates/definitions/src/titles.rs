//! Titles of APIs whose definitions do not have one.

/// Words in the names of files, folders and services that do not distinguish an API from others.
const GENERIC_WORDS: [&str; 55] = [
    "admin",
    "api",
    "apis",
    "app",
    "asyncapi",
    "base",
    "bundle",
    "bundled",
    "common",
    "contract",
    "core",
    "def",
    "definition",
    "definitions",
    "default",
    "dist",
    "doc",
    "docs",
    "graphql",
    "grpc",
    "health",
    "idl",
    "index",
    "internal",
    "json",
    "latest",
    "main",
    "management",
    "msg",
    "openapi",
    "output",
    "proto",
    "protobuf",
    "protos",
    "public",
    "query",
    "resources",
    "rest",
    "root",
    "rpc",
    "schema",
    "schemas",
    "server",
    "service",
    "services",
    "soap",
    "spec",
    "specification",
    "specs",
    "src",
    "swagger",
    "types",
    "wadl",
    "wsdl",
    "yaml",
];

/// The title for a definition without one: the name of its file, without the extension.
///
/// A name that many definitions have, such as `schema.graphql`, is replaced by the name of the nearest folder that says more.
/// `location` is a path or a URL.
#[must_use]
pub fn title_from_location(location: &str) -> String {
    let (path, separators) = match location.split_once("://") {
        Some((_, address)) => (address.split(['?', '#']).next().unwrap_or_default(), &['/'][..]),
        None => (location, &['/', '\\'][..]),
    };
    let mut parts = path.trim_end_matches(separators).rsplit(separators);
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem).trim();
    let folders = parts.map(str::trim).filter(|part| !part.is_empty() && !part.starts_with('.'));
    let name = std::iter::once(stem).chain(folders).find(|name| !is_generic(name));
    match name.unwrap_or(stem) {
        "" => "API".to_owned(),
        name => name.to_owned(),
    }
}

/// The title of a gRPC service: its name, with its package if the name is one that many services have.
pub(crate) fn service_title(service: &str, package: Option<&str>) -> String {
    let Some(package) = package.filter(|_| is_generic(service)) else { return service.to_owned() };
    let parts = package.split('.').filter(|part| !part.is_empty() && !is_version(part));
    parts.chain([service]).collect::<Vec<_>>().join(".")
}

/// Whether a part of a package is a version: `v1`, `v2beta1`, `v1p1beta1`.
pub(crate) fn is_version(part: &str) -> bool {
    let Some(mut rest) = part.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return false;
    };
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_');
        if rest.is_empty() {
            return true;
        }
        let words = ["alpha", "beta", "rc", "preview", "test", "eap", "main", "p"];
        match words.iter().find_map(|word| rest.strip_prefix(word)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

/// Whether a name consists of generic words, versions and numbers only.
fn is_generic(name: &str) -> bool {
    words(name).iter().all(|word| {
        GENERIC_WORDS.contains(&word.as_str()) || is_version(word) || word.chars().all(|c| c.is_ascii_digit())
    })
}

/// The words of a name, in lower case: `AdminService` and `admin-service` have the words `admin` and `service`.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        let mut was_lower = false;
        let mut word = String::new();
        for char in part.chars() {
            if char.is_uppercase() && was_lower {
                words.push(std::mem::take(&mut word));
            }
            was_lower = char.is_lowercase();
            word.extend(char.to_lowercase());
        }
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_file_or_of_a_folder_that_says_more() {
        for (location, title) in [
            ("films.graphql", "films"),
            ("films/schema.graphql", "films"),
            ("tasks\\schema.graphql", "tasks"),
            ("orders/src/main/resources/schema.v2.graphqls", "orders"),
            ("services/AdminService/api/openapi.json", "openapi"),
            ("Pet Store/v1/swagger.json", "Pet Store"),
            ("../x/schema.graphql", "x"),
            ("../schema.graphql", "schema"),
            ("/schema.graphql", "schema"),
            ("schema.graphql", "schema"),
            ("openapi", "openapi"),
            (".graphql", "API"),
            ("https://example.com/films/graphql?sdl", "films"),
            ("https://films.example.com/graphql", "films.example.com"),
            ("https://example.com/films.graphql#x", "films"),
            ("日本語/schema.graphql", "日本語"),
        ] {
            assert_eq!(title_from_location(location), title, "{location}");
        }
    }

    #[test]
    fn a_service_with_a_generic_name_gets_its_package() {
        for (service, package, title) in [
            ("Orders", Some("shop.v1"), "Orders"),
            ("OrderService", Some("shop.v1"), "OrderService"),
            ("AdminService", Some("shop.billing.v1beta1"), "shop.billing.AdminService"),
            ("Query", Some("cosmos.bank.v1beta1"), "cosmos.bank.Query"),
            ("API", Some("v1"), "API"),
            ("Service", None, "Service"),
        ] {
            assert_eq!(service_title(service, package), title);
        }
    }

    #[test]
    fn versions_are_distinguished_from_names() {
        for part in ["v1", "v22", "v1beta1", "v1p1beta1", "v2alpha", "v1_1", "v1main"] {
            assert!(is_version(part), "{part}");
        }
        for part in ["v", "version", "v2ray", "vm", "1", "V8engine", "beta1"] {
            assert!(!is_version(part), "{part}");
        }
    }
}
