//! The URLs of the gateway that serves a source.
//!
//! The APIs of a workspace are served by workspace gateways, which are resources beside the service. The link of the
//! workspace names its gateways, and each gateway has a connection for the workspace with its host names. A workspace
//! without a gateway of its own is served by the service.

use serde_json::Value;

use super::api_version::is_unsupported_type_or_version;
use super::import_source::ImportSource;
use super::service::gateway_urls;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// The URLs of a gateway, and what is uncertain about them.
#[derive(Debug, Default)]
pub(crate) struct GatewayUrls {
    pub(crate) urls: Vec<String>,
    pub(crate) warning: Option<String>,
}

/// Reads the URLs of the gateway of a source; `service` is the service's resource.
pub(crate) async fn read_gateway_urls(
    client: &Client,
    source: &ImportSource,
    service: &Value,
    api_version: &'static str,
) -> Result<GatewayUrls> {
    let of_service = gateway_urls(service);
    let Some(workspace) = source.workspace_name() else {
        return Ok(GatewayUrls { urls: of_service, warning: None });
    };
    let reader = Reader { client, api_version };
    match reader.read_workspace_hosts(source, workspace).await {
        Ok(hosts) if hosts.is_empty() => Ok(GatewayUrls { urls: of_service, warning: None }),
        Ok(hosts) => Ok(GatewayUrls {
            urls: hosts.into_iter().map(|host| format!("https://{host}")).collect(),
            warning: None,
        }),
        Err(error) if is_missing(&error) => Ok(GatewayUrls { urls: of_service, warning: None }),
        Err(error) if error.service_error().is_some_and(|error| error.status == 403) => Ok(GatewayUrls {
            urls: of_service,
            warning: Some(format!(
                "the gateway of the {source} cannot be read, so its runtime URIs are those of the service: {}",
                error.described()
            )),
        }),
        Err(error) => Err(error),
    }
}

fn is_missing(error: &Error) -> bool {
    error.is_not_found() || is_unsupported_type_or_version(error)
}

struct Reader<'a> {
    client: &'a Client,
    api_version: &'static str,
}

impl Reader<'_> {
    async fn read_workspace_hosts(&self, source: &ImportSource, workspace: &str) -> Result<Vec<String>> {
        let link = source.service_id().child("workspaceLinks", workspace);
        let target = Target::new(link.as_str(), self.api_version);
        let link = self.client.send(Method::GET, &target, None).await?.body;
        let gateways = link["properties"]["gateways"].as_array().into_iter().flatten();
        let gateways = gateways.filter_map(|gateway| gateway["id"].as_str()?.parse::<ResourceId>().ok());
        let mut hosts = Vec::new();
        for gateway in gateways {
            let target = Target::new(format!("{gateway}/configConnections"), self.api_version);
            let connections = pager::list(self.client, &target, None, None).await?.items;
            for host in connections.iter().flat_map(|connection| connection_hosts(connection, source.id())) {
                if !hosts.contains(&host) {
                    hosts.push(host);
                }
            }
        }
        Ok(hosts)
    }
}

/// The host names of a gateway's connection, custom ones first; none if it belongs to another workspace.
fn connection_hosts(connection: &Value, workspace: &ResourceId) -> Vec<String> {
    let properties = &connection["properties"];
    if !properties["sourceId"].as_str().is_some_and(|id| id.eq_ignore_ascii_case(workspace.as_str())) {
        return Vec::new();
    }
    let custom = properties["hostnames"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let hosts = custom.chain(properties["defaultHostname"].as_str());
    hosts.filter(|host| is_host(host)).map(str::to_ascii_lowercase).collect()
}

fn is_host(host: &str) -> bool {
    !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_connection_has_the_hosts_of_its_workspace_only() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m/workspaces/w";
        let workspace: ResourceId = id.parse().expect("an id");
        let connection = json!({"properties": {"sourceId": id.to_uppercase(), "defaultHostname": "W.gateway.example.net",
            "hostnames": ["api.example.com", "", "evil/path", 1]}});
        assert_eq!(connection_hosts(&connection, &workspace), ["api.example.com", "w.gateway.example.net"]);
        let other = json!({"properties": {"sourceId": format!("{id}2"), "defaultHostname": "x"}});
        assert!(connection_hosts(&other, &workspace).is_empty());
        assert!(connection_hosts(&json!({}), &workspace).is_empty());
    }
}
