//! Grouping of definitions into APIs.

use super::*;
use crate::registration::{DefinitionSource, RegistrationOptions, describe};
use azr_core::id::ResourceId;

fn version(name: &str, title: &str, version: &str, index: usize) -> DesiredVersion {
    let workspace: ResourceId =
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default"
            .parse()
            .expect("an id");
    let text = format!("openapi: 3.0.0\ninfo: {{title: {title}, version: '{version}'}}\npaths: {{}}\n");
    let definition = azr_definitions::read(text.as_bytes(), name).expect("a definition");
    let source = DefinitionSource::File { name: name.to_owned() };
    let options = RegistrationOptions::default();
    let described = describe(&workspace, name, &definition, &source, &options).expect("a version");
    DesiredVersion { index, ..described }
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
    assert_eq!((apis[0].index(), apis[0].highest.title.as_str()), (0, "PET"));
    assert!(apis[0].highest.notes[0].contains("not 'Pet'"), "{:?}", apis[0].highest.notes);
}

#[test]
fn all_collisions_are_errors() {
    let collisions = group_into_apis(vec![
        version("a.yaml", "Pet", "1.0", 0),
        version("b.yaml", "Pet!", "1-0", 1),
        version("c.yaml", "Pet", "1.0", 2),
        version("d.yaml", "Shop", "2", 3),
        version("e.yaml", "Shop", "2", 4),
        version("f.yaml", "Zoo", "2", 5),
    ])
    .expect_err("collisions");
    let error = collision_error(&collisions);
    let want = "a.yaml, b.yaml, c.yaml would all be version 1-0 of the API pet; \
        d.yaml and e.yaml would both be version version-2 of the API shop";
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
