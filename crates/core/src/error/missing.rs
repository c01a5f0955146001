//! Missing resources: what does not exist, by kind and name, and the command that lists what does.

use super::hints::is_plain;
use super::service::ServiceError;
use crate::id::ResourceId;

/// The codes for a resource that does not exist.
pub(super) const CODES: [&str; 5] =
    ["ResourceNotFound", "ParentResourceNotFound", "NotFound", "Not Found", "404"];

/// A kind of resource: its provider namespace and last types, its name in messages, and the command that lists it.
struct Kind {
    namespace: &'static str,
    types: &'static str,
    name: &'static str,
    /// The command, with `{0}`, `{1}` … for the names of the resources above it; empty if azr has none.
    list: &'static str,
}

const APIC: &str = "Microsoft.ApiCenter";
const APIM: &str = "Microsoft.ApiManagement";

const fn kind(namespace: &'static str, types: &'static str, name: &'static str, list: &'static str) -> Kind {
    Kind { namespace, types, name, list }
}

/// The kinds, by the types in their path.
///
/// The workspace of API Center is always `default`, so `{1}` of its resources is not used.
const KINDS: &[Kind] = &[
    kind(APIC, "services", "API center", "apic list"),
    kind(APIC, "services/metadataSchemas", "metadata schema", "apic metadata list -n {0}"),
    kind(APIC, "services/workspaces/apis", "API", "apic api list -n {0}"),
    kind(APIC, "services/workspaces/apis/versions", "version", "apic api version list -n {0} --api-id {2}"),
    kind(
        APIC,
        "services/workspaces/apis/versions/definitions",
        "definition",
        "apic api definition list -n {0} --api-id {2} --version-id {3}",
    ),
    kind(
        APIC,
        "services/workspaces/apis/deployments",
        "deployment",
        "apic api deployment list -n {0} --api-id {2}",
    ),
    kind(APIC, "services/workspaces/environments", "environment", "apic environment list -n {0}"),
    kind(APIC, "services/workspaces/apiSources", "integration", "apic integration list -n {0}"),
    kind(
        APIC,
        "services/workspaces/analyzerConfigs",
        "API analysis configuration",
        "apic api-analysis list -n {0}",
    ),
    kind(APIM, "service", "API Management service", "apim list"),
    kind(APIM, "service/apis", "API", "apim api list -n {0}"),
    kind(APIM, "service/apis/operations", "operation", "apim api operation list -n {0} --api-id {1}"),
    kind(APIM, "service/apis/releases", "release", "apim api release list -n {0} --api-id {1}"),
    kind(APIM, "service/apis/schemas", "schema", "apim api schema list -n {0} --api-id {1}"),
    kind(APIM, "service/apis/resolvers", "resolver", "apim graphql resolver list -n {0} --api-id {1}"),
    kind(APIM, "service/apis/resolvers/policies", "resolver policy", ""),
    kind(APIM, "service/apiVersionSets", "version set", "apim api versionset list -n {0}"),
    kind(APIM, "service/products", "product", "apim product list -n {0}"),
    kind(APIM, "service/products/apis", "API", "apim product api list -n {0} --product-id {1}"),
    kind(APIM, "service/namedValues", "named value", "apim nv list -n {0}"),
    kind(APIM, "service/backends", "backend", "apim backend list -n {0}"),
    kind(APIM, "locations/deletedservices", "soft-deleted service", "apim deletedservice list"),
    kind("Microsoft.ManagedIdentity", "userAssignedIdentities", "user-assigned identity", "identity list"),
];

fn find(namespace: &str, types: &[&str]) -> Option<&'static Kind> {
    let path = types.join("/");
    KINDS.iter().find(|k| k.namespace.eq_ignore_ascii_case(namespace) && k.types.eq_ignore_ascii_case(&path))
}

fn kind_of(id: &ResourceId) -> Option<&'static Kind> {
    let types: Vec<&str> = id.types_and_names().iter().map(|(type_name, _)| *type_name).collect();
    find(id.namespace()?, &types)
}

/// A resource with its kind, its name and what contains it: `version '1-0' of API 'echo' in API center 'center'`.
///
/// `preposition` stands before the outermost resource. None if the kind is not known.
#[must_use]
pub fn describe(id: &ResourceId, preposition: &str) -> Option<String> {
    let pairs = id.types_and_names();
    let types: Vec<&str> = pairs.iter().map(|(type_name, _)| *type_name).collect();
    let named = |index: usize| {
        let kind = find(id.namespace()?, &types[..=index])?;
        Some(format!("{} '{}'", kind.name, pairs[index].1))
    };
    let mut text = named(pairs.len().checked_sub(1)?)?;
    for index in (0..pairs.len() - 1).rev() {
        // The default workspace of API Center is not a resource that people know.
        if !types[index].eq_ignore_ascii_case("workspaces") {
            let word = if index == 0 { preposition } else { "of" };
            text = format!("{text} {word} {}", named(index)?);
        }
    }
    Some(match id.group() {
        Some(group) if pairs.len() == 1 => format!("{text} {preposition} resource group '{group}'"),
        _ => text,
    })
}

