//! Plans of made-up services and centers.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::*;
use crate::arm::id::ResourceId;
use crate::arm::resource::{APIM_SERVICE, CENTER};
use crate::glob::Selection;
use crate::import::held::{HeldApi, HeldVersion, Limits, by_name};
use crate::import::source::{SourceApi, VersionSet};

fn api(name: &str, more: &Value) -> SourceApi {
    let mut properties =
        json!({"displayName": format!("The {name} API"), "path": name, "protocols": ["https"]});
    for (member, value) in more.as_object().expect("an object") {
        properties[member] = value.clone();
    }
    SourceApi::read(&json!({"name": name, "properties": properties})).expect("a current API")
}

fn versioned(name: &str, set: &str, version: &str) -> SourceApi {
    api(name, &json!({"apiVersionSetId": format!("/x/apiVersionSets/{set}"), "apiVersion": version}))
}

fn source(apis: Vec<SourceApi>) -> Source {
    let sets = [
        json!({"name": "orders", "properties": {"displayName": "Orders", "versioningScheme": "Segment"}}),
        json!({"name": "query", "properties": {"displayName": "Query", "versioningScheme": "Query", "versionQueryName": "v"}}),
    ];
    Source {
        id: APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &["apim"]),
        gateways: vec!["https://apim.example.net".to_owned()],
        sets: sets.iter().filter_map(VersionSet::read).collect(),
        apis,
    }
}

fn empty() -> Held {
    let center = CENTER.id(&ResourceId::resource_group("s", "g"), &["c"]);
    Held {
        workspace: center.child("workspaces", "default"),
        limits: Limits::FREE,
        apis: HashMap::new(),
        environments: HashMap::new(),
    }
}

fn planned_with(source: &Source, held: &Held, options: &Options) -> Result<Plan> {
    let design = design(source, |_| true, options)?;
    plan(&design, source, held, options)
}

fn planned(apis: Vec<SourceApi>) -> Plan {
    planned_with(&source(apis), &empty(), &Options::default()).expect("a plan")
}

fn puts(api: &PlannedApi) -> Vec<&Put> {
    api.steps
        .iter()
        .map(|step| match step {
            Step::Put(put) => put,
            Step::Document(document) => &document.definition,
        })
        .collect()
}

/// The paths below the workspace that an API's steps write, in order.
fn paths(api: &PlannedApi) -> Vec<String> {
    let below =
        |put: &Put| put.id.as_str().split("/workspaces/default/").nth(1).unwrap_or_default().to_owned();
    puts(api).into_iter().map(below).collect()
}

fn deployments(api: &PlannedApi) -> Vec<&Value> {
    let of = |put: &&Put| put.id.as_str().contains("/deployments/");
    puts(api).into_iter().filter(of).map(|put| &put.body["properties"]).collect()
}

#[test]
fn a_version_set_is_one_api_with_its_versions_in_order() {
    let plan = planned(vec![
        versioned("orders-v10", "orders", "v10"),
        versioned("orders-v2", "orders", "v2"),
        api("weather", &json!({})),
    ]);
    let names: Vec<&str> = plan.apis.iter().map(|api| api.name.as_str()).collect();
    assert_eq!(names, ["orders", "weather"]);
    assert_eq!(plan.apis[0].versions, ["v2", "v10"]);
    assert_eq!(
        paths(&plan.apis[0]),
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
    assert_eq!(plan.apis[1].versions, ["Original"]);
    assert_eq!(paths(&plan.apis[1])[1], "apis/weather/versions/original");
    assert_eq!(plan.environment.id.name(), "apim");
}

#[test]
fn deployments_say_where_each_version_answers() {
    let plan = planned(vec![
        versioned("orders-v1", "orders", "v1"),
        versioned("query-1", "query", "2024-01-01"),
        api("ticker", &json!({"type": "websocket", "protocols": ["ws", "wss"]})),
        api("root", &json!({"path": "", "protocols": ["http", "https"]})),
    ]);
    let uris: Vec<&Value> =
        plan.apis.iter().flat_map(deployments).map(|d| &d["server"]["runtimeUri"]).collect();
    assert_eq!(
        uris,
        [
            &json!(["https://apim.example.net/orders-v1/v1"]),
            &json!(["https://apim.example.net/query-1?v=2024-01-01"]),
            &json!(["https://apim.example.net"]),
            &json!(["wss://apim.example.net/ticker"]),
        ]
    );
    let first = deployments(&plan.apis[0])[0];
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
        let api = &plan.apis[0];
        assert_eq!(api.kind, kind, "{nature}");
        let found = puts(api).into_iter().find(|put| put.id.as_str().contains("/definitions/"));
        assert_eq!(found.map(|put| put.id.name()), definition, "{nature}");
        assert_eq!(api.notes.is_empty(), definition.is_some(), "{nature}: {:?}", api.notes);
    }
    let strange = planned(vec![api("one", &json!({"type": "mcp"}))]);
    assert!(strange.apis[0].refused.as_ref().is_some_and(|why| why.contains("mcp")));
}

#[test]
fn names_that_collide_are_told_apart_or_refused() {
    let apis = || vec![api("foo.bar", &json!({})), api("foo-bar", &json!({})), api("foo_bar", &json!({}))];
    let names = |apis| planned(apis).apis.into_iter().map(|api| api.name).collect::<Vec<_>>();
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
    let error = planned_with(&source(apis()), &empty(), &options).expect_err("a collision");
    assert!(error.to_string().contains("'foo.bar'") && error.hint().is_some(), "{error}");
}

