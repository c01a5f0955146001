//! The table of API Management's resource kinds: one row for each type below a service.
//!
//! Lengths, required members and choices are those of the published types of API version 2022-08-01.

use super::dialect::ApiManagement;
use super::{apis, apis_by_tag, hooks, links, operations, revisions, service_actions};
use crate::filter::CaseSensitivity;
use crate::resources::{
    ANY_TEXT, Action, ApiVersions, Field, Hooks, Layout, ListView, NO_HOOKS, NameCharacters, NameRule,
    NotFound, PageStyle, Provider, ResourceKind, Rule, SystemData, optional, required, with_default,
};

/// `Microsoft.ApiManagement`.
pub(crate) static PROVIDER: Provider = Provider {
    root_type: "Microsoft.ApiManagement/service",
    root_actions: service_actions::ACTIONS,
    kinds: KINDS,
    dialect: &ApiManagement,
    layout: Layout::AsSent,
    page_style: PageStyle {
        size: Some(100),
        has_count: true,
        allows_empty: false,
        case: CaseSensitivity::Insensitive,
    },
    created_status: 201,
    supports_patch: true,
};

/// The values of an API's `type`.
const API_TYPES: Rule = Rule::Choice(&["http", "soap", "websocket", "graphql"]);
const PROTOCOLS: Rule = Rule::List(&Rule::Choice(&["http", "https", "ws", "wss"]), usize::MAX);
const ANY_LIST: Rule = Rule::List(&Rule::Any, usize::MAX);
/// A string that is not empty.
const SOME_TEXT: Rule = Rule::Text(1, usize::MAX);
/// The name of a resource.
const TITLE: Rule = Rule::Text(1, 300);

const NAME_80: NameRule = NameRule { min: 1, max: 80, characters: NameCharacters::NoReserved, only: None };
const ANY_NAME_80: NameRule = NameRule { characters: NameCharacters::Any, ..NAME_80 };
const NAME_256: NameRule = NameRule { max: 256, ..NAME_80 };
const ANY_NAME_256: NameRule = NameRule { max: 256, ..ANY_NAME_80 };

/// A kind that has nothing particular.
const REGULAR: ResourceKind = ResourceKind {
    path: &[],
    label: "",
    api_versions: ApiVersions::All,
    names: NAME_80,
    fields: &[],
    not_found: NotFound::Usual,
    has_etag: true,
    system_data: SystemData::None,
    deleted_status: 200,
    quota: None,
    hooks: NO_HOOKS,
    accept_write: None,
    actions: &[],
    handler: None,
};

const POLICY: ResourceKind = ResourceKind {
    label: "Policy",
    names: NameRule { only: Some("policy"), ..ANY_NAME_80 },
    fields: POLICY_FIELDS,
    hooks: Hooks { validate: hooks::validate_policy, show: hooks::show_policy, ..NO_HOOKS },
    ..REGULAR
};

