//! What a run makes of what another run, another service, or a person left.

use super::*;

fn merging() -> Options {
    Options { on_collision: OnCollision::Merge, ..Options::default() }
}

/// A center in which somebody made an API by hand.
fn by_hand() -> Center {
    let mut center = empty();
    let properties = json!({"title": "Mine", "kind": "rest", "customProperties": {}});
    center.held.apis.insert("weather".to_owned(), HeldApi::new("weather", &properties));
    let below = center.below.entry("weather".to_owned()).or_default();
    let version =
        json!({"name": "original", "properties": {"title": "Mine", "lifecycleStage": "production"}});
    let definitions = by_name(vec![json!({"name": "openapi", "properties": {"title": "Mine"}})]);
    below.versions.insert("original".to_owned(), HeldVersion { body: version, definitions });
    center
}

#[test]
fn what_people_made_is_passed_by_joined_or_refused() {
    let source = source(vec![api("weather", &json!({}))]);
    let plan = |on_collision| {
        planned_with(&source, &by_hand(), &Options { on_collision, ..Options::default() }, false)
    };
    let beside = plan(OnCollision::Suffix).expect("a plan");
    assert!(beside[0].name.starts_with("weather-") && beside[0].change() == Change::Create, "{beside:?}");
    let error = plan(OnCollision::Fail).expect_err("refused");
    assert!(error.to_string().contains("'weather'") && error.hint().is_some(), "{error}");
    let joined = &plan(OnCollision::Merge).expect("a plan")[0];
    assert_eq!((joined.name.as_str(), joined.change()), ("weather", Change::Update));
    assert_eq!(joined.api.body["properties"]["title"], "Mine");
    assert_eq!(joined.parts[0].version.change, Change::Unchanged);
    assert!(joined.parts[0].document.is_none(), "their document stays");
    assert_eq!(deployments(joined).len(), 1);
    // And it stays theirs when azr comes again, or its source goes.
    let center = after(std::slice::from_ref(joined), by_hand());
    let again = planned_with(&source, &center, &merging(), false).expect("a plan");
    assert_eq!(changes(&again), [Change::Unchanged]);
    let gone = planned_with(&super::source(vec![]), &center, &merging(), true).expect("a plan");
    let removed: Vec<&str> = gone[0].removals.iter().map(|r| r.what.as_str()).collect();
    assert_eq!(removed, ["deployment apim-original"]);
    let settled = gone[0].settled.as_ref().expect("without a mark");
    assert_eq!(settled.body["properties"]["customProperties"], json!({}));
    assert_eq!(settled.body["properties"]["title"], "Mine");
}

#[test]
fn an_api_of_another_kind_is_not_joined() {
    let soap = source(vec![api("weather", &json!({"type": "soap"}))]);
    let plan = planned_with(&soap, &by_hand(), &merging(), false).expect("a plan");
    assert!(plan[0].refused.as_ref().is_some_and(|why| why.contains("soap")), "{plan:?}");
}

#[test]
fn one_api_of_two_services_has_two_deployments_and_one_document() {
    let apis = || vec![api("weather", &json!({}))];
    let (east, west) = (source_called("east", apis()), source_called("west", apis()));
    let plan = |source: &Source, center: &Center, prune| {
        planned_with(source, center, &merging(), prune).expect("a plan")
    };
    let center = after(&plan(&east, &empty(), false), empty());
    let second = plan(&west, &center, false);
    assert_eq!((second[0].name.as_str(), second[0].change()), ("weather", Change::Update));
    assert!(second[0].parts[0].document.is_none());
    let center = after(&second, center);
    assert_eq!(center.below["weather"].deployments.len(), 2);
    let definition = |service: &str| {
        let name = format!("{service}-original");
        center.below["weather"].deployments[&name]["properties"]["definitionId"].clone()
    };
    assert_eq!(definition("east"), definition("west"));
    // Neither undoes what the other did.
    assert_eq!(changes(&plan(&east, &center, true)), [Change::Unchanged]);
    assert_eq!(changes(&plan(&west, &center, true)), [Change::Unchanged]);
    // Apart, they would be two APIs.
    let apart =
        planned_with(&west, &after(&plan(&east, &empty(), false), empty()), &Options::default(), false);
    assert!(apart.expect("a plan")[0].name.starts_with("weather-"));

    // What one of them no longer has stays for the other.
    let gone = plan(&source_called("east", vec![]), &center, true);
    let removed: Vec<&str> = gone[0].removals.iter().map(|r| r.what.as_str()).collect();
    assert_eq!(removed, ["deployment east-original"]);
    let settled = gone[0].settled.as_ref().expect("another mark");
    assert_eq!(
        settled.body["properties"]["customProperties"][mark::NAME],
        "from west; made API; versions original"
    );
}

