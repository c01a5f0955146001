//! Which APIs a link has synchronized, and how they compare with API Management.

use std::collections::BTreeMap;
use std::slice::from_ref;

use super::read::Deployment;
use super::*;
use crate::api_type::ApimApiType;
use crate::import_source::ImportSource;
use crate::service::{ApiLabels, ApimApi, ServiceSnapshot, VersionSet, VersioningScheme};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_MCP, APIM_SERVICE};

const GATEWAY: &str = "https://apim.azure-api.net";

fn api(name: &str) -> ApimApi {
    ApimApi {
        name: name.into(),
        title: format!("The {name}").into(),
        path: name.into(),
        ..ApimApi::default()
    }
}

fn service(apis: Vec<ApimApi>) -> ServiceSnapshot {
    let set = VersionSet {
        name: "orders".to_owned(),
        title: "Orders".to_owned(),
        description: Some("All orders".to_owned()),
        scheme: VersioningScheme::Segment,
    };
    ServiceSnapshot {
        source: ImportSource::service(APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &["apim"])),
        api_version: APIM_MCP,
        gateway_urls: vec![GATEWAY.to_owned()],
        gateway_warning: None,
        version_sets: vec![set],
        apis,
        developer_portal: None,
        labels: ApiLabels::default(),
    }
}

fn version(name: &str, version: &str) -> ApimApi {
    ApimApi { path: "orders".into(), version: Some(version.into()), version_set: Some(0), ..api(name) }
}

fn deployed(environment: &str, uri: &str) -> Deployment {
    Deployment { environment: Some(environment.to_owned()), runtime_uris: vec![uri.to_owned()] }
}

/// A synchronized API of the environment `gateway` with these URLs.
fn copy(name: &str, title: &str, uris: &[&str]) -> CenterApi {
    let deployments = uris.iter().map(|uri| deployed("gateway", uri)).collect();
    CenterApi {
        name: name.into(),
        title: title.into(),
        kind: "REST".into(),
        deployments,
        ..CenterApi::default()
    }
}

/// Compares; the first column is the API, the second its state and differences.
fn compared(service: &ServiceSnapshot, copies: &[CenterApi], versions: &[&str]) -> Vec<(String, String)> {
    let rule = LinkRule::new(Some("Gateway"), false, &service.gateway_urls);
    let linked: Vec<LinkedApi> = copies.iter().filter_map(|copy| rule.select(copy)).collect();
    let matching = match_apis(service, &linked);
    let titles: Vec<String> = versions.iter().map(|title| (*title).to_owned()).collect();
    let with_versions = matching.copies_with_versions(service);
    let titles: BTreeMap<usize, Vec<String>> =
        with_versions.into_iter().map(|i| (i, titles.clone())).collect();
    let describe = |result: ApiComparison| {
        let differences = result.differences.iter().map(|difference| difference.as_str());
        let words: Vec<&str> = std::iter::once(result.state.as_str()).chain(differences).collect();
        (result.name.or(result.center_api).unwrap_or_default(), words.join(" "))
    };
    compare(service, &linked, matching, &titles).into_iter().map(describe).collect()
}

