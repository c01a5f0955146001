//! Plans for fictional services and centers.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::*;
use crate::desired::Change;
use crate::filter::ApiFilter;
use crate::import_source::ImportSource;
use crate::provenance;
use crate::service::{ApiLabels, ApimApi, ServiceSnapshot, VersionSet};
use crate::snapshot::{
    ApiChildren, CenterApi, CenterSnapshot, CenterVersion, MetadataSchema, PlanLimits, index_by_name,
};
use crate::source_inventory::Revisions;
use azr_core::error::Result;
use azr_core::glob::Selection;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_MCP, APIM_SERVICE, CENTER};

fn version_sets() -> Vec<VersionSet> {
    let sets = [
        json!({"name": "orders", "properties": {"displayName": "Orders", "versioningScheme": "Segment"}}),
        json!({"name": "query", "properties": {"displayName": "Query", "versioningScheme": "Query", "versionQueryName": "v"}}),
    ];
    sets.iter().filter_map(VersionSet::read).collect()
}

fn api(name: &str, more: &Value) -> ApimApi {
    let mut properties =
        json!({"displayName": format!("The {name} API"), "path": name, "protocols": ["https"]});
    for (member, value) in more.as_object().expect("an object") {
        properties[member] = value.clone();
    }
    ApimApi::read(&json!({"name": name, "properties": properties}), &version_sets()).expect("an API")
}

fn versioned(name: &str, set: &str, version: &str) -> ApimApi {
    api(name, &json!({"apiVersionSetId": format!("/x/apiVersionSets/{set}"), "apiVersion": version}))
}

fn service_named(service: &str, apis: Vec<ApimApi>) -> ServiceSnapshot {
    ServiceSnapshot {
        source: ImportSource::service(APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &[service])),
        api_version: APIM_MCP,
        gateway_urls: vec![format!("https://{service}.example.net")],
        gateway_warning: None,
        version_sets: version_sets(),
        developer_portal: None,
        labels: ApiLabels::default(),
        apis,
    }
}

fn service_with(apis: Vec<ApimApi>) -> ServiceSnapshot {
    service_named("apim", apis)
}

/// A center with the children of its APIs.
#[derive(Clone)]
struct Center {
    snapshot: CenterSnapshot,
    children: HashMap<String, ApiChildren>,
}

fn empty() -> Center {
    let center = CENTER.id(&ResourceId::resource_group("s", "g"), &["c"]);
    let snapshot = CenterSnapshot {
        workspace: center.child("workspaces", "default"),
        limits: PlanLimits::FREE,
        apis: HashMap::new(),
        environments: HashMap::new(),
        metadata_schemas: Vec::new(),
        deployment_paths: HashMap::new(),
        imported_sources: ImportedSources::default(),
    };
    Center { snapshot, children: HashMap::new() }
}

fn all() -> ApiFilter {
    ApiFilter::new(Selection::new(&[]), None)
}

fn has_siblings(document: &DocumentStep) -> bool {
    matches!(&document.source, DocumentSource::Export(source) if source.has_siblings)
}

/// Confirms that all candidates are stale.
fn all_stale(
    pruner: &Pruner<'_>,
    api: &ResourceId,
    existing: Option<&CenterApi>,
    group: Option<&ApiGroup<'_>>,
    children: &ApiChildren,
) -> StaleSources {
    let provenance = existing.and_then(|api| api.provenance.as_ref());
    let mut stale = StaleSources::default();
    for candidate in pruner.candidates(api, provenance, group, children) {
        let sources = if candidate.is_moved { &mut stale.moved } else { &mut stale.missing };
        sources.insert(candidate.source_api.to_ascii_lowercase());
    }
    stale
}

fn plan_group(planner: &Planner<'_>, group: &ApiGroup<'_>, children: &ApiChildren) -> PlannedApi {
    let id = planner.api_id(&group.name);
    let existing = planner.api_in_snapshot(&group.name);
    let stale = planner
        .pruner
        .as_ref()
        .map(|pruner| all_stale(pruner, &id, existing, Some(group), children))
        .unwrap_or_default();
    planner.plan_api(group, existing, children, &stale)
}

