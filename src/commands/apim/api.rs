//! `azr apim api`.

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use super::api_shape::API as SHAPE;
use super::{api_wide, export, import, operation, release, revision, schema, versionset};
use crate::commands::resource::{How, On, Part, Resource, arg};
use crate::commands::tree::{Example, Node, group};
use crate::commands::verbs::{self, SDK, Traits};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, Step};
use azr_arm::plan::Target;
use azr_arm::schema::Kind;
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_API;

/// The protocols an API can be called over.
pub const PROTOCOLS: &[&str] = &["http", "https", "ws", "wss"];
/// The types of API.
pub const TYPES: &[&str] = &["graphql", "http", "soap", "websocket"];

/// An API of API Management.
pub static API: Resource = Resource {
    noun: "API of API Management",
    nouns: "APIs of API Management",
    kind: &APIM_API,
    parts: &[Part::Name(&names::APIM), Part::Name(&names::APIM_API)],
    schema: &SHAPE,
    args: &[
        arg("display-name", "displayName", "Display name, 1 to 300 characters").required(),
        arg("path", "path", "Path under the gateway's URL").required(),
        arg("description", "description", "Description; may contain HTML"),
        arg("service-url", "serviceUrl", "URL of the backend"),
        arg("protocols", "protocols", "Protocols of the API")
            .kind(Kind::List(&Kind::Choice(PROTOCOLS)))
            .how(How::Words),
        arg("api-type", "apiType", "Type of API").kind(Kind::Choice(TYPES)),
        arg("subscription-required", "subscriptionRequired", "Whether calls require a subscription key")
            .how(How::Flag),
        arg("subscription-key-header-name", "", "Name of the header with the subscription key"),
        arg("subscription-key-query-param-name", "", "Name of the query parameter with the subscription key"),
        arg("tags", "", "Ignored; accepted for az compatibility (the service has no tags here)")
            .how(How::Tags)
            .on(On::Update),
        arg("authorization-server-id", "", "OAuth 2.0 authorization server").on(On::Create),
        arg("authorization-scope", "", "OAuth 2.0 scope").on(On::Create),
        arg("open-id-provider-id", "", "OpenID provider").on(On::Create),
        arg("bearer-token-sending-methods", "", "How a bearer token is sent").how(How::Words).on(On::Create),
        arg("subscription-key-required", "", "Ignored; accepted for az compatibility").on(On::Create),
    ],
};

fn path_of(name: &str) -> Vec<Step> {
    vec![Step::Key(name.to_owned())]
}

/// The edit that sets the names of the header and query parameter for the subscription key.
///
/// The two options require each other.
pub fn subscription_key_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let header = matches.get_one::<String>("subscription-key-header-name");
    let query = matches.get_one::<String>("subscription-key-query-param-name");
    match (header, query) {
        (None, None) => Ok(Vec::new()),
        (Some(header), Some(query)) => Ok(vec![Edit::Set {
            path: path_of("subscriptionKeyParameterNames"),
            value: json!({"header": header, "query": query}),
        }]),
        _ => Err(Error::invalid(
            "--subscription-key-header-name and --subscription-key-query-param-name must be given together",
        )),
    }
}

fn create_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let mut edits = subscription_key_edits(matches)?;
    let methods = args::words(matches, "bearer-token-sending-methods");
    let authentication = match (text("authorization-server-id"), text("open-id-provider-id"), methods) {
        (Some(server), _, _) => {
            Some(json!({"oAuth2": {"authorizationServerId": server, "scope": text("authorization-scope")}}))
        }
        (None, Some(provider), Some(methods)) => {
            Some(json!({"openid": {"openidProviderId": provider, "bearerTokenSendingMethods": methods}}))
        }
        _ => None,
    };
    if let Some(value) = authentication {
        edits.push(Edit::Set { path: path_of("authenticationSettings"), value });
    }
    let url = text("service-url").unwrap_or_default().to_ascii_lowercase();
    let is_websocket = url.starts_with("ws://") || url.starts_with("wss://");
    let (protocol, kind) = if is_websocket { ("wss", "websocket") } else { ("https", "http") };
    edits.push(Edit::Default { path: path_of("protocols"), value: json!([protocol]) });
    edits.push(Edit::Default { path: path_of("apiType"), value: kind.into() });
    edits.push(Edit::Default { path: path_of("subscriptionRequired"), value: Value::Bool(false) });
    Ok(edits)
}

fn list_args() -> Vec<Arg> {
    vec![
        args::text("filter-display-name").value_name("NAME").help("Only APIs with this display name"),
        top(),
        skip(),
    ]
}

