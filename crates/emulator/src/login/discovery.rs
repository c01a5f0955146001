//! What Entra says of itself: where tokens are to be had, and for whom it speaks.

use serde_json::json;
use url::Url;

use super::super::ids::TENANT_ID;
use super::refusal::Refusal;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The audiences that Resource Manager takes tokens for, in all clouds.
const RESOURCE_MANAGERS: &[&str] = &[
    "management.azure.com",
    "management.core.windows.net",
    "management.chinacloudapi.cn",
    "management.core.chinacloudapi.cn",
    "management.usgovcloudapi.net",
    "management.core.usgovcloudapi.net",
    "management.sovcloud-api.fr",
    // That of the cloud AzureEmulator.
    "localhost",
];

/// Whether a token for this audience is one for Resource Manager, or for the emulator itself.
pub fn is_resource_manager(audience: &str, base: &str) -> bool {
    let (Ok(audience), Ok(base)) = (Url::parse(audience), Url::parse(base)) else { return false };
    let known = audience.host_str().is_some_and(|host| RESOURCE_MANAGERS.contains(&host));
    known || audience.origin() == base.origin()
}

/// The tenant of a path: the emulator's own, or one of the words for any.
pub fn check_tenant(tenant: &str, any: &[&str]) -> Result<(), Refusal> {
    if tenant.eq_ignore_ascii_case(TENANT_ID) || any.contains(&tenant) {
        return Ok(());
    }
    Err(Refusal::of_request(
        90002,
        "invalid_request",
        format!(
            "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the \
             correct cloud. Check with your subscription administrator, this may happen if there are no active \
             subscriptions for the tenant."
        ),
    ))
}

/// `{tenant}/v2.0/.well-known/openid-configuration`.
pub fn configuration(request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    check_tenant(tenant, &["common", "organizations"]).map_err(|refused| refused.answer(request))?;
    let base = &request.origin;
    Ok(response::json(
        200,
        &json!({
            "token_endpoint": format!("{base}/{tenant}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "issuer": format!("{base}/{TENANT_ID}/v2.0"),
            "device_authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/devicecode"),
            "authorization_endpoint": format!("{base}/{tenant}/oauth2/v2.0/authorize"),
            "response_types_supported": ["code"],
            "scopes_supported": ["openid"],
            "tenant_region_scope": null,
            "cloud_instance_name": base.split_once("://").map_or("", |(_, host)| host),
        }),
    ))
}

/// `common/discovery/instance`: which authority a client's authority is an alias of.
pub fn instance(request: &ParsedRequest) -> Result<Response, Response> {
    let Some(_) = request.query("authorization_endpoint") else {
        let text = "The request must contain the following parameter: 'authorization_endpoint'.";
        return Err(Refusal::of_request(900_144, "invalid_request", text).answer(request));
    };
    let host = request.origin.split_once("://").map_or("", |(_, host)| host);
    Ok(response::json(
        200,
        &json!({
            "tenant_discovery_endpoint": format!("{}/{TENANT_ID}/v2.0/.well-known/openid-configuration", request.origin),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }),
    ))
}
