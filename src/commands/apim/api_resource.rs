//! The declaration of an API of API Management, which several commands share.

use super::api_shape::API as SHAPE;
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, ValueSyntax, WriteVerb, arg};
use azr_arm::schema::Kind;
use azr_core::resource::APIM_API;

/// The protocols an API can be called over.
pub(super) const PROTOCOLS: &[&str] = &["http", "https", "ws", "wss"];
/// The types of API.
const TYPES: &[&str] = &["graphql", "http", "soap", "websocket"];

/// An API of API Management.
pub(super) static API: Resource = Resource {
    noun: "API of API Management",
    plural: "APIs of API Management",
    resource_type: &APIM_API,
    segments: &[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API)],
    schema: &SHAPE,
    args: &[
        arg("display-name", "displayName", "Display name, 1 to 300 characters").required(),
        arg("path", "path", "Path under the gateway's URL").required(),
        arg("description", "description", "Description; may contain HTML"),
        arg("service-url", "serviceUrl", "URL of the backend"),
        arg("protocols", "protocols", "Protocols of the API")
            .kind(Kind::List(&Kind::Choice(PROTOCOLS)))
            .syntax(ValueSyntax::Words),
        arg("api-type", "apiType", "Type of API").kind(Kind::Choice(TYPES)),
        arg("subscription-required", "subscriptionRequired", "Whether calls require a subscription key")
            .syntax(ValueSyntax::Bool),
        arg("subscription-key-header-name", "", "Name of the header with the subscription key"),
        arg("subscription-key-query-param-name", "", "Name of the query parameter with the subscription key"),
        arg("tags", "", "Ignored; accepted for az compatibility (the service has no tags here)")
            .syntax(ValueSyntax::Tags)
            .only_for(WriteVerb::Update),
        arg("authorization-server-id", "", "OAuth 2.0 authorization server").only_for(WriteVerb::Create),
        arg("authorization-scope", "", "OAuth 2.0 scope").only_for(WriteVerb::Create),
        arg("open-id-provider-id", "", "OpenID provider").only_for(WriteVerb::Create),
        arg("bearer-token-sending-methods", "", "How a bearer token is sent")
            .syntax(ValueSyntax::Words)
            .only_for(WriteVerb::Create),
        arg("subscription-key-required", "", "Ignored; accepted for az compatibility")
            .only_for(WriteVerb::Create),
    ],
};
