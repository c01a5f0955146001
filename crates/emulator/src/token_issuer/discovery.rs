//! Discovery documents of Entra, and the key that its tokens are signed with.
//!
//! They name only what the emulator has: there is no user info, sign-out, or implicit flow.

use serde_json::json;
use url::Url;

use super::directory::{TENANT_ALIASES, check_tenant};
use super::errors::EntraError;
use super::signing_key::signing_key;
use super::version::Version;
use crate::ids::TENANT_ID;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// `{tenant}/v2.0/.well-known/openid-configuration`, and without `v2.0` for version 1.
pub(super) fn openid_configuration(
    request: &ParsedRequest,
    tenant: &str,
    version: Version,
) -> Result<Response, Response> {
    check_tenant(tenant, TENANT_ALIASES).map_err(|error| error.to_response(request))?;
    let is_alias = TENANT_ALIASES.contains(&tenant);
    // As in Entra: the tenant of an alias depends on who signs in.
    let issuer_tenant = if is_alias { "{tenantid}" } else { TENANT_ID };
    let origin = &request.origin;
    let (issuer, oauth2, keys) = match version {
        Version::V1 => (format!("{origin}/{issuer_tenant}/"), "oauth2", "discovery/keys"),
        Version::V2 => (format!("{origin}/{issuer_tenant}/v2.0"), "oauth2/v2.0", "discovery/v2.0/keys"),
    };
    Ok(response::json(
        200,
        &json!({
            "token_endpoint": format!("{origin}/{tenant}/{oauth2}/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": format!("{origin}/{tenant}/{keys}"),
            "response_modes_supported": ["query", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": false,
            "authorization_endpoint": format!("{origin}/{tenant}/{oauth2}/authorize"),
            "device_authorization_endpoint": format!("{origin}/{tenant}/{oauth2}/devicecode"),
            "claims_supported": [
                "sub", "iss", "aud", "exp", "iat", "nbf", "nonce", "preferred_username", "name", "tid", "oid", "ver",
            ],
            "tenant_region_scope": if is_alias { None } else { Some("WW") },
            "cloud_instance_name": host(request),
        }),
    ))
}

/// `{tenant}/discovery/v2.0/keys`: the public key that verifies tokens.
pub(super) fn keys(request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    check_tenant(tenant, TENANT_ALIASES).map_err(|error| error.to_response(request))?;
    let mut key = signing_key().public_jwk();
    key["issuer"] = json!(format!("{}/{TENANT_ID}/v2.0", request.origin));
    key["cloud_instance_name"] = json!(host(request));
    Ok(response::json(200, &json!({"keys": [key]})))
}

/// `common/discovery/instance`: the aliases of a client's authority.
pub(super) fn instance_discovery(request: &ParsedRequest) -> Result<Response, Response> {
    let Some(endpoint) = request.query("authorization_endpoint") else {
        let text = "The request must contain the following parameter: 'authorization_endpoint'.";
        return Err(EntraError::bad_request(900_144, "invalid_request", text).to_response(request));
    };
    let url = Url::parse(endpoint).ok();
    let tenant = url.as_ref().and_then(|url| url.path_segments()?.next()).filter(|tenant| !tenant.is_empty());
    let (host, tenant) = (host(request), tenant.unwrap_or(TENANT_ID));
    Ok(response::json(
        200,
        &json!({
            "tenant_discovery_endpoint":
                format!("{}/{tenant}/v2.0/.well-known/openid-configuration", request.origin),
            "api-version": request.query("api-version").unwrap_or("1.1"),
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }),
    ))
}

fn host(request: &ParsedRequest) -> &str {
    request.origin.split_once("://").map_or("", |(_, host)| host)
}
