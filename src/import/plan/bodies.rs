//! The resources of the center that come of an API Management service and its APIs.

use serde_json::{Map, Value, json};

use super::compare::put;
use super::design::{Group, GroupVersion};
use super::limits::{Checker, DESCRIPTION, NAME, TITLE, cut};
use super::{Document, Options, PlannedApi, Put, Step};
use crate::arm::id::ResourceId;
use crate::arm::resource::{
    CENTER_API, CENTER_DEFINITION, CENTER_DEPLOYMENT, CENTER_ENVIRONMENT, CENTER_VERSION,
};
use crate::import::document::Format;
use crate::import::held::{Held, HeldApi, HeldVersion};
use crate::import::source::{Nature, Scheme, Source, SourceApi};
use crate::spec::names;

/// The stage of new versions, as the service's own import has it.
const DEFAULT_STAGE: &str = "design";

const API_MEMBERS: &[&str] = &[
    "title",
    "summary",
    "description",
    "kind",
    "termsOfService",
    "license",
    "externalDocumentation",
    "contacts",
    "customProperties",
];
const VERSION_MEMBERS: &[&str] = &["title", "lifecycleStage"];
const DEFINITION_MEMBERS: &[&str] = &["title", "description"];
const DEPLOYMENT_MEMBERS: &[&str] =
    &["title", "description", "environmentId", "definitionId", "state", "server", "customProperties"];

/// What one API is planned with.
struct Making<'a> {
    source: &'a Source,
    options: &'a Options,
    environment: String,
    api: ResourceId,
    held: Option<&'a HeldApi>,
    /// How many more deployments the API has room for.
    room: usize,
}

/// The environment that stands for the service; one that is there is left to those who made it.
pub fn environment(source: &Source, held: &Held) -> Put {
    let service = source.id.name();
    let name = names::id_of_name(service, "apim-");
    let id = held.workspace.child("environments", &name);
    let there = held.environments.get(&name.to_ascii_lowercase());
    let mut wanted = Map::new();
    if there.is_none() {
        let portal = format!("https://portal.azure.com/#resource{}", source.id);
        wanted.insert("title".to_owned(), json!(cut(service, TITLE)));
        wanted.insert("kind".to_owned(), json!("production"));
        wanted.insert(
            "server".to_owned(),
            json!({"type": "Azure API Management", "managementPortalUri": [portal]}),
        );
    }
    put(format!("environment {name}"), id, &CENTER_ENVIRONMENT, wanted, there, &[])
}

/// An API of the center with all that belongs to it.
pub fn api(
    group: &Group<'_>,
    source: &Source,
    held: &Held,
    environment: &Put,
    options: &Options,
) -> PlannedApi {
    let mut check = Checker::new(options.on_invalid);
    let there = held.apis.get(&group.name.to_ascii_lowercase());
    let id = held.workspace.child("apis", &group.name);
    let versions = fitting(group, there, held.limits.versions, &mut check);
    // A version set is described by itself, and where it says nothing by its newest version.
    let newest = versions.last().map(|version| version.api);
    let own_title = group.set.map(|set| set.title.as_str()).or(newest.map(|api| api.title.as_str()));
    let title = check.text("title", own_title.unwrap_or(&group.name), TITLE);
    let kind = kind(&versions, &mut check);
    let mut steps = Vec::new();
    if let Some(newest) = newest {
        let wanted = properties(group, newest, &title, kind, &mut check);
        let body = there.map(|api| &api.body);
        let what = format!("API {}", group.name);
        steps.push(Step::Put(put(what, id.clone(), &CENTER_API, wanted, body, API_MEMBERS)));
    }
    let room = held.limits.deployments.saturating_sub(there.map_or(0, |api| api.deployments.len()));
    let mut making = Making {
        source,
        options,
        environment: within_center(&environment.id).to_owned(),
        api: id,
        held: there,
        room,
    };
    for version in &versions {
        making.version(version, group, &mut steps, &mut check);
    }
    PlannedApi {
        name: group.name.clone(),
        title,
        kind,
        sources: versions.iter().map(|version| version.api.name.clone()).collect(),
        versions: versions.iter().map(|version| version.title.clone()).collect(),
        steps,
        notes: check.notes,
        refused: check.refused,
    }
}