/// `--top`.
pub fn top() -> Arg {
    args::text("top").value_name("N").value_parser(clap::value_parser!(u32)).help("Maximum number of items")
}

/// `--skip`.
pub fn skip() -> Arg {
    args::text("skip").value_name("N").value_parser(clap::value_parser!(u32)).help("Number of items to skip")
}

/// Adds `--top` and `--skip` to a request.
pub fn apply_paging(matches: &ArgMatches, mut target: Target) -> Target {
    if let Some(top) = matches.get_one::<u32>("top") {
        target = target.query("$top", top.to_string());
    }
    if let Some(skip) = matches.get_one::<u32>("skip") {
        target = target.query("$skip", skip.to_string());
    }
    target
}

fn apply_filter(matches: &ArgMatches, target: Target) -> Result<Target> {
    let target = match matches.get_one::<String>("filter-display-name") {
        Some(name) => {
            target.query("$filter", format!("properties/displayName eq '{}'", name.replace('\'', "''")))
        }
        None => target,
    };
    Ok(apply_paging(matches, target))
}

fn delete_args() -> Vec<Arg> {
    vec![args::text("delete-revisions").value_name("true|false").help("Delete all revisions of the API")]
}

fn apply_delete_revisions(matches: &ArgMatches, target: Target) -> Result<Target> {
    let all = args::bool_of(matches, "delete-revisions")?.unwrap_or(false);
    Ok(target.query("deleteRevisions", all.to_string()))
}

const CREATE: Traits = Traits { no_wait: true, extra: create_edits, ..SDK };
const UPDATE: Traits = Traits { no_wait: true, extra: subscription_key_edits, if_match: Some(""), ..SDK };
const DELETE: Traits =
    Traits { no_wait: true, if_match: Some("*"), more: delete_args, aim: apply_delete_revisions, ..SDK };
const LIST: Traits = Traits { more: list_args, aim: apply_filter, ..SDK };

/// `azr apim api …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&API, CREATE)
            .examples(&[Example { what: "Create an API by hand", line: "azr apim api create -g myResourceGroup --service-name myAPIManagement --api-id notes --display-name Notes --path notes --service-url https://notes.example.com" }])
            .into(),
        verbs::delete(&API, DELETE)
            .examples(&[Example { what: "Delete an API and its revisions", line: "azr apim api delete -g myResourceGroup --service-name myAPIManagement --api-id notes --delete-revisions true --yes" }])
            .into(),
        export::command()
            .examples(&[Example { what: "Export to a file in a folder", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonFile --file-path ." }, Example { what: "Export to a link that expires after five minutes", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonUrl --query properties.value.link -o tsv" }, Example { what: "Export all definitions into a folder", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id '*' --export-format OpenApiYamlFile --file-path definitions --file-name '{api}-{version}.{ext}'" }])
            .into(),
        import::command()
            .examples(&[Example { what: "Import a document", line: "azr apim api import -g myResourceGroup --service-name myAPIManagement --path notes --api-id notes --specification-format OpenApi --specification-path notes.yaml" }])
            .into(),
        verbs::list(&API, LIST)
            .wide(api_wide::rows)
            .examples(&[Example { what: "List the APIs with path, version set and revision", line: "azr apim api list -g myResourceGroup --service-name myAPIManagement -o wide" }, Example { what: "List the APIs", line: "azr apim api list -g myResourceGroup --service-name myAPIManagement --query '[].{id:name,title:displayName}' -o table" }])
            .into(),
        verbs::show(&API, SDK)
            .examples(&[Example { what: "Show an API", line: "azr apim api show -g myResourceGroup --service-name myAPIManagement --api-id my-api" }])
            .into(),
        verbs::update(&API, UPDATE)
            .examples(&[Example { what: "Change the description", line: "azr apim api update -g myResourceGroup --service-name myAPIManagement --api-id my-api --description \"What it is for\"" }])
            .into(),
        verbs::wait(&WAIT_API)
            .examples(&[Example { what: "Wait until the API exists", line: "azr apim api wait -g myResourceGroup --name myAPIManagement --api-id my-api --exists" }])
            .into(),
        group("operation", "Operations of an API", operation::children),
        group("release", "Releases of an API", release::children),
        group("revision", "Revisions of an API", revision::children),
        group("schema", "Schemas of an API", schema::children),
        group("versionset", "Version sets", versionset::children),
    ]
}

/// The API as named in `wait`, where az takes the name of the service in `--name`.
static WAIT_API: Resource = Resource {
    noun: API.noun,
    nouns: API.nouns,
    kind: &APIM_API,
    parts: &[Part::Name(&names::APIM_ITSELF), Part::Name(&names::APIM_API)],
    schema: &SHAPE,
    args: &[],
};
