//! Plans of made-up services and centers.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::*;
use crate::choice::Choice;
use crate::held::{Below, HeldApi, HeldVersion, Limits, Metadata, by_name};
use crate::inventory::Revisions;
use crate::source::{SourceApi, VersionSet};
use crate::survey::Full;
use azr_core::glob::Selection;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_SERVICE, CENTER};

fn sets() -> Vec<VersionSet> {
    let sets = [
        json!({"name": "orders", "properties": {"displayName": "Orders", "versioningScheme": "Segment"}}),
        json!({"name": "query", "properties": {"displayName": "Query", "versioningScheme": "Query", "versionQueryName": "v"}}),
    ];
    sets.iter().filter_map(VersionSet::read).collect()
}

fn api(name: &str, more: &Value) -> SourceApi {
    let mut properties =
        json!({"displayName": format!("The {name} API"), "path": name, "protocols": ["https"]});
    for (member, value) in more.as_object().expect("an object") {
        properties[member] = value.clone();
    }
    SourceApi::read(&json!({"name": name, "properties": properties}), &sets()).expect("an API")
}

fn versioned(name: &str, set: &str, version: &str) -> SourceApi {
    api(name, &json!({"apiVersionSetId": format!("/x/apiVersionSets/{set}"), "apiVersion": version}))
}

fn source_called(service: &str, apis: Vec<SourceApi>) -> Source {
    Source {
        id: APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &[service]),
        gateways: vec![format!("https://{service}.example.net")],
        sets: sets(),
        apis,
    }
}

fn source(apis: Vec<SourceApi>) -> Source {
    source_called("apim", apis)
}

/// A center, with what is below its APIs.
struct Center {
    held: Held,
    below: HashMap<String, Below>,
}

fn empty() -> Center {
    let center = CENTER.id(&ResourceId::resource_group("s", "g"), &["c"]);
    let held = Held {
        workspace: center.child("workspaces", "default"),
        limits: Limits::FREE,
        apis: HashMap::new(),
        environments: HashMap::new(),
        metadata: Vec::new(),
    };
    Center { held, below: HashMap::new() }
}

fn all() -> Choice {
    Choice::new(Selection::new(&[]), None)
}

/// What an import would do: the ground, the APIs, and what is gone.
fn planned_with(source: &Source, center: &Center, options: &Options, prune: bool) -> Result<Vec<PlannedApi>> {
    let choice = all();
    let groups = design(source, &center.held, &choice, options)?;
    let ground = ground(source, &center.held, options)?;
    let mut planner = Planner::new(source, &center.held, options, &ground.environment);
    if prune {
        planner.pruning = Some(Pruning::new(source, &choice, Revisions::Current));
    }
    let nothing = Below::default();
    let below = |name: &str| center.below.get(&name.to_ascii_lowercase()).unwrap_or(&nothing);
    let mut plan: Vec<PlannedApi> =
        groups.iter().map(|group| planner.api(group, below(&group.name))).collect();
    if let Some(pruning) = &planner.pruning {
        let there: HashSet<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        let gone =
            center.held.apis.values().filter(|api| !there.contains(&*api.name) && pruning.is_about(api));
        plan.extend(gone.filter_map(|api| pruning.gone(&planner.id(&api.name), api, below(&api.name))));
    }
    Ok(plan)
}

fn planned(apis: Vec<SourceApi>) -> Vec<PlannedApi> {
    planned_with(&source(apis), &empty(), &Options::default(), false).expect("a plan")
}

fn puts(api: &PlannedApi) -> Vec<Put> {
    let mut all = vec![api.api.clone()];
    for part in &api.parts {
        all.push(part.version.clone());
        all.extend(part.document.as_ref().map(|document| document.definition.clone()));
        all.extend(
            part.deployment.clone().map(|d| d.with(part.document.as_ref().map(|_| "digest".to_owned()))),
        );
    }
    all
}

fn deployments(api: &PlannedApi) -> Vec<Value> {
    let deployments = api.parts.iter().filter_map(|part| part.deployment.as_ref());
    deployments.map(|d| d.put.body["properties"].clone()).collect()
}

fn changes(plan: &[PlannedApi]) -> Vec<Change> {
    plan.iter().map(PlannedApi::change).collect()
}