fn rows(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn an_api_is_recognized_by_the_path_of_its_url() {
    let service = service(vec![api("weather"), api("stock"), api("new")]);
    let copies = [
        copy("1", "The weather", &["https://APIM.azure-api.net/Weather/"]),
        copy("2", "Old title", &["https://apim.azure-api.net/stock"]),
        copy("3", "Gone", &["https://apim.azure-api.net/gone"]),
    ];
    let expected = [("weather", "upToDate"), ("stock", "late title"), ("new", "missing"), ("3", "stale")];
    assert_eq!(compared(&service, &copies, &[]), rows(&expected));
}

#[test]
fn an_api_whose_url_has_changed_is_recognized_by_its_title() {
    let service = service(vec![api("weather")]);
    let moved = copy("1", "The weather", &["https://apim.azure-api.net/before"]);
    assert_eq!(compared(&service, &[moved], &[]), rows(&[("weather", "late runtimeUri")]));
}

#[test]
fn the_versions_of_a_version_set_are_compared() {
    let service = service(vec![version("orders-v1", "v1"), version("orders-v2", "v2")]);
    let mut one = copy("1", "Orders", &[&format!("{GATEWAY}/orders/v1"), &format!("{GATEWAY}/orders/v2")]);
    one.description = "All  orders\n".into();
    let both = [("orders-v1", "upToDate"), ("orders-v2", "upToDate")];
    assert_eq!(compared(&service, from_ref(&one), &["V1", "v2"]), rows(&both));
    let late = [("orders-v1", "upToDate"), ("orders-v2", "late version")];
    assert_eq!(compared(&service, from_ref(&one), &["v1"]), rows(&late));
    one.deployments.push(deployed("gateway", &format!("{GATEWAY}/orders/v0")));
    let removed = [("orders-v1", "late removedDeployment"), ("orders-v2", "upToDate")];
    assert_eq!(compared(&service, from_ref(&one), &["v1", "v2"]), rows(&removed));
    let mut described = service.clone();
    described.apis[0].description = Some("Orders of today".into());
    one.description = "Orders of today".into();
    assert_eq!(compared(&described, &[one], &["v1", "v2"]), rows(&removed), "that of one version");
    let missing = copy("1", "Orders", &[&format!("{GATEWAY}/orders/v1")]);
    let missing = CenterApi { description: "All orders".into(), ..missing };
    let expected = [("orders-v1", "upToDate"), ("orders-v2", "missing")];
    assert_eq!(compared(&service, &[missing], &["v1"]), rows(&expected));
}

#[test]
fn long_texts_and_unknown_kinds_are_not_differences() {
    let long = "word ".repeat(300);
    let mut weather = api("weather");
    weather.title = "t".repeat(80).into();
    weather.description = Some(long.trim().into());
    weather.api_type = ApimApiType::Other("quantum".into());
    let mut stored = copy("1", &"t".repeat(50), &[&format!("{GATEWAY}/weather")]);
    stored.description = format!("{}…", &long[..950].trim_end()).into();
    let service = service(vec![weather]);
    assert_eq!(compared(&service, from_ref(&stored), &[]), rows(&[("weather", "upToDate")]));
    stored.description = "Other".into();
    assert_eq!(compared(&service, &[stored], &[]), rows(&[("weather", "late description")]));
}

#[test]
fn mcp_servers_are_recognized_at_each_of_their_endpoints_and_agents_are_not_compared() {
    let typed = |name: &str, kind: &str| ApimApi { api_type: ApimApiType::Other(kind.into()), ..api(name) };
    let service = service(vec![typed("tools", "mcp"), typed("helper", "a2a")]);
    for endpoint in ["", "/mcp", "/mcp/messages"] {
        let copy = copy("1", "The tools", &[&format!("{GATEWAY}/tools{endpoint}")]);
        let copy = CenterApi { kind: "MCP".into(), ..copy };
        let expected = [("tools", "upToDate"), ("helper", "notCompared")];
        assert_eq!(compared(&service, &[copy], &[]), rows(&expected), "{endpoint}");
    }
}

#[test]
fn an_mcp_server_is_stale_only_if_api_management_lists_mcp_servers() {
    let gone = CenterApi { kind: "mcp".into(), ..copy("1", "Gone", &[&format!("{GATEWAY}/gone/mcp")]) };
    let mut service = service(Vec::new());
    assert_eq!(compared(&service, from_ref(&gone), &[]), rows(&[("1", "notCompared")]));
    service.apis.push(ApimApi { api_type: ApimApiType::Other("mcp".into()), ..api("tools") });
    assert_eq!(compared(&service, &[gone], &[]), rows(&[("tools", "missing"), ("1", "stale")]));
}

#[test]
fn a_rule_selects_by_environment_and_by_url_where_that_is_not_enough() {
    let hosts = [GATEWAY.to_owned()];
    let select = |rule: &LinkRule, environment: &str, uri: &str| {
        let api = CenterApi { deployments: vec![deployed(environment, uri)], ..CenterApi::default() };
        rule.select(&api).is_some()
    };
    let alone = LinkRule::new(Some("Prod"), false, &hosts);
    assert!(select(&alone, "prod", "https://custom.example/a"), "a host name that was removed");
    assert!(!select(&alone, "test", "https://apim.azure-api.net/a"), "people registered it");
    let shared = LinkRule::new(Some("prod"), true, &hosts);
    assert!(!select(&shared, "prod", "https://other.azure-api.net/a"));
    assert!(select(&shared, "prod", "https://apim.azure-api.net/a"));
    let unnamed = LinkRule::new(None, false, &hosts);
    assert!(select(&unnamed, "test", "https://apim.azure-api.net/a"));
    assert!(!select(&unnamed, "test", "https://other.azure-api.net/a"));
    assert!(!select(&unnamed, "test", "nonsense"));
}
