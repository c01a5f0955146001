//! The resources below an API center, as data: their properties, limits and ways of answering.

use super::shape::{ANY_TEXT, Absent, Field, Rule, defaulted, optional, required};

/// How a missing resource is reported; each as recorded.
#[derive(Debug, Clone, Copy)]
pub enum Missing {
    /// `{"code":"404"}`.
    Bare,
    /// The same with a message.
    Said(&'static str),
    /// The problem details of RFC 9457.
    Problem,
}

/// Which times a resource tells in `systemData`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// `createdAt` and `lastModifiedAt`.
    Both,
    /// Only `createdAt`.
    Created,
    /// No `systemData` at all.
    None,
}

/// A type of resource below `Microsoft.ApiCenter/services`.
#[derive(Debug)]
pub struct Kind {
    /// The types of the path below `services`.
    pub path: &'static [&'static str],
    /// What people request it, for messages.
    pub word: &'static str,
    /// Its properties.
    pub fields: &'static [Field],
    /// How its absence is reported.
    pub missing: Missing,
    /// The status of a delete that found something; one that found nothing is always 204.
    pub deleted: u16,
    /// Whether answers carry an `ETag`.
    pub etag: bool,
    /// What `systemData` tells.
    pub times: Times,
    /// Whether only the preview API version has it.
    pub preview: bool,
    /// How many a parent may hold in the Free and the Standard plan.
    pub limit: Option<(usize, usize)>,
    /// The name metadata schemas are assigned by.
    pub entity: Option<&'static str>,
}

impl Kind {
    /// The last type of the path, such as `apis`.
    #[must_use]
    pub fn collection(&self) -> &'static str {
        self.path.last().copied().unwrap_or_default()
    }

    /// The full type, such as `Microsoft.ApiCenter/services/workspaces/apis`.
    #[must_use]
    pub fn type_name(&self) -> String {
        format!("Microsoft.ApiCenter/services/{}", self.path.join("/"))
    }
}

/// Stages of an API's or version's life.
pub const STAGES: &[&str] =
    &["design", "development", "testing", "preview", "production", "deprecated", "retired"];

const TITLE: Rule = Rule::Text(1, 50);
const URL: Rule = Rule::Text(0, 200);
const ENTITIES: &[&str] = &["api", "environment", "deployment"];

static WORKSPACE: &[Field] = &[required("title", TITLE), optional("description", ANY_TEXT)];

static METADATA: &[Field] = &[
    defaulted("assignedTo", Rule::List(&Rule::Object(ASSIGNMENT), usize::MAX), Absent::EmptyList),
    required("schema", ANY_TEXT),
];
static ASSIGNMENT: &[Field] = &[
    required("entity", Rule::Choice(ENTITIES)),
    optional("required", Rule::Flag),
    optional("deprecated", Rule::Flag),
];

static API: &[Field] = &[
    required("title", TITLE),
    optional("summary", Rule::Text(0, 200)),
    optional("description", Rule::Text(0, 1000)),
    required("kind", Rule::Choice(&["rest", "graphql", "grpc", "soap", "webhook", "websocket"])),
    optional("termsOfService", Rule::Object(&[required("url", URL)])),
    optional("license", Rule::Object(LICENSE)),
    defaulted("externalDocumentation", Rule::List(&Rule::Object(DOCUMENTATION), 20), Absent::EmptyList),
    defaulted("contacts", Rule::List(&Rule::Object(CONTACT), usize::MAX), Absent::EmptyList),
    defaulted("customProperties", Rule::Any, Absent::EmptyObject),
];
static LICENSE: &[Field] =
    &[optional("name", Rule::Text(0, 100)), optional("url", URL), optional("identifier", Rule::Text(0, 50))];
static DOCUMENTATION: &[Field] = &[
    optional("title", Rule::Text(0, 50)),
    optional("description", Rule::Text(0, 500)),
    required("url", URL),
];
static CONTACT: &[Field] =
    &[optional("name", Rule::Text(0, 100)), optional("url", URL), optional("email", Rule::Text(0, 100))];

static VERSION: &[Field] = &[required("title", TITLE), required("lifecycleStage", Rule::Choice(STAGES))];

static DEFINITION: &[Field] = &[required("title", TITLE), optional("description", Rule::Text(0, 1000))];

static DEPLOYMENT: &[Field] = &[
    optional("title", TITLE),
    optional("description", Rule::Text(0, 500)),
    optional("environmentId", ANY_TEXT),
    optional("definitionId", ANY_TEXT),
    optional("state", Rule::Choice(&["active", "inactive"])),
    optional("server", Rule::Object(&[optional("runtimeUri", Rule::List(&URL, usize::MAX))])),
    defaulted("customProperties", Rule::Any, Absent::EmptyObject),
];

static ENVIRONMENT: &[Field] = &[
    required("title", TITLE),
    required("kind", Rule::Choice(&["development", "testing", "staging", "production"])),
    optional("description", Rule::Text(0, 1000)),
    optional("server", Rule::Object(SERVER)),
    optional("onboarding", Rule::Object(ONBOARDING)),
    defaulted("customProperties", Rule::Any, Absent::EmptyObject),
];
static SERVER: &[Field] =
    &[optional("type", Rule::Choice(SERVERS)), optional("managementPortalUri", Rule::List(&ANY_TEXT, 1))];