/// The center after a plan was carried out on it.
fn after(plan: &[PlannedApi], mut center: Center) -> Center {
    let entry = |put: &Put| json!({"name": put.id.name(), "properties": put.body["properties"]});
    center.held.metadata = vec![Metadata {
        name: mark::NAME.to_owned(),
        assigned: vec![("api".to_owned(), false), ("deployment".to_owned(), false)],
    }];
    for api in plan.iter().filter(|api| api.refused.is_none()) {
        let key = api.name.to_ascii_lowercase();
        let below = center.below.entry(key.clone()).or_default();
        for put in puts(api) {
            let parent = put.id.parent().expect("a parent").name().to_ascii_lowercase();
            let name = put.id.name().to_ascii_lowercase();
            match put.id.types_and_names().last().expect("a type").0 {
                "apis" => {
                    center.held.apis.insert(name, HeldApi::new(put.id.name(), &put.body["properties"]));
                }
                "versions" => {
                    let version = below.versions.entry(name).or_default();
                    version.body = entry(&put);
                }
                "definitions" => {
                    let version = below.versions.get_mut(&parent).expect("its version");
                    version.definitions.insert(name, entry(&put));
                }
                _ => drop(below.deployments.insert(name, entry(&put))),
            }
        }
    }
    center
}

/// The paths below the workspace that an API's steps write, in order.
fn paths(api: &PlannedApi) -> Vec<String> {
    let below =
        |put: &Put| put.id.as_str().split("/workspaces/default/").nth(1).unwrap_or_default().to_owned();
    puts(api).iter().map(below).collect()
}

#[test]
fn a_version_set_is_one_api_with_its_versions_in_order() {
    let plan = planned(vec![
        versioned("orders-v10", "orders", "v10"),
        versioned("orders-v2", "orders", "v2"),
        api("weather", &json!({})),
    ]);
    let names: Vec<&str> = plan.iter().map(|api| api.name.as_str()).collect();
    assert_eq!(names, ["orders", "weather"]);
    assert_eq!(plan[0].versions, ["v2", "v10"]);
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
    assert_eq!(plan[1].versions, ["Original"]);
    assert_eq!(paths(&plan[1])[1], "apis/weather/versions/original");
    assert!(plan[0].parts[0].document.as_ref().is_some_and(|document| document.has_siblings));
    assert!(plan[1].parts[0].document.as_ref().is_some_and(|document| !document.has_siblings));
}

#[test]
fn a_revision_is_a_version_before_the_current_one() {
    let plan = planned(vec![
        api("weather", &json!({"apiRevision": "3"})),
        api("weather;rev=2", &json!({"apiRevision": "2"})),
        api("weather;rev=10", &json!({"apiRevision": "10"})),
    ]);
    assert_eq!(plan[0].versions, ["Original revision 2", "Original revision 10", "Original"]);
    assert_eq!(paths(&plan[0])[1], "apis/weather/versions/original-revision-2");
    let uris: Vec<Value> =
        deployments(&plan[0]).iter().map(|d| d["server"]["runtimeUri"][0].clone()).collect();
    assert!(uris[0].as_str().is_some_and(|uri| uri.ends_with(";rev=2")), "{uris:?}");
    assert!(plan[0].parts[2].document.as_ref().is_some_and(|document| document.has_siblings));
}

