//! The table of API Center's resource kinds: one row for each type below a center.

use super::dialect::ApiCenter;
use super::{access, analysis, deleted_centers, export_schema, from_apim, hooks, specification};
use crate::filter::CaseSensitivity;
use crate::resources::{
    ANY_TEXT, Action, ApiVersions, Field, Hooks, Layout, NO_HOOKS, NameCharacters, NameRule, NotFound,
    PageStyle, Provider, Quota, ResourceKind, Rule, SystemData, optional, required, with_default,
};

/// `Microsoft.ApiCenter`.
pub(crate) static PROVIDER: Provider = Provider {
    root_type: "Microsoft.ApiCenter/services",
    api_versions: &["2023-07-01-preview", "2024-03-01", "2024-03-15-preview", "2024-06-01-preview"],
    deleted_since: ApiVersions::Since(deleted_centers::SINCE),
    root_actions: &[
        Action { name: "importFromApim", run: from_apim::import_from_apim },
        Action { name: "exportMetadataSchema", run: export_schema::export_metadata_schema },
    ],
    kinds: KINDS,
    dialect: &ApiCenter,
    layout: Layout::AsDeclared,
    page_style: PageStyle {
        size: None,
        has_count: false,
        allows_empty: true,
        case: CaseSensitivity::Sensitive,
        // How the service searches is not published; that every word must occur is assumed.
        searched: &["title", "summary", "description"],
    },
    created_status: 200,
    supports_patch: false,
    patch_responds_with_body: ApiVersions::All,
};

/// The names of all resources of API Center.
pub(super) const NAMES: NameRule =
    NameRule { min: 3, max: 90, characters: NameCharacters::AlphanumericOrHyphen, only: None };

/// Lifecycle stages of an API or version.
pub(super) const STAGES: &[&str] =
    &["design", "development", "testing", "preview", "production", "deprecated", "retired"];

/// The first API version with API sources and analyzer configurations.
const PREVIEW: ApiVersions = ApiVersions::Since("2024-03-15-preview");

const TITLE: Rule = Rule::Text(1, 50);
const URL: Rule = Rule::Text(0, 200);
const ASSIGNABLE: Rule = Rule::Choice(&["api", "environment", "deployment"]);
const CUSTOM_PROPERTIES: Field = with_default("customProperties", Rule::Any, "{}");

static WORKSPACE: &[Field] = &[required("title", TITLE), optional("description", ANY_TEXT)];

static METADATA_SCHEMA: &[Field] = &[
    with_default("assignedTo", Rule::List(&Rule::Object(ASSIGNMENT), usize::MAX), "[]"),
    required("schema", ANY_TEXT),
];
static ASSIGNMENT: &[Field] =
    &[required("entity", ASSIGNABLE), optional("required", Rule::Flag), optional("deprecated", Rule::Flag)];

/// `mcp` is not in the specification. A client of Microsoft writes it with 2023-07-01-preview; that other API versions
/// accept it as well is assumed.
const KINDS_OF_API: &[&str] = &["rest", "graphql", "grpc", "soap", "webhook", "websocket", "mcp"];

static API: &[Field] = &[
    required("title", TITLE),
    optional("summary", Rule::Text(0, 200)),
    optional("description", Rule::Text(0, 1000)),
    required("kind", Rule::Choice(KINDS_OF_API)),
    optional("termsOfService", Rule::Object(&[required("url", URL)])),
    optional("license", Rule::Object(LICENSE)),
    with_default("externalDocumentation", Rule::List(&Rule::Object(DOCUMENTATION), 20), "[]"),
    with_default("contacts", Rule::List(&Rule::Object(CONTACT), usize::MAX), "[]"),
    CUSTOM_PROPERTIES,
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
    CUSTOM_PROPERTIES,
];

static ENVIRONMENT: &[Field] = &[
    required("title", TITLE),
    required("kind", Rule::Choice(&["development", "testing", "staging", "production"])),
    optional("description", Rule::Text(0, 1000)),
    optional("server", Rule::Object(SERVER)),
    optional("onboarding", Rule::Object(ONBOARDING)),
    CUSTOM_PROPERTIES,
];
static SERVER: &[Field] =
    &[optional("type", SERVER_TYPE), optional("managementPortalUri", Rule::List(&ANY_TEXT, 1))];
