//! Source APIs that get another version or another version set between two imports.

use super::*;

fn plan(source: &ServiceSnapshot, center: &Center, prune: bool) -> Vec<PlannedApi> {
    plan_with(source, center, &PlanOptions::default(), prune).expect("a plan")
}

/// The center after `orders-v1` was imported as version `v1`, next to an API without versions.
fn center_with_orders() -> Center {
    let source = service_with(vec![versioned("orders-v1", "orders", "v1"), api("weather", &json!({}))]);
    execute(&plan(&source, &empty(), false), empty())
}

fn service_with_new_version() -> ServiceSnapshot {
    service_with(vec![versioned("orders-v1", "orders", "v1.1"), api("weather", &json!({}))])
}

fn labels(api: &PlannedApi) -> Vec<&str> {
    api.deletions.iter().map(|deletion| deletion.label.as_str()).collect()
}

#[test]
fn the_version_that_a_source_had_before_is_left_over_and_pruned() {
    let source = service_with_new_version();
    let kept = plan(&source, &center_with_orders(), false);
    assert_eq!(changes(&kept), [Change::Update, Change::Unchanged]);
    let note = "the version version-v1 is left over, because orders-v1 is now the version 'v1.1'";
    assert!(kept[0].notes[0].starts_with(note), "{:?}", kept[0].notes);
    // Also in a later run, which has nothing to do.
    let center = execute(&kept, center_with_orders());
    let again = plan(&source, &center, false);
    assert_eq!(changes(&again), [Change::Unchanged, Change::Unchanged]);
    assert!(again[0].notes[0].starts_with(note), "{:?}", again[0].notes);

    for center in [center_with_orders(), center] {
        let pruned = plan(&source, &center, true);
        assert_eq!(labels(&pruned[0]), ["version version-v1"]);
        assert!(pruned[0].notes.is_empty() && pruned[1].deletions.is_empty(), "{pruned:?}");
        let update = pruned[0].provenance_update.as_ref().expect("an update of the provenance");
        let text = provenance::text(&update.body["properties"]).expect("provenance");
        assert!(text.contains("versions v1-1; sources v1-1:apim/orders-v1"), "{text}");
    }
}

#[test]
fn what_people_entered_for_a_version_moves_with_it() {
    let mut center = center_with_orders();
    let children = center.children.get_mut("orders").expect("the API");
    children.versions.get_mut("version-v1").expect("it").body["properties"]["lifecycleStage"] =
        json!("production");
    let deployment = children.deployments.get_mut("apim-version-v1").expect("it");
    deployment["properties"]["description"] = json!("Ours");
    deployment["properties"]["customProperties"]["team"] = json!("sky");
    let moved = plan(&service_with_new_version(), &center, false);
    let version = &moved[0].versions[0];
    assert_eq!(version.version.body["properties"]["lifecycleStage"], "production");
    let deployment = &version.deployments[0].resource.body["properties"];
    assert_eq!(
        (&deployment["description"], &deployment["customProperties"]["team"]),
        (&json!("Ours"), &json!("sky"))
    );
    // The stage of the command line comes first.
    let options = PlanOptions { lifecycle_stage: Some("testing".to_owned()), ..PlanOptions::default() };
    let staged = plan_with(&service_with_new_version(), &center, &options, false).expect("a plan");
    assert_eq!(staged[0].versions[0].version.body["properties"]["lifecycleStage"], "testing");
}

#[test]
fn a_version_that_people_added_to_stays_though_its_source_moved() {
    let mut center = center_with_orders();
    let children = center.children.get_mut("orders").expect("the API");
    let version = children.versions.get_mut("version-v1").expect("it");
    version.definitions.insert("notes".to_owned(), json!({"name": "notes", "properties": {}}));
    let pruned = plan(&service_with_new_version(), &center, true);
    assert_eq!(labels(&pruned[0]), ["deployment apim-version-v1"]);
    assert!(pruned[0].notes[0].contains("the version version-v1 stays"), "{:?}", pruned[0].notes);
}

