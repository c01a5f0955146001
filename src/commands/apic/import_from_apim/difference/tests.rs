use serde_json::json;

use super::*;

fn api(name: &str, title: &str, changed_at: &str) -> CenterApi {
    let item = json!({"name": name, "properties": {"title": title, "kind": "REST"},
                      "systemData": {"lastModifiedAt": changed_at}});
    CenterApi::read(&item).expect("an API")
}

fn wanted(name: &str, titles: &[&str]) -> Expected {
    Expected {
        name: name.to_owned(),
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        kind: "rest".to_owned(),
        sources: vec![format!("{name}-source")],
        versions: Vec::new(),
    }
}

fn told(results: &[ApiResult]) -> Vec<(&str, &str, &str)> {
    let source = |result: &ApiResult| result.sources.is_empty();
    results.iter().map(|r| (&*r.name, r.status.word(), if source(r) { "" } else { &*r.sources[0] })).collect()
}

#[test]
fn each_expected_api_is_found_by_its_title() {
    let before = [api("1", "Weather", "a"), api("2", "Stock", "a"), api("petstore", "Petstore", "a")];
    let after = [
        api("1", "Weather", "a"),
        api("2", "Stock", "b"),
        api("petstore", "Petstore", "a"),
        api("3", "Orders", "b"),
    ];
    let expected = [
        wanted("weather", &["Weather"]),
        wanted("stock", &["Stock"]),
        wanted("orders", &["Orders", "Orders v1"]),
    ];
    let results = results(Some(&expected), &before, &after, "why");
    assert_eq!(
        told(&results),
        [
            ("1", "unchanged", "weather-source"),
            ("2", "updated", "stock-source"),
            ("3", "created", "orders-source")
        ]
    );
    assert_eq!((&*results[2].kind, &results[2].reason), ("rest", &None));
}

#[test]
fn what_has_not_arrived_has_failed_and_says_why() {
    let expected = [wanted("weather", &["Weather"])];
    let results = results(Some(&expected), &[], &[api("1", "Climate", "a")], "why");
    assert_eq!(told(&results), [("weather", "failed", "weather-source"), ("1", "created", "")]);
    assert_eq!(results[0].reason.as_deref(), Some("why"));
}

#[test]
fn two_of_one_title_answer_to_two() {
    let before = [api("weather", "Weather", "a")];
    let after = [api("weather", "Weather", "a"), api("1", "Weather", "b")];
    let one = [wanted("weather", &["Weather"])];
    assert_eq!(told(&results(Some(&one), &before, &after, "")), [("1", "created", "weather-source")]);
    let two = [wanted("a", &["Weather"]), wanted("b", &["Weather"])];
    let both = results(Some(&two), &before, &after, "");
    assert_eq!(told(&both), [("1", "created", "a-source"), ("weather", "unchanged", "b-source")]);
    let three = [wanted("a", &["Weather"]), wanted("b", &["Weather"]), wanted("c", &["Weather"])];
    assert_eq!(results(Some(&three), &before, &after, "")[2].status, Status::Failed);
    assert_eq!(arrived(&three, &before, &after), 2);
}

#[test]
fn more_apis_of_an_expected_title_come_from_there_too() {
    let after = [api("1", "Orders", "a"), api("2", "Orders v2", "a")];
    let expected = [wanted("orders", &["Orders", "Orders v2"])];
    let results = results(Some(&expected), &[], &after, "");
    assert_eq!(told(&results), [("1", "created", "orders-source"), ("2", "created", "orders-source")]);
}

#[test]
fn a_title_is_known_again_when_it_was_shortened() {
    let long = "Warehouse inventory, replenishment and returns, a management API";
    let after = [api("1", &long[..50], "a"), api("2", "renamed", "a")];
    let expected = [wanted("warehouse", &[long]), wanted("2", &["Two"])];
    let results = results(Some(&expected), &[], &after, "");
    assert_eq!(told(&results), [("1", "created", "warehouse-source"), ("2", "created", "2-source")]);
}

#[test]
fn where_nothing_is_known_to_be_expected_what_changed_is_told() {
    let before = [api("1", "Weather", "a"), api("2", "Stock", "a")];
    let after = [api("1", "Weather", "a"), api("2", "Stock", "b"), api("3", "Orders", "b")];
    assert_eq!(told(&results(None, &before, &after, "")), [("3", "created", ""), ("2", "updated", "")]);
}
