//! `azr apim api import`: an API from a document.

use clap::{Arg, ArgMatches};
use serde_json::{Map, Value, json};

use super::api::{PROTOCOLS, TYPES, key_names};
use super::api_shape::API as SHAPE;
use crate::commands::resource::{Part, Resource};
use crate::commands::tree::Leaf;
use crate::commands::{args, names, verbs};
use crate::session::Session;
use azr_arm::edit::Edit;
use azr_arm::plan::{Action, Job, Plan, Target};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_API;

static NEW_API: Resource = Resource {
    noun: "API of API Management",
    nouns: "APIs of API Management",
    kind: &APIM_API,
    parts: &[Part::Name(&names::APIM), Part::Name(&names::APIM_API_GENERATED)],
    schema: &SHAPE,
    args: &[],
};

/// `--specification-format`, and what the service calls it for a document and for a link.
const FORMATS: &[(&str, &str, &str)] = &[
    ("GraphQL", "graphql-link", "graphql-link"),
    ("OpenApi", "openapi", "openapi-link"),
    ("OpenApiJson", "openapi+json", "openapi+json-link"),
    ("Swagger", "swagger-json", "swagger-link-json"),
    ("Wadl", "wadl-xml", "wadl-link-json"),
    ("Wsdl", "wsdl", "wsdl-link"),
];

/// Options whose text goes to the member of this name.
const TEXTS: &[(&str, &str, &str)] = &[
    ("path", "path", "Path under the gateway's URL"),
    ("description", "description", "Description; may hold HTML"),
    ("display-name", "displayName", "Name for people"),
    ("service-url", "serviceUrl", "URL of the backend"),
    ("api-version", "apiVersion", "Version within its version set"),
];

/// `azr apim api import`.
pub fn command() -> Leaf {
    Leaf::plan("import", "Create or replace an API from a document", options, plan)
}

fn options() -> Vec<Arg> {
    let mut all = verbs::naming(&NEW_API, false);
    all.extend(TEXTS.iter().map(|(long, _, help)| args::text(long).help(*help).required(*long == "path")));
    all.extend([
        args::choice("specification-format", FORMATS.iter().map(|f| f.0))
            .required(true)
            .help("Format of the document"),
        args::text("specification-path").value_name("FILE").help("The document as a file"),
        args::text("specification-url")
            .value_name("URL")
            .help("The document as a link that the service can read"),
        args::text("api-revision").value_name("N").help("Revision to import into [default: 1]"),
        args::text("api-version-set-id").value_name("ID").help("Version set, by name or resource id"),
        args::text("subscription-key-header-name").help("Header that holds the subscription key"),
        args::text("subscription-key-query-param-name")
            .help("Query parameter that holds the subscription key"),
        args::many("protocols", 1)
            .value_parser(clap::builder::PossibleValuesParser::new(PROTOCOLS))
            .ignore_case(true)
            .help("Protocols it can be called over"),
        args::choice("api-type", TYPES.iter().copied())
            .help("Type of API; with Wsdl, http makes it REST over SOAP"),
        args::three_state("subscription-required").help("Whether a call needs a subscription key"),
        args::text("soap-api-type").help("Accepted for az's sake; --api-type decides"),
        args::text("wsdl-service-name").help("Service of the WSDL"),
        args::text("wsdl-endpoint-name").help("Endpoint (port) of the WSDL"),
        args::no_wait(),
    ]);
    all
}

fn plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let mut properties = Map::new();
    for (long, member, _) in TEXTS {
        if let Some(given) = text(long) {
            properties.insert((*member).to_owned(), Value::String(given));
        }
    }
    if let Some(protocols) = args::words(matches, "protocols") {
        properties.insert("protocols".to_owned(), protocols.iter().map(|p| p.to_ascii_lowercase()).collect());
    }
    if let Some(required) = args::bool_of(matches, "subscription-required")? {
        properties.insert("subscriptionRequired".to_owned(), Value::Bool(required));
    }
    for edit in key_names(matches)? {
        if let Edit::Set { value, .. } = edit {
            properties.insert("subscriptionKeyParameterNames".to_owned(), value);
        }
    }
    if let Some(set) = text("api-version-set-id") {
        let id = if set.contains('/') { set } else { format!("/apiVersionSets/{set}") };
        properties.insert("apiVersionSetId".to_owned(), Value::String(id));
    }
    document(matches, &mut properties)?;

    let mut path = verbs::id(session, &NEW_API, matches)?.to_string();
    if let Some(revision) = text("api-revision") {
        path = format!("{path};rev={revision}");
    }
    let action = Action::Put { body: Some(json!({"properties": properties})), location_of: None };
    let mut job = Job::new(Target::new(path, APIM_API.api_version), action, Some(&SHAPE));
    job.no_wait = args::bool_of(matches, "no-wait")? == Some(true);
    Ok(job.into())
}

/// The document or its link, and what goes with its format.
fn document(matches: &ArgMatches, properties: &mut Map<String, Value>) -> Result<()> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let asked = text("specification-format").unwrap_or_default();
    let (name, inline, link) = FORMATS
        .iter()
        .find(|f| f.0.eq_ignore_ascii_case(&asked))
        .ok_or_else(|| Error::usage(format!("--specification-format: there is no '{asked}'")))?;
    let (value, format) = match (text("specification-path"), text("specification-url")) {
        (Some(path), None) => (args::read_text("--specification-path", &path)?, inline),
        (None, Some(url)) => (url, link),
        (Some(_), Some(_)) => {
            return Err(Error::invalid(
                "--specification-path and --specification-url exclude each other: give one",
            ));
        }
        (None, None) => {
            return Err(Error::invalid("--specification-path or --specification-url is required"));
        }
    };
    properties.insert("value".to_owned(), Value::String(value));
    properties.insert("format".to_owned(), Value::from(*format));
    if *name == "Wsdl" {
        let rest = text("api-type").is_some_and(|t| t.eq_ignore_ascii_case("http"));
        properties.insert("apiType".to_owned(), if rest { "http" } else { "soap" }.into());
        if let (Some(service), Some(endpoint)) = (text("wsdl-service-name"), text("wsdl-endpoint-name")) {
            let selector = json!({"wsdlServiceName": service, "wsdlEndpointName": endpoint});
            properties.insert("wsdlSelector".to_owned(), selector);
        }
    }
    Ok(())
}