/// The versions that the center has room for: those it holds, and the newest of the others.
fn fitting<'g, 'a>(
    group: &'g Group<'a>,
    there: Option<&HeldApi>,
    most: usize,
    check: &mut Checker,
) -> Vec<&'g GroupVersion<'a>> {
    let is_held = |version: &GroupVersion<'_>| {
        there.is_some_and(|api| api.versions.contains_key(&version.name.to_ascii_lowercase()))
    };
    let new = group.versions.iter().filter(|version| !is_held(version)).count();
    let room = most.saturating_sub(there.map_or(0, |api| api.versions.len()));
    let mut too_many = new.saturating_sub(room);
    if too_many > 0 {
        let what = format!("an API of the center takes {most} versions, {too_many} too few");
        check.amiss(&what, "the oldest are left out");
    }
    let mut versions = Vec::new();
    for version in &group.versions {
        if too_many > 0 && !is_held(version) {
            too_many -= 1;
        } else {
            versions.push(version);
        }
    }
    if versions.is_empty() {
        check.refuse("the center has no room for any of its versions");
        return group.versions.iter().collect();
    }
    versions
}

fn kind(versions: &[&GroupVersion<'_>], check: &mut Checker) -> &'static str {
    let mut kinds = Vec::new();
    for version in versions {
        match version.api.nature.kind() {
            Some(kind) if !kinds.contains(&kind) => kinds.push(kind),
            Some(_) => {}
            None => {
                if let Nature::Other(word) = &version.api.nature {
                    check.refuse(&format!("API Management calls it '{word}', a type that azr does not know"));
                }
            }
        }
    }
    if kinds.len() > 1 {
        check
            .notes
            .push(format!("its versions are of several kinds ({}): the newest counts", kinds.join(", ")));
    }
    kinds.last().copied().unwrap_or("rest")
}

fn properties(
    group: &Group<'_>,
    api: &SourceApi,
    title: &str,
    kind: &str,
    check: &mut Checker,
) -> Map<String, Value> {
    let mut wanted = Map::new();
    wanted.insert("title".to_owned(), json!(title));
    wanted.insert("kind".to_owned(), json!(kind));
    let of_set = group.set.and_then(|set| set.description.as_deref());
    if let Some(text) = of_set.or(api.text("/description")) {
        wanted.insert("description".to_owned(), json!(check.text("description", text, DESCRIPTION)));
    }
    if let Some(url) =
        api.text("/termsOfServiceUrl").and_then(|url| check.url("URL of the terms of service", url))
    {
        wanted.insert("termsOfService".to_owned(), json!({"url": url}));
    }
    let mut contact = named(api, "contact", check);
    if let Some(email) = api.text("/contact/email") {
        contact.insert("email".to_owned(), json!(check.text("contact's address", email, NAME)));
    }
    if !contact.is_empty() {
        wanted.insert("contacts".to_owned(), json!([contact]));
    }
    let license = named(api, "license", check);
    if !license.is_empty() {
        wanted.insert("license".to_owned(), Value::Object(license));
    }
    wanted
}

/// Name and URL of a contact or a license.
fn named(api: &SourceApi, member: &str, check: &mut Checker) -> Map<String, Value> {
    let mut made = Map::new();
    if let Some(name) = api.text(&format!("/{member}/name")) {
        made.insert("name".to_owned(), json!(check.text(&format!("{member}'s name"), name, NAME)));
    }
    let url = api.text(&format!("/{member}/url"));
    if let Some(url) = url.and_then(|url| check.url(&format!("{member}'s URL"), url)) {
        made.insert("url".to_owned(), json!(url));
    }
    made
}

impl Making<'_> {
    fn version(
        &mut self,
        version: &GroupVersion<'_>,
        group: &Group<'_>,
        steps: &mut Vec<Step>,
        check: &mut Checker,
    ) {
        let held = self.held.and_then(|api| api.versions.get(&version.name.to_ascii_lowercase()));
        let id = self.api.child("versions", &version.name);
        let mut wanted = Map::new();
        wanted.insert("title".to_owned(), json!(check.text("version's title", &version.title, TITLE)));
        // Where a version is in its life is decided in the center, unless the command line says so.
        if held.is_none() || self.options.stage.is_some() {
            let stage = self.options.stage.as_deref().unwrap_or(DEFAULT_STAGE);
            wanted.insert("lifecycleStage".to_owned(), json!(stage));
        }
        let what = format!("version {}", version.name);
        let body = held.map(|version| &version.body);
        steps.push(Step::Put(put(what, id.clone(), &CENTER_VERSION, wanted, body, VERSION_MEMBERS)));
        let definition = self.definition(version, &id, held, steps);
        if definition.is_none() && version.api.nature.kind().is_some() {
            check.notes.push(format!("{} is of a kind without a definition", version.api.name));
        }
        self.deployment(version, group, definition.as_ref(), steps, check);
    }

    fn definition(
        &self,
        version: &GroupVersion<'_>,
        id: &ResourceId,
        held: Option<&HeldVersion>,
        steps: &mut Vec<Step>,
    ) -> Option<ResourceId> {
        let format = Format::of(&version.api.nature)?;
        let id = id.child("definitions", format.name());
        let there = held.and_then(|version| version.definitions.get(format.name()));
        let mut wanted = Map::new();
        wanted.insert("title".to_owned(), json!(format.title()));
        let what = format!("definition {} of {}", format.name(), version.name);
        let definition = put(what, id.clone(), &CENTER_DEFINITION, wanted, there, DEFINITION_MEMBERS);
        steps.push(Step::Document(Box::new(Document {
            definition,
            format,
            api: self.source.id.child("apis", &version.api.name),
            title: version.api.title.clone(),
            change: None,
        })));
        Some(id)
    }

    fn deployment(
        &mut self,
        version: &GroupVersion<'_>,
        group: &Group<'_>,
        definition: Option<&ResourceId>,
        steps: &mut Vec<Step>,
        check: &mut Checker,
    ) {
        let service = self.source.id.name();
        let name = names::id_of_name(&format!("{service}-{}", version.name), "apim-");
        let there = self.held.and_then(|api| api.deployments.get(&name.to_ascii_lowercase()));
        if there.is_none() && self.room == 0 {
            check.amiss("an API of the center has no room for more deployments", "further ones are left out");
            return;
        }
        let scheme = group.set.map(|set| &set.scheme);
        let urls: Vec<String> = urls(self.source, version.api, scheme)
            .into_iter()
            .filter(|url| check.url("URL of a deployment", url).is_some())
            .collect();
        if urls.is_empty() {
            return;
        }
        if there.is_none() {
            self.room -= 1;
        }
        let mut wanted = Map::new();
        wanted.insert(
            "title".to_owned(),
            json!(cut(&format!("{service} {}", version.title), TITLE).trim_end()),
        );
        wanted.insert("environmentId".to_owned(), json!(self.environment));
        if let Some(definition) = definition {
            wanted.insert("definitionId".to_owned(), json!(within_center(definition)));
        }
        wanted.insert("state".to_owned(), json!("active"));
        wanted.insert("server".to_owned(), json!({"runtimeUri": urls}));
        let id = self.api.child("deployments", &name);
        let what = format!("deployment {name}");
        steps.push(Step::Put(put(what, id, &CENTER_DEPLOYMENT, wanted, there, DEPLOYMENT_MEMBERS)));
    }
}

/// Where an API answers: one URL for each of the gateway's.
fn urls(source: &Source, api: &SourceApi, scheme: Option<&Scheme>) -> Vec<String> {
    let spoken: Vec<&str> =
        api.properties["protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // The safer one where it speaks both; the gateway's own where it does not say.
    let protocol = ["https", "wss", "http", "ws"].into_iter().find(|p| spoken.contains(p));
    let path = api.path.trim_matches('/');
    let version = api.version.as_deref().filter(|_| scheme.is_some());
    let make = |gateway: &String| {
        let host = gateway.split_once("://").map_or(gateway.as_str(), |(_, host)| host);
        let mut url = protocol.map_or_else(|| gateway.clone(), |protocol| format!("{protocol}://{host}"));
        if !path.is_empty() {
            url = format!("{url}/{path}");
        }
        match (scheme, version) {
            (Some(Scheme::Segment), Some(version)) => format!("{url}/{version}"),
            (Some(Scheme::Query(name)), Some(version)) => format!("{url}?{name}={version}"),
            _ => url,
        }
    };
    source.gateways.iter().map(make).collect()
}

/// An id as members of other resources name it: from `/workspaces` on.
fn within_center(id: &ResourceId) -> &str {
    let text = id.as_str();
    text.find("/workspaces/").map_or(text, |at| &text[at..])
}
