//! Plans for centers that another run, another service or a person has changed.

use super::*;

fn merging() -> PlanOptions {
    PlanOptions { on_collision: OnCollision::Merge, ..PlanOptions::default() }
}

/// A center with an API that a person created.
fn center_with_manual_api() -> Center {
    let mut center = empty();
    let properties = json!({"title": "Mine", "kind": "rest", "customProperties": {}});
    center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &properties));
    let children = center.children.entry("weather".to_owned()).or_default();
    let version =
        json!({"name": "original", "properties": {"title": "Mine", "lifecycleStage": "production"}});
    let definitions = index_by_name(vec![json!({"name": "openapi", "properties": {"title": "Mine"}})]);
    children.versions.insert("original".to_owned(), CenterVersion { body: version, definitions });
    center
}

#[test]
fn an_api_that_people_created_is_avoided_merged_or_refused() {
    let source = service_with(vec![api("weather", &json!({}))]);
    let plan = |on_collision| {
        plan_with(
            &source,
            &center_with_manual_api(),
            &PlanOptions { on_collision, ..PlanOptions::default() },
            false,
        )
    };
    let suffixed = plan(OnCollision::Suffix).expect("a plan");
    assert!(
        suffixed[0].name.starts_with("weather-") && suffixed[0].change() == Change::Create,
        "{suffixed:?}"
    );
    let error = plan(OnCollision::Fail).expect_err("refused");
    assert!(error.to_string().contains("'weather'") && error.hint().is_some(), "{error}");
    let merged = &plan(OnCollision::Merge).expect("a plan")[0];
    assert_eq!((merged.name.as_str(), merged.change()), ("weather", Change::Update));
    assert_eq!(merged.api.body["properties"]["title"], "Mine");
    assert_eq!(merged.versions[0].version.change, Change::Unchanged);
    assert!(merged.versions[0].documents.is_empty(), "their document is not replaced");
    assert_eq!(deployments(merged).len(), 1);
    // It stays unchanged when azr runs again, and when its source is deleted.
    let center = execute(std::slice::from_ref(merged), center_with_manual_api());
    let again = plan_with(&source, &center, &merging(), false).expect("a plan");
    assert_eq!(changes(&again), [Change::Unchanged]);
    let pruned = plan_with(&service_with(vec![]), &center, &merging(), true).expect("a plan");
    let deleted: Vec<&str> = pruned[0].deletions.iter().map(|r| r.label.as_str()).collect();
    assert_eq!(deleted, ["deployment apim-original"]);
    let update = pruned[0].provenance_update.as_ref().expect("an update without provenance");
    assert_eq!(update.body["properties"]["customProperties"], json!({}));
    assert_eq!(update.body["properties"]["title"], "Mine");
}

#[test]
fn an_api_of_another_kind_is_not_merged() {
    let soap = service_with(vec![api("weather", &json!({"type": "soap"}))]);
    let plan = plan_with(&soap, &center_with_manual_api(), &merging(), false).expect("a plan");
    assert!(plan[0].skip_reason.as_ref().is_some_and(|why| why.contains("soap")), "{plan:?}");
}

#[test]
fn one_api_of_two_services_has_two_deployments_and_one_document() {
    let apis = || vec![api("weather", &json!({}))];
    let (east, west) = (service_named("east", apis()), service_named("west", apis()));
    let plan = |source: &ServiceSnapshot, center: &Center, prune| {
        plan_with(source, center, &merging(), prune).expect("a plan")
    };
    let center = execute(&plan(&east, &empty(), false), empty());
    let second = plan(&west, &center, false);
    assert_eq!((second[0].name.as_str(), second[0].change()), ("weather", Change::Update));
    assert!(second[0].versions[0].documents.is_empty());
    let center = execute(&second, center);
    assert_eq!(center.children["weather"].deployments.len(), 2);
    let definition = |service: &str| {
        let name = format!("{service}-original");
        center.children["weather"].deployments[&name]["properties"]["definitionId"].clone()
    };
    assert_eq!(definition("east"), definition("west"));
    // Neither service undoes the changes of the other.
    assert_eq!(changes(&plan(&east, &center, true)), [Change::Unchanged]);
    assert_eq!(changes(&plan(&west, &center, true)), [Change::Unchanged]);
    // With suffixes they are two APIs.
    let apart =
        plan_with(&west, &execute(&plan(&east, &empty(), false), empty()), &PlanOptions::default(), false);
    assert!(apart.expect("a plan")[0].name.starts_with("weather-"));

    // What one of them no longer has stays for the other.
    let pruned = plan(&service_named("east", vec![]), &center, true);
    let deleted: Vec<&str> = pruned[0].deletions.iter().map(|r| r.label.as_str()).collect();
    assert_eq!(deleted, ["deployment east-original"]);
    let update = pruned[0].provenance_update.as_ref().expect("an update of the provenance");
    let fields = recorded_fields(&pruned[0]);
    assert_eq!(
        update.body["properties"]["customProperties"][provenance::METADATA_NAME],
        format!("of weather; from west; made API; versions original; {fields}")
    );
}

