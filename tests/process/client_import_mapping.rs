//! Client-side imports that choose environment, matching APIs, metadata and links.

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM_ID, Azure, CENTER, Sandbox, strings};

/// Creates a second service with these APIs, each with a path and a title.
fn second_service(azure: &Sandbox, apis: &[(&str, &str, &str)]) {
    azure.ok(
        "apim create -g myResourceGroup -n second --publisher-email a@b.example --publisher-name B -l eastus",
    );
    for (name, path, title) in apis {
        azure.ok(format!(
            "apim api create -g myResourceGroup -n second --api-id {name} --path {path} --display-name '{title}' --protocols https"
        ));
    }
}

fn import_second(azure: &Sandbox, rest: &str) -> Value {
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name second --apim-apis '*' --mode client {rest} -o json"
    );
    azure.ok(line).json()
}

fn names(azure: &Sandbox, line: &str) -> Vec<String> {
    let names = azure.json(format!("{line} --query 'sort([].name)'"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

fn deployments(azure: &Sandbox, api: &str) -> Vec<String> {
    names(azure, &format!("apic api deployment list {CENTER} --api-id {api}"))
}

fn custom_properties(azure: &Sandbox, api: &str) -> Value {
    let mut properties =
        azure.json(format!("apic api show {CENTER} --api-id {api} --query customProperties"));
    properties.as_object_mut().expect("an object").shift_remove("azr-import");
    properties
}

#[test]
fn the_environment_of_the_deployments_is_chosen_by_options() {
    let azure = Azure::start();
    let options =
        "--apim-apis weather --environment-id test --environment-title Test --environment-kind testing";
    assert_eq!(counts(&import(&azure, options).expect_success().json())[..3], [1, 0, 0]);
    let environment = |azure: &Sandbox| {
        let shown = azure.json(format!("apic environment show {CENTER} --environment-id test"));
        (shown["title"].clone(), shown["kind"].clone(), shown["server"]["type"].clone())
    };
    assert_eq!(environment(&azure), (json!("Test"), json!("testing"), json!("Azure API Management")));
    let query = "--query [].environmentId";
    let ids = azure.json(format!("apic api deployment list {CENTER} --api-id weather {query}"));
    assert!(strings(&ids)[0].ends_with("/environments/test"), "{ids}");
    // What is not chosen belongs to people; what is chosen is set in every run.
    azure.ok(format!("apic environment update {CENTER} --environment-id test --title Mine --type staging"));
    import(&azure, "--apim-apis weather --environment-id test --environment-kind testing").expect_success();
    assert_eq!(environment(&azure), (json!("Mine"), json!("testing"), json!("Azure API Management")));
    for (wrong, word) in [
        ("--environment-id 'a b'", "'a b'"),
        ("--environment-kind live", "live"),
        ("--environment-title ''", "--environment-title"),
    ] {
        let run = import(&azure, &format!("--apim-apis weather {wrong}"));
        assert!(run.code != Some(0) && run.stderr.contains(word), "{run}");
    }
}

#[test]
fn the_same_api_with_a_prefix_in_another_service_becomes_one_api() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    second_service(
        &azure,
        &[("dev-weather", "dev/weather", "Weather of Dev"), ("dev-new", "dev/new", "New")],
    );
    import(&azure, "--apim-apis weather").expect_success();
    azure.ok(format!("apic api create {CENTER} --api-id new --title Mine --type rest"));
    let title = azure.json(format!("apic api show {CENTER} --api-id weather --query title"));
    let rules = "--match name prefix=dev- --environment-id dev --environment-kind development --lifecycle-stage development";
    assert_eq!(counts(&import_second(&azure, rules))[..3], [1, 1, 0]);
    let apis = names(&azure, &format!("apic api list {CENTER}"));
    // What people created is not the same API.
    assert!(apis.contains(&"weather".to_owned()) && !apis.contains(&"dev-weather".to_owned()), "{apis:?}");
    assert_eq!(apis.iter().filter(|name| name.starts_with("new")).count(), 2, "{apis:?}");
    assert_eq!(deployments(&azure, "weather"), ["myAPIManagement-original", "second-dev-weather-original"]);
    let show = |query: &str| azure.json(format!("apic api show {CENTER} --api-id weather --query {query}"));
    assert_eq!(show("title"), title);
    let versions = azure.json(format!("apic api version list {CENTER} --api-id weather"));
    assert_eq!(versions.as_array().map(Vec::len), Some(1), "{versions}");
    assert_eq!(versions[0]["lifecycleStage"], "design", "the stage is that of the other service");
    // Neither import reverts the other, and the main source still updates the title.
    let before = azure.log("log.jsonl").len();
    assert_eq!(counts(&import_second(&azure, rules))[..3], [0, 0, 2]);
    assert_eq!(counts(&import(&azure, "--apim-apis weather").expect_success().json())[..3], [0, 0, 1]);
    let after = azure.log("log.jsonl");
    assert!(after[before..].iter().all(|request| request["method"] == "GET"));
    azure.ok("apim api update -g myResourceGroup -n myAPIManagement --api-id weather --display-name Sky");
    import(&azure, "--apim-apis weather").expect_success();
    assert_eq!(show("title"), "Sky");
}

#[test]
fn the_same_api_is_found_by_its_title_or_path() {
    for (rules, api) in [
        ("--match title suffix=' (Dev)'", ("a", "x", "Weather (DEV)")),
        ("--match path prefix=dev/", ("b", "dev/weather", "Other")),
    ] {
        let azure = Azure::start();
        second_service(&azure, &[api]);
        azure.ok(
            "apim api update -g myResourceGroup -n myAPIManagement --api-id weather --display-name Weather",
        );
        import(&azure, "--apim-apis weather stock").expect_success();
        assert_eq!(counts(&import_second(&azure, rules))[..3], [0, 1, 0], "{rules}");
        assert_eq!(deployments(&azure, "weather").len(), 2, "{rules}");
        assert_eq!(counts(&import_second(&azure, rules))[..3], [0, 0, 1], "{rules}");
        // It stays the same API, even if it matches no longer.
        assert_eq!(counts(&import_second(&azure, ""))[..3], [0, 0, 1], "{rules}");
    }
    let azure = Azure::start();
    for (wrong, word) in
        [("--match names", "version-set"), ("--match prefix=dev-", "need"), ("--match name prefix=", "ASCII")]
    {
        let run = import(&azure, &format!("--apim-apis weather {wrong}"));
        assert!(run.code != Some(0) && run.stderr.contains(word), "{run}");
    }
}

#[test]
fn two_environments_in_one_service_are_one_api_with_two_deployments() {
    let azure = Azure::start();
    second_service(
        &azure,
        &[
            ("dev-pay", "dev/pay", "Pay (dev)"),
            ("prod-pay", "prod/pay", "Pay"),
            ("prod-xyz", "prod/xyz", "X"),
        ],
    );
    let environment = |name: &str| {
        format!(
            "apic import-from-apim {CENTER} --apim-name second --apim-apis '{name}-*' --mode client --match name prefix={name}- --environment-id {name} -o json"
        )
    };
    assert_eq!(counts(&azure.ok(environment("prod")).json())[..3], [2, 0, 0]);
    assert_eq!(counts(&azure.ok(environment("dev")).json())[..3], [0, 1, 0]);
    let apis = names(&azure, &format!("apic api list {CENTER}"));
    assert!(apis.contains(&"pay".to_owned()) && apis.contains(&"xyz".to_owned()), "{apis:?}");
    assert_eq!(deployments(&azure, "pay"), ["second-dev-pay-original", "second-prod-pay-original"]);
    for name in ["prod", "dev", "prod"] {
        let again = counts(&azure.ok(environment(name)).json());
        assert_eq!((again[0], again[1]), (0, 0), "{name}");
    }
    let title = azure.json(format!("apic api show {CENTER} --api-id pay --query title"));
    assert_eq!(title, "Pay");
    azure.ok("apim api delete -g myResourceGroup -n second --api-id dev-pay --yes");
    azure.ok(format!("{} --prune", environment("dev")));
    assert_eq!(deployments(&azure, "pay"), ["second-prod-pay-original"]);
}

#[test]
fn metadata_comes_from_tags_products_and_paths() {
    let azure = Azure::start();
    let tag = |name: &str, title: &str| {
        azure.request_ok(
            "PUT",
            &format!("{APIM_ID}/tags/{name}"),
            &json!({"properties": {"displayName": title}}).to_string(),
        );
        azure.request_ok("PUT", &format!("{APIM_ID}/apis/my-api/tags/{name}"), "");
    };
    tag("team", "team: Payments");
    azure.ok(format!(
        "apic metadata create {CENTER} --metadata-name tier --schema '{{\"type\":\"string\",\"oneOf\":[{{\"const\":\"gold\"}}]}}' --assignments '[{{entity:api,required:true}}]'"
    ));
    let mappings =
        "--metadata 'team={tag:team}' 'products={products}' 'where=/{path} at {service}' tier=GOLD";
    let run = import(&azure, &format!("--apim-apis my-api weather {mappings}"));
    assert!(run.error(1).contains("'team'") && run.stderr.contains("--create-metadata"), "{run}");
    let run =
        import(&azure, &format!("--apim-apis my-api weather {mappings} --create-metadata")).expect_success();
    assert_eq!(counts(&run.json())[0], 2, "{run}");
    let expected = json!({"tier": "gold", "team": "Payments", "products": ["Starter"], "where": "/petstore at myAPIManagement"});
    let mut actual = custom_properties(&azure, "my-api");
    assert!(actual["where"].as_str().is_some_and(|text| text.ends_with(" at myAPIManagement")), "{actual}");
    actual["where"] = expected["where"].clone();
    assert_eq!(actual, expected);
    assert_eq!(custom_properties(&azure, "weather")["team"], Value::Null);
    let again = import(&azure, &format!("--apim-apis my-api weather {mappings}")).expect_success();
    assert_eq!(counts(&again.json())[..3], [0, 0, 2], "{again}");
    // A value that azr wrote goes with its tag; a value that people entered stays.
    azure.request_ok("DELETE", &format!("{APIM_ID}/apis/my-api/tags/team"), "");
    azure.ok(format!("apic api update {CENTER} --api-id weather --set customProperties.team=sky"));
    let run = import(&azure, &format!("--apim-apis my-api weather {mappings}")).expect_success();
    assert_eq!(counts(&run.json())[..3], [0, 1, 1], "{run}");
    assert_eq!(custom_properties(&azure, "my-api")["team"], Value::Null);
    assert_eq!(custom_properties(&azure, "weather")["team"], "sky");
    // A value that the schema does not allow is left out, with a note.
    let run = import(&azure, "--apim-apis weather --metadata tier={name}").expect_success();
    assert!(run.stderr.contains("'tier'"), "{run}");
    for (wrong, word) in
        [("team", "NAME=TEMPLATE"), ("team={team}", "{tag:NAME}"), ("azr-import=x", "azr-import")]
    {
        let run = import(&azure, &format!("--apim-apis weather --metadata {wrong}"));
        assert!(run.code == Some(1) && run.stderr.contains(word), "{run}");
    }
}

#[test]
fn a_constant_that_the_schema_does_not_allow_is_refused_before_anything_is_written() {
    let azure = Azure::start();
    for (name, schema) in [
        ("tier", r#"{"type":"string","oneOf":[{"const":"gold"},{"const":"lead"}]}"#),
        ("count", r#"{"type":"number","maximum":9}"#),
        ("public", r#"{"type":"boolean"}"#),
        ("since", r#"{"type":"string","format":"date"}"#),
        ("levels", r#"{"type":"array","items":{"type":"string","enum":["one"]}}"#),
        ("object", r#"{"type":"object"}"#),
    ] {
        azure.ok(format!(
            "apic metadata create {CENTER} --metadata-name {name} --schema '{schema}' --assignments '[{{entity:api,required:false}}]' -o none"
        ));
    }
    for (setting, reason) in [
        ("tier=silver", "--metadata: the metadata 'tier' cannot be 'silver': its values are gold, lead"),
        ("count=many", "'count' is a number, and 'many' is not"),
        ("count=10", "'count' is at most 9, and 10 is more"),
        ("public=maybe", "'public' is true or false"),
        ("since=yesterday", "'since' is a date such as 2026-01-31"),
        ("levels=two", "'levels' cannot be 'two': its values are one"),
        ("object={name}", "'object' is an object"),
    ] {
        for dry_run in ["--dry-run", ""] {
            let run = import(&azure, &format!("--apim-apis weather {dry_run} --metadata {setting}"));
            assert!(run.error(1).contains(reason), "{setting}\n{run}");
        }
        let (key, value) = setting.split_once('=').expect("a setting");
        azure.write(
            "azr.yaml",
            format!("version: 1\nsources: [{{apim: myAPIManagement, metadata: {{{key}: '{value}'}}}}]\n"),
        );
        let run = azure.run(format!("apic sync {CENTER} --file azr.yaml --dry-run"));
        assert!(run.error(1).starts_with("--file: azr.yaml: 'metadata': the metadata"), "{setting}\n{run}");
    }
    for (value, reason) in [
        ("tier=Gold", "--custom-properties: the metadata 'tier' cannot be 'Gold': its values are gold, lead"),
        ("count=many", "'count' is a number, and 'many' is not"),
        ("since=5", "'since' is a text, and '5' is not"),
    ] {
        let run = import(&azure, &format!("--apim-apis weather --custom-properties {value}"));
        assert!(run.error(1).contains(reason), "{value}\n{run}");
        let hint = "Hint: With quotes it is a text: since=\"'5'\"";
        assert_eq!(run.stderr.contains(hint), value == "since=5", "{run}");
    }
    assert_eq!(azure.json(format!("apic api list {CENTER} --query length(@)")), 1);
    let valid = "tier=GOLD count=9 public=yes since=2026-01-31 levels=one";
    import(&azure, &format!("--apim-apis weather --metadata {valid}")).expect_success();
    let expected =
        json!({"tier": "gold", "count": 9, "public": true, "since": "2026-01-31", "levels": ["one"]});
    assert_eq!(custom_properties(&azure, "weather"), expected);
    import(&azure, r#"--apim-apis museum --custom-properties '{"count": 9, "tier": "gold"}'"#)
        .expect_success();
}

#[test]
fn links_to_the_portals_are_added_where_there_is_no_documentation() {
    let azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    azure.ok(format!(
        "apic api update {CENTER} --api-id weather --external-documentation '[{{title:Mine,url:https://docs.example}}]'"
    ));
    import(&azure, "--apim-apis weather stock --portal-links").expect_success();
    let titles = |api: &str| {
        let titles = azure
            .json(format!("apic api show {CENTER} --api-id {api} --query externalDocumentation[].title"));
        strings(&titles).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(titles("weather"), ["Mine"]);
    assert!(titles("stock").contains(&"Azure portal".to_owned()));
    let again = import(&azure, "--apim-apis weather stock --portal-links").expect_success();
    assert_eq!(counts(&again.json())[..3], [0, 0, 2], "{again}");
    azure.ok("apim api delete -g myResourceGroup -n myAPIManagement --api-id stock --yes");
    let pruned = import(&azure, "--apim-apis '*' --prune --portal-links").expect_success().json();
    assert_eq!(pruned["deleted"], 1, "links that azr wrote do not keep an API: {pruned}");
}
