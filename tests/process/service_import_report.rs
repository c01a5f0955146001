//! What `import-from-apim` tells that the service does not: what is amiss before, what came of each API after.

use serde_json::{Value, json};

use crate::service_import::{import, ready, said};
use crate::support::{APIM, APIM_ID, Azure, CENTER, InProcessAzure, Sandbox, StaticServer, strings};

/// A subscription of another directory, and an API Management service in it.
const ELSEWHERE: &str = "/subscriptions/99999999-0000-0000-0000-000000000000";

fn report(sandbox: &Sandbox, name: &str) -> Vec<Value> {
    serde_json::from_slice(&sandbox.read(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The result of the API of API Management of this name.
fn of<'a>(report: &'a [Value], source: &str) -> &'a Value {
    let found = report.iter().find(|api| strings(&api["sources"]).contains(&source));
    found.unwrap_or_else(|| panic!("nothing of {source} in {report:?}"))
}

fn warnings(stderr: &str) -> Vec<&str> {
    stderr.lines().filter_map(|line| line.strip_prefix("WARNING: ")).collect()
}

#[test]
fn a_report_tells_what_came_of_each_api() {
    let azure = ready();
    let all = format!("--source-resource-ids {APIM_ID}/apis/*");
    let run = import(&azure, &format!("{all} --report r.json")).expect_success();
    assert!(run.stdout_bytes.is_empty() && run.stderr.contains("Report written to r.json"), "{run}");
    let first = report(&azure, "r.json");
    assert_eq!(first.len(), 8);
    assert!(first.iter().all(|api| api["status"] == "created"), "{first:?}");
    let orders = of(&first, "orders-v2");
    assert_eq!(
        (&orders["sources"], &orders["title"]),
        (&json!(["orders-v1", "orders-v2"]), &json!("Orders"))
    );
    let names = azure.json(format!("apic api list {CENTER} --query '[?title==`Orders`].name'"));
    assert_eq!(strings(&names), [orders["name"].as_str().expect("a name")]);
    // The title of this one does not fit into a center.
    assert!(of(&first, "warehouse")["title"].as_str().is_some_and(|title| title.len() == 50), "{first:?}");

    azure.ok(format!("apim api create {APIM} --api-id new --display-name New --path new --protocols https"));
    let run = import(&azure, &format!("{all} --report r.md")).expect_success();
    assert_eq!(said(&run), [1, 8, 0], "{run}");
    let markdown = String::from_utf8(azure.read("r.md")).expect("text");
    assert!(markdown.starts_with("### APIs: 1 created, "), "{markdown}");
    assert!(markdown.lines().any(|line| line.starts_with("| created |") && line.contains("| New |")));
}

#[test]
fn where_the_operation_fails_every_api_says_why() {
    let azure = ready();
    let run = import(
        &azure,
        &format!("--source-resource-ids {APIM_ID}/apis/museum {APIM_ID}/apis/nobody --report r.xml"),
    );
    assert_eq!((run.code, run.stdout_bytes.len()), (Some(1), 0), "{run}");
    assert!(run.stderr.lines().next().is_some_and(|line| line.contains("has no API 'nobody'")), "{run}");
    assert_eq!(said(&run), [0, 0, 2], "{run}");
    let error = run.stderr.lines().find(|line| line.starts_with("ERROR: ")).unwrap_or_default();
    assert!(error.contains("nobody"), "{run}");
    let xml = String::from_utf8(azure.read("r.xml")).expect("text");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    let failures: Vec<_> = document.descendants().filter(|n| n.has_tag_name("failure")).collect();
    assert_eq!(failures.len(), 2, "{xml}");
    assert!(failures.iter().all(|f| f.attribute("message").is_some_and(|m| m.contains("was not found"))));
}

#[test]
fn a_source_that_is_not_there_is_said_before() {
    let azure = ready();
    let run = azure
        .run(format!("apic import-from-apim {CENTER} --apim-name nowhere --apim-apis a b --report r.json"));
    assert_eq!(run.code, Some(1), "{run}");
    let warnings = warnings(&run.stderr);
    assert!(matches!(warnings[..], [one] if one.starts_with("The source cannot be found: ")), "{run}");
    assert_eq!(
        strings(&json!(report(&azure, "r.json").iter().map(|a| a["name"].clone()).collect::<Vec<_>>())),
        ["a", "b"]
    );
}

#[test]
fn what_cannot_be_reported_is_refused_before_anything_is_imported() {
    let azure = ready();
    let one = format!("--source-resource-ids {APIM_ID}/apis/museum");
    let run = import(&azure, &format!("{one} --report r.json --no-wait"));
    assert!(run.error(2).contains("--no-wait"), "{run}");
    assert!(import(&azure, &format!("{one} --report r.txt")).error(1).contains("r.txt"));
    assert!(import(&azure, &format!("{one} --report no/r.json")).error(1).contains("no/r.json"));
    assert_eq!(azure.json(format!("apic api list {CENTER} --query length(@)")), 1);
    assert!(azure.files().is_empty());
}

#[test]
fn what_was_short_for_the_group_still_is() {
    let azure = ready();
    for short in ["--r", "--re", "--res"] {
        azure.ok(format!("apic import-from-apim {short} myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis museum"));
    }
}

#[test]
fn the_other_way_of_the_service_reports_as_well() {
    let azure = ready();
    let run = azure
        .ok(format!("apic import apim {CENTER} --azure-apim {APIM_ID} --apim-apis museum --report r.json"));
    assert_eq!((said(&run), &report(&azure, "r.json")[0]["kind"]), ([1, 0, 0], &json!("graphql")));
}

/// Adds a subscription, and an API Management service in it, to the state of an emulator.
fn add_elsewhere(sandbox: &Sandbox, tenant: &str) -> String {
    let path = sandbox.folder().join("../state.json");
    let mut state: Value = serde_json::from_slice(&std::fs::read(&path).expect("a state")).expect("JSON");
    let entries = &mut state["world"]["store"]["entries"];
    let mut put = |id: &str, body: Value| {
        let mut entry = entries.as_object().and_then(|all| all.values().next()).expect("an entry").clone();
        entry["id"] = json!(id);
        entry["body"] = body;
        entries[id.to_ascii_lowercase()] = entry;
    };
    put(ELSEWHERE, json!({"id": ELSEWHERE, "subscriptionId": &ELSEWHERE[15..], "tenantId": tenant}));
    let group = format!("{ELSEWHERE}/resourceGroups/there");
    put(&group, json!({"id": group, "name": "there", "location": "eastus"}));
    let service = format!("{group}/providers/Microsoft.ApiManagement/service/afar");
    put(&service, json!({"id": service, "name": "afar", "properties": {}}));
    std::fs::write(&path, state.to_string()).expect("written");
    service
}

#[test]
fn a_source_in_another_directory_is_refused() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic update {CENTER} --identity type=SystemAssigned -o none"));
    let tenant = azure.json(format!("apic show {CENTER} --query identity.tenantId"));
    let tenant = tenant.as_str().expect("a tenant");
    let afar = add_elsewhere(&azure, "44444444-4444-4444-4444-444444444444");
    let run = import(&azure, &format!("--source-resource-ids {afar}/apis/*"));
    let said = run.error(1);
    assert!(
        said.contains("afar")
            && said.contains("44444444-4444-4444-4444-444444444444")
            && said.contains(tenant)
    );
    assert!(run.stderr.contains("--mode client"), "{run}");
    // Another subscription of the same directory is none of this.
    let afar = add_elsewhere(&azure, &tenant.to_uppercase());
    let run = import(&azure, &format!("--source-resource-ids {afar}/apis/*"));
    assert!(warnings(&run.stderr)[0].contains("no role on afar"), "{run}");
}