/// The snapshot of a center with the deployments that have to be read to name the APIs of a service.
fn recognize(service: &ServiceSnapshot, center: &Center) -> CenterSnapshot {
    let mut snapshot = center.snapshot.clone();
    let groups = group_into_apis(service, &snapshot, &all(), &PlanOptions::default()).expect("groups");
    let names: Vec<String> = find_apis_to_recognize(&service.source, &snapshot, &groups)
        .iter()
        .map(|api| api.name.to_string())
        .collect();
    for name in names {
        let children = &center.children[&name.to_ascii_lowercase()];
        let deployments: Vec<Value> = children.deployments.values().cloned().collect();
        let api = snapshot.apis[&name.to_ascii_lowercase()].clone();
        snapshot.imported_sources.add(&service.source, &api, &deployments);
    }
    snapshot
}

/// The plans of all APIs and, with `prune`, of the orphans.
fn plan_with(
    service: &ServiceSnapshot,
    center: &Center,
    options: &PlanOptions,
    prune: bool,
) -> Result<Vec<PlannedApi>> {
    let filter = all();
    let snapshot = recognize(service, center);
    let groups = group_into_apis(service, &snapshot, &filter, options)?;
    let prerequisites = plan_prerequisites(service, &snapshot, options)?;
    let pruner = prune.then(|| Pruner::new(service, &filter, Revisions::Current, options));
    let planner = Planner::new(service, &snapshot, options, &prerequisites, pruner);
    let none = ApiChildren::default();
    let children = |name: &str| center.children.get(&name.to_ascii_lowercase()).unwrap_or(&none);
    let mut plan: Vec<PlannedApi> =
        groups.iter().map(|group| plan_group(&planner, group, children(&group.name))).collect();
    if let Some(pruner) = &planner.pruner {
        let names: HashSet<&str> = groups.iter().map(|group| &*group.name).collect();
        let orphans = center
            .snapshot
            .apis
            .values()
            .filter(|api| !names.contains(&*api.name) && pruner.is_from_service(api));
        let mut orphans: Vec<_> = orphans.collect();
        orphans.sort_by(|a, b| a.name.cmp(&b.name));
        plan.extend(orphans.into_iter().filter_map(|api| {
            let id = planner.api_id(&api.name);
            let children = children(&api.name);
            pruner.plan_orphan(&id, api, children, &all_stale(pruner, &id, Some(api), None, children))
        }));
    }
    Ok(plan)
}

fn plan_apis(apis: Vec<ApimApi>) -> Vec<PlannedApi> {
    plan_with(&service_with(apis), &empty(), &PlanOptions::default(), false).expect("a plan")
}

fn put_steps(api: &PlannedApi) -> Vec<ResourceStep> {
    let mut all = vec![api.api.clone()];
    for version in &api.versions {
        all.push(version.version.clone());
        all.extend(version.documents.first().map(|document| document.definition.clone()));
        let digest = version.documents.first().map(|_| "digest".to_owned());
        all.extend(version.deployments.iter().map(|d| d.clone().with_digest(digest.clone())));
    }
    all
}

fn deployments(api: &PlannedApi) -> Vec<Value> {
    let deployments = api.versions.iter().flat_map(|version| &version.deployments);
    deployments.map(|d| d.resource.body["properties"].clone()).collect()
}

fn changes(plan: &[PlannedApi]) -> Vec<Change> {
    plan.iter().map(PlannedApi::change).collect()
}

