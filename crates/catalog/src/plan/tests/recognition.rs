//! APIs that were moved in API Management, or lost their provenance in the center.

use super::*;

fn imported(apis: Vec<ApimApi>) -> Center {
    execute(&plan_apis(apis), empty())
}

#[test]
fn an_api_that_is_put_into_a_version_set_keeps_its_api_in_the_center() {
    let center = imported(vec![api("weather", &json!({})), api("ticker", &json!({}))]);
    let moved = service_with(vec![
        api("weather", &json!({"apiVersionSetId": "/x/apiVersionSets/orders"})),
        versioned("weather-v2", "orders", "v2"),
        api("ticker", &json!({})),
    ]);
    let plan = |center: &Center| plan_with(&moved, center, &PlanOptions::default(), true).expect("a plan");
    let first = plan(&center);
    let names: Vec<&str> = first.iter().map(|api| api.name.as_str()).collect();
    assert_eq!(names, ["ticker", "weather"]);
    assert_eq!(first[1].version_titles, ["Original", "v2"]);
    assert_eq!(changes(&first), [Change::Unchanged, Change::Update]);
    assert!(first.iter().all(|api| api.deletions.is_empty()));
    let again = plan(&execute(&first, center));
    assert_eq!(changes(&again), [Change::Unchanged, Change::Unchanged]);
    assert_eq!(again[1].name, "weather");
}

#[test]
fn an_api_that_lost_its_provenance_is_recognized_by_its_deployments() {
    let source = service_with(vec![api("weather", &json!({}))]);
    let plan = |source: &ServiceSnapshot, center: &Center| {
        plan_with(source, center, &PlanOptions::default(), true).expect("a plan")
    };
    let with_properties = |change: fn(&mut Value)| {
        let mut center = imported(vec![api("weather", &json!({}))]);
        let mut properties = center.snapshot.apis["weather"].properties();
        properties["customProperties"] = json!({});
        change(&mut properties);
        center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &properties));
        center
    };
    let center = with_properties(|_| {});
    let first = plan(&source, &center);
    assert_eq!((first[0].name.as_str(), first[0].change()), ("weather", Change::Update));
    assert!(first[0].notes[0].contains("had lost its provenance"), "{:?}", first[0].notes);
    let center = execute(&first, center);
    assert_eq!(changes(&plan(&source, &center)), [Change::Unchanged]);
    // It is updated as before, but never deleted, because nobody knows any more who created it.
    let renamed = service_with(vec![api("weather", &json!({"displayName": "New"}))]);
    assert_eq!(plan(&renamed, &center)[0].api.changed_fields[0], "title");
    let pruned = plan(&service_with(vec![]), &center);
    assert!(pruned[0].deletions.iter().all(|deletion| !pruned[0].is_deleted_by(deletion)));

    // What people have changed as well is theirs.
    let center = with_properties(|properties| properties["title"] = json!("Ours"));
    let first = plan(&source, &center);
    assert_eq!(first[0].api.changed_fields, [provenance::METADATA_NAME]);
    let center = execute(&first, center);
    assert_eq!(changes(&plan(&renamed, &center)), [Change::Unchanged]);
}

#[test]
fn an_api_beside_one_from_elsewhere_is_named_in_a_note() {
    let mut center = empty();
    center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &json!({"title": "Ours"})));
    center.children.insert("weather".to_owned(), ApiChildren::default());
    let plan =
        plan_with(&service_with(vec![api("weather", &json!({}))]), &center, &PlanOptions::default(), false)
            .expect("a plan");
    assert!(plan[0].name.starts_with("weather-"));
    let note = &plan[0].notes[0];
    assert!(note.contains("was not imported from apim") && !note.contains("same title"), "{note}");

    // It may have been registered from the API's definition.
    let registered = json!({"title": "The weather API", "kind": "rest"});
    center.snapshot.apis.insert("weather".to_owned(), CenterApi::new("weather", &registered));
    let source = service_with(vec![api("weather", &json!({}))]);
    let plan = plan_with(&source, &center, &PlanOptions::default(), false).expect("a plan");
    assert!(
        plan[0].notes[0].ends_with("--on-collision merge adds to that API instead"),
        "{:?}",
        plan[0].notes
    );
}
