//! The options that select the APIs to import.

use std::collections::BTreeMap;

use clap::ArgMatches;
use serde_json::Value;

use crate::commands::apic::apim_service::ServiceName;
use crate::commands::{args, names, shorthand};
use crate::session::Session;
use azr_arm::schema::{Kind, field};
use azr_catalog::import_source::ImportSource;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

/// The resource ids of the APIs to import.
pub(super) fn source_ids(
    session: &Session,
    matches: &ArgMatches,
    center: &ResourceId,
) -> Result<Vec<String>> {
    let ids = list_values(matches, "source-resource-ids")?;
    if !ids.is_empty() {
        return ids.iter().map(|id| api_id(id)).collect();
    }
    let service = service_id(session, matches, center)?;
    let mut apis = list_values(matches, "apim-apis")?;
    if apis.is_empty() {
        apis.push("*".to_owned());
    }
    apis.iter()
        .map(|api| {
            if api != "*" {
                names::APIM_API.check(api)?;
            }
            Ok(service.child("apis", api).to_string())
        })
        .collect()
}

/// The id of the API Management service in the options.
pub(super) fn service_id(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<ResourceId> {
    match args::text_value(matches, "azure-apim") {
        Some(id) if id.contains('/') => {
            let id: ResourceId = id.parse()?;
            if !APIM_SERVICE.matches(&id) {
                return Err(Error::invalid(format!(
                    "--azure-apim: '{id}' is not the resource id of an API Management service"
                )));
            }
            Ok(id)
        }
        name => {
            let name = name
                .or_else(|| args::text_value(matches, "apim-name"))
                .ok_or_else(|| Error::usage("--apim-name is required"))?;
            let service = ServiceName {
                name,
                subscription: args::text_value(matches, "apim-subscription"),
                resource_group: args::text_value(matches, "apim-resource-group"),
            };
            service.resource_id(session, center.subscription().unwrap_or_default(), center.group())
        }
    }
}

/// A service or workspace, and the APIs to import from it.
#[derive(Debug, Clone)]
pub(super) struct SourceApis {
    /// The service or workspace.
    pub source: ImportSource,
    /// The names of APIs, and patterns for them.
    pub patterns: Vec<String>,
}

/// Checks that an id is the id of an API of API Management, or of all APIs of a service.
pub(super) fn api_id(text: &str) -> Result<String> {
    let (source, name) = source_of_api(text)?;
    if source.workspace_name().is_some() {
        return Err(Error::unsupported(format!(
            "--source-resource-ids: '{text}' is in a workspace of API Management, from which the service does not import"
        ))
        .with_hint("Add --mode client."));
    }
    Ok(source.api(&name).to_string())
}

/// The service or workspace of an API, and the name of the API, or * for all.
pub(super) fn source_of_api(text: &str) -> Result<(ImportSource, String)> {
    let id: ResourceId = text.parse()?;
    let is_api = id.types_and_names().last().is_some_and(|(last, _)| last.eq_ignore_ascii_case("apis"));
    let source = id.parent().filter(|_| is_api).and_then(|parent| ImportSource::from_id(&parent));
    if let Some(source) = source {
        return Ok((source, id.name().to_owned()));
    }
    Err(Error::invalid(format!("--source-resource-ids: '{text}' is not the resource id of an API of API Management"))
        .with_hint("Such an id ends with /providers/Microsoft.ApiManagement/service/SERVICE/apis/API, or in /apis/* for all; a workspace precedes: …/SERVICE/workspaces/NAME/apis/*."))
}

/// The values of a list option, given as several words or in az's shorthand syntax `[a,b]`.
pub(super) fn list_values(matches: &ArgMatches, long: &'static str) -> Result<Vec<String>> {
    let occurrences = args::occurrences(matches, long);
    if occurrences.is_empty() {
        return Ok(Vec::new());
    }
    let list = const { &[field("list", Kind::List(&Kind::Text))] };
    let value = shorthand::parse_value(&format!("--{long}"), list, &occurrences)?;
    Ok(value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The distinct API Management services of the ids of APIs.
pub(super) fn distinct_services(sources: &[String]) -> Vec<ResourceId> {
    let ids = sources.iter().filter_map(|source| source.parse::<ResourceId>().ok()?.parent());
    let services: BTreeMap<String, ResourceId> =
        ids.map(|id| (id.as_str().to_ascii_lowercase(), id)).collect();
    services.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_of_several_apis_appears_once() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a";
        let services = distinct_services(&[format!("{id}/apis/x"), format!("{}/apis/*", id.to_uppercase())]);
        assert_eq!(services.len(), 1);
        assert!(services[0].as_str().eq_ignore_ascii_case(id), "{}", services[0]);
    }
}
