//! The shape of an API in API Management: the members that az prints and sends.

use super::shapes::{ID, NAME, TYPE, shape};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};

const OAUTH2: &[Field] = &[text("authorizationServerId"), text("scope")];

const OPENID: &[Field] =
    &[text("openidProviderId"), field("bearerTokenSendingMethods", Kind::List(&Kind::Text))];

const AUTHENTICATION: &[Field] = &[
    field("oAuth2", Kind::Object(OAUTH2)),
    field("openid", Kind::Object(OPENID)),
    field("oAuth2AuthenticationSettings", Kind::List(&Kind::Object(OAUTH2))),
    field("openidAuthenticationSettings", Kind::List(&Kind::Object(OPENID))),
];

const KEY_NAMES: &[Field] = &[text("header"), text("query")];

const CONTACT: &[Field] = &[text("name"), text("url"), text("email")];

const LICENSE: &[Field] = &[text("name"), text("url")];

const VERSION_SET: &[Field] = &[
    text("id"),
    text("name"),
    text("description"),
    text("versioningScheme"),
    text("versionQueryName"),
    text("versionHeaderName"),
];

/// An API.
pub(super) static API: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("description"),
            field("authenticationSettings", Kind::Object(AUTHENTICATION)),
            field("subscriptionKeyParameterNames", Kind::Object(KEY_NAMES)),
            text("type").shown("apiType"),
            text("apiRevision"),
            text("apiVersion"),
            field("isCurrent", Kind::Bool),
            field("isOnline", Kind::Bool).read_only(),
            text("apiRevisionDescription"),
            text("apiVersionDescription"),
            text("apiVersionSetId"),
            field("subscriptionRequired", Kind::Bool),
            text("termsOfServiceUrl"),
            field("contact", Kind::Object(CONTACT)),
            field("license", Kind::Object(LICENSE)),
            text("sourceApiId"),
            text("displayName"),
            text("serviceUrl"),
            text("path"),
            field("protocols", Kind::List(&Kind::Text)),
            field("apiVersionSet", Kind::Object(VERSION_SET)),
        ],
    ),
]);
