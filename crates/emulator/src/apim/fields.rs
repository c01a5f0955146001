//! The properties of API Management's resources.
//!
//! Lengths, required members and choices are those of the published types of API version 2022-08-01. Responses show the
//! members in the order of the tables, which is that of recorded responses.

use crate::resources::{ANY_TEXT, Field, ListView, Rule, optional, required, with_default};

/// The values of an API's `type`; `mcp_and_a2a` refuses the last two in API versions that do not have them.
const API_TYPES: Rule = Rule::Choice(&["http", "soap", "websocket", "graphql", "mcp", "a2a"]);
const PROTOCOLS: Rule = Rule::List(&Rule::Choice(&["http", "https", "ws", "wss"]), usize::MAX);
const ANY_LIST: Rule = Rule::List(&Rule::Any, usize::MAX);
/// A string that is not empty.
const SOME_TEXT: Rule = Rule::Text(1, usize::MAX);
/// The name of a resource.
const TITLE: Rule = Rule::Text(1, 300);

/// Members that only a request has are in `api_write`.
pub(super) static API: &[Field] = &[
    optional("displayName", TITLE),
    optional("apiRevision", Rule::Text(1, 100)),
    optional("description", ANY_TEXT).or_shows_null(),
    with_default("subscriptionRequired", Rule::Flag, "true"),
    optional("serviceUrl", Rule::Text(0, 2000)).or_shows_null(),
    required("path", Rule::Text(0, 400)),
    with_default("protocols", PROTOCOLS, "[\"https\"]"),
    optional("authenticationSettings", Rule::Object(AUTHENTICATION))
        .or_shows(r#"{"oAuth2":null,"openid":null}"#)
        .in_lists(ListView::Null),
    optional("subscriptionKeyParameterNames", Rule::AnyObject)
        .or_shows(r#"{"header":"Ocp-Apim-Subscription-Key","query":"subscription-key"}"#)
        .in_lists(ListView::Null),
    with_default("type", API_TYPES, "\"http\"").hides("http"),
    optional("apiType", API_TYPES),
    optional("backendId", ANY_TEXT),
    optional("mcpProperties", Rule::AnyObject),
    optional("mcpTools", Rule::List(&Rule::Object(MCP_TOOL), usize::MAX)).in_lists(ListView::Omitted),
    optional("isAgent", Rule::Flag),
    optional("agent", Rule::AnyObject),
    optional("a2aProperties", Rule::AnyObject),
    optional("jsonRpcProperties", Rule::AnyObject),
    optional("isCurrent", Rule::Flag),
    optional("isOnline", Rule::Any),
    optional("apiVersion", Rule::Text(0, 100)),
    optional("apiVersionSetId", ANY_TEXT),
    optional("apiVersionSet", Rule::AnyObject),
    optional("apiRevisionDescription", Rule::Text(0, 256)),
    optional("apiVersionDescription", Rule::Text(0, 256)),
    optional("termsOfServiceUrl", ANY_TEXT).in_lists(ListView::Omitted),
    optional("contact", Rule::Object(CONTACT)).in_lists(ListView::Omitted),
    optional("license", Rule::Object(LICENSE)).in_lists(ListView::Omitted),
    optional("sourceApiId", SOME_TEXT),
    optional("value", SOME_TEXT),
    optional("format", SOME_TEXT),
    optional("wsdlSelector", Rule::AnyObject),
];
static MCP_TOOL: &[Field] = &[
    required("name", SOME_TEXT),
    optional("description", Rule::Text(0, 1000)),
    required("operationId", SOME_TEXT),
];
static AUTHENTICATION: &[Field] =
    &[optional("oAuth2", Rule::Any).or_shows_null(), optional("openid", Rule::Any).or_shows_null()];
static CONTACT: &[Field] = &[
    optional("name", ANY_TEXT).or_shows_null(),
    optional("url", ANY_TEXT).or_shows_null(),
    optional("email", ANY_TEXT).or_shows_null(),
];
static LICENSE: &[Field] =
    &[optional("name", ANY_TEXT).or_shows_null(), optional("url", ANY_TEXT).or_shows_null()];

pub(super) static OPERATION: &[Field] = &[
    required("displayName", TITLE),
    required("method", SOME_TEXT),
    required("urlTemplate", Rule::Text(1, 1000)),
    optional("templateParameters", PARAMETERS).or_shows("[]"),
    optional("description", Rule::Text(0, 1000)),
    optional("request", Rule::Object(REQUEST))
        .or_shows(r#"{"queryParameters":[],"headers":[],"representations":[]}"#)
        .in_lists(ListView::OmittedIfEmpty),
    optional("responses", Rule::List(&Rule::Object(RESPONSE), usize::MAX)).or_shows("[]"),
    optional("policies", Rule::Any).or_shows_null(),
];
static REQUEST: &[Field] = &[
    optional("description", ANY_TEXT),
    optional("queryParameters", PARAMETERS).or_shows("[]"),
    optional("headers", PARAMETERS).or_shows("[]"),
    optional("representations", ANY_LIST).or_shows("[]"),
];
static RESPONSE: &[Field] = &[
    optional("statusCode", Rule::Count),
    optional("description", ANY_TEXT),
    optional("representations", ANY_LIST).or_shows("[]"),
    optional("headers", PARAMETERS).or_shows("[]"),
];
const PARAMETERS: Rule = Rule::List(&Rule::Object(PARAMETER), usize::MAX);
static PARAMETER: &[Field] = &[
    optional("name", ANY_TEXT),
    optional("description", ANY_TEXT),
    optional("type", ANY_TEXT),
    optional("required", Rule::Flag),
    optional("values", ANY_LIST).or_shows("[]"),
];

pub(super) static TOOL: &[Field] = &[
    optional("displayName", TITLE),
    optional("description", Rule::Text(0, 1000)),
    required("operationId", SOME_TEXT),
];

pub(super) static RELEASE: &[Field] = &[
    optional("apiId", SOME_TEXT).in_lists(ListView::Omitted),
    optional("createdDateTime", ANY_TEXT),
    optional("updatedDateTime", ANY_TEXT),
    optional("notes", ANY_TEXT),
];

pub(super) static SCHEMA: &[Field] =
    &[required("contentType", SOME_TEXT), required("document", Rule::AnyObject)];

pub(super) static RESOLVER: &[Field] = &[
    required("displayName", TITLE),
    required("path", Rule::Text(1, 300)),
    optional("description", Rule::Text(0, 1000)),
];

pub(super) static POLICY: &[Field] = &[
    required("value", SOME_TEXT),
    with_default("format", Rule::Choice(&["xml", "xml-link", "rawxml", "rawxml-link"]), "\"xml\""),
];

pub(super) static VERSION_SET: &[Field] = &[
    required("displayName", Rule::Text(1, 100)),
    optional("description", ANY_TEXT).or_shows_null(),
    required("versioningScheme", Rule::Choice(&["Segment", "Query", "Header"])),
    optional("versionQueryName", Rule::Text(1, 100)).or_shows_null(),
    optional("versionHeaderName", Rule::Text(1, 100)).or_shows_null(),
];

pub(super) static PRODUCT: &[Field] = &[
    required("displayName", TITLE),
    optional("description", Rule::Text(0, 1000)).or_shows_null(),
    optional("terms", ANY_TEXT).or_shows_null(),
    with_default("subscriptionRequired", Rule::Flag, "true"),
    with_default("approvalRequired", Rule::Flag, "false"),
    optional("subscriptionsLimit", Rule::Count).or_shows_null(),
    with_default("state", Rule::Choice(&["notPublished", "published"]), "\"notPublished\""),
];

pub(super) static NAMED_VALUE: &[Field] = &[
    required("displayName", Rule::Text(1, 256)),
    optional("value", Rule::Text(1, 4096)),
    optional("keyVault", Rule::AnyObject),
    optional("tags", Rule::List(&ANY_TEXT, usize::MAX)),
    with_default("secret", Rule::Flag, "false"),
];

pub(super) static BACKEND: &[Field] = &[
    required("url", Rule::Text(1, 2000)),
    required("protocol", Rule::Choice(&["http", "soap"])),
    optional("title", TITLE),
    optional("description", Rule::Text(1, 2000)),
    optional("resourceId", Rule::Text(1, 2000)),
    optional("credentials", Rule::AnyObject),
    optional("proxy", Rule::AnyObject),
    optional("tls", Rule::AnyObject),
];

pub(super) static TAG: &[Field] = &[required("displayName", Rule::Text(1, 160))];

pub(super) static API_LINK: &[Field] = &[required("apiId", SOME_TEXT)];

pub(super) static OPERATION_LINK: &[Field] = &[required("operationId", SOME_TEXT)];

pub(super) static PRODUCT_LINK: &[Field] = &[required("productId", SOME_TEXT)];

pub(super) static WORKSPACE: &[Field] =
    &[required("displayName", Rule::Text(1, 256)), optional("description", Rule::Text(0, 1000))];

pub(super) static CONFIG_CONNECTION: &[Field] = &[
    optional("provisioningState", ANY_TEXT),
    optional("sourceId", ANY_TEXT),
    optional("defaultHostname", ANY_TEXT),
    optional("hostnames", Rule::List(&ANY_TEXT, usize::MAX)).or_shows("[]"),
];

pub(super) static WIKI: &[Field] = &[optional("documents", ANY_LIST).or_shows("[]")];

pub(super) static DOCUMENTATION: &[Field] = &[optional("title", ANY_TEXT), optional("content", ANY_TEXT)];

pub(super) static TAG_DESCRIPTION: &[Field] = &[
    optional("tagId", ANY_TEXT),
    optional("displayName", ANY_TEXT),
    optional("description", ANY_TEXT).or_shows_null(),
    optional("externalDocsUrl", Rule::Text(0, 2000)),
    optional("externalDocsDescription", ANY_TEXT),
];

pub(super) static GATEWAY: &[Field] = &[
    optional("locationData", Rule::Object(LOCATION)),
    optional("description", Rule::Text(0, 1000)).or_shows_null(),
];
static LOCATION: &[Field] = &[
    required("name", Rule::Text(1, 256)),
    optional("city", Rule::Text(0, 256)),
    optional("district", Rule::Text(0, 256)),
    optional("countryOrRegion", Rule::Text(0, 256)),
];