/// The center after a plan has been executed.
fn execute(plan: &[PlannedApi], mut center: Center) -> Center {
    let entry = |put: &ResourceStep| json!({"name": put.id().name(), "properties": put.body["properties"]});
    center.snapshot.metadata_schemas = vec![MetadataSchema {
        name: provenance::METADATA_NAME.to_owned(),
        assignments: vec![("api".to_owned(), false), ("deployment".to_owned(), false)],
        schema: Value::Null,
    }];
    for api in plan.iter().filter(|api| api.skip_reason.is_none()) {
        let key = api.name.to_ascii_lowercase();
        let children = center.children.entry(key.clone()).or_default();
        for put in put_steps(api) {
            let parent = put.id().parent().expect("a parent").name().to_ascii_lowercase();
            let name = put.id().name().to_ascii_lowercase();
            match put.id().types_and_names().last().expect("a type").0 {
                "apis" => {
                    center
                        .snapshot
                        .apis
                        .insert(name, CenterApi::new(put.id().name(), &put.body["properties"]));
                }
                "versions" => {
                    let version = children.versions.entry(name).or_default();
                    version.body = entry(&put);
                }
                "definitions" => {
                    let version = children.versions.get_mut(&parent).expect("its version");
                    let mut definition = entry(&put);
                    definition["properties"]["specification"] = json!({"name": "openapi"});
                    version.definitions.insert(name, definition);
                }
                _ => drop(children.deployments.insert(name, entry(&put))),
            }
        }
    }
    center
}

/// The paths, relative to the workspace, of the resources that the steps of an API write, in order.
fn paths(api: &PlannedApi) -> Vec<String> {
    let path = |put: &ResourceStep| {
        put.id().as_str().split("/workspaces/default/").nth(1).unwrap_or_default().to_owned()
    };
    put_steps(api).iter().map(path).collect()
}

#[test]
fn a_version_set_is_one_api_with_its_versions_in_order() {
    let plan = plan_apis(vec![
        versioned("orders-v10", "orders", "v10"),
        versioned("orders-v2", "orders", "v2"),
        api("weather", &json!({})),
    ]);
    let names: Vec<&str> = plan.iter().map(|api| api.name.as_str()).collect();
    assert_eq!(names, ["orders", "weather"]);
    assert_eq!(plan[0].version_titles, ["v2", "v10"]);
    assert_eq!(
        paths(&plan[0]),
        [
            "apis/orders",
            "apis/orders/versions/version-v2",
            "apis/orders/versions/version-v2/definitions/openapi",
            "apis/orders/deployments/apim-version-v2",
            "apis/orders/versions/v10",
            "apis/orders/versions/v10/definitions/openapi",
            "apis/orders/deployments/apim-v10",
        ]
    );
    assert_eq!(plan[1].version_titles, ["Original"]);
    assert_eq!(paths(&plan[1])[1], "apis/weather/versions/original");
    assert!(plan[0].versions[0].documents.first().is_some_and(has_siblings));
    assert!(plan[1].versions[0].documents.first().is_some_and(|document| !has_siblings(document)));
}

#[test]
fn a_revision_is_a_version_before_the_current_one() {
    let plan = plan_apis(vec![
        api("weather", &json!({"apiRevision": "3"})),
        api("weather;rev=2", &json!({"apiRevision": "2"})),
        api("weather;rev=10", &json!({"apiRevision": "10"})),
    ]);
    assert_eq!(plan[0].version_titles, ["Original revision 2", "Original revision 10", "Original"]);
    assert_eq!(paths(&plan[0])[1], "apis/weather/versions/original-revision-2");
    let uris: Vec<Value> =
        deployments(&plan[0]).iter().map(|d| d["server"]["runtimeUri"][0].clone()).collect();
    assert!(uris[0].as_str().is_some_and(|uri| uri.ends_with(";rev=2")), "{uris:?}");
    assert!(plan[0].versions[2].documents.first().is_some_and(has_siblings));
}

#[test]
fn deployments_list_the_runtime_uris_of_each_version() {
    let plan = plan_apis(vec![
        versioned("orders-v1", "orders", "v1"),
        versioned("query-1", "query", "2024-01-01"),
        api("ticker", &json!({"type": "websocket", "protocols": ["ws", "wss"]})),
        api("root", &json!({"path": "", "protocols": ["http", "https"]})),
    ]);
    let uris: Vec<Value> =
        plan.iter().flat_map(deployments).map(|d| d["server"]["runtimeUri"].clone()).collect();
    assert_eq!(
        uris,
        [
            json!(["https://apim.example.net/orders-v1/v1"]),
            json!(["https://apim.example.net/query-1?v=2024-01-01"]),
            json!(["https://apim.example.net"]),
            json!(["wss://apim.example.net/ticker"]),
        ]
    );
    let first = &deployments(&plan[0])[0];
    assert_eq!(first["environmentId"], "/workspaces/default/environments/apim");
    assert_eq!(
        first["definitionId"],
        "/workspaces/default/apis/orders/versions/version-v1/definitions/openapi"
    );
}