const SERVER_TYPE: Rule = Rule::Choice(&[
    "Azure API Management",
    "Azure compute service",
    "Apigee API Management",
    "AWS API Gateway",
    "Kong API Gateway",
    "Kubernetes",
    "MuleSoft API Management",
]);
static ONBOARDING: &[Field] = &[
    optional("instructions", Rule::Text(0, 1000)),
    optional("developerPortalUri", Rule::List(&ANY_TEXT, 1)),
];

static AGENT: &[Field] = &[
    required("title", TITLE),
    optional("summary", Rule::Text(0, 200)),
    optional("description", Rule::Text(0, 1000)),
    optional("lifecycleStage", Rule::Choice(STAGES)),
    CUSTOM_PROPERTIES,
];

static API_SOURCE: &[Field] = &[
    optional("apiSourceType", Rule::Choice(&["AzureApiManagement", "AmazonApiGateway"])),
    optional("azureApiManagementSource", Rule::Object(APIM_SOURCE)),
    optional("amazonApiGatewaySource", Rule::Object(AMAZON_SOURCE)),
    with_default("importSpecification", Rule::Choice(&["never", "ondemand", "always"]), "\"ondemand\""),
    optional("targetEnvironmentId", ANY_TEXT),
    optional("targetLifecycleStage", Rule::Choice(STAGES)),
];
static APIM_SOURCE: &[Field] = &[required("resourceId", ANY_TEXT), optional("msiResourceId", ANY_TEXT)];
static AMAZON_SOURCE: &[Field] = &[
    required("accessKey", ANY_TEXT),
    required("secretAccessKey", ANY_TEXT),
    required("regionName", ANY_TEXT),
    optional("msiResourceId", ANY_TEXT),
];

/// Not published; these members are those that an extension of Visual Studio Code reads.
static AUTH_CONFIG: &[Field] = &[
    required("title", TITLE),
    optional("description", Rule::Text(0, 1000)),
    required("securityScheme", Rule::Choice(&["apiKey", "oauth2"])),
    optional("apiKey", Rule::Object(API_KEY)),
    optional("oauth2", Rule::AnyObject),
];
static API_KEY: &[Field] = &[
    required("in", Rule::Choice(&["header", "query", "cookie"])),
    required("name", Rule::Text(1, usize::MAX)),
    optional("value", ANY_TEXT),
];

static SECURITY_REQUIREMENT: &[Field] = &[required("authConfigResourceId", ANY_TEXT)];

static ANALYZER_CONFIG: &[Field] = &[
    optional("title", TITLE),
    optional("description", Rule::Text(0, 1000)),
    required("analyzerType", Rule::Choice(&["Spectral"])),
    with_default("state", Rule::Choice(&["active", "inactive"]), "\"inactive\""),
    optional("filter", Rule::Object(FILTER)),
];
static FILTER: &[Field] = &[
    optional("apis", CONDITIONS),
    optional("apiVersions", CONDITIONS),
    optional("apiDefinitions", CONDITIONS),
];
const CONDITIONS: Rule = Rule::List(&Rule::Object(CONDITION), usize::MAX);
static CONDITION: &[Field] =
    &[required("property", ANY_TEXT), required("value", Rule::Any), required("operator", Rule::Lowercase)];

/// A kind that has nothing particular.
const REGULAR: ResourceKind = ResourceKind {
    path: &[],
    in_workspaces: false,
    label: "resource",
    api_versions: ApiVersions::All,
    names: NAMES,
    fields: &[],
    is_sorted: false,
    not_found: NotFound::Usual,
    has_etag: true,
    system_data: SystemData::CreatedAndModified,
    deleted_status: 204,
    quota: None,
    hooks: NO_HOOKS,
    accept_write: None,
    actions: &[],
    handler: None,
};

