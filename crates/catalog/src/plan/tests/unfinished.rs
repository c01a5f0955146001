//! Versions that are left without a deployment, and versions that people have taken over.

use super::*;
use crate::provenance::DeploymentProvenance;

fn plan(source: &ServiceSnapshot, center: &Center, prune: bool) -> Vec<PlannedApi> {
    plan_with(source, center, &PlanOptions::default(), prune).expect("a plan")
}

fn orders(version: &str) -> ServiceSnapshot {
    service_with(vec![versioned("orders-v1", "orders", version)])
}

fn center_with_orders() -> Center {
    execute(&plan(&orders("v1"), &empty(), false), empty())
}

fn orders_of(center: &mut Center) -> &mut ApiChildren {
    center.children.get_mut("orders").expect("the API")
}

fn labels(api: &PlannedApi) -> Vec<&str> {
    api.deletions.iter().map(|deletion| deletion.label.as_str()).collect()
}

fn provenance_text(step: &ResourceStep) -> &str {
    provenance::text(&step.body["properties"]).expect("provenance")
}

fn set_title(center: &mut Center, title: &str) {
    orders_of(center).versions.get_mut("version-v1").expect("it").body["properties"]["title"] = json!(title);
}

#[test]
fn a_version_without_a_deployment_is_deleted_when_its_source_has_another_version() {
    let mut center = center_with_orders();
    orders_of(&mut center).deployments.clear();
    let kept = plan(&orders("v1.1"), &center, false);
    let note = "the version version-v1 is left over, because orders-v1 is now the version 'v1.1'";
    assert!(kept[0].notes.len() == 1 && kept[0].notes[0].starts_with(note), "{:?}", kept[0].notes);
    assert!(kept[0].deletions.is_empty());
    // The version with its definition, for --max-delete.
    let pruned = plan(&orders("v1.1"), &center, true);
    assert_eq!((labels(&pruned[0]), pruned[0].deletions[0].resource_count), (vec!["version version-v1"], 2));
    let update = pruned[0].provenance_update.as_ref().expect("an update of the provenance");
    assert!(provenance_text(update).contains("versions v1-1; sources v1-1:apim/orders-v1"));
    // While its source has the version, it is completed instead.
    let again = plan(&orders("v1"), &center, true);
    assert!(again[0].deletions.is_empty() && again[0].notes.is_empty(), "{again:?}");
}

#[test]
fn a_version_without_a_deployment_stays_if_people_edited_or_deployed_it() {
    let mut center = center_with_orders();
    let mut deployment = orders_of(&mut center).deployments.remove("apim-version-v1").expect("it");
    set_title(&mut center, "Ours");
    let pruned = plan(&orders("v1.1"), &center, true);
    assert_eq!(labels(&pruned[0]), [""; 0]);
    assert_eq!(pruned[0].notes, ["the version version-v1 stays, because people edited its title"]);

    set_title(&mut center, "v1");
    deployment["name"] = json!("ours");
    deployment["properties"]["customProperties"] = json!({});
    orders_of(&mut center).deployments.insert("ours".to_owned(), deployment);
    assert_eq!(labels(&plan(&orders("v1.1"), &center, true)[0]), [""; 0]);
}

/// The deployment is deleted, so a later run could not recognize the edit any more.
#[test]
fn a_version_that_people_edited_is_theirs_before_its_deployment_is_deleted() {
    let mut center = center_with_orders();
    set_title(&mut center, "Ours");
    let pruned = plan(&orders("v1.1"), &center, true);
    assert_eq!(labels(&pruned[0]), ["deployment apim-version-v1"]);
    assert_eq!(pruned[0].notes, ["the version version-v1 stays, because people edited its title"]);
    for step in [Some(&pruned[0].api), pruned[0].provenance_update.as_ref()].into_iter().flatten() {
        let text = provenance_text(step);
        assert!(text.contains("versions v1-1; sources v1-1:apim/orders-v1"), "{text}");
    }
    let mut center = execute(&pruned, center);
    orders_of(&mut center).deployments.remove("apim-version-v1");
    // Even with its former title.
    set_title(&mut center, "v1");
    let again = plan(&orders("v1.1"), &center, true);
    assert_eq!((labels(&again[0]).len(), again[0].api.change), (0, Change::Unchanged));
}