#[test]
fn colliding_names_get_a_suffix_or_are_refused() {
    let apis = || vec![api("foo.bar", &json!({})), api("foo-bar", &json!({})), api("foo_bar", &json!({}))];
    let names = |apis| plan_apis(apis).into_iter().map(|api| api.name).collect::<Vec<_>>();
    let all = names(apis());
    assert_eq!(all[0], "foo-bar");
    assert!(all[1] != all[2] && all[1..].iter().all(|name| name.starts_with("foo-bar-")), "{all:?}");
    let mut reversed = apis();
    reversed.reverse();
    assert_eq!(names(reversed), all);
    // A version set and an API with the same name, and versions with the same id.
    let mixed = names(vec![
        api("orders", &json!({})),
        versioned("o1", "orders", "1.0"),
        versioned("o2", "orders", "1-0"),
    ]);
    assert_eq!((mixed.len(), mixed[0].as_str()), (2, "orders"));

    let options = PlanOptions { on_collision: OnCollision::Fail, ..PlanOptions::default() };
    let error = plan_with(&service_with(apis()), &empty(), &options, false).expect_err("a collision");
    assert!(error.to_string().contains("'foo.bar'") && error.hint().is_some(), "{error}");
}

#[test]
fn a_filter_does_not_change_the_names() {
    let source = service_with(vec![api("foo.bar", &json!({})), api("foo_bar", &json!({}))]);
    let names = |patterns: &[&str]| {
        let selection = Selection::new(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        let choice = ApiFilter::new(selection, None);
        let groups =
            group_into_apis(&source, &empty().snapshot, &choice, &PlanOptions::default()).expect("groups");
        groups.into_iter().filter(ApiGroup::is_selected).map(|group| group.name).collect::<Vec<_>>()
    };
    let all = names(&["*"]);
    let one = names(&["foo.bar"]);
    assert_eq!((all.len(), one.len()), (2, 1));
    assert!(all.contains(&one[0]));
}

#[test]
fn long_values_are_shortened_or_the_api_is_skipped() {
    let with = |on_invalid| {
        let long = service_with(vec![
            api("long", &json!({"displayName": "word ".repeat(20)})),
            api("short", &json!({})),
        ]);
        plan_with(&long, &empty(), &PlanOptions { on_invalid, ..PlanOptions::default() }, false)
            .expect("a plan")
    };
    let cut = with(OnInvalid::Truncate);
    assert!(cut[0].title.len() <= 50 && cut[0].skip_reason.is_none());
    assert_eq!(cut[0].notes.len(), 1);
    for on_invalid in [OnInvalid::Skip, OnInvalid::Fail] {
        let skipped = with(on_invalid);
        assert!(skipped[0].skip_reason.is_some() && skipped[1].skip_reason.is_none());
    }
}

#[test]
fn existing_resources_are_unchanged_or_updated() {
    let source = service_with(vec![versioned("o1", "orders", "v1"), api("weather", &json!({}))]);
    let plan = |center: &Center, options| plan_with(&source, center, options, false).expect("a plan");
    let options = PlanOptions::default();
    let first = plan(&empty(), &options);
    assert_eq!(changes(&first), [Change::Create, Change::Create]);
    let mut center = execute(&first, empty());
    let again = plan(&center, &options);
    assert_eq!(changes(&again), [Change::Unchanged, Change::Unchanged]);
    let existing = again[0].versions[0].documents.first().map(|document| document.existing.clone());
    assert_eq!(existing, Some(ExistingDocument::Digest("digest".to_owned())));
    assert!(again.iter().flat_map(put_steps).all(|put| put.change == Change::Unchanged), "{again:?}");
    let mut without_document = center.clone();
    for version in without_document.children.values_mut().flat_map(|api| api.versions.values_mut()) {
        version.definitions.values_mut().for_each(|d| d["properties"]["specification"] = Value::Null);
    }
    let incomplete = plan(&without_document, &options);
    assert_eq!(incomplete[0].versions[0].documents[0].existing, ExistingDocument::Unknown);
    // The deployment records another document.
    let deployment = again[0].versions[0].deployments[0].clone().with_digest(Some("other".to_owned()));
    assert_eq!(deployment.change, Change::Update);
    assert!(
        deployment.body["properties"]["customProperties"][provenance::METADATA_NAME]
            .as_str()
            .is_some_and(|m| m.contains(" sha256:other "))
    );
    assert_eq!(deployment.body["properties"]["state"], "active");

    // A stage that people chose stays, unless the command line sets another.
    let version =
        center.children.get_mut("weather").and_then(|b| b.versions.get_mut("original")).expect("it");
    version.body["properties"]["lifecycleStage"] = json!("production");
    let mut properties = center.snapshot.apis["weather"].properties();
    properties["title"] = json!("Old");
    properties["customProperties"]["team"] = json!("sky");
    center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &properties));
    let third = plan(&center, &options);
    assert_eq!(changes(&third), [Change::Unchanged, Change::Update]);
    let update = &third[1].api.body["properties"];
    assert_eq!(
        (&update["title"], &update["customProperties"]["team"]),
        (&json!("The weather API"), &json!("sky"))
    );
    assert_eq!(third[1].versions[0].version.change, Change::Unchanged);
    let staged = PlanOptions { lifecycle_stage: Some("testing".to_owned()), ..PlanOptions::default() };
    assert_eq!(plan(&center, &staged)[1].versions[0].version.change, Change::Update);
}

