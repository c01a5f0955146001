//! The APIs that an import by the service should create, as far as the source can be read.

use std::collections::HashMap;

use super::sources::distinct_services;
use azr_arm::client::Client;
use azr_catalog::import_source::ImportSource;
use azr_catalog::service::{ApimApi, ServiceSnapshot};
use azr_catalog::source_inventory::{ReadOptions, Revisions, read_service};
use azr_core::id::ResourceId;
use azr_core::resource::APIM;
use azr_core::revision::split_revision;
use azr_output::message;

/// How many pages are read at the same time.
const CONCURRENCY: usize = 16;

/// An API that the center should have after the import: a version set, or an API without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ExpectedApi {
    /// The name of the API or version set in API Management.
    pub name: String,
    /// The titles it may have in the center, the one in API Management first.
    pub titles: Vec<String>,
    /// The kind in API Center; empty if it is not known.
    pub kind: String,
    /// The names of the source APIs.
    pub sources: Vec<String>,
    /// The versions of the source APIs.
    pub versions: Vec<String>,
}

/// What could be read of the source services.
#[derive(Debug, Default)]
pub(super) struct SourceInventory {
    /// The services that exist or could not be read.
    pub services: Vec<ResourceId>,
    /// The expected APIs; None if a service could not be read.
    pub apis: Option<Vec<ExpectedApi>>,
    /// The requested names that no service has.
    pub missing: Vec<String>,
}

/// Reads the APIs that the sources, `SERVICE_ID/apis/NAME` with `*` for all, should become.
///
/// Warns about a service or an API that does not exist, because the import fails later with an opaque message.
pub(super) async fn read(client: &Client, sources: &[String]) -> SourceInventory {
    let mut read = SourceInventory { services: Vec::new(), apis: Some(Vec::new()), missing: Vec::new() };
    for service in distinct_services(sources) {
        let prefix = format!("{service}/apis/").to_ascii_lowercase();
        let in_service = sources.iter().filter(|id| id.to_ascii_lowercase().starts_with(&prefix));
        let names: Vec<&str> = in_service.filter_map(|id| id.get(prefix.len()..)).collect();
        let expected = match read_service(
            client,
            &ImportSource::service(service.clone()),
            ReadOptions { revisions: Revisions::Current, concurrency: CONCURRENCY },
            // The import by the service leaves out what only newer versions show.
            APIM,
            &|_, _| (),
        )
        .await
        {
            Ok(source) => {
                let (expected, missing) = group(&source, &names);
                for name in missing {
                    message::warn(&format!(
                        "{0} does not have an API '{name}'. List the names with: azr apim api list -g {1} -n {0}",
                        service.name(),
                        service.group().unwrap_or("GROUP")
                    ));
                    read.missing.push(name.to_owned());
                }
                Some(expected)
            }
            Err(error) if error.is_not_found() => {
                message::warn(&format!("The source does not exist: {}", error.described()));
                if let Some(apis) = &mut read.apis {
                    apis.extend(by_name_only(&names));
                }
                continue;
            }
            Err(error) => {
                message::info(&format!("{} cannot be read: {}", service.name(), error.described()));
                None
            }
        };
        read.services.push(service);
        match (&mut read.apis, expected) {
            (Some(apis), Some(expected)) => apis.extend(expected),
            (apis, _) => *apis = None,
        }
    }
    read
}

