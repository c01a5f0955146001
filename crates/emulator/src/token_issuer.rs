//! The endpoints that issue tokens: Microsoft Entra, managed identities, and the OIDC endpoints of pipelines.
//!
//! Tokens are JWTs that name this issuer, so that they are recognized without being stored: `--sign-in` accepts no
//! others. Nothing is registered beforehand: the first secret that a client sends becomes its secret, and any other is
//! refused.

mod audience;
mod authorization_code;
mod client_assertion;
mod device_code;
mod directory;
mod discovery;
mod errors;
mod form;
mod grants;
mod issuer;
mod jwt;
mod managed_identity;
mod pipeline_oidc;
mod signing_key;
mod token_endpoint;
mod user_tokens;
mod version;

pub use issuer::{DEFAULT_TOKEN_SECONDS, TokenIssuer};

use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};
use version::Version;

impl TokenIssuer {
    /// The response to a request for one of the issuer's endpoints; none for any other request.
    #[must_use]
    pub(crate) fn respond(&self, request: &ParsedRequest) -> Option<Response> {
        let (endpoint, version) = endpoint(&request.path)?;
        let upgraded = (version == Version::V1).then(|| version::upgrade_request(request));
        let request = upgraded.as_ref().unwrap_or(request);
        let response = match endpoint {
            Endpoint::Token { tenant } => token_endpoint::respond(self, request, tenant),
            Endpoint::Authorize { tenant } => authorization_code::authorize(self, request, tenant),
            Endpoint::DeviceCode { tenant } => device_code::start(self, request, tenant),
            Endpoint::DevicePage => Ok(device_code::page(self, request)),
            Endpoint::OpenIdConfiguration { tenant } => {
                discovery::openid_configuration(request, tenant, version)
            }
            Endpoint::Keys { tenant } => discovery::keys(request, tenant),
            Endpoint::InstanceDiscovery => discovery::instance_discovery(request),
            Endpoint::AppService => managed_identity::app_service(self, request),
            Endpoint::MetadataService => managed_identity::metadata_service(self, request),
            Endpoint::GitHub => pipeline_oidc::github(self, request),
            Endpoint::AzurePipelines => pipeline_oidc::azure_pipelines(self, request),
        };
        let response = response.unwrap_or_else(|refusal| refusal);
        let response = match version {
            Version::V1 => version::downgrade_response(request, response),
            Version::V2 => response,
        };
        // Tokens must not be cached.
        Some(response.with_header("cache-control", "no-store"))
    }
}

/// An endpoint of the issuer.
#[derive(Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Token { tenant: &'a str },
    Authorize { tenant: &'a str },
    DeviceCode { tenant: &'a str },
    DevicePage,
    OpenIdConfiguration { tenant: &'a str },
    Keys { tenant: &'a str },
    InstanceDiscovery,
    AppService,
    MetadataService,
    GitHub,
    AzurePipelines,
}

/// The endpoint of a path, and its version; environment variables tell clients the paths for App Service and pipelines.
fn endpoint(path: &str) -> Option<(Endpoint<'_>, Version)> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let version_1 = match parts[..] {
        [tenant, "oauth2", "token"] => Some(Endpoint::Token { tenant }),
        [tenant, "oauth2", "authorize"] => Some(Endpoint::Authorize { tenant }),
        [tenant, "oauth2", "devicecode"] => Some(Endpoint::DeviceCode { tenant }),
        [tenant, ".well-known", "openid-configuration"] => Some(Endpoint::OpenIdConfiguration { tenant }),
        [tenant, "discovery", "keys"] => Some(Endpoint::Keys { tenant }),
        _ => None,
    };
    if let Some(endpoint) = version_1 {
        return Some((endpoint, Version::V1));
    }
    let endpoint = match parts[..] {
        [tenant, "oauth2", "v2.0", "token"] => Endpoint::Token { tenant },
        [tenant, "oauth2", "v2.0", "authorize"] => Endpoint::Authorize { tenant },
        [tenant, "oauth2", "v2.0", "devicecode"] => Endpoint::DeviceCode { tenant },
        ["devicelogin"] => Endpoint::DevicePage,
        [tenant, "v2.0", ".well-known", "openid-configuration"] => Endpoint::OpenIdConfiguration { tenant },
        [tenant, "discovery", "v2.0", "keys"] => Endpoint::Keys { tenant },
        ["common", "discovery", "instance"] => Endpoint::InstanceDiscovery,
        ["msi", "token"] => Endpoint::AppService,
        ["metadata", "identity", "oauth2", "token"] => Endpoint::MetadataService,
        ["oidc", "github"] => Endpoint::GitHub,
        ["oidc", "pipelines"] => Endpoint::AzurePipelines,
        _ => return None,
    };
    Some((endpoint, Version::V2))
}

/// Whether a path is that of an endpoint that issues tokens.
#[must_use]
pub(crate) fn is_sign_in(path: &str) -> bool {
    endpoint(path).is_some()
}

#[cfg(test)]
mod tests;
