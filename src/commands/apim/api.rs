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
        arg("display-name", "displayName", "Name for people, 1 to 300 characters").required(),
        arg("path", "path", "Path under the gateway's URL").required(),
        arg("description", "description", "Description; may hold HTML"),
        arg("service-url", "serviceUrl", "URL of the backend"),
        arg("protocols", "protocols", "Protocols it can be called over")
            .kind(Kind::List(&Kind::Choice(PROTOCOLS)))
            .how(How::Words),
        arg("api-type", "apiType", "Type of API").kind(Kind::Choice(TYPES)),
        arg("subscription-required", "subscriptionRequired", "Whether a call needs a subscription key")
            .how(How::Flag),
        arg("subscription-key-header-name", "", "Header that holds the subscription key"),
        arg("subscription-key-query-param-name", "", "Query parameter that holds the subscription key"),
        arg("tags", "", "Accepted for az's sake; the service keeps no tags here")
            .how(How::Tags)
            .on(On::Update),
        arg("authorization-server-id", "", "OAuth 2.0 authorization server").on(On::Create),
        arg("authorization-scope", "", "OAuth 2.0 scope").on(On::Create),
        arg("open-id-provider-id", "", "OpenID provider").on(On::Create),
        arg("bearer-token-sending-methods", "", "How a bearer token is sent").how(How::Words).on(On::Create),
        arg("subscription-key-required", "", "Accepted for az's sake; the service takes no such member")
            .on(On::Create),
    ],
};

fn at(name: &str) -> Vec<Step> {
    vec![Step::Key(name.to_owned())]
}

/// The names of header and query parameter, which go together.
pub fn key_names(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let header = matches.get_one::<String>("subscription-key-header-name");
    let query = matches.get_one::<String>("subscription-key-query-param-name");
    match (header, query) {
        (None, None) => Ok(Vec::new()),
        (Some(header), Some(query)) => Ok(vec![Edit::Set {
            path: at("subscriptionKeyParameterNames"),
            value: json!({"header": header, "query": query}),
        }]),
        _ => Err(Error::invalid(
            "--subscription-key-header-name and --subscription-key-query-param-name go together: give both",
        )),
    }
}

fn create_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let mut edits = key_names(matches)?;
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
        edits.push(Edit::Set { path: at("authenticationSettings"), value });
    }
    let url = text("service-url").unwrap_or_default().to_ascii_lowercase();
    let socket = url.starts_with("ws://") || url.starts_with("wss://");
    let (protocol, kind) = if socket { ("wss", "websocket") } else { ("https", "http") };
    edits.push(Edit::Default { path: at("protocols"), value: json!([protocol]) });
    edits.push(Edit::Default { path: at("apiType"), value: kind.into() });
    edits.push(Edit::Default { path: at("subscriptionRequired"), value: Value::Bool(false) });
    Ok(edits)
}

fn filters() -> Vec<Arg> {
    vec![
        args::text("filter-display-name").value_name("NAME").help("Only APIs of this display name"),
        top(),
        skip(),
    ]
}

/// `--top`.
pub fn top() -> Arg {
    args::text("top")
        .value_name("N")
        .value_parser(clap::value_parser!(u32))
        .help("How many to return in a page")
}

/// `--skip`.
pub fn skip() -> Arg {
    args::text("skip").value_name("N").value_parser(clap::value_parser!(u32)).help("How many to leave out")
}

/// Puts `--top` and `--skip` into a request.
pub fn paged(matches: &ArgMatches, mut at: Target) -> Target {
    if let Some(top) = matches.get_one::<u32>("top") {
        at = at.query("$top", top.to_string());
    }
    if let Some(skip) = matches.get_one::<u32>("skip") {
        at = at.query("$skip", skip.to_string());
    }
    at
}

fn filtered(matches: &ArgMatches, at: Target) -> Result<Target> {
    let at = match matches.get_one::<String>("filter-display-name") {
        Some(name) => {
            at.query("$filter", format!("properties/displayName eq '{}'", name.replace('\'', "''")))
        }
        None => at,
    };
    Ok(paged(matches, at))
}

fn delete_revisions() -> Vec<Arg> {
    vec![args::text("delete-revisions").value_name("true|false").help("Delete all revisions of the API")]
}

fn with_revisions(matches: &ArgMatches, at: Target) -> Result<Target> {
    let all = args::bool_of(matches, "delete-revisions")?.unwrap_or(false);
    Ok(at.query("deleteRevisions", all.to_string()))
}

const CREATE: Traits = Traits { no_wait: true, extra: create_edits, ..SDK };
const CHANGE: Traits = Traits { no_wait: true, extra: key_names, if_match: Some(""), ..SDK };
const DELETE: Traits =
    Traits { no_wait: true, if_match: Some("*"), more: delete_revisions, aim: with_revisions, ..SDK };
const LIST: Traits = Traits { more: filters, aim: filtered, ..SDK };

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
            .examples(&[Example { what: "Export to a file in a folder", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonFile --file-path ." }, Example { what: "Export to a link that is good for five minutes", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id my-api --export-format OpenApiJsonUrl --query properties.value.link -o tsv" }, Example { what: "Export all definitions into a folder", line: "azr apim api export -g myResourceGroup --service-name myAPIManagement --api-id '*' --export-format OpenApiYamlFile --file-path definitions --file-name '{api}-{version}.{ext}'" }])
            .into(),
        import::command()
            .examples(&[Example { what: "Import a document", line: "azr apim api import -g myResourceGroup --service-name myAPIManagement --path notes --api-id notes --specification-format OpenApi --specification-path notes.yaml" }])
            .into(),
        verbs::list(&API, LIST)
            .wide(api_wide::rows)
            .examples(&[Example { what: "List them with path, version set and revision", line: "azr apim api list -g myResourceGroup --service-name myAPIManagement -o wide" }, Example { what: "List the APIs", line: "azr apim api list -g myResourceGroup --service-name myAPIManagement --query '[].{id:name,title:displayName}' -o table" }])
            .into(),
        verbs::show(&API, SDK)
            .examples(&[Example { what: "Show an API", line: "azr apim api show -g myResourceGroup --service-name myAPIManagement --api-id my-api" }])
            .into(),
        verbs::update(&API, CHANGE)
            .examples(&[Example { what: "Change the description", line: "azr apim api update -g myResourceGroup --service-name myAPIManagement --api-id my-api --description \"What it is for\"" }])
            .into(),
        verbs::wait(&API_BY_NAME)
            .examples(&[Example { what: "Wait until it is there", line: "azr apim api wait -g myResourceGroup --name myAPIManagement --api-id my-api --exists" }])
            .into(),
        group("operation", "Operations of an API", operation::children),
        group("release", "Releases of an API", release::children),
        group("revision", "Revisions of an API", revision::children),
        group("schema", "Schemas of an API", schema::children),
        group("versionset", "Version sets", versionset::children),
    ]
}

/// The same API for `wait`, where az calls the service `--name`.
static API_BY_NAME: Resource = Resource {
    noun: API.noun,
    nouns: API.nouns,
    kind: &APIM_API,
    parts: &[Part::Name(&names::APIM_ITSELF), Part::Name(&names::APIM_API)],
    schema: &SHAPE,
    args: &[],
};