static KINDS: &[ResourceKind] = &[
    ResourceKind {
        path: &["metadataSchemas"],
        label: "metadata schema",
        fields: METADATA_SCHEMA,
        quota: Some(Quota { free: 10, standard: 20 }),
        hooks: Hooks { validate: hooks::validate_metadata_schema, ..NO_HOOKS },
        ..REGULAR
    },
    // There is only one: `default`.
    ResourceKind {
        path: &["workspaces"],
        label: "workspace",
        fields: WORKSPACE,
        quota: Some(Quota { free: 1, standard: 1 }),
        actions: &[Action { name: "importApiSource", run: from_apim::import_api_source }],
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apis"],
        label: "API",
        fields: API,
        quota: Some(Quota { free: 200, standard: 10_000 }),
        hooks: Hooks {
            validate: hooks::validate_api,
            before_put: hooks::before_put_of_api,
            before_delete: hooks::before_delete_of_api_or_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apis", "versions"],
        label: "API version",
        fields: VERSION,
        quota: Some(Quota { free: 5, standard: 100 }),
        hooks: Hooks {
            validate: hooks::validate_version,
            before_put: hooks::before_put_of_version,
            after_put: hooks::after_put_of_version,
            before_delete: hooks::before_delete_of_api_or_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apis", "versions", "definitions"],
        label: "API definition",
        fields: DEFINITION,
        deleted_status: 200,
        quota: Some(Quota { free: 5, standard: 5 }),
        hooks: Hooks {
            validate: hooks::validate_definition,
            before_put: hooks::before_put_of_definition,
            before_delete: hooks::before_delete_of_api_or_part,
            ..NO_HOOKS
        },
        actions: &[
            Action { name: "importSpecification", run: specification::import },
            Action { name: "exportSpecification", run: specification::export },
        ],
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apis", "deployments"],
        label: "deployment",
        fields: DEPLOYMENT,
        quota: Some(Quota { free: 10, standard: 10 }),
        hooks: Hooks {
            validate: hooks::validate_deployment,
            before_put: hooks::before_put_of_deployment,
            before_delete: hooks::before_delete_of_api_or_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "environments"],
        label: "environment",
        fields: ENVIRONMENT,
        not_found: NotFound::Message("The environment with the specified ID does not exist."),
        system_data: SystemData::Created,
        quota: Some(Quota { free: 20, standard: 20 }),
        hooks: Hooks { validate: hooks::validate_environment, ..NO_HOOKS },
        ..REGULAR
    },
    // Not in the specification; people deploy agents with templates of this API version. Not recorded.
    ResourceKind {
        path: &["workspaces", "agents"],
        label: "agent",
        api_versions: ApiVersions::Since("2024-06-01-preview"),
        fields: AGENT,
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "authConfigs"],
        label: "authentication configuration",
        api_versions: PREVIEW,
        fields: AUTH_CONFIG,
        hooks: Hooks {
            validate: access::validate_auth_config,
            before_put: access::before_put_of_auth_config,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apis", "versions", "securityRequirements"],
        label: "security requirement",
        api_versions: PREVIEW,
        fields: SECURITY_REQUIREMENT,
        hooks: Hooks { validate: access::validate_security_requirement, ..NO_HOOKS },
        actions: &[Action { name: "getCredentials", run: access::get_credentials }],
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "apiSources"],
        label: "API source",
        api_versions: PREVIEW,
        fields: API_SOURCE,
        hooks: Hooks {
            validate: hooks::validate_api_source,
            after_put: hooks::after_put_of_api_source,
            before_delete: hooks::before_delete_of_api_source,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["workspaces", "analyzerConfigs"],
        label: "analyzer configuration",
        api_versions: PREVIEW,
        fields: ANALYZER_CONFIG,
        not_found: NotFound::ProblemDetails,
        has_etag: false,
        system_data: SystemData::None,
        hooks: Hooks { before_put: hooks::before_put_of_analyzer_config, ..NO_HOOKS },
        actions: &[
            Action { name: "importRuleset", run: analysis::import },
            Action { name: "exportRuleset", run: analysis::export },
        ],
        ..REGULAR
    },
];
