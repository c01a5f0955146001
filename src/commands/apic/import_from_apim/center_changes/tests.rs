use serde_json::json;

use super::*;

fn api(name: &str, title: &str, changed_at: &str) -> CenterApi {
    let item = json!({"name": name, "properties": {"title": title, "kind": "REST"},
                      "systemData": {"lastModifiedAt": changed_at}});
    CenterApi::read(&item).expect("an API")
}

fn expected_api(name: &str, titles: &[&str]) -> ExpectedApi {
    ExpectedApi {
        name: name.to_owned(),
        titles: titles.iter().map(|title| (*title).to_owned()).collect(),
        kind: "rest".to_owned(),
        sources: vec![format!("{name}-source")],
        versions: Vec::new(),
    }
}

fn outcomes(results: &[ApiResult]) -> Vec<(&str, &str, &str)> {
    results
        .iter()
        .map(|r| (&*r.name, r.status.as_str(), r.sources.first().map_or("", String::as_str)))
        .collect()
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
        expected_api("weather", &["Weather"]),
        expected_api("stock", &["Stock"]),
        expected_api("orders", &["Orders", "Orders v1"]),
    ];
    let results = results(Some(&expected), &before, &after, "why");
    assert_eq!(
        outcomes(&results),
        [
            ("1", "unchanged", "weather-source"),
            ("2", "updated", "stock-source"),
            ("3", "created", "orders-source")
        ]
    );
    assert_eq!((&*results[2].kind, &results[2].reason), ("rest", &None));
}

#[test]
fn a_missing_api_has_failed_with_the_reason() {
    let expected = [expected_api("weather", &["Weather"])];
    let results = results(Some(&expected), &[], &[api("1", "Climate", "a")], "why");
    assert_eq!(outcomes(&results), [("weather", "failed", "weather-source"), ("1", "created", "")]);
    assert_eq!(results[0].reason.as_deref(), Some("why"));
}

#[test]
fn apis_with_the_same_title_are_matched_once_each() {
    let before = [api("weather", "Weather", "a")];
    let after = [api("weather", "Weather", "a"), api("1", "Weather", "b")];
    let one = [expected_api("weather", &["Weather"])];
    assert_eq!(outcomes(&results(Some(&one), &before, &after, "")), [("1", "created", "weather-source")]);
    let two = [expected_api("a", &["Weather"]), expected_api("b", &["Weather"])];
    let both = results(Some(&two), &before, &after, "");
    assert_eq!(outcomes(&both), [("1", "created", "a-source"), ("weather", "unchanged", "b-source")]);
    let three =
        [expected_api("a", &["Weather"]), expected_api("b", &["Weather"]), expected_api("c", &["Weather"])];
    assert_eq!(results(Some(&three), &before, &after, "")[2].status, Status::Failed);
    assert_eq!(count_arrived(&three, &before, &after), 2);
}

#[test]
fn further_apis_with_an_expected_title_have_its_source() {
    let after = [api("1", "Orders", "a"), api("2", "Orders v2", "a")];
    let expected = [expected_api("orders", &["Orders", "Orders v2"])];
    let results = results(Some(&expected), &[], &after, "");
    assert_eq!(outcomes(&results), [("1", "created", "orders-source"), ("2", "created", "orders-source")]);
}

#[test]
fn a_shortened_title_is_recognised() {
    let long = "Warehouse inventory, replenishment and returns, a management API";
    let after = [api("1", &long[..50], "a"), api("2", "renamed", "a")];
    let expected = [expected_api("warehouse", &[long]), expected_api("2", &["Two"])];
    let results = results(Some(&expected), &[], &after, "");
    assert_eq!(outcomes(&results), [("1", "created", "warehouse-source"), ("2", "created", "2-source")]);
}

#[test]
fn without_expectations_only_changes_have_results() {
    let before = [api("1", "Weather", "a"), api("2", "Stock", "a")];
    let after = [api("1", "Weather", "a"), api("2", "Stock", "b"), api("3", "Orders", "b")];
    assert_eq!(outcomes(&results(None, &before, &after, "")), [("3", "created", ""), ("2", "updated", "")]);
}
