//! Checks before a service-side `import-from-apim`, and its report on each API.

use serde_json::{Value, json};

use crate::service_import::{import, start_with_role, summary_counts};
use crate::support::{APIM, APIM_ID, Azure, CENTER, InProcessAzure, Sandbox, StaticServer, strings};

/// A subscription of another tenant.
const OTHER_SUBSCRIPTION: &str = "/subscriptions/99999999-0000-0000-0000-000000000000";

fn read_report(sandbox: &Sandbox, name: &str) -> Vec<Value> {
    serde_json::from_slice(&sandbox.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The result of the API with this name in API Management.
fn result_of<'a>(report: &'a [Value], source: &str) -> &'a Value {
    let result = report.iter().find(|api| strings(&api["sources"]).contains(&source));
    result.unwrap_or_else(|| panic!("no result for {source} in {report:?}"))
}

fn warnings(stderr: &str) -> Vec<&str> {
    stderr.lines().filter_map(|line| line.strip_prefix("WARNING: ")).collect()
}

#[test]
fn a_report_has_the_result_of_each_api() {
    let azure = start_with_role();
    let all = format!("--source-resource-ids {APIM_ID}/apis/*");
    let run = import(&azure, &format!("{all} --report r.json")).expect_success();
    assert!(run.stdout_bytes.is_empty() && run.stderr.contains("Report written to r.json"), "{run}");
    let first = read_report(&azure, "r.json");
    assert_eq!(first.len(), 8);
    assert!(first.iter().all(|api| api["status"] == "created"), "{first:?}");
    let orders = result_of(&first, "orders-v2");
    assert_eq!(
        (&orders["sources"], &orders["title"]),
        (&json!(["orders-v1", "orders-v2"]), &json!("Orders"))
    );
    let names = azure.json(format!("apic api list {CENTER} --query '[?title==`Orders`].name'"));
    assert_eq!(strings(&names), [orders["name"].as_str().expect("a name")]);
    // The title of this API is too long for a center.
    assert!(
        result_of(&first, "warehouse")["title"].as_str().is_some_and(|title| title.len() == 50),
        "{first:?}"
    );

    azure.ok(format!("apim api create {APIM} --api-id new --display-name New --path new --protocols https"));
    let run = import(&azure, &format!("{all} --report r.md")).expect_success();
    assert_eq!(summary_counts(&run), [1, 8, 0], "{run}");
    let markdown = String::from_utf8(azure.read("r.md")).expect("text");
    assert!(markdown.starts_with("### APIs: 1 created, "), "{markdown}");
    assert!(markdown.lines().any(|line| line.starts_with("| created |") && line.contains("| New |")));
}

#[test]
fn a_failed_operation_gives_every_api_a_reason() {
    let azure = start_with_role();
    let run = import(
        &azure,
        &format!("--source-resource-ids {APIM_ID}/apis/museum {APIM_ID}/apis/nobody --report r.xml"),
    );
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(
        run.stderr.lines().next().is_some_and(|line| line.contains("does not have an API 'nobody'")),
        "{run}"
    );
    assert_eq!(summary_counts(&run), [0, 0, 2], "{run}");
    let error = run.stderr.lines().find(|line| line.starts_with("ERROR: ")).unwrap_or_default();
    assert!(error.contains("nobody"), "{run}");
    let xml = String::from_utf8(azure.read("r.xml")).expect("text");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let failures: Vec<_> = document.descendants().filter(|n| n.has_tag_name("failure")).collect();
    assert_eq!(failures.len(), 2, "{xml}");
    assert!(failures.iter().all(|f| f.attribute("message").is_some_and(|m| m.contains("was not found"))));
}

#[test]
fn a_missing_source_is_reported_before_the_import() {
    let azure = start_with_role();
    let run = azure
        .run(format!("apic import-from-apim {CENTER} --apim-name nowhere --apim-apis a b --report r.json"));
    assert_eq!(run.code, Some(1), "{run}");
    let warnings = warnings(&run.stderr);
    assert!(matches!(warnings[..], [one] if one.starts_with("The source does not exist: ")), "{run}");
    assert_eq!(
        strings(&json!(read_report(&azure, "r.json").iter().map(|a| a["name"].clone()).collect::<Vec<_>>())),
        ["a", "b"]
    );
}

#[test]
fn an_invalid_report_path_is_refused_before_anything_is_imported() {
    let azure = start_with_role();
    let one = format!("--source-resource-ids {APIM_ID}/apis/museum");
    let run = import(&azure, &format!("{one} --report r.json --no-wait"));
    assert!(run.error(2).contains("--no-wait"), "{run}");
    assert!(import(&azure, &format!("{one} --report r.txt")).error(1).contains("r.txt"));
    assert!(import(&azure, &format!("{one} --report no/r.json")).error(1).contains("no/r.json"));
    assert_eq!(azure.json(format!("apic api list {CENTER} --query length(@)")), 1);
    assert!(azure.files().is_empty());
}

#[test]
fn prefixes_of_resource_group_are_unambiguous() {
    let azure = start_with_role();
    for prefix in ["--r", "--re", "--res"] {
        azure.ok(format!("apic import-from-apim {prefix} myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis museum"));
    }
}