#[test]
fn only_the_version_that_the_source_lost_is_deleted() {
    let orders = |versions: &[&str]| {
        let apis = versions.iter().map(|v| versioned(&format!("orders-{v}"), "orders", v));
        service_with(apis.chain([api("weather", &json!({}))]).collect())
    };
    let plan = |source: &ServiceSnapshot, center: &Center| {
        plan_with(source, center, &PlanOptions::default(), true).expect("a plan")
    };
    let center = execute(&plan(&orders(&["v1", "v2"]), &empty()), empty());
    let less = plan(&orders(&["v2"]), &center);
    assert_eq!(changes(&less), [Change::Update, Change::Unchanged]);
    let [deletion] = &less[0].deletions[..] else { panic!("{less:?}") };
    let deleted: Vec<&str> = deletion.resources.iter().map(|resource| resource.id.name()).collect();
    assert_eq!(
        (deletion.label.as_str(), deleted),
        ("version version-v1", vec!["apim-version-v1", "version-v1"])
    );
    let update = less[0].provenance_update.as_ref().expect("an update of the provenance");
    let fields = recorded_fields(&less[0]);
    assert_eq!(
        update.body["properties"]["customProperties"][provenance::METADATA_NAME],
        format!(
            "of orders; from apim; made API; versions version-v2; sources version-v2:apim/orders-v2; {fields}"
        )
    );
    // Without --prune nothing is deleted.
    let kept = plan_with(&orders(&["v2"]), &center, &PlanOptions::default(), false).expect("a plan");
    assert_eq!(changes(&kept), [Change::Unchanged, Change::Unchanged]);

    // The API is deleted if all of its versions are.
    let none = plan(&service_with(vec![api("weather", &json!({}))]), &center);
    let pruned = none.iter().find(|api| api.name == "orders").expect("it");
    assert_eq!(pruned.deletions.len(), 1);
    assert_eq!(pruned.deletions[0].resources[0].id, *pruned.api.id());
}

#[test]
fn additions_by_people_keep_a_version_and_its_api() {
    let plan = |source: &ServiceSnapshot, center: &Center| {
        plan_with(source, center, &PlanOptions::default(), true).expect("a plan")
    };
    let first = || execute(&plan(&service_with(vec![api("weather", &json!({}))]), &empty()), empty());
    let nothing = service_with(vec![]);

    let mut center = first();
    let children = center.children.get_mut("weather").expect("it");
    let version = children.versions.get_mut("original").expect("it");
    version.definitions.insert("notes".to_owned(), json!({"name": "notes", "properties": {}}));
    let pruned = plan(&nothing, &center);
    assert_eq!(pruned[0].deletions[0].label, "deployment apim-original");

    let mut center = first();
    let children = center.children.get_mut("weather").expect("it");
    children
        .versions
        .insert("v2".to_owned(), CenterVersion { body: json!({"name": "v2"}), ..CenterVersion::default() });
    let pruned = plan(&nothing, &center);
    assert_eq!(pruned[0].deletions[0].label, "version original");
    assert!(pruned[0].deletions[0].resources.iter().all(|resource| &resource.id != pruned[0].api.id()));

    // What has no provenance is never deleted.
    assert!(plan(&nothing, &center_with_manual_api()).is_empty());
    // A revision that is not read is not an orphan.
    let revisions =
        service_with(vec![api("weather", &json!({})), api("weather;rev=2", &json!({"apiRevision": "2"}))]);
    let center = execute(&plan(&revisions, &empty()), empty());
    let current = plan(&service_with(vec![api("weather", &json!({"apiRevision": "3"}))]), &center);
    assert!(current[0].deletions.is_empty(), "{current:?}");
}

#[test]
fn nothing_is_deleted_while_its_source_exists() {
    let imported =
        plan_with(&service_with(vec![api("weather", &json!({}))]), &empty(), &PlanOptions::default(), true);
    let center = execute(&imported.expect("a plan"), empty());
    // The list of the service does not contain the API, but nobody has confirmed that the API does not exist.
    let (service, filter) = (service_with(vec![]), all());
    let pruner = Pruner::new(&service, &filter, Revisions::Current, &PlanOptions::default());
    let existing = &center.snapshot.apis["weather"];
    let id = center.snapshot.workspace.child("apis", "weather");
    let children = &center.children["weather"];
    assert_eq!(pruner.candidates(&id, None, None, children).len(), 1);
    assert!(pruner.plan_orphan(&id, existing, children, &StaleSources::default()).is_none());
    let missing = all_stale(&pruner, &id, Some(existing), None, children);
    let plan = pruner.plan_orphan(&id, existing, children, &missing).expect("a plan");
    // The API with its version, definition and deployment.
    assert_eq!(plan.deletions[0].resource_count, 4);
    // A document that people have replaced keeps its version, and so the API.
    let edited = StaleSources { edited_versions: ["original".to_owned()].into(), ..missing };
    let plan = pruner.plan_orphan(&id, existing, children, &edited).expect("a plan");
    assert_eq!(plan.deletions[0].label, "deployment apim-original");
}

