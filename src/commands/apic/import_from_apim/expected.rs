//! What an import should bring into the center, as far as the source can be read.

use std::collections::HashMap;

use super::sources::services;
use azr_arm::client::Client;
use azr_catalog::inventory::{self, Revisions};
use azr_catalog::source::{Source, SourceApi};
use azr_core::id::ResourceId;
use azr_output::message;

/// How many pages are read at once.
const AT_ONCE: usize = 16;

/// An API that the center should hold in the end: a version set is one, and every API without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The name of the API or the version set in API Management.
    pub name: String,
    /// What it may be called in the center; the first is what it is called in API Management.
    pub titles: Vec<String>,
    /// Its kind, in API Center's words; empty where that is not known.
    pub kind: String,
    /// The APIs of API Management that are in it.
    pub sources: Vec<String>,
    /// Their versions.
    pub versions: Vec<String>,
}

/// What could be read of the sources.
#[derive(Debug, Default)]
pub struct Sources {
    /// The services that are there, as far as can be seen.
    pub services: Vec<ResourceId>,
    /// What is expected of them; None where one of them cannot be read.
    pub expected: Option<Vec<Expected>>,
}

/// Reads what is expected of the sources, `SERVICE_ID/apis/NAME` with `*` for all.
///
/// A service or an API that is not there is said: the import of it fails in the end, and opaquely.
pub async fn of(client: &Client, sources: &[String]) -> Sources {
    let mut read = Sources { services: Vec::new(), expected: Some(Vec::new()) };
    for service in services(sources) {
        let prefix = format!("{service}/apis/").to_ascii_lowercase();
        let below = sources.iter().filter(|id| id.to_ascii_lowercase().starts_with(&prefix));
        let wanted: Vec<&str> = below.filter_map(|id| id.get(prefix.len()..)).collect();
        let expected = match inventory::source(client, &service, Revisions::Current, AT_ONCE, &|_, _| ())
            .await
        {
            Ok(source) => {
                let (expected, missing) = grouped(&source, &wanted);
                for name in missing {
                    let text =
                        format!("{} has no API '{name}'; azr apim api list shows the names.", service.name());
                    message::warn(&text);
                }
                Some(expected)
            }
            Err(error) if error.is_not_found() => {
                message::warn(&format!("The source cannot be found: {}", error.described()));
                if let Some(all) = &mut read.expected {
                    all.extend(named(&wanted));
                }
                continue;
            }
            Err(error) => {
                message::info(&format!("{} cannot be read: {}", service.name(), error.described()));
                None
            }
        };
        read.services.push(service);
        match (&mut read.expected, expected) {
            (Some(all), Some(more)) => all.extend(more),
            (all, _) => *all = None,
        }
    }
    read
}

/// What becomes one API each, in the order of the source, and the names that no API has.
///
/// A name that no API has is expected as well: what was asked for and does not arrive is to be told.
fn grouped<'a>(source: &Source, wanted: &[&'a str]) -> (Vec<Expected>, Vec<&'a str>) {
    let without_revision = |name: &str| name.split(";rev=").next().unwrap_or(name).to_lowercase();
    let is_wanted = |api: &SourceApi| {
        wanted.iter().any(|name| *name == "*" || without_revision(name) == api.name.to_lowercase())
    };
    let mut groups: Vec<Expected> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for api in source.apis.iter().filter(|api| is_wanted(api)) {
        let set = source.set_of(api);
        let title = set.map_or(&*api.title, |set| &set.title);
        let place = *set.and_then(|set| places.get(&set.name.to_lowercase())).unwrap_or(&groups.len());
        if place == groups.len() {
            if let Some(set) = set {
                places.insert(set.name.to_lowercase(), place);
            }
            groups.push(Expected {
                name: set.map_or(&*api.name, |set| &set.name).to_owned(),
                titles: vec![title.to_owned()],
                kind: api.nature.kind().unwrap_or_default().to_owned(),
                sources: Vec::new(),
                versions: Vec::new(),
            });
        }
        let group = &mut groups[place];
        if !group.titles.iter().any(|title| **title == *api.title) {
            group.titles.push(api.title.to_string());
        }
        group.sources.push(api.name.to_string());
        group.versions.extend(api.version.as_deref().map(str::to_owned));
    }
    let known = |name: &str| source.apis.iter().any(|api| api.name.to_lowercase() == without_revision(name));
    let missing: Vec<&str> = wanted.iter().copied().filter(|name| *name != "*" && !known(name)).collect();
    groups.extend(named(&missing));
    (groups, missing)
}

/// What is expected by name only.
fn named(names: &[&str]) -> impl Iterator<Item = Expected> {
    names.iter().filter(|name| **name != "*").map(|name| Expected {
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
    use azr_catalog::source::VersionSet;
    use azr_core::resource::APIM_SERVICE;

    fn source() -> Source {
        let api = |name: &str, set: Option<u32>, version: Option<&str>| SourceApi {
            name: name.into(),
            title: format!("The {name}").into(),
            set,
            version: version.map(Into::into),
            ..SourceApi::default()
        };
        let set =
            VersionSet { name: "orders".to_owned(), title: "Orders".to_owned(), ..VersionSet::default() };
        Source {
            id: APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &["m"]),
            gateways: Vec::new(),
            sets: vec![set],
            apis: vec![
                api("orders-v1", Some(0), Some("v1")),
                api("weather", None, None),
                api("orders-v2", Some(0), Some("v2")),
            ],
        }
    }

    fn names(wanted: &[&str]) -> Vec<(String, Vec<String>)> {
        grouped(&source(), wanted).0.into_iter().map(|e| (e.name, e.sources)).collect()
    }

    fn one(name: &str, sources: &[&str]) -> (String, Vec<String>) {
        (name.to_owned(), sources.iter().map(|s| (*s).to_owned()).collect())
    }

    #[test]
    fn a_version_set_is_one_api() {
        assert_eq!(names(&["*"]), [one("orders", &["orders-v1", "orders-v2"]), one("weather", &["weather"])]);
        let (groups, _) = grouped(&source(), &["*"]);
        assert_eq!(groups[0].titles, ["Orders", "The orders-v1", "The orders-v2"]);
        assert_eq!(
            (&*groups[0].versions, &*groups[0].kind),
            (&["v1".to_owned(), "v2".to_owned()][..], "rest")
        );
    }

    #[test]
    fn what_is_named_is_expected_whether_it_is_there_or_not() {
        assert_eq!(
            names(&["ORDERS-V2", "weather;rev=3"]),
            [one("weather", &["weather"]), one("orders", &["orders-v2"])]
        );
        assert_eq!(names(&["nobody"]), [one("nobody", &["nobody"])]);
        assert_eq!(grouped(&source(), &["nobody", "weather"]).1, ["nobody"]);
    }
}
