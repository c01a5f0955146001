//! `azr apim api import`: creates or replaces an API from a document.

mod document;

use std::path::Path;

use clap::builder::PossibleValue;
use clap::{Arg, ArgMatches, ValueEnum};
use serde_json::{Map, Value, json};

use super::api_resource::PROTOCOLS;
use super::api_shape::API as SHAPE;
use super::subscription_key::subscription_key_edits;
use crate::commands::resource::{Resource, Segment};
use crate::commands::tree::Leaf;
use crate::commands::{args, names, verbs};
use crate::session::Session;
use azr_arm::edit::Edit;
use azr_arm::plan::{Action, Job, Plan, Target};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_API;

static NEW_API: Resource = Resource {
    noun: "API of API Management",
    plural: "APIs of API Management",
    resource_type: &APIM_API,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API_GENERATED)],
    schema: &SHAPE,
    args: &[],
};

/// A value of `--specification-format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SpecificationFormat {
    GraphQl,
    OpenApi,
    OpenApiJson,
    Swagger,
    Wadl,
    Wsdl,
}

impl SpecificationFormat {
    /// The value of the request's `format` for the text of a document.
    fn inline_value(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql-link",
            Self::OpenApi => "openapi",
            Self::OpenApiJson => "openapi+json",
            Self::Swagger => "swagger-json",
            Self::Wadl => "wadl-xml",
            Self::Wsdl => "wsdl",
        }
    }

    /// The value of the request's `format` for a link to a document.
    fn link_value(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql-link",
            Self::OpenApi => "openapi-link",
            Self::OpenApiJson => "openapi+json-link",
            Self::Swagger => "swagger-link-json",
            Self::Wadl => "wadl-link-json",
            Self::Wsdl => "wsdl-link",
        }
    }
}

impl ValueEnum for SpecificationFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::GraphQl, Self::OpenApi, Self::OpenApiJson, Self::Swagger, Self::Wadl, Self::Wsdl]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(match self {
            Self::GraphQl => "GraphQL",
            Self::OpenApi => "OpenApi",
            Self::OpenApiJson => "OpenApiJson",
            Self::Swagger => "Swagger",
            Self::Wadl => "Wadl",
            Self::Wsdl => "Wsdl",
        }))
    }
}

/// A value of `--api-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
enum ApiType {
    GraphQl,
    Http,
    Soap,
    WebSocket,
}

/// The options of the command, besides those that name the API.
struct ImportOptions<'a> {
    format: SpecificationFormat,
    path: Option<&'a str>,
    url: Option<&'a str>,
    revision: Option<&'a str>,
    version_set: Option<&'a str>,
    protocols: Option<Vec<String>>,
    /// The properties of the request that are set to the text of an option.
    texts: Vec<(&'static str, &'a str)>,
    /// The edits that set the names of the header and query parameter for the subscription key.
    subscription_key: Vec<Edit>,
    api_type: Option<ApiType>,
    subscription_required: Option<bool>,
    wsdl_service: Option<&'a str>,
    wsdl_endpoint: Option<&'a str>,
    no_wait: bool,
}

impl<'a> ImportOptions<'a> {
    fn read(matches: &'a ArgMatches) -> Result<Self> {
        let format = args::choice_value::<SpecificationFormat>(matches, "specification-format");
        Ok(Self {
            format: format.ok_or_else(|| Error::usage("--specification-format is required"))?,
            path: args::text_value(matches, "specification-path"),
            url: args::text_value(matches, "specification-url"),
            revision: args::text_value(matches, "api-revision"),
            version_set: args::text_value(matches, "api-version-set-id"),
            protocols: args::last_occurrence(matches, "protocols"),
            texts: TEXT_PROPERTIES
                .iter()
                .filter_map(|(long, property, _)| Some((*property, args::text_value(matches, long)?)))
                .collect(),
            subscription_key: subscription_key_edits(matches)?,
            api_type: args::choice_value(matches, "api-type"),
            subscription_required: args::bool_value(matches, "subscription-required")?,
            wsdl_service: args::text_value(matches, "wsdl-service-name"),
            wsdl_endpoint: args::text_value(matches, "wsdl-endpoint-name"),
            no_wait: args::no_wait_value(matches),
        })
    }

    /// The document or its link, and the name of its format in the request.
    fn document(&self) -> Result<(String, &'static str)> {
        match (self.path, self.url) {
            // az sends the text of the file as if it were a link.
            (Some(_), None) if self.format == SpecificationFormat::GraphQl => Err(Error::unsupported(
                "--specification-path: API Management imports GraphQL schemas only from a URL",
            )
            .with_hint(
                "Create the API with azr apim api create --api-type graphql, and add the schema with azr apim api \
                 schema create --schema-type application/vnd.ms-azure-apim.graphql.schema --schema-path FILE.",
            )),
            (Some(path), None) => {
                let text = args::read_text("--specification-path", path)?;
                Ok((document::bundle(text, Path::new(path))?, self.format.inline_value()))
            }
            (None, Some(url)) => Ok((url.to_owned(), self.format.link_value())),
            (Some(_), Some(_)) => {
                Err(Error::invalid("--specification-path and --specification-url cannot be used together"))
            }
            (None, None) => Err(Error::invalid("--specification-path or --specification-url is required")),
        }
    }
}