/// The resource that a request is for; None if its path is an action or a list.
pub(super) fn resource_of(error: &ServiceError) -> Option<ResourceId> {
    let path = error.request.split_once(' ').map_or(&*error.request, |(_, path)| path);
    let path = path.split(['?', '#']).next()?;
    // The client records the path as it was sent.
    let id: ResourceId = percent_decoded(path)?.parse().ok()?;
    let segments = id.as_str().split('/').skip_while(|s| !s.eq_ignore_ascii_case("providers")).count();
    // `providers`, the namespace, then pairs.
    (segments >= 4 && segments.is_multiple_of(2)).then_some(id)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digits = tail.get(..2).filter(|_| *first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        if let Some(byte) = digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The missing resource: the parent that the message names, else that of a resource to be written, else the one that was
/// requested.
fn missing_resource(error: &ServiceError) -> Option<ResourceId> {
    let is_written = error.request.starts_with("PUT ");
    if error.code == "ParentResourceNotFound" {
        let (_, rest) = error.message.split_once("parent resource '")?;
        return rest.split('\'').next()?.parse().ok();
    }
    let requested = resource_of(error)?;
    if is_written { requested.parent().map(without_default_workspace) } else { Some(requested) }
}

/// The API center for its default workspace, which always exists.
fn without_default_workspace(id: ResourceId) -> ResourceId {
    let is_workspace =
        id.types_and_names().last().is_some_and(|(name, _)| name.eq_ignore_ascii_case("workspaces"));
    let is_default = is_workspace && id.name().eq_ignore_ascii_case("default");
    if is_default { id.parent().unwrap_or(id) } else { id }
}

/// The message for a resource that does not exist, by kind and name; None if its kind is not known.
pub(super) fn message(error: &ServiceError) -> Option<String> {
    // Without a body, only the status is known; a page of a proxy says something else.
    let has_no_body = error.code == "HTTP 404" && error.message == "The resource does not exist.";
    if error.status != 404 || !has_no_body && !CODES.contains(&error.code.as_str()) {
        return None;
    }
    let id = missing_resource(error)?;
    let kind = kind_of(&id)?;
    let name = id.name();
    let pairs = id.types_and_names();
    let named = format!("The {} '{name}' does not exist", kind.name);
    // The default workspace of API Center is not a resource that people know.
    let parents =
        pairs.iter().enumerate().rev().skip(1).find(|(_, (t, _))| !t.eq_ignore_ascii_case("workspaces"));
    let types: Vec<&str> = pairs.iter().map(|(type_name, _)| *type_name).collect();
    let place = parents.and_then(|(index, (_, parent))| {
        Some(format!("the {} '{parent}'", find(id.namespace()?, &types[..=index])?.name))
    });
    Some(match (place, id.group()) {
        (Some(place), _) => format!("{named} in {place}."),
        (None, Some(group)) => format!("{named} in the resource group '{group}'."),
        (None, None) => format!("{named}."),
    })
}

/// The resource that an action is about; None if the request is not an action.
///
/// Whether it exists is not known: a definition without a document cannot be exported, either.
fn resource_of_action(error: &ServiceError) -> Option<ResourceId> {
    let path = error.request.strip_prefix("POST ")?.split(['?', '#']).next()?;
    let (resource, _) =
        percent_decoded(path)?.rsplit_once('/').map(|(id, action)| (id.to_owned(), action.to_owned()))?;
    resource.parse().ok().filter(|id: &ResourceId| kind_of(id).is_some())
}

/// The command that lists what exists.
pub(super) fn hint(error: &ServiceError) -> String {
    if let Some(id) = resource_of_action(error)
        && let (Some(described), Some(command)) = (describe(&id, "in"), list_command(&id))
    {
        return format!("Check that {described} exists: {command}");
    }
    missing_resource(error).and_then(|id| list_command(&id)).map_or_else(
        || "Check the names and --subscription; a list command shows what exists.".to_owned(),
        |command| format!("Check the name and --subscription. List what exists with: {command}"),
    )
}

fn list_command(id: &ResourceId) -> Option<String> {
    let kind = kind_of(id).filter(|kind| !kind.list.is_empty())?;
    let mut command = format!("azr {}", kind.list);
    for (index, (_, name)) in id.types_and_names().iter().enumerate() {
        command = command.replace(&format!("{{{index}}}"), &quote(name));
    }
    if let Some(group) = id.group() {
        let at = command.find(" -").unwrap_or(command.len());
        command.insert_str(at, &format!(" -g {}", quote(group)));
    }
    Some(command)
}

/// A name as an argument; quoted if a shell would interpret it.
fn quote(name: &str) -> String {
    if is_plain(name) { name.to_owned() } else { format!("'{}'", name.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENTER: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c";

    fn error(code: &str, message: &str, request: &str) -> ServiceError {
        ServiceError {
            status: 404,
            code: code.to_owned(),
            message: message.to_owned(),
            request_id: None,
            request: request.to_owned(),
        }
    }

    #[test]
    fn the_missing_resource_is_named_by_kind_and_name() {
        for (request, expected, command) in [
            (
                format!("GET {CENTER}"),
                "The API center 'c' does not exist in the resource group 'g'.",
                "azr apic list -g g",
            ),
            (
                format!("GET {CENTER}/workspaces/default/apis/nobody?api-version=1"),
                "The API 'nobody' does not exist in the API center 'c'.",
                "azr apic api list -g g -n c",
            ),
            (
                format!("GET {CENTER}/workspaces/default/apis/a/versions/v/definitions/d"),
                "The definition 'd' does not exist in the version 'v'.",
                "azr apic api definition list -g g -n c --api-id a --version-id v",
            ),
            (
                "GET /subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m/apis/a%20b/operations/o"
                    .to_owned(),
                "The operation 'o' does not exist in the API 'a b'.",
                "azr apim api operation list -g g -n m --api-id 'a b'",
            ),
        ] {
            let error = error("ResourceNotFound", "Not here.", &request);
            assert_eq!(message(&error).as_deref(), Some(expected));
            assert!(hint(&error).ends_with(command), "{}", hint(&error));
        }
    }

    #[test]
    fn the_hint_for_an_action_names_what_it_is_about() {
        let request = format!(
            "POST {CENTER}/workspaces/default/apis/a/versions/v/definitions/d/importSpecification?api-version=1"
        );
        let error = error("HTTP 404", "The resource does not exist.", &request);
        assert_eq!(
            hint(&error),
            "Check that definition 'd' of version 'v' of API 'a' in API center 'c' exists: \
             azr apic api definition list -g g -n c --api-id a --version-id v"
        );
    }

    #[test]
    fn a_resource_is_described_with_what_contains_it() {
        for (id, text) in [
            (CENTER.to_owned(), Some("API center 'c' from resource group 'g'")),
            (format!("{CENTER}/workspaces/default/apis/a"), Some("API 'a' from API center 'c'")),
            (
                format!("{CENTER}/workspaces/default/apis/a/versions/v"),
                Some("version 'v' of API 'a' from API center 'c'"),
            ),
            (format!("{CENTER}/others/o"), None),
        ] {
            assert_eq!(describe(&id.parse().expect("an id"), "from").as_deref(), text);
        }
    }

    #[test]
    fn a_missing_parent_is_the_one_that_the_message_names() {
        let text =
            format!("Failed to perform 'read', because the parent resource '{CENTER}' could not be found.");
        let error = error("ParentResourceNotFound", &text, &format!("GET {CENTER}/workspaces/default/apis"));
        assert_eq!(
            message(&error).as_deref(),
            Some("The API center 'c' does not exist in the resource group 'g'.")
        );
    }

    #[test]
    fn what_is_missing_for_a_resource_to_be_written_is_its_parent() {
        for (path, expected) in [
            ("apis/a/versions/v?api-version=1", "The API 'a' does not exist in the API center 'c'."),
            ("apis/a", "The API center 'c' does not exist in the resource group 'g'."),
        ] {
            let request = format!("PUT {CENTER}/workspaces/default/{path}");
            assert_eq!(message(&error("ResourceNotFound", "m", &request)).as_deref(), Some(expected));
        }
    }

    #[test]
    fn other_errors_keep_their_message() {
        for (code, request) in [
            (
                "ResourceNotFound",
                "GET /subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x".to_owned(),
            ),
            (
                "404",
                format!(
                    "POST {CENTER}/workspaces/default/apis/a/versions/v/definitions/d/exportSpecification"
                ),
            ),
            ("AuthorizationFailed", format!("GET {CENTER}")),
            ("404", format!("GET {CENTER}/workspaces/default/apis")),
        ] {
            assert_eq!(message(&error(code, "m", &request)), None, "{code} {request}");
        }
    }
}