#[test]
fn a_version_that_is_gone_goes_and_nothing_else() {
    let orders = |versions: &[&str]| {
        let apis = versions.iter().map(|v| versioned(&format!("orders-{v}"), "orders", v));
        source(apis.chain([api("weather", &json!({}))]).collect())
    };
    let plan = |source: &Source, center: &Center| {
        planned_with(source, center, &Options::default(), true).expect("a plan")
    };
    let center = after(&plan(&orders(&["v1", "v2"]), &empty()), empty());
    let less = plan(&orders(&["v2"]), &center);
    assert_eq!(changes(&less), [Change::Update, Change::Unchanged]);
    let [removal] = &less[0].removals[..] else { panic!("{less:?}") };
    let deleted: Vec<&str> = removal.deletes.iter().map(|(id, _)| id.name()).collect();
    assert_eq!(
        (removal.what.as_str(), deleted),
        ("version version-v1", vec!["apim-version-v1", "version-v1"])
    );
    let settled = less[0].settled.as_ref().expect("another mark");
    assert_eq!(
        settled.body["properties"]["customProperties"][mark::NAME],
        "from apim; made API; versions version-v2"
    );
    // Without being asked to, azr removes nothing.
    let kept = planned_with(&orders(&["v2"]), &center, &Options::default(), false).expect("a plan");
    assert_eq!(changes(&kept), [Change::Unchanged, Change::Unchanged]);

    // All of it: the API goes as a whole.
    let none = plan(&source(vec![api("weather", &json!({}))]), &center);
    let gone = none.iter().find(|api| api.name == "orders").expect("it");
    assert_eq!(gone.removals.len(), 1);
    assert_eq!(gone.removals[0].deletes[0].0, gone.api.id);
}

#[test]
fn what_people_added_keeps_a_version_and_its_api() {
    let plan = |source: &Source, center: &Center| {
        planned_with(source, center, &Options::default(), true).expect("a plan")
    };
    let first = || after(&plan(&source(vec![api("weather", &json!({}))]), &empty()), empty());
    let nothing = source(vec![]);

    let mut center = first();
    let below = center.below.get_mut("weather").expect("it");
    let version = below.versions.get_mut("original").expect("it");
    version.definitions.insert("notes".to_owned(), json!({"name": "notes", "properties": {}}));
    let gone = plan(&nothing, &center);
    assert_eq!(gone[0].removals[0].what, "deployment apim-original");

    let mut center = first();
    let below = center.below.get_mut("weather").expect("it");
    below
        .versions
        .insert("v2".to_owned(), HeldVersion { body: json!({"name": "v2"}), ..HeldVersion::default() });
    let gone = plan(&nothing, &center);
    assert_eq!(gone[0].removals[0].what, "version original");
    assert!(gone[0].removals[0].deletes.iter().all(|(id, _)| *id != gone[0].api.id));

    // What has no mark is not azr's.
    assert!(plan(&nothing, &by_hand()).is_empty());
    // A revision that is not read is not missed.
    let revisions =
        source(vec![api("weather", &json!({})), api("weather;rev=2", &json!({"apiRevision": "2"}))]);
    let center = after(&plan(&revisions, &empty()), empty());
    let current = plan(&source(vec![api("weather", &json!({"apiRevision": "3"}))]), &center);
    assert!(current[0].removals.is_empty(), "{current:?}");
}