#[test]
fn nothing_is_deleted_before_the_source_confirms_that_it_moved() {
    let (source, center, filter) = (service_with_new_version(), center_with_orders(), all());
    let options = PlanOptions::default();
    let groups = group_into_apis(&source, &center.snapshot, &filter, &options).expect("groups");
    let prerequisites = plan_prerequisites(&source, &center.snapshot, &options).expect("prerequisites");
    let pruner = Some(Pruner::new(&source, &filter, Revisions::Current, &options));
    let planner = Planner::new(&source, &center.snapshot, &options, &prerequisites, pruner);
    let (existing, children) = (&center.snapshot.apis["orders"], &center.children["orders"]);
    let unconfirmed = planner.plan_api(&groups[0], Some(existing), children, &StaleSources::default());
    assert!(unconfirmed.deletions.is_empty());
}

#[test]
fn a_version_without_room_for_its_new_name_keeps_the_old_one() {
    let versions = |names: &[&str]| {
        let apis = names.iter().enumerate();
        service_with(apis.map(|(n, name)| versioned(&format!("orders-{n}"), "orders", name)).collect())
    };
    let first = versions(&["v1", "v2", "v3", "v4", "v5"]);
    let center = execute(&plan(&first, &empty(), false), empty());
    let pruned = plan(&versions(&["v1.1", "v2", "v3", "v4", "v5"]), &center, true);
    assert!(pruned[0].deletions.is_empty(), "{:?}", pruned[0].deletions);
}

#[test]
fn two_apis_that_exchange_their_versions_delete_nothing() {
    let versions = |first: &str, second: &str| {
        service_with(vec![versioned("o1", "orders", first), versioned("o2", "orders", second)])
    };
    let center = execute(&plan(&versions("v1", "v2"), &empty(), false), empty());
    let exchanged = plan(&versions("v2", "v1"), &center, true);
    assert_eq!((labels(&exchanged[0]).len(), &exchanged[0].notes[..]), (0, &[][..]));
    let text = provenance::text(&exchanged[0].api.body["properties"]).expect("provenance").to_owned();
    assert!(text.contains("sources version-v1:apim/o2 version-v2:apim/o1"), "{text}");
    let center = execute(&exchanged, center);
    assert_eq!(changes(&plan(&versions("v2", "v1"), &center, true)), [Change::Unchanged]);
    // Another API takes the version of one that is gone: its deployment is not stale.
    let replaced = plan(&service_with(vec![versioned("o3", "orders", "v1")]), &center, true);
    assert_eq!(labels(&replaced[0]), ["version version-v2"]);
}

#[test]
fn an_api_that_leaves_its_version_set_keeps_its_api_in_the_center() {
    let center =
        execute(&plan(&service_with(vec![versioned("weather", "orders", "v1")]), &empty(), false), empty());
    let alone = service_with(vec![api("weather", &json!({}))]);
    let pruned = plan(&alone, &center, true);
    assert_eq!((pruned.len(), pruned[0].name.as_str()), (1, "orders"));
    assert_eq!(
        (&pruned[0].version_titles[..], labels(&pruned[0])),
        (&["Original".to_owned()][..], vec!["version version-v1"])
    );
}

#[test]
fn a_version_that_leaves_its_set_is_deleted_from_the_api_of_the_set() {
    let set =
        service_with(vec![versioned("orders-a", "orders", "v1"), versioned("orders-b", "orders", "v2")]);
    let center = execute(&plan(&set, &empty(), false), empty());
    let split = service_with(vec![versioned("orders-a", "orders", "v1"), api("orders-b", &json!({}))]);
    let kept = plan(&split, &center, false);
    assert_eq!(kept.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), ["orders", "orders-b"]);
    assert!(kept[0].notes[0].contains("orders-b is now imported into another API"), "{:?}", kept[0].notes);
    let pruned = plan(&split, &center, true);
    assert_eq!(labels(&pruned[0]), ["version version-v2"]);

    // And an API that joins a set that the center has: its former API is an orphan.
    let center = execute(&kept, center);
    let joined = plan(&set, &center, true);
    assert_eq!(joined.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), ["orders", "orders-b"]);
    assert_eq!(labels(&joined[1]), ["API orders-b"]);
}
