//! Versions that are left without a deployment, and versions that people have taken over.

use super::*;

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
