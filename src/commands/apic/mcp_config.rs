//! `azr apic api show --mcp-json`: what an editor's `mcp.json` needs to connect to an MCP server.

use clap::Arg;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use serde_json::{Map, Value, json};

use crate::commands::args;
use crate::session::Session;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEPLOYMENT;
use azr_output::message;

/// The name of the flag.
pub(super) const FLAG: &str = "mcp-json";

/// The end of the address of the older transport, which the service's synchronization writes; clients need `/mcp`.
const MESSAGES: &str = "/messages";

/// `--mcp-json`.
pub(super) fn args() -> Vec<Arg> {
    vec![
        args::flag(FLAG)
            .help("Print what an editor's mcp.json needs to connect to an MCP server, from the API's deployment")
            .add(args::AzrOnly),
    ]
}

/// The content of `mcp.json` for one API, or for a list of them.
pub(super) fn config<'a>(session: &'a Session, shown: &'a Value) -> LocalBoxFuture<'a, Result<Value>> {
    async move {
        let apis = shown.as_array().map_or(std::slice::from_ref(shown), Vec::as_slice);
        let mut servers = Map::new();
        for api in apis {
            let name = api["name"].as_str().unwrap_or_default().to_owned();
            servers.insert(name, read_server(session, api).await?);
        }
        Ok(json!({"servers": servers}))
    }
    .boxed_local()
}

async fn read_server(session: &Session, api: &Value) -> Result<Value> {
    let name = api["name"].as_str().unwrap_or_default();
    let kind = api["kind"].as_str().unwrap_or_default();
    if !kind.eq_ignore_ascii_case("mcp") {
        return Err(Error::invalid(format!(
            "--mcp-json: the kind of the API '{name}' is '{kind}'; only MCP servers, whose kind is 'mcp', have such a \
             configuration"
        )));
    }
    let id: ResourceId = api["id"].as_str().unwrap_or_default().parse()?;
    let target = Target::new(format!("{id}/deployments"), CENTER_DEPLOYMENT.api_version);
    let deployments = pager::list(session.client()?, &target, None, None).await?.items;
    let Some(address) = find_address(&deployments) else {
        return Err(Error::missing_prerequisite(format!(
            "--mcp-json: the API '{name}' does not have a deployment with an http or https address"
        ))
        .with_hint(format!(
            "Add one: azr apic api deployment create -g {} -n {} --api-id {name} --server \
             \"{{runtimeUri:[https://…/mcp]}}\" …",
            id.group().unwrap_or_default(),
            id.types_and_names().first().map_or("", |(_, center)| center),
        )));
    };
    let url = streamable_address(address);
    if url != address {
        message::warn(&format!(
            "The deployment of '{name}' has the address {address} of an older transport; {url} is used instead."
        ));
    }
    let transport = if path_of(url).ends_with("/sse") { "sse" } else { "http" };
    Ok(json!({"type": transport, "url": url}))
}

/// The address of the default deployment, else of the first active one, else of any.
fn find_address(deployments: &[Value]) -> Option<&str> {
    let rank = |deployment: &&Value| {
        let properties = &deployment["properties"];
        let is_inactive =
            properties["state"].as_str().is_some_and(|state| state.eq_ignore_ascii_case("inactive"));
        (is_inactive, properties["isDefault"] != true)
    };
    let mut ranked: Vec<&Value> = deployments.iter().collect();
    ranked.sort_by_key(rank);
    ranked.into_iter().find_map(|deployment| {
        let uris = deployment["properties"]["server"]["runtimeUri"].as_array()?;
        uris.iter().filter_map(Value::as_str).find(|uri| is_http(uri))
    })
}

fn is_http(uri: &str) -> bool {
    url::Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// The address that streams, if one of the older transport is given.
fn streamable_address(address: &str) -> &str {
    address.strip_suffix(MESSAGES).filter(|rest| rest.ends_with("/mcp")).unwrap_or(address)
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_deployment_comes_first_and_an_inactive_one_last() {
        let deployment = |uri: &str, state: &str, is_default: bool| json!({"properties": {"state": state, "isDefault": is_default, "server": {"runtimeUri": ["wss://x", uri]}}});
        let (a, b) =
            (deployment("https://a/mcp", "active", false), deployment("https://b/mcp", "active", true));
        let old = deployment("https://old/mcp", "Inactive", true);
        assert_eq!(find_address(&[a.clone(), b]), Some("https://b/mcp"));
        assert_eq!(find_address(&[old.clone(), a]), Some("https://a/mcp"));
        assert_eq!(find_address(&[old]), Some("https://old/mcp"));
        assert_eq!(find_address(&[deployment("not a URL", "active", true), json!({})]), None);
    }

    #[test]
    fn an_address_of_the_older_transport_is_replaced() {
        assert_eq!(streamable_address("https://a/x/mcp/messages"), "https://a/x/mcp");
        assert_eq!(streamable_address("https://a/messages"), "https://a/messages");
    }
}