#[test]
fn import_apim_writes_a_report_too() {
    let azure = start_with_role();
    let run = azure
        .ok(format!("apic import apim {CENTER} --azure-apim {APIM_ID} --apim-apis museum --report r.json"));
    assert_eq!(
        (summary_counts(&run), &read_report(&azure, "r.json")[0]["kind"]),
        ([1, 0, 0], &json!("graphql"))
    );
}

/// Adds a subscription, and an API Management service in it, to the state of an emulator.
fn add_other_subscription(sandbox: &Sandbox, tenant: &str) -> String {
    let path = sandbox.folder().join("../state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&path).expect("a state")).expect("JSON");
    let entries = &mut state["world"]["store"]["entries"];
    let mut put = |id: &str, body: Value| {
        let mut entry = entries.as_object().and_then(|all| all.values().next()).expect("an entry").clone();
        entry["id"] = json!(id);
        entry["body"] = body;
        entries[id.to_ascii_lowercase()] = entry;
    };
    put(
        OTHER_SUBSCRIPTION,
        json!({"id": OTHER_SUBSCRIPTION, "subscriptionId": &OTHER_SUBSCRIPTION[15..], "tenantId": tenant}),
    );
    let group = format!("{OTHER_SUBSCRIPTION}/resourceGroups/there");
    put(&group, json!({"id": group, "name": "there", "location": "eastus"}));
    let service = format!("{group}/providers/Microsoft.ApiManagement/service/remote");
    put(&service, json!({"id": service, "name": "remote", "properties": {}}));
    std::fs::write(&path, state.to_string()).expect("the file is written");
    service
}

#[test]
fn a_source_in_another_tenant_is_refused() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic update {CENTER} --identity type=SystemAssigned -o none"));
    let tenant = azure.json(format!("apic show {CENTER} --query identity.tenantId"));
    let tenant = tenant.as_str().expect("a tenant");
    let remote = add_other_subscription(&azure, "44444444-4444-4444-4444-444444444444");
    let run = import(&azure, &format!("--source-resource-ids {remote}/apis/*"));
    let error = run.error(1);
    assert!(
        error.contains("remote")
            && error.contains("44444444-4444-4444-4444-444444444444")
            && error.contains(tenant)
    );
    assert!(run.stderr.contains("--mode client"), "{run}");
    // Another subscription of the same tenant is accepted.
    let remote = add_other_subscription(&azure, &tenant.to_uppercase());
    let run = import(&azure, &format!("--source-resource-ids {remote}/apis/*"));
    assert!(warnings(&run.stderr)[0].contains("have a role on remote"), "{run}");
}

#[test]
fn the_tenant_of_an_inaccessible_subscription_is_read_from_the_profile() {
    let azure = start_with_role();
    let config = azure.folder().join("../home/config");
    std::fs::create_dir_all(&config).expect("a folder");
    let entry = json!({"id": &OTHER_SUBSCRIPTION[15..], "name": "Other", "state": "Enabled", "isDefault": false,
                       "environmentName": "AzureCloud", "user": {"name": "u", "type": "user"},
                       "tenantId": "44444444-4444-4444-4444-444444444444",
                       "homeTenantId": "44444444-4444-4444-4444-444444444444"});
    let profile = json!({"installationId": "0", "subscriptions": [entry]});
    std::fs::write(config.join("azureProfile.json"), profile.to_string()).expect("the file is written");
    let remote =
        format!("{OTHER_SUBSCRIPTION}/resourceGroups/there/providers/Microsoft.ApiManagement/service/remote");
    let run = import(&azure, &format!("--source-resource-ids {remote}/apis/*"));
    assert!(run.error(1).contains("44444444-4444-4444-4444-444444444444"), "{run}");
}

#[test]
fn the_hint_names_the_subscription_if_it_was_given() {
    let azure = Azure::start();
    let run = azure.run(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis * --subscription 00000000-0000-0000-0000-000000000000"
    ));
    run.error(1);
    let hint = run.stderr.lines().nth(1).unwrap_or_default();
    assert!(hint.contains("--subscription 00000000-0000-0000-0000-000000000000"), "{run}");
}

#[test]
fn an_error_without_a_reason_has_a_hint_of_what_to_check() {
    let site =
        StaticServer::start(400, "", r#"{"error": {"code": "BadRequest", "message": "An error occurred."}}"#);
    let mut azure = Azure::start();
    azure.set("AZR_ARM_ENDPOINT", &site.url);
    let run = import(&azure, &format!("--source-resource-ids {APIM_ID}/apis/*"));
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(
        run.stderr
            .contains("ERROR: An error occurred. (BadRequest)\nHint: The service does not say why. Check")
    );
    let hint = run.stderr.lines().last().unwrap_or_default();
    for command in
        ["azr apic show -g myResourceGroup -n myAPICenter", "azr role assignment list", "azr apim show"]
    {
        assert!(hint.contains(command), "{hint}");
    }
    assert!(
        site.requests()
            .iter()
            .any(|request| request.contains("POST ") && request.contains("/importFromApim"))
    );
}