#[test]
fn deployments_say_where_each_version_answers() {
    let plan = planned(vec![
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
fn kinds_and_definitions_are_the_true_ones() {
    for (nature, kind, definition) in [
        ("http", "rest", Some("openapi")),
        ("odata", "rest", Some("openapi")),
        ("soap", "soap", Some("wsdl")),
        ("graphql", "graphql", Some("graphql")),
        ("grpc", "grpc", Some("grpc")),
        ("websocket", "websocket", None),
    ] {
        let plan = planned(vec![api("one", &json!({"type": nature}))]);
        assert_eq!(plan[0].kind, kind, "{nature}");
        let found = plan[0].parts[0].document.as_ref().map(|document| document.definition.id.name());
        assert_eq!(found, definition, "{nature}");
        assert_eq!(plan[0].notes.is_empty(), definition.is_some(), "{nature}: {:?}", plan[0].notes);
    }
    let strange = planned(vec![api("one", &json!({"type": "mcp"}))]);
    assert!(strange[0].refused.as_ref().is_some_and(|why| why.contains("mcp")));
    let told = Options { kinds: vec![("on*".to_owned(), "webhook")], ..Options::default() };
    let told = planned_with(&source(vec![api("one", &json!({"type": "mcp"}))]), &empty(), &told, false);
    let told = told.expect("a plan");
    assert_eq!((told[0].kind, &told[0].refused), ("webhook", &None));
}

#[test]
fn names_that_collide_are_told_apart_or_refused() {
    let apis = || vec![api("foo.bar", &json!({})), api("foo-bar", &json!({})), api("foo_bar", &json!({}))];
    let names = |apis| planned(apis).into_iter().map(|api| api.name).collect::<Vec<_>>();
    let all = names(apis());
    assert_eq!(all[0], "foo-bar");
    assert!(all[1] != all[2] && all[1..].iter().all(|name| name.starts_with("foo-bar-")), "{all:?}");
    let mut turned = apis();
    turned.reverse();
    assert_eq!(names(turned), all);
    // A version set and an API of one name, and versions that are alike.
    let mixed = names(vec![
        api("orders", &json!({})),
        versioned("o1", "orders", "1.0"),
        versioned("o2", "orders", "1-0"),
    ]);
    assert_eq!((mixed.len(), mixed[0].as_str()), (2, "orders"));

    let options = Options { on_collision: OnCollision::Fail, ..Options::default() };
    let error = planned_with(&source(apis()), &empty(), &options, false).expect_err("a collision");
    assert!(error.to_string().contains("'foo.bar'") && error.hint().is_some(), "{error}");
}

#[test]
fn what_is_selected_has_no_say_in_the_names() {
    let source = source(vec![api("foo.bar", &json!({})), api("foo_bar", &json!({}))]);
    let names = |patterns: &[&str]| {
        let selection = Selection::new(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        let choice = Choice::new(selection, None);
        let design = design(&source, &empty().held, &choice, &Options::default()).expect("a design");
        design.into_iter().filter(Group::is_selected).map(|group| group.name).collect::<Vec<_>>()
    };
    let all = names(&["*"]);
    let one = names(&["foo.bar"]);
    assert_eq!((all.len(), one.len()), (2, 1));
    assert!(all.contains(&one[0]));
}

#[test]
fn what_is_too_long_is_shortened_or_refused() {
    let with = |on_invalid| {
        let long =
            source(vec![api("long", &json!({"displayName": "word ".repeat(20)})), api("short", &json!({}))]);
        planned_with(&long, &empty(), &Options { on_invalid, ..Options::default() }, false).expect("a plan")
    };
    let cut = with(OnInvalid::Truncate);
    assert!(cut[0].title.len() <= 50 && cut[0].refused.is_none());
    assert_eq!(cut[0].notes.len(), 1);
    for on_invalid in [OnInvalid::Skip, OnInvalid::Fail] {
        let skipped = with(on_invalid);
        assert!(skipped[0].refused.is_some() && skipped[1].refused.is_none());
    }
}

#[test]
fn the_oldest_versions_are_left_out_where_the_plan_has_no_room() {
    let apis = || (1..=7).map(|n| versioned(&format!("o{n}"), "orders", &format!("v{n}"))).collect();
    let cut = planned(apis());
    assert_eq!(cut[0].versions, ["v3", "v4", "v5", "v6", "v7"]);
    assert_eq!(cut[0].notes.len(), 1, "{:?}", cut[0].notes);
    let mut standard = empty();
    standard.held.limits = Limits::STANDARD;
    let all = planned_with(&source(apis()), &standard, &Options::default(), false).expect("a plan");
    assert_eq!(all[0].versions.len(), 7);
}

#[test]
fn apis_beyond_the_plan_have_no_room() {
    let mut center = empty();
    center.held.limits.apis = 1;
    let source = source(vec![api("one", &json!({})), api("two", &json!({}))]);
    let options = Options::default();
    let groups = design(&source, &center.held, &all(), &options).expect("a design");
    let ground = ground(&source, &center.held, &options).expect("ground");
    let planner = Planner::new(&source, &center.held, &options, &ground.environment);
    let full = Full::of(&planner, &groups);
    assert_eq!(full.reason("one"), None);
    assert!(full.reason("two").is_some_and(|why| why.contains("Free plan")));
}

#[test]
fn what_is_there_is_unchanged_and_what_differs_is_updated() {
    let source = source(vec![versioned("o1", "orders", "v1"), api("weather", &json!({}))]);
    let plan = |center: &Center, options| planned_with(&source, center, options, false).expect("a plan");
    let options = Options::default();
    let first = plan(&empty(), &options);
    assert_eq!(changes(&first), [Change::Create, Change::Create]);
    let mut center = after(&first, empty());
    let again = plan(&center, &options);
    assert_eq!(changes(&again), [Change::Unchanged, Change::Unchanged]);
    let known = again[0].parts[0].document.as_ref().map(|document| document.known.clone());
    assert_eq!(known, Some(Known::Digest("digest".to_owned())));
    assert!(again.iter().flat_map(puts).all(|put| put.change == Change::Unchanged), "{again:?}");
    // Another document is noted with the deployment.
    let deployment = again[0].parts[0].deployment.clone().expect("it").with(Some("other".to_owned()));
    assert_eq!(deployment.change, Change::Update);
    assert!(
        deployment.body["properties"]["customProperties"][mark::NAME]
            .as_str()
            .is_some_and(|m| m.ends_with("other"))
    );
    assert_eq!(deployment.body["properties"]["state"], "active");

    // A stage that people chose stays, unless the command line says another.
    let version = center.below.get_mut("weather").and_then(|b| b.versions.get_mut("original")).expect("it");
    version.body["properties"]["lifecycleStage"] = json!("production");
    let mut properties = center.held.apis["weather"].properties();
    properties["title"] = json!("Old");
    properties["customProperties"]["team"] = json!("sky");
    center.held.apis.insert("weather".to_owned(), HeldApi::new("weather", &properties));
    let third = plan(&center, &options);
    assert_eq!(changes(&third), [Change::Unchanged, Change::Update]);
    let update = &third[1].api.body["properties"];
    assert_eq!(
        (&update["title"], &update["customProperties"]["team"]),
        (&json!("The weather API"), &json!("sky"))
    );
    assert_eq!(third[1].parts[0].version.change, Change::Unchanged);
    let staged = Options { stage: Some("testing".to_owned()), ..Options::default() };
    assert_eq!(plan(&center, &staged)[1].parts[0].version.change, Change::Update);
}

#[test]
fn metadata_that_the_center_requires_is_given_or_the_api_is_refused() {
    let mut center = empty();
    let required =
        |entity: &str| Metadata { name: "team".to_owned(), assigned: vec![(entity.to_owned(), true)] };
    center.held.metadata = vec![required("api")];
    let source = source(vec![api("one", &json!({}))]);
    let plan = |center: &Center, options: &Options| planned_with(&source, center, options, false);
    let bare = plan(&center, &Options::default()).expect("a plan");
    assert!(bare[0].refused.as_ref().is_some_and(|why| why.contains("'team'")), "{bare:?}");
    let mut given = Options::default();
    given.custom.insert("Team".to_owned(), json!("sky"));
    let good = plan(&center, &given).expect("a plan");
    assert_eq!(good[0].refused, None);
    assert_eq!(good[0].api.body["properties"]["customProperties"]["team"], "sky");
    center.held.metadata = vec![required("deployment")];
    assert!(plan(&center, &Options::default()).expect("a plan")[0].refused.is_some());
    assert_eq!(deployments(&plan(&center, &given).expect("a plan")[0])[0]["customProperties"]["team"], "sky");
    center.held.metadata = vec![required("environment")];
    assert!(plan(&center, &Options::default()).is_err_and(|error| error.hint().is_some()));
    assert!(plan(&center, &given).is_ok());
    center.held.metadata = vec![required("api"); 10];
    assert!(
        plan(&center, &given).is_err_and(|error| error.to_string().contains("azr-import")),
        "no room for marks"
    );
    let astray = Metadata { name: mark::NAME.to_owned(), assigned: vec![("api".to_owned(), false)] };
    center.held.metadata = vec![astray];
    let ground = ground(&source, &center.held, &Options::default()).expect("ground");
    assert_eq!(ground.metadata.change, Change::Update, "it is not for deployments");
    center.held.metadata = vec![required("api")];
    given.custom.insert("colour".to_owned(), json!("red"));
    assert!(plan(&center, &given).is_err_and(|error| error.to_string().contains("'colour'")));
}

mod between_runs;
