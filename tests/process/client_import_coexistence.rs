//! Client-side imports into a center that has resources of other imports, other services and people.

use serde_json::{Value, json};

use crate::client_import::{counts, import, list_resources, without_times};
use crate::generated_spec;
use crate::support::{APIM, APIM_ID, Azure, CENTER, Run, Sandbox, strings};

/// Creates a second API Management service with a weather API of the same name.
fn second_service(azure: &Sandbox) {
    azure.ok(
        "apim create -g myResourceGroup -n second --publisher-email a@b.example --publisher-name B -l eastus",
    );
    azure.ok(
        "apim api create -g myResourceGroup -n second --api-id weather --path weather --display-name Weather --protocols https",
    );
}

fn import_second(azure: &Sandbox, rest: &str) -> Value {
    run_second(azure, rest).json()
}

fn run_second(azure: &Sandbox, rest: &str) -> Run {
    let line = format!(
        "apic import-from-apim {CENTER} --apim-name second --apim-apis '*' --mode client {rest} -o json"
    );
    azure.ok(line)
}

fn names(azure: &Sandbox, line: &str) -> Vec<String> {
    let names = azure.json(format!("{line} --query [].name"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

#[test]
fn the_same_api_of_two_services_is_one_api_with_two_deployments() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    second_service(&azure);
    import(&azure, "--apim-apis weather --on-collision merge").expect_success();
    let has_note = |run: &Run| run.stderr.contains("was not imported from second");
    let first = run_second(&azure, "--on-collision merge");
    assert_eq!(counts(&first.json())[..3], [0, 1, 0]);
    assert!(has_note(&first), "{first}");
    let api = format!("{CENTER} --api-id weather");
    let mut deployments = names(&azure, &format!("apic api deployment list {api}"));
    deployments.sort();
    assert_eq!(deployments, ["myAPIManagement-original", "second-original"]);
    let uris = azure.json(format!("apic api deployment list {api} --query [].server.runtimeUri[0]"));
    assert!(strings(&uris).iter().any(|uri| uri.contains("second")), "{uris}");
    assert_eq!(names(&azure, &format!("apic api version list {api}")), ["original"]);
    // Neither import reverts the other.
    let before = azure.log("log.jsonl").len();
    let second = run_second(&azure, "--on-collision merge");
    assert_eq!(counts(&second.json())[..3], [0, 0, 1]);
    assert!(!has_note(&second), "only the first run says it: {second}");
    let again = import(&azure, "--apim-apis weather --on-collision merge").expect_success();
    assert_eq!(counts(&again.json())[..3], [0, 0, 1], "{again}");
    let after = azure.log("log.jsonl");
    assert!(after.len() > before && after[before..].iter().all(|request| request["method"] == "GET"));
}

#[test]
fn without_merging_each_service_has_its_own_api() {
    let azure = Azure::start();
    second_service(&azure);
    import(&azure, "--apim-apis weather").expect_success();
    assert_eq!(counts(&import_second(&azure, ""))[..3], [1, 0, 0]);
    assert_eq!(counts(&import_second(&azure, ""))[..3], [0, 0, 1], "the name is the same again");
    let apis = names(&azure, &format!("apic api list {CENTER}"));
    assert_eq!(apis.iter().filter(|name| name.starts_with("weather")).count(), 2, "{apis:?}");
    let plan = azure.run(format!(
        "apic import-from-apim {CENTER} --apim-name second --apim-apis '*' --mode client --on-collision fail --dry-run"
    ));
    assert_eq!(plan.code, Some(0), "the existing API is of the same service: {plan}");
    azure.ok(format!("apic api create {CENTER} --api-id stock --title Mine --type rest"));
    let refused = import(&azure, "--apim-apis stock --on-collision fail");
    assert!(refused.error(1).contains("'stock'"), "{refused}");
}

#[test]
fn pruning_deletes_only_imported_apis_whose_source_is_gone() {
    let azure = Azure::start();
    azure.ok(format!("apic api create {CENTER} --api-id by-hand --title Mine --type rest"));
    azure.ok(format!(
        "apic environment create {CENTER} --environment-id myAPIManagement --title Gate --type production"
    ));
    import(&azure, "--apim-apis '*'").expect_success();
    // A version and a definition are added by hand to imported APIs.
    azure.ok(format!(
        "apic api version create {CENTER} --api-id museum --version-id next --title Next --lifecycle-stage design"
    ));
    azure.ok(format!(
        "apic api definition create {CENTER} --api-id unicode --version-id original --definition-id notes --title Notes"
    ));
    let before = without_times(list_resources(&azure));
    for api in ["stock", "orders-v1", "museum", "unicode"] {
        azure.ok(format!("apim api delete {APIM} --api-id {api} --yes"));
    }
    let plan = import(&azure, "--apim-apis '*' --prune --dry-run").expect_success().json();
    assert_eq!((&plan["delete"], &plan["update"]), (&json!(1), &json!(3)), "{plan}");
    assert_eq!(without_times(list_resources(&azure)), before);
    let refused = import(&azure, "--apim-apis '*' --prune --max-delete 10");
    assert!(refused.error(1).contains("would delete 11"), "{refused}");
    assert_eq!(without_times(list_resources(&azure)), before, "something was deleted");
    let without_prune = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&without_prune.json()), [0, 0, 8, 0, 0], "{without_prune}");

    let run = import(&azure, "--apim-apis '*' --prune --max-delete 11 --report r.json").expect_success();
    let summary = run.json();
    assert_eq!((&summary["deleted"], &summary["updated"]), (&json!(1), &json!(3)), "{run}");
    let id = |entry: &Value| {
        entry["id"].as_str().expect("an id").split("/workspaces/default/").nth(1).map(str::to_owned)
    };
    let remaining: Vec<String> = list_resources(&azure).iter().filter_map(id).collect();
    let mut deleted: Vec<String> =
        before.iter().filter_map(id).filter(|id| !remaining.contains(id)).collect();
    deleted.sort();
    assert_eq!(
        deleted,
        [
            "apis/museum/deployments/myAPIManagement-original",
            "apis/museum/versions/original",
            "apis/museum/versions/original/definitions/graphql",
            "apis/orders/deployments/myAPIManagement-version-v1",
            "apis/orders/versions/version-v1",
            "apis/orders/versions/version-v1/definitions/openapi",
            "apis/stock",
            "apis/stock/deployments/myAPIManagement-original",
            "apis/stock/versions/original",
            "apis/stock/versions/original/definitions/wsdl",
            "apis/unicode/deployments/myAPIManagement-original",
        ]
    );
    // Nothing else is to be deleted.
    let again = import(&azure, "--apim-apis '*' --prune").expect_success().json();
    assert_eq!((&again["deleted"], &again["updated"]), (&json!(0), &json!(0)), "{again}");
}