/// Groups the requested APIs into expected ones, in the order of the source; also returns names that do not exist.
///
/// An API that does not exist is expected as well, so that it is reported as missing.
fn group<'a>(source: &ServiceSnapshot, requested: &[&'a str]) -> (Vec<ExpectedApi>, Vec<&'a str>) {
    let without_revision = |name: &str| split_revision(name).0.to_lowercase();
    let is_requested = |api: &ApimApi| {
        requested.iter().any(|name| *name == "*" || without_revision(name) == api.name.to_lowercase())
    };
    let mut groups: Vec<ExpectedApi> = Vec::new();
    let mut indexes: HashMap<String, usize> = HashMap::new();
    for api in source.apis.iter().filter(|api| is_requested(api)) {
        let set = source.version_set(api);
        let title = set.map_or(&*api.title, |set| &set.title);
        let index = *set.and_then(|set| indexes.get(&set.name.to_lowercase())).unwrap_or(&groups.len());
        if index == groups.len() {
            if let Some(set) = set {
                indexes.insert(set.name.to_lowercase(), index);
            }
            groups.push(ExpectedApi {
                name: set.map_or(&*api.name, |set| &set.name).to_owned(),
                titles: vec![title.to_owned()],
                kind: api.api_type.center_kind().unwrap_or_default().into_owned(),
                sources: Vec::new(),
                versions: Vec::new(),
            });
        }
        let group = &mut groups[index];
        if !group.titles.iter().any(|title| **title == *api.title) {
            group.titles.push(api.title.to_string());
        }
        group.sources.push(api.name.to_string());
        group.versions.extend(api.version.as_deref().map(str::to_owned));
    }
    let exists = |name: &str| source.apis.iter().any(|api| api.name.to_lowercase() == without_revision(name));
    let missing: Vec<&str> = requested.iter().copied().filter(|name| *name != "*" && !exists(name)).collect();
    groups.extend(by_name_only(&missing));
    (groups, missing)
}

/// Expected APIs of which only the names are known.
fn by_name_only(names: &[&str]) -> impl Iterator<Item = ExpectedApi> {
    names.iter().filter(|name| **name != "*").map(|name| ExpectedApi {
        name: (*name).to_owned(),
        titles: vec![(*name).to_owned()],
        kind: String::new(),
        sources: vec![(*name).to_owned()],
        versions: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_catalog::service::{ApiLabels, VersionSet};
    use azr_core::resource::APIM_SERVICE;

    fn source() -> ServiceSnapshot {
        let api = |name: &str, set: Option<u32>, version: Option<&str>| ApimApi {
            name: name.into(),
            title: format!("The {name}").into(),
            version_set: set,
            version: version.map(Into::into),
            ..ApimApi::default()
        };
        let set =
            VersionSet { name: "orders".to_owned(), title: "Orders".to_owned(), ..VersionSet::default() };
        ServiceSnapshot {
            source: ImportSource::service(APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &["m"])),
            api_version: APIM,
            gateway_urls: Vec::new(),
            gateway_warning: None,
            version_sets: vec![set],
            developer_portal: None,
            labels: ApiLabels::default(),
            apis: vec![
                api("orders-v1", Some(0), Some("v1")),
                api("weather", None, None),
                api("orders-v2", Some(0), Some("v2")),
            ],
        }
    }

    fn names(requested: &[&str]) -> Vec<(String, Vec<String>)> {
        group(&source(), requested).0.into_iter().map(|e| (e.name, e.sources)).collect()
    }

    fn one(name: &str, sources: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), sources.iter().map(|s| (*s).to_owned()).collect())
    }

    #[test]
    fn a_version_set_is_one_api() {
        assert_eq!(names(&["*"]), [one("orders", &["orders-v1", "orders-v2"]), one("weather", &["weather"])]);
        let (groups, _) = group(&source(), &["*"]);
        assert_eq!(groups[0].titles, ["Orders", "The orders-v1", "The orders-v2"]);
        assert_eq!(
            (&*groups[0].versions, &*groups[0].kind),
            (&["v1".to_owned(), "v2".to_owned()][..], "rest")
        );
    }

    #[test]
    fn a_requested_api_is_expected_whether_or_not_it_exists() {
        assert_eq!(
            names(&["ORDERS-V2", "weather;REV=3"]),
            [one("weather", &["weather"]), one("orders", &["orders-v2"])]
        );
        assert_eq!(names(&["nobody"]), [one("nobody", &["nobody"])]);
        assert_eq!(group(&source(), &["nobody", "weather"]).1, ["nobody"]);
    }
}