#[test]
fn what_is_selected_has_no_say_in_the_names() {
    let source = source(vec![api("foo.bar", &json!({})), api("foo_bar", &json!({}))]);
    let options = Options::default();
    let names = |patterns: &[&str]| {
        let selection = Selection::new(&patterns.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>());
        let design = design(&source, |name| selection.holds(name), &options).expect("a design");
        design.groups.into_iter().map(|group| group.name).collect::<Vec<_>>()
    };
    let all = names(&["*"]);
    let one = names(&["foo.bar"]);
    assert_eq!((all.len(), one.len()), (2, 1));
    assert!(all.contains(&one[0]));
}

#[test]
fn what_is_too_long_is_shortened_skipped_or_refused() {
    let long =
        || source(vec![api("long", &json!({"displayName": "word ".repeat(20)})), api("short", &json!({}))]);
    let with = |on_invalid| planned_with(&long(), &empty(), &Options { on_invalid, ..Options::default() });
    let cut = with(OnInvalid::Truncate).expect("a plan");
    assert!(cut.apis[0].title.len() <= 50 && cut.apis[0].refused.is_none());
    assert_eq!(cut.apis[0].notes.len(), 1);
    let skipped = with(OnInvalid::Skip).expect("a plan");
    assert!(skipped.apis[0].refused.is_some() && skipped.apis[1].refused.is_none());
    let error = with(OnInvalid::Fail).expect_err("refused");
    assert!(error.to_string().contains("long") && error.hint().is_some(), "{error}");
}

#[test]
fn the_oldest_versions_are_left_out_where_the_plan_has_no_room() {
    let apis = || (1..=7).map(|n| versioned(&format!("o{n}"), "orders", &format!("v{n}"))).collect();
    let cut = planned(apis());
    assert_eq!(cut.apis[0].versions, ["v3", "v4", "v5", "v6", "v7"]);
    assert_eq!(cut.apis[0].notes.len(), 1, "{:?}", cut.apis[0].notes);
    let standard = Held { limits: Limits::STANDARD, ..empty() };
    let all = planned_with(&source(apis()), &standard, &Options::default()).expect("a plan");
    assert_eq!(all.apis[0].versions.len(), 7);
}

#[test]
fn apis_beyond_the_plan_are_refused() {
    let held = Held { limits: Limits { apis: 1, ..Limits::FREE }, ..empty() };
    let source = source(vec![api("one", &json!({})), api("two", &json!({}))]);
    let plan = planned_with(&source, &held, &Options::default()).expect("a plan");
    let refused: Vec<bool> = plan.apis.iter().map(|api| api.refused.is_some()).collect();
    assert_eq!(refused, [false, true]);
}

/// A center that holds what a plan makes.
fn after(plan: &Plan) -> Held {
    let mut held = empty();
    let entry = |put: &Put| json!({"name": put.id.name(), "properties": put.body["properties"]});
    held.environments = by_name(vec![entry(&plan.environment)]);
    for api in &plan.apis {
        let mut made = HeldApi::default();
        for put in puts(api) {
            let parent = put.id.parent().expect("a parent").name().to_ascii_lowercase();
            let name = put.id.name().to_ascii_lowercase();
            match put.id.types_and_names().last().expect("a type").0 {
                "apis" => made.body = entry(put),
                "versions" => {
                    made.versions.insert(name, HeldVersion { body: entry(put), ..HeldVersion::default() });
                }
                "definitions" => {
                    let version = made.versions.get_mut(&parent).expect("its version");
                    version.definitions.insert(name, entry(put));
                }
                _ => drop(made.deployments.insert(name, entry(put))),
            }
        }
        held.apis.insert(api.name.to_ascii_lowercase(), made);
    }
    held
}

#[test]
fn what_is_there_is_unchanged_and_what_differs_is_updated() {
    let source = source(vec![versioned("o1", "orders", "v1"), api("weather", &json!({}))]);
    let first = planned_with(&source, &empty(), &Options::default()).expect("a plan");
    assert!(first.apis.iter().all(|api| api.change() == Change::Create));
    let mut held = after(&first);
    let again = planned_with(&source, &held, &Options::default()).expect("a plan");
    assert_eq!(again.environment.change, Change::Unchanged);
    for api in &again.apis {
        assert!(puts(api).iter().all(|put| put.change == Change::Unchanged), "{api:?}");
    }
    // A stage that people chose stays, unless the command line says another.
    let weather = held.apis.get_mut("weather").expect("it");
    weather.versions.get_mut("original").expect("it").body["properties"]["lifecycleStage"] =
        json!("production");
    weather.body["properties"]["title"] = json!("Old");
    weather.body["properties"]["customProperties"] = json!({"team": "sky"});
    let third = planned_with(&source, &held, &Options::default()).expect("a plan");
    let changes: Vec<Change> = third.apis.iter().map(PlannedApi::change).collect();
    assert_eq!(changes, [Change::Unchanged, Change::Update]);
    let update = &puts(&third.apis[1])[0].body["properties"];
    assert_eq!(
        (&update["title"], &update["customProperties"]["team"]),
        (&json!("The weather API"), &json!("sky"))
    );
    assert_eq!(puts(&third.apis[1])[1].change, Change::Unchanged);
    let staged = Options { stage: Some("testing".to_owned()), ..Options::default() };
    let fourth = planned_with(&source, &held, &staged).expect("a plan");
    assert_eq!(puts(&fourth.apis[1])[1].change, Change::Update);
}