#[test]
fn pruning_is_limited_to_the_selected_apis() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    for api in ["stock", "museum"] {
        azure.ok(format!("apim api delete {APIM} --api-id {api} --yes"));
    }
    let run = import(&azure, "--apim-apis '*' '!museum' --prune").expect_success().json();
    assert_eq!(run["deleted"], 1, "{run}");
    let apis = names(&azure, &format!("apic api list {CENTER}"));
    assert!(apis.contains(&"museum".to_owned()) && !apis.contains(&"stock".to_owned()), "{apis:?}");
    for wrong in ["--prune --tag public", "--max-delete 3", "--yes", "--prune --shard 3/2"] {
        assert_eq!(import(&azure, &format!("--apim-apis '*' {wrong}")).code, Some(2), "{wrong}");
    }
}

#[test]
fn tags_products_and_revisions_select_apis() {
    let azure = Azure::start();
    let sources = |rest: &str| {
        let plan = import(&azure, &format!("--apim-apis '*' --dry-run {rest}")).expect_success().json();
        let apis = plan["apis"].as_array().cloned().unwrap_or_default();
        apis.iter().flat_map(|api| api["sources"].as_array().cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(sources("--tag public"), ["my-api"]);
    assert_eq!(sources("--product starter"), ["my-api", "orders-v2"]);
    assert_eq!(sources("--product starter --tag PUBLIC"), ["my-api"]);
    assert!(
        sources("--revisions all").ends_with(&["warehouse", "weather;rev=2", "weather"].map(Value::from))
    );
    for (wrong, word) in [("--tag nothing", "'nothing'"), ("--product nothing", "'nothing'")] {
        let run = import(&azure, &format!("--apim-apis '*' {wrong}"));
        assert!(run.error(1).contains(word), "{run}");
    }
    let run = import(&azure, "--apim-apis weather --revisions all").expect_success();
    assert_eq!(counts(&run.json())[0], 1, "{run}");
    let api = format!("{CENTER} --api-id weather");
    assert_eq!(names(&azure, &format!("apic api version list {api}")), ["original-revision-2", "original"]);
    let path_count = |version: &str| {
        let definition = format!("{api} --version-id {version} --definition-id openapi");
        let run = azure.ok(format!("apic api definition export-specification {definition} --file-name -"));
        run.json()["paths"].as_object().map(serde_json::Map::len)
    };
    assert_eq!((path_count("original-revision-2"), path_count("original")), (Some(2), Some(1)));
}

#[test]
fn kinds_and_custom_properties_are_set_by_options() {
    let azure = Azure::start();
    azure.ok(format!(
        "apic metadata create {CENTER} --metadata-name team --schema '{{\"type\":\"string\"}}' --assignments '[{{entity:api,required:true}},{{entity:deployment,required:true}}]'"
    ));
    let without = import(&azure, "--apim-apis weather");
    assert_eq!(without.code, Some(4), "{without}");
    import(&azure, "--apim-apis weather --on-invalid skip").expect_success();
    assert_eq!(counts(&without.json())[3], 1, "{without}");
    assert!(without.stderr.contains("'team'"), "{without}");
    let run = import(&azure, "--apim-apis weather --custom-properties team=sky --kind 'wea*=webhook'")
        .expect_success();
    assert_eq!(counts(&run.json())[0], 1, "{run}");
    let api = azure.json(format!("apic api show {CENTER} --api-id weather"));
    assert_eq!((&api["kind"], &api["customProperties"]["team"]), (&json!("webhook"), &json!("sky")));
    let again = import(&azure, "--apim-apis weather --kind 'wea*=webhook'").expect_success();
    assert_eq!(counts(&again.json())[2], 1, "{again}");
    assert!(import(&azure, "--apim-apis weather --kind 'x=y z'").error(1).contains("'x=y z'"));
    assert!(
        import(&azure, "--apim-apis weather --custom-properties colour=red").error(1).contains("'colour'")
    );
}

#[test]
fn shards_together_import_all_apis() {
    let unsharded = Azure::start_with("--apis 40");
    import(&unsharded, "--apim-apis '*'").expect_success();
    let expected = without_times(list_resources(&unsharded));

    let azure = Azure::start_with("--apis 40");
    let shards: Vec<String> = (1..=3).map(|k| format!("--shard {k}/3 --report part{k}.json")).collect();
    std::thread::scope(|scope| {
        let azure: &Sandbox = &azure;
        for shard in &shards {
            scope.spawn(move || import(azure, &format!("--apim-apis '*' {shard}")).expect_success());
        }
    });
    assert_eq!(without_times(list_resources(&azure)), expected);
    let merged =
        azure.ok("apic report merge part1.json part2.json part3.json --report all.md -o json").json();
    assert_eq!(merged["created"], 51, "{merged}");
    for shard in &shards {
        let again = import(&azure, &format!("--apim-apis '*' {shard}")).expect_success();
        assert_eq!(counts(&again.json())[..2], [0, 0], "{again}");
    }
}

#[test]
fn a_dry_run_and_a_run_with_nothing_to_do_only_read() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    import(&azure, "--apim-apis '*' --dry-run").expect_success();
    let log = azure.log("log.jsonl");
    assert!(!log.is_empty() && log.iter().all(|request| request["method"] == "GET"));
    import(&azure, "--apim-apis '*'").expect_success();
    let before = azure.log("log.jsonl").len();
    import(&azure, "--apim-apis '*'").expect_success();
    import(&azure, "--apim-apis '*' --dry-run --prune").expect_success();
    let after = azure.log("log.jsonl");
    assert!(
        after.len() > before && after[before..].iter().all(|request| request["method"] == "GET"),
        "{:?}",
        &after[before..]
    );
    // The custom properties of a deployment record the source of the document.
    let properties = azure
        .json(format!("apic api deployment list {CENTER} --api-id weather --query '[0].customProperties'"));
    let provenance = properties["azr-import"].as_str().expect("a provenance");
    assert!(
        provenance
            .starts_with(&format!("{APIM_ID}/apis/weather for weather/myapimanagement-original sha256:")),
        "{provenance}"
    );
}

#[test]
fn a_document_that_is_too_large_for_a_request_is_imported_by_link() {
    let azure = Azure::start();
    azure.write("huge.json", generated_spec::json(5_000_000));
    azure.ok(format!(
        "apim api import {APIM} --api-id huge --path huge --specification-format OpenApiJson --specification-path huge.json"
    ));
    let run = import(&azure, "--apim-apis huge").expect_success();
    assert_eq!(counts(&run.json())[0], 1, "{run}");
    let definition = format!("{CENTER} --api-id huge --version-id original --definition-id openapi");
    let imported =
        azure.ok(format!("apic api definition export-specification {definition} --file-name -")).stdout_bytes;
    let source = azure
        .ok(format!("apim api export {APIM} --api-id huge --export-format OpenApiJsonFile -f -"))
        .stdout_bytes;
    assert!(
        source.len() > 3 * 1024 * 1024 && imported == source,
        "{} and {} bytes",
        source.len(),
        imported.len()
    );
    let again = import(&azure, "--apim-apis huge").expect_success();
    assert_eq!(counts(&again.json())[2], 1, "{again}");
}

#[cfg(unix)]
#[test]
fn a_service_of_another_tenant_is_read_with_a_token_of_that_tenant() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut azure = Azure::start();
    let bin = azure.folder().join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    let az = bin.join("az");
    let script = "#!/bin/sh\necho \"$*\" >> \"$HOME/az.log\"\n\
        echo '{\"accessToken\": \"t\", \"expires_on\": 4070908800, \"tokenType\": \"Bearer\"}'\n";
    std::fs::write(&az, script).expect("the file is written");
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    let home = azure.folder().join("../home");
    std::fs::create_dir_all(home.join("config")).expect("a folder");
    let profile = json!({"subscriptions": [{
        "id": "00000000-0000-0000-0000-000000000000", "name": "Own", "isDefault": true, "state": "Enabled",
        "tenantId": "tenant-own", "environmentName": "AzureCloud", "user": {"name": "me", "type": "user"},
    }]});
    std::fs::write(home.join("config/azureProfile.json"), profile.to_string()).expect("the file is written");
    azure.set("AZR_ACCESS_TOKEN", "");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    azure.set("PATH", &path);
    import(&azure, "--apim-apis weather --apim-tenant tenant-other").expect_success();
    let log = std::fs::read_to_string(home.join("az.log")).expect("az was started");
    let tenants: Vec<bool> = log.lines().map(|line| line.contains("tenant-other")).collect();
    assert_eq!(tenants.iter().filter(|other| **other).count(), 1, "{log}");
    assert!(tenants.contains(&false), "{log}");
    // The tenant of the center needs no other token.
    import(&azure, "--apim-apis weather --apim-tenant TENANT-own").expect_success();
    let log = std::fs::read_to_string(home.join("az.log")).expect("the log of az");
    assert!(!log.contains("TENANT-own"), "{log}");
}
