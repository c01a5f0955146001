//! Discovery documents of Entra, and the audiences of Resource Manager.

use serde_json::json;
use url::Url;

use super::directory::{TENANT_ALIASES, check_tenant};
use super::errors::EntraError;
use crate::ids::TENANT_ID;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The hosts in the audiences that Resource Manager accepts, in all clouds.
const RESOURCE_MANAGER_HOSTS: &[&str] = &[
    "management.azure.com",
    "management.core.windows.net",
    "management.chinacloudapi.cn",
    "management.core.chinacloudapi.cn",
    "management.usgovcloudapi.net",
    "management.core.usgovcloudapi.net",
    "management.sovcloud-api.fr",
    // The cloud AzureEmulator.
    "localhost",
];

/// Whether an audience is that of Resource Manager, or of the emulator itself.
pub(super) fn is_resource_manager(audience: &str, origin: &str) -> bool {
    let (Ok(audience), Ok(origin)) = (Url::parse(audience), Url::parse(origin)) else { return false };
    let is_known = audience.host_str().is_some_and(|host| RESOURCE_MANAGER_HOSTS.contains(&host));
    is_known || audience.origin() == origin.origin()
}

/// `{tenant}/v2.0/.well-known/openid-configuration`.
pub(super) fn openid_configuration(request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    check_tenant(tenant, TENANT_ALIASES).map_err(|error| error.to_response(request))?;
    let origin = &request.origin;
    Ok(response::json(
        200,
        &json!({
            "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "issuer": format!("{origin}/{TENANT_ID}/v2.0"),
            "device_authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/devicecode"),
            "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
            "response_types_supported": ["code"],
            "scopes_supported": ["openid"],
            "tenant_region_scope": null,
            "cloud_instance_name": origin.split_once("://").map_or("", |(_, host)| host),
        }),
    ))
}

/// `common/discovery/instance`: the aliases of a client's authority.
pub(super) fn instance_discovery(request: &ParsedRequest) -> Result<Response, Response> {
    let Some(_) = request.query("authorization_endpoint") else {
        let text = "The request must contain the following parameter: 'authorization_endpoint'.";
        return Err(EntraError::bad_request(900_144, "invalid_request", text).to_response(request));
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