/// Responses show the members in this order. Members that only a request has are in `api_write`.
static API_FIELDS: &[Field] = &[
    optional("displayName", TITLE),
    optional("apiRevision", Rule::Text(1, 100)),
    optional("description", ANY_TEXT).or_shows_null(),
    with_default("subscriptionRequired", Rule::Flag, "true"),
    optional("serviceUrl", Rule::Text(0, 2000)).or_shows_null(),
    required("path", Rule::Text(0, 400)),
    with_default("protocols", PROTOCOLS, "[\"https\"]"),
    optional("authenticationSettings", Rule::Object(AUTHENTICATION_FIELDS))
        .or_shows(r#"{"oAuth2":null,"openid":null}"#)
        .in_lists(ListView::Null),
    optional("subscriptionKeyParameterNames", Rule::AnyObject)
        .or_shows(r#"{"header":"Ocp-Apim-Subscription-Key","query":"subscription-key"}"#)
        .in_lists(ListView::Null),
    with_default("type", API_TYPES, "\"http\"").hides("http"),
    optional("apiType", API_TYPES),
    optional("isCurrent", Rule::Flag),
    optional("isOnline", Rule::Any),
    optional("apiVersion", Rule::Text(0, 100)),
    optional("apiVersionSetId", ANY_TEXT),
    optional("apiVersionSet", Rule::AnyObject),
    optional("apiRevisionDescription", Rule::Text(0, 256)),
    optional("apiVersionDescription", Rule::Text(0, 256)),
    optional("termsOfServiceUrl", ANY_TEXT),
    optional("contact", Rule::Object(CONTACT_FIELDS)),
    optional("license", Rule::Object(LICENSE_FIELDS)),
    optional("sourceApiId", SOME_TEXT),
    optional("value", SOME_TEXT),
    optional("format", SOME_TEXT),
    optional("wsdlSelector", Rule::AnyObject),
];
static AUTHENTICATION_FIELDS: &[Field] =
    &[optional("oAuth2", Rule::Any).or_shows_null(), optional("openid", Rule::Any).or_shows_null()];
static CONTACT_FIELDS: &[Field] = &[
    optional("name", ANY_TEXT).or_shows_null(),
    optional("url", ANY_TEXT).or_shows_null(),
    optional("email", ANY_TEXT).or_shows_null(),
];
static LICENSE_FIELDS: &[Field] =
    &[optional("name", ANY_TEXT).or_shows_null(), optional("url", ANY_TEXT).or_shows_null()];

static OPERATION_FIELDS: &[Field] = &[
    required("displayName", TITLE),
    required("method", SOME_TEXT),
    required("urlTemplate", Rule::Text(1, 1000)),
    optional("templateParameters", PARAMETERS).or_shows("[]"),
    optional("description", Rule::Text(0, 1000)),
    optional("request", Rule::Object(REQUEST_FIELDS))
        .or_shows(r#"{"queryParameters":[],"headers":[],"representations":[]}"#)
        .in_lists(ListView::OmittedIfEmpty),
    optional("responses", Rule::List(&Rule::Object(RESPONSE_FIELDS), usize::MAX)).or_shows("[]"),
    optional("policies", Rule::Any).or_shows_null(),
];
static REQUEST_FIELDS: &[Field] = &[
    optional("description", ANY_TEXT),
    optional("queryParameters", PARAMETERS).or_shows("[]"),
    optional("headers", PARAMETERS).or_shows("[]"),
    optional("representations", ANY_LIST).or_shows("[]"),
];
static RESPONSE_FIELDS: &[Field] = &[
    optional("statusCode", Rule::Count),
    optional("description", ANY_TEXT),
    optional("representations", ANY_LIST).or_shows("[]"),
    optional("headers", PARAMETERS).or_shows("[]"),
];
const PARAMETERS: Rule = Rule::List(&Rule::Object(PARAMETER_FIELDS), usize::MAX);
static PARAMETER_FIELDS: &[Field] = &[
    optional("name", ANY_TEXT),
    optional("description", ANY_TEXT),
    optional("type", ANY_TEXT),
    optional("required", Rule::Flag),
    optional("values", ANY_LIST).or_shows("[]"),
];

static RELEASE_FIELDS: &[Field] = &[
    optional("apiId", SOME_TEXT).in_lists(ListView::Omitted),
    optional("createdDateTime", ANY_TEXT),
    optional("updatedDateTime", ANY_TEXT),
    optional("notes", ANY_TEXT),
];

static SCHEMA_FIELDS: &[Field] = &[required("contentType", SOME_TEXT), required("document", Rule::AnyObject)];

static RESOLVER_FIELDS: &[Field] = &[
    required("displayName", TITLE),
    required("path", Rule::Text(1, 300)),
    optional("description", Rule::Text(0, 1000)),
];

static POLICY_FIELDS: &[Field] = &[
    required("value", SOME_TEXT),
    with_default("format", Rule::Choice(&["xml", "xml-link", "rawxml", "rawxml-link"]), "\"xml\""),
];

static VERSION_SET_FIELDS: &[Field] = &[
    required("displayName", Rule::Text(1, 100)),
    optional("description", ANY_TEXT).or_shows_null(),
    required("versioningScheme", Rule::Choice(&["Segment", "Query", "Header"])),
    optional("versionQueryName", Rule::Text(1, 100)).or_shows_null(),
    optional("versionHeaderName", Rule::Text(1, 100)).or_shows_null(),
];

static PRODUCT_FIELDS: &[Field] = &[
    required("displayName", TITLE),
    optional("description", Rule::Text(0, 1000)).or_shows_null(),
    optional("terms", ANY_TEXT).or_shows_null(),
    with_default("subscriptionRequired", Rule::Flag, "true"),
    with_default("approvalRequired", Rule::Flag, "false"),
    optional("subscriptionsLimit", Rule::Count).or_shows_null(),
    with_default("state", Rule::Choice(&["notPublished", "published"]), "\"notPublished\""),
];

static NAMED_VALUE_FIELDS: &[Field] = &[
    required("displayName", Rule::Text(1, 256)),
    optional("value", Rule::Text(1, 4096)),
    optional("keyVault", Rule::AnyObject),
    optional("tags", Rule::List(&ANY_TEXT, usize::MAX)),
    with_default("secret", Rule::Flag, "false"),
];

static BACKEND_FIELDS: &[Field] = &[
    required("url", Rule::Text(1, 2000)),
    required("protocol", Rule::Choice(&["http", "soap"])),
    optional("title", TITLE),
    optional("description", Rule::Text(1, 2000)),
    optional("resourceId", Rule::Text(1, 2000)),
    optional("credentials", Rule::AnyObject),
    optional("proxy", Rule::AnyObject),
    optional("tls", Rule::AnyObject),
];

static TAG_FIELDS: &[Field] = &[required("displayName", Rule::Text(1, 160))];

static KINDS: &[ResourceKind] = &[
    ResourceKind {
        path: &["apis"],
        label: "Api",
        names: NAME_256,
        fields: API_FIELDS,
        hooks: Hooks { resolve: revisions::resolve, ..NO_HOOKS },
        handler: Some(apis::handle),
        ..REGULAR
    },
    ResourceKind { path: &["apis", "revisions"], label: "Api", handler: Some(revisions::handle), ..REGULAR },
    ResourceKind {
        path: &["apis", "operations"],
        label: "Operation",
        names: ANY_NAME_80,
        fields: OPERATION_FIELDS,
        hooks: Hooks {
            validate: hooks::validate_operation,
            after_put: hooks::after_put_of_part,
            before_delete: hooks::before_delete_of_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind { path: &["apis", "operations", "policies"], ..POLICY },
    ResourceKind {
        path: &["apis", "schemas"],
        label: "Schema",
        names: ANY_NAME_80,
        fields: SCHEMA_FIELDS,
        accept_write: Some(operations::accept),
        hooks: Hooks {
            after_put: hooks::after_put_of_part,
            before_delete: hooks::before_delete_of_part,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "releases"],
        label: "Release",
        fields: RELEASE_FIELDS,
        hooks: Hooks {
            validate: hooks::validate_release,
            before_put: hooks::before_put_of_release,
            after_put: hooks::after_put_of_release,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["apis", "resolvers"],
        label: "Resolver",
        names: ANY_NAME_80,
        fields: RESOLVER_FIELDS,
        ..REGULAR
    },
    ResourceKind { path: &["apis", "resolvers", "policies"], ..POLICY },
    ResourceKind { path: &["apis", "policies"], ..POLICY },
    ResourceKind { path: &["apis", "tags"], label: "Tag", handler: Some(links::handle), ..REGULAR },
    ResourceKind {
        path: &["apis", "products"],
        label: "Product",
        handler: Some(links::handle_reverse),
        ..REGULAR
    },
    ResourceKind { path: &["apisByTags"], label: "Api", handler: Some(apis_by_tag::handle), ..REGULAR },
    ResourceKind {
        path: &["apiVersionSets"],
        label: "ApiVersionSet",
        fields: VERSION_SET_FIELDS,
        hooks: Hooks {
            validate: hooks::validate_version_set,
            before_delete: hooks::before_delete_of_version_set,
            ..NO_HOOKS
        },
        ..REGULAR
    },
    ResourceKind {
        path: &["products"],
        label: "Product",
        names: ANY_NAME_256,
        fields: PRODUCT_FIELDS,
        hooks: Hooks { show: hooks::show_product, ..NO_HOOKS },
        ..REGULAR
    },
    ResourceKind { path: &["products", "apis"], label: "Api", handler: Some(links::handle), ..REGULAR },
    ResourceKind { path: &["products", "tags"], label: "Tag", handler: Some(links::handle), ..REGULAR },
    ResourceKind {
        path: &["namedValues"],
        label: "NamedValue",
        names: NAME_256,
        fields: NAMED_VALUE_FIELDS,
        accept_write: Some(operations::accept),
        hooks: Hooks {
            validate: hooks::validate_named_value,
            before_put: hooks::before_put_of_named_value,
            ..NO_HOOKS
        },
        actions: &[Action { name: "listValue", run: hooks::list_value }],
        ..REGULAR
    },
    ResourceKind {
        path: &["backends"],
        label: "Backend",
        names: ANY_NAME_80,
        fields: BACKEND_FIELDS,
        ..REGULAR
    },
    ResourceKind { path: &["tags"], label: "Tag", fields: TAG_FIELDS, ..REGULAR },
];