const SERVERS: &[&str] = &[
    "Azure API Management",
    "Azure compute service",
    "Apigee API Management",
    "AWS API Gateway",
    "Kong API Gateway",
    "Kubernetes",
    "MuleSoft API Management",
];
static ONBOARDING: &[Field] = &[
    optional("instructions", Rule::Text(0, 1000)),
    optional("developerPortalUri", Rule::List(&ANY_TEXT, 1)),
];

static SOURCE: &[Field] = &[
    optional("apiSourceType", Rule::Choice(&["AzureApiManagement", "AmazonApiGateway"])),
    optional("azureApiManagementSource", Rule::Object(APIM_SOURCE)),
    optional("amazonApiGatewaySource", Rule::Object(AWS_SOURCE)),
    defaulted(
        "importSpecification",
        Rule::Choice(&["never", "ondemand", "always"]),
        Absent::Text("ondemand"),
    ),
    optional("targetEnvironmentId", ANY_TEXT),
    optional("targetLifecycleStage", Rule::Choice(STAGES)),
];
static APIM_SOURCE: &[Field] = &[required("resourceId", ANY_TEXT), optional("msiResourceId", ANY_TEXT)];
static AWS_SOURCE: &[Field] = &[
    required("accessKey", ANY_TEXT),
    required("secretAccessKey", ANY_TEXT),
    required("regionName", ANY_TEXT),
    optional("msiResourceId", ANY_TEXT),
];

static ANALYZER: &[Field] = &[
    optional("title", TITLE),
    optional("description", Rule::Text(0, 1000)),
    required("analyzerType", Rule::Choice(&["Spectral"])),
    defaulted("state", Rule::Choice(&["active", "inactive"]), Absent::Text("inactive")),
    optional("filter", Rule::Object(FILTER)),
];
static FILTER: &[Field] = &[
    optional("apis", Rule::List(&Rule::Object(CONDITION), usize::MAX)),
    optional("apiVersions", Rule::List(&Rule::Object(CONDITION), usize::MAX)),
    optional("apiDefinitions", Rule::List(&Rule::Object(CONDITION), usize::MAX)),
];
static CONDITION: &[Field] =
    &[required("property", ANY_TEXT), required("value", Rule::Any), required("operator", Rule::Lower)];

const PLAIN: Kind = Kind {
    path: &[],
    word: "resource",
    fields: &[],
    missing: Missing::Bare,
    deleted: 204,
    etag: true,
    times: Times::Both,
    preview: false,
    limit: None,
    entity: None,
};

/// A metadata schema.
pub static METADATA_SCHEMAS: Kind = Kind {
    path: &["metadataSchemas"],
    word: "metadata schema",
    fields: METADATA,
    limit: Some((10, 20)),
    ..PLAIN
};
/// A workspace; there is one, `default`.
pub static WORKSPACES: Kind =
    Kind { path: &["workspaces"], word: "workspace", fields: WORKSPACE, limit: Some((1, 1)), ..PLAIN };
/// An API.
pub static APIS: Kind = Kind {
    path: &["workspaces", "apis"],
    word: "API",
    fields: API,
    limit: Some((200, 10_000)),
    entity: Some("api"),
    ..PLAIN
};
/// A version of an API.
pub static VERSIONS: Kind = Kind {
    path: &["workspaces", "apis", "versions"],
    word: "API version",
    fields: VERSION,
    limit: Some((5, 100)),
    ..PLAIN
};
/// A definition of a version.
pub static DEFINITIONS: Kind = Kind {
    path: &["workspaces", "apis", "versions", "definitions"],
    word: "API definition",
    fields: DEFINITION,
    deleted: 200,
    limit: Some((5, 5)),
    ..PLAIN
};
/// A deployment of an API.
pub static DEPLOYMENTS: Kind = Kind {
    path: &["workspaces", "apis", "deployments"],
    word: "deployment",
    fields: DEPLOYMENT,
    limit: Some((10, 10)),
    entity: Some("deployment"),
    ..PLAIN
};
/// An environment.
pub static ENVIRONMENTS: Kind = Kind {
    path: &["workspaces", "environments"],
    word: "environment",
    fields: ENVIRONMENT,
    missing: Missing::Said("The environment with the specified ID does not exist."),
    times: Times::Created,
    limit: Some((20, 20)),
    entity: Some("environment"),
    ..PLAIN
};
/// An API source ("integration").
pub static API_SOURCES: Kind =
    Kind { path: &["workspaces", "apiSources"], word: "API source", fields: SOURCE, preview: true, ..PLAIN };
/// An API analysis configuration.
pub static ANALYZER_CONFIGS: Kind = Kind {
    path: &["workspaces", "analyzerConfigs"],
    word: "analyzer configuration",
    fields: ANALYZER,
    missing: Missing::Problem,
    etag: false,
    times: Times::None,
    preview: true,
    ..PLAIN
};

/// Every kind.
pub static ALL: &[&Kind] = &[
    &METADATA_SCHEMAS,
    &WORKSPACES,
    &APIS,
    &VERSIONS,
    &DEFINITIONS,
    &DEPLOYMENTS,
    &ENVIRONMENTS,
    &API_SOURCES,
    &ANALYZER_CONFIGS,
];

/// The kind with these types in its path, matched without regard to case.
#[must_use]
pub fn find(types: &[&str]) -> Option<&'static Kind> {
    ALL.iter().copied().find(|k| {
        k.path.len() == types.len() && k.path.iter().zip(types).all(|(a, b)| a.eq_ignore_ascii_case(b))
    })
}
