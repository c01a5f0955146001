use super::*;
use crate::commands::apic::register_plan::{self, PlanOptions, Source};
use azr_core::id::ResourceId;

fn version(name: &str, title: &str, version: &str, index: usize) -> VersionToRegister {
    let workspace: ResourceId =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default"
            .parse()
            .expect("an id");
    let text = format!(
        "openapi: 3.0.0\ninfo: {{title: {title}, version: '{version}'}}\npaths: {{}}\nservers: [{{url: 'https://a.example'}}]\n"
    );
    let definition = azr_definitions::read(text.as_bytes(), name).expect("a definition");
    let source = Source::File { name: name.to_owned() };
    let options = PlanOptions { environment_id: Some("prod".to_owned()), ..PlanOptions::default() };
    let plan = register_plan::plan(&workspace, &definition, &source, &options).expect("a plan");
    VersionToRegister {
        name: name.to_owned(),
        text: DocumentText::InMemory(text),
        plan,
        notes: Vec::new(),
        index,
    }
}

#[test]
fn definitions_of_one_title_are_versions_of_one_api() {
    let apis = group_into_apis(vec![
        version("pet2.yaml", "Pet", "2.0", 0),
        version("shop.yaml", "Shop", "1.0", 1),
        version("pet10.yaml", "PET", "10.0", 2),
        version("pet1.yaml", "Pet", "1.0", 3),
    ])
    .expect("no collision");
    let names: Vec<Vec<&str>> =
        apis.iter().map(|api| api.versions().map(|version| version.name.as_str()).collect()).collect();
    assert_eq!(names, [vec!["pet1.yaml", "pet2.yaml", "pet10.yaml"], vec!["shop.yaml"]]);
    assert_eq!((apis[0].index(), apis[0].highest().plan.title.as_str()), (0, "PET"));
    assert!(apis[0].highest().notes[0].contains("not 'Pet'"), "{:?}", apis[0].highest().notes);
    let deployments: Vec<&str> = apis[0]
        .versions()
        .filter_map(|version| version.plan.steps.last())
        .map(|step| step.path.rsplit('/').next().expect("a name"))
        .collect();
    assert_eq!(deployments, ["petdeployment-1-0", "petdeployment-2-0", "petdeployment"]);
    let first = apis[0].versions().next().expect("a version").plan.steps.last().expect("a step");
    assert_eq!(first.body("")["properties"]["title"], "petdeployment-1-0");
    assert!(first.label.contains("petdeployment-1-0"), "{}", first.label);
}

#[test]
fn the_same_version_twice_is_an_error() {
    let error = group_into_apis(vec![
        version("a.yaml", "Pet", "1.0", 0),
        version("b.yaml", "Pet!", "1-0", 1),
        version("c.yaml", "Pet", "1.0", 2),
    ])
    .expect_err("a collision");
    let want = "a.yaml and b.yaml would both be version 1-0 of the API pet (and 1 more collisions)";
    assert_eq!(error.to_string(), want);
    assert!(error.hint().is_some_and(|hint| hint.contains("nothing was registered")));
}

#[test]
fn versions_are_in_ascending_order() {
    let sorted = [
        "version-v1",
        "1-9-0",
        "1-10-0",
        "v2-0-alpha",
        "2-0-0-beta",
        "2-0-0-beta2",
        "2-0-0",
        "version-3",
        "2024-05-01-preview",
        "2024-05-01",
    ];
    let mut shuffled: Vec<&str> = sorted.iter().rev().copied().collect();
    shuffled.sort_by(|a, b| ascending(a, b));
    assert_eq!(shuffled, sorted);
    assert_eq!(ascending("1-0", "1-0"), Ordering::Equal);
}