#[test]
fn the_directory_of_a_subscription_out_of_reach_is_known_from_the_profile() {
    let azure = ready();
    let config = azure.folder().join("../home/config");
    std::fs::create_dir_all(&config).expect("a folder");
    let entry = json!({"id": &ELSEWHERE[15..], "name": "Elsewhere", "state": "Enabled", "isDefault": false,
                       "environmentName": "AzureCloud", "user": {"name": "u", "type": "user"},
                       "tenantId": "44444444-4444-4444-4444-444444444444",
                       "homeTenantId": "44444444-4444-4444-4444-444444444444"});
    let profile = json!({"installationId": "0", "subscriptions": [entry]});
    std::fs::write(config.join("azureProfile.json"), profile.to_string()).expect("written");
    let afar = format!("{ELSEWHERE}/resourceGroups/there/providers/Microsoft.ApiManagement/service/afar");
    let run = import(&azure, &format!("--source-resource-ids {afar}/apis/*"));
    assert!(run.error(1).contains("44444444-4444-4444-4444-444444444444"), "{run}");
}

#[test]
fn the_mend_names_the_subscription_where_it_is_another() {
    let azure = Azure::start();
    let run = azure.run(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis * --subscription 00000000-0000-0000-0000-000000000000"
    ));
    run.error(1);
    let hint = run.stderr.lines().nth(1).unwrap_or_default();
    assert!(hint.contains("--subscription 00000000-0000-0000-0000-000000000000"), "{run}");
}

#[test]
fn where_the_service_does_not_say_why_there_is_something_to_check() {
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