#[test]
fn required_metadata_is_given_or_the_api_is_skipped() {
    let mut center = empty();
    let required = |entity: &str| MetadataSchema {
        name: "team".to_owned(),
        assignments: vec![(entity.to_owned(), true)],
        schema: Value::Null,
    };
    center.snapshot.metadata_schemas = vec![required("api")];
    let source = service_with(vec![api("one", &json!({}))]);
    let plan = |center: &Center, options: &PlanOptions| plan_with(&source, center, options, false);
    let without = plan(&center, &PlanOptions::default()).expect("a plan");
    assert!(without[0].skip_reason.as_ref().is_some_and(|why| why.contains("'team'")), "{without:?}");
    let mut options = PlanOptions::default();
    options.custom_properties.insert("Team".to_owned(), json!("sky"));
    let with = plan(&center, &options).expect("a plan");
    assert_eq!(with[0].skip_reason, None);
    assert_eq!(with[0].api.body["properties"]["customProperties"]["team"], "sky");
    center.snapshot.metadata_schemas = vec![required("deployment")];
    assert!(plan(&center, &PlanOptions::default()).expect("a plan")[0].skip_reason.is_some());
    assert_eq!(
        deployments(&plan(&center, &options).expect("a plan")[0])[0]["customProperties"]["team"],
        "sky"
    );
    center.snapshot.metadata_schemas = vec![required("environment")];
    assert!(plan(&center, &PlanOptions::default()).is_err_and(|error| error.hint().is_some()));
    assert!(plan(&center, &options).is_ok());
    center.snapshot.metadata_schemas = vec![required("api"); 10];
    assert!(
        plan(&center, &options).is_err_and(|error| error.to_string().contains("azr-import")),
        "no room for the provenance schema"
    );
    let incomplete = MetadataSchema {
        name: provenance::METADATA_NAME.to_owned(),
        assignments: vec![("api".to_owned(), false)],
        schema: Value::Null,
    };
    center.snapshot.metadata_schemas = vec![incomplete];
    let prerequisites =
        plan_prerequisites(&source, &center.snapshot, &PlanOptions::default()).expect("prerequisites");
    assert_eq!(prerequisites.metadata.change, Change::Update, "it is not assigned to deployments");
    center.snapshot.metadata_schemas = vec![required("api")];
    options.custom_properties.insert("colour".to_owned(), json!("red"));
    assert!(plan(&center, &options).is_err_and(|error| error.to_string().contains("'colour'")));
}

mod between_runs;
mod limits;
mod moved;
mod protocols;
mod recognition;
mod unfinished;