#[test]
fn a_version_that_people_edited_stays_though_a_run_is_interrupted_after_it_deleted_the_deployment() {
    let mut center = center_with_orders();
    set_title(&mut center, "Ours");
    let pruned = plan(&service_with(vec![]), &center, true);
    assert_eq!(labels(&pruned[0]), ["deployment apim-version-v1"]);
    assert_eq!(pruned[0].api.change, Change::Update);
    let mut center = execute(&pruned, center);
    orders_of(&mut center).deployments.clear();
    set_title(&mut center, "v1");
    assert!(plan(&service_with(vec![]), &center, true).is_empty());
}

/// A deployment of people keeps a version, but has no record of its document.
#[test]
fn the_api_records_the_document_of_a_version_whose_deployment_is_deleted() {
    let mut center = center_with_orders();
    let definition = center.snapshot.workspace.child("apis", "orders").child("versions", "version-v1");
    let definition = definition.child("definitions", "openapi");
    let children = orders_of(&mut center);
    let deployment = children.deployments.get_mut("apim-version-v1").expect("it");
    let mut provenance =
        DeploymentProvenance::from_properties(&deployment["properties"]).expect("provenance");
    provenance.digest = Some("9f".to_owned());
    deployment["properties"]["customProperties"][provenance::METADATA_NAME] = json!(provenance.to_string());
    let mut ours = deployment.clone();
    ours["name"] = json!("ours");
    ours["properties"]["customProperties"] = json!({});
    children.deployments.insert("ours".to_owned(), ours);

    let source = orders("v1.1");
    let filter = all();
    let options = PlanOptions::default();
    let pruner = || Pruner::new(&source, &filter, Revisions::Current, &options);
    let documents = |center: &Center| {
        let id = center.snapshot.workspace.child("apis", "orders");
        let snapshot = recognize(&source, center);
        let groups = group_into_apis(&source, &snapshot, &filter, &options).expect("groups");
        let api = &center.snapshot.apis["orders"];
        let provenance = api.provenance.as_ref();
        let children = &center.children["orders"];
        let candidates = pruner().candidates(&id, provenance, Some(&groups[0]), children);
        candidates.into_iter().flat_map(|candidate| candidate.documents).collect::<Vec<_>>()
    };
    let expected = [(definition, "9f".to_owned())];
    assert_eq!(documents(&center), expected);

    let snapshot = recognize(&source, &center);
    let groups = group_into_apis(&source, &snapshot, &filter, &options).expect("groups");
    let prerequisites = plan_prerequisites(&source, &snapshot, &options).expect("prerequisites");
    let planner = Planner::new(&source, &snapshot, &options, &prerequisites, Some(pruner()));
    let existing = planner.api_in_snapshot("orders");
    let children = &center.children["orders"];
    let id = planner.api_id("orders");
    let mut stale = all_stale(&pruner(), &id, existing, Some(&groups[0]), children);
    stale.documents.insert("version-v1".to_owned(), expected.to_vec());
    let plan_of_orders = planner.plan_api(&groups[0], existing, children, &stale);
    assert_eq!(labels(&plan_of_orders), ["deployment apim-version-v1"]);
    assert_eq!(plan_of_orders.notes, ["the version version-v1 stays, because people deploy it"]);
    for step in [Some(&plan_of_orders.api), plan_of_orders.provenance_update.as_ref()].into_iter().flatten() {
        let text = provenance_text(step);
        assert!(text.contains("; documents version-v1/openapi:9f; "), "{text}");
    }

    // People deploy another version now.
    let mut center = execute(&[plan_of_orders], center);
    orders_of(&mut center)
        .deployments
        .retain(|name, _| !["ours", "apim-version-v1"].contains(&name.as_str()));
    assert_eq!(documents(&center), expected);
    // The source has the version again.
    let again = plan(&orders("v1"), &center, true);
    assert!(!provenance_text(&again[0].api).contains("documents"), "{again:?}");
}