#[test]
fn a_copy_of_an_imported_api_is_not_deleted() {
    let imported =
        plan_with(&service_with(vec![api("museum", &json!({}))]), &empty(), &PlanOptions::default(), true);
    let mut center = execute(&imported.expect("a plan"), empty());
    let copy = CenterApi::new("our-museum", &center.snapshot.apis["museum"].properties());
    assert_eq!(copy.provenance, None);
    center.snapshot.apis.insert("our-museum".to_owned(), copy);
    let children = center.children["museum"].clone();
    center.children.insert("our-museum".to_owned(), children);
    let pruned = plan_with(&service_with(vec![]), &center, &PlanOptions::default(), true).expect("a plan");
    assert_eq!(pruned.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), ["museum"]);
}

#[test]
fn a_summary_or_a_definition_of_people_keeps_an_api() {
    let service = service_with(vec![api("weather", &json!({}))]);
    let imported = plan_with(&service, &empty(), &PlanOptions::default(), true).expect("a plan");
    let pruned = |center: &Center| {
        plan_with(&service_with(vec![]), center, &PlanOptions::default(), true).expect("a plan").remove(0)
    };
    let mut center = execute(&imported, empty());
    let mut properties = center.snapshot.apis["weather"].properties();
    properties["summary"] = json!("Mine");
    center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &properties));
    let with_summary = pruned(&center);
    assert!(with_summary.deletions.iter().all(|deletion| !with_summary.is_deleted_by(deletion)));
    // Also a definition with a name that azr uses for another format.
    let mut center = execute(&imported, empty());
    let version =
        center.children.get_mut("weather").and_then(|c| c.versions.get_mut("original")).expect("it");
    version.definitions.insert("graphql".to_owned(), json!({"name": "graphql", "properties": {}}));
    assert_eq!(pruned(&center).deletions[0].label, "deployment apim-original");
}

#[test]
fn a_document_is_pending_while_it_is_replaced() {
    let service = service_with(vec![api("weather", &json!({}))]);
    let plan = |center: &Center| plan_with(&service, center, &PlanOptions::default(), false).expect("a plan");
    let mut center = execute(&plan(&empty()), empty());
    let step = plan(&center)[0].versions[0].deployments[0].clone();
    let pending = step.pending().expect("it exists");
    let text = pending.body["properties"]["customProperties"][provenance::METADATA_NAME].clone();
    assert!(text.as_str().is_some_and(|text| text.contains(" for weather/apim-original pending ")), "{text}");
    let deployments = &mut center.children.get_mut("weather").expect("it").deployments;
    deployments.insert(
        "apim-original".to_owned(),
        json!({"name": "apim-original", "properties": pending.body["properties"]}),
    );
    // A run that is interrupted then leaves a document of which nothing is known.
    let again = &plan(&center)[0].versions[0];
    assert_eq!(again.documents.first().map(|document| &document.existing), Some(&ExistingDocument::Unknown));
    assert_eq!(again.deployments[0].resource.change, Change::Update);
}

/// The part of the provenance of an API that lists the fields that azr wrote.
fn recorded_fields(api: &PlannedApi) -> String {
    let text = api.api.body["properties"]["customProperties"][provenance::METADATA_NAME].as_str();
    let start = text.and_then(|text| text.find("fields ")).expect("recorded fields");
    text.unwrap_or_default()[start..].to_owned()
}

#[test]
fn an_api_whose_import_was_interrupted_is_deleted_with_its_source() {
    let service = service_with(vec![api("weather", &json!({}))]);
    let imported = plan_with(&service, &empty(), &PlanOptions::default(), true).expect("a plan");
    let mut center = execute(&imported, empty());
    let pruned = |center: &Center| {
        plan_with(&service_with(vec![]), center, &PlanOptions::default(), true).expect("a plan").remove(0)
    };
    // Before the deployment, and before the version.
    center.children.get_mut("weather").expect("it").deployments.clear();
    let plan = pruned(&center);
    assert_eq!(plan.deletions[0].label, "API weather");
    assert_eq!(plan.deletions[0].resource_count, 3);
    *center.children.get_mut("weather").expect("it") = ApiChildren::default();
    assert_eq!(pruned(&center).deletions[0].label, "API weather");
    // With a source that exists, nothing is deleted.
    let again = plan_with(&service, &center, &PlanOptions::default(), true).expect("a plan");
    assert!(again[0].deletions.is_empty());
}