/// Options whose text becomes a property: the option, the property and the help.
const TEXT_PROPERTIES: &[(&str, &str, &str)] = &[
    ("path", "path", "Path under the gateway's URL"),
    ("description", "description", "Description; may contain HTML"),
    ("display-name", "displayName", "Display name"),
    ("service-url", "serviceUrl", "URL of the backend"),
    ("api-version", "apiVersion", "Version within its version set"),
];

/// `azr apim api import`.
pub(super) fn command() -> Leaf {
    Leaf::plan("import", "Create or replace an API from a document", options, plan)
}

fn options() -> Vec<Arg> {
    let mut all = verbs::name_args(&NEW_API, false);
    let texts = TEXT_PROPERTIES.iter();
    all.extend(texts.map(|(long, _, help)| args::text(long).help(*help).required(*long == "path")));
    all.extend([
        args::choice::<SpecificationFormat>("specification-format")
            .required(true)
            .help("Format of the document"),
        args::text("specification-path").value_name("FILE").help("File with the document"),
        args::text("specification-url")
            .value_name("URL")
            .help("Link to the document that the service can read"),
        args::text("api-revision").value_name("N").help("Revision to import into [default: 1]"),
        args::text("api-version-set-id").value_name("ID").help("Version set, by name or resource id"),
        args::text("subscription-key-header-name").help("Name of the header with the subscription key"),
        args::text("subscription-key-query-param-name")
            .help("Name of the query parameter with the subscription key"),
        args::list("protocols", 1)
            .value_parser(clap::builder::PossibleValuesParser::new(PROTOCOLS))
            .ignore_case(true)
            .help("Protocols of the API"),
        args::choice::<ApiType>("api-type").help("Type of API; with Wsdl, http creates a REST API over SOAP"),
        args::boolean("subscription-required").help("Whether calls require a subscription key"),
        args::text("soap-api-type").help("Ignored; accepted for az compatibility (see --api-type)"),
        args::text("wsdl-service-name").help("Service in the WSDL"),
        args::text("wsdl-endpoint-name").help("Endpoint (port) in the WSDL"),
        args::no_wait(),
    ]);
    all
}

fn plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let options = ImportOptions::read(matches)?;
    let mut properties = Map::new();
    for (property, text) in &options.texts {
        properties.insert((*property).to_owned(), Value::from(*text));
    }
    if let Some(protocols) = &options.protocols {
        let protocols = protocols.iter().map(|protocol| protocol.to_ascii_lowercase()).collect();
        properties.insert("protocols".to_owned(), protocols);
    }
    if let Some(required) = options.subscription_required {
        properties.insert("subscriptionRequired".to_owned(), Value::Bool(required));
    }
    for edit in &options.subscription_key {
        if let Edit::Set { value, .. } = edit {
            properties.insert("subscriptionKeyParameterNames".to_owned(), value.clone());
        }
    }
    if let Some(set) = options.version_set {
        let id = if set.contains('/') { set.to_owned() } else { format!("/apiVersionSets/{set}") };
        properties.insert("apiVersionSetId".to_owned(), Value::String(id));
    }
    let (document, format) = options.document()?;
    properties.insert("value".to_owned(), Value::String(document));
    properties.insert("format".to_owned(), Value::from(format));
    if options.format == SpecificationFormat::Wsdl {
        add_wsdl_properties(&options, &mut properties);
    }

    let mut path = verbs::resource_id(session, &NEW_API, matches)?.to_string();
    if let Some(revision) = options.revision {
        path = format!("{path};rev={revision}");
    }
    let action = Action::Put { body: Some(json!({"properties": properties})), location_from_group: None };
    let mut job = Job::new(Target::new(path, APIM_API.api_version), action, Some(&SHAPE));
    job.no_wait = options.no_wait;
    Ok(job.into())
}

/// Adds the type of API, and the service and endpoint to import from a WSDL.
fn add_wsdl_properties(options: &ImportOptions<'_>, properties: &mut Map<String, Value>) {
    let is_rest = options.api_type == Some(ApiType::Http);
    properties.insert("apiType".to_owned(), if is_rest { "http" } else { "soap" }.into());
    if let (Some(service), Some(endpoint)) = (options.wsdl_service, options.wsdl_endpoint) {
        let selector = json!({"wsdlServiceName": service, "wsdlEndpointName": endpoint});
        properties.insert("wsdlSelector".to_owned(), selector);
    }
}
