//! `azr identity|role|account|group|rest`: what the how-to needs besides API Center.

use serde_json::{Value, json};

use crate::support::{APIM_ID, Azure, CENTER, InProcessAzure, StaticServer, download, strings};

const READER: &str = "API Management Service Reader Role";

#[test]
fn an_identity_is_created_shown_and_deleted() {
    let azure = Azure::start();
    let options = "--resource-group myResourceGroup --name myIdentity";
    let created = azure.json(format!("identity create {options} --tags a=b"));
    assert_eq!((&created["name"], &created["tags"]), (&json!("myIdentity"), &json!({"a": "b"})));
    assert_eq!(azure.json(format!("identity show {options}")), created);
    assert_eq!(azure.json("identity list -g myResourceGroup --query [].name"), json!(["myIdentity"]));
    assert_eq!(azure.json("identity list --query [].name"), json!(["myIdentity"]));
    let again = azure.json(format!("identity create {options}"));
    assert_eq!(again["principalId"], created["principalId"], "creating it again keeps the principal");
    let principal = azure.ok(format!("identity show {options} --query principalId -o tsv"));
    assert_eq!(Some(principal.text()), created["principalId"].as_str());
    azure.ok(format!("identity delete {options}"));
    azure.run(format!("identity show {options}")).error(3);
}

#[test]
fn a_role_is_assigned_once_however_often_the_command_runs() {
    let azure = Azure::start();
    let principal = azure.ok("identity create -g myResourceGroup -n myIdentity --query principalId -o tsv");
    let assignee = format!("--assignee-object-id {}", principal.text());
    let without_slash = &APIM_ID[1..];
    let create = |role: &str, scope: &str| {
        azure.json(format!(
            "role assignment create --role {role} {assignee} --assignee-principal-type ServicePrincipal --scope {scope}"
        ))
    };
    let created = create(&format!("'{READER}'"), without_slash);
    assert_eq!((&created["scope"], &created["principalType"]), (&json!(APIM_ID), &json!("ServicePrincipal")));
    for (role, scope) in [
        (format!("'{READER}'"), APIM_ID),
        ("71522526-b88f-4d52-b57f-d31fc3546d0d".to_owned(), without_slash),
        (created["roleDefinitionId"].as_str().expect("a role").to_owned(), APIM_ID),
    ] {
        assert_eq!(create(&role, scope)["id"], created["id"], "{role} at {scope}");
    }
    let listed = azure.json(format!("role assignment list --scope {APIM_ID}"));
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed[0]["roleDefinitionName"], READER);
    assert_eq!(
        azure.json(format!("role assignment list {assignee} --all --query [].id")),
        json!([created["id"]])
    );
    azure.ok(format!("role assignment delete {assignee} --role '{READER}' --scope {without_slash}"));
    assert_eq!(azure.json(format!("role assignment list --scope {APIM_ID}")), json!([]));
}

#[test]
fn the_emulators_account_needs_no_login() {
    let azure = InProcessAzure::new();
    let shown = azure.json("account show");
    assert_eq!((&shown["name"], &shown["isDefault"]), (&json!("Example Sub"), &json!(true)));
    let listed = azure.json("account list");
    assert_eq!(listed[0]["id"], shown["id"]);
    assert_eq!(azure.ok("account show --query id -o tsv").text(), "00000000-0000-0000-0000-000000000000");
    azure.ok("account set --subscription 'Example Sub'");
    for subscription in ["'Example Sub'", "00000000-0000-0000-0000-000000000000"] {
        azure.ok(format!("apic list --subscription {subscription}"));
    }
}

#[test]
fn the_profile_of_az_is_read_and_its_default_changed() {
    let azure = Azure::start();
    let profile = azure.folder().join("../home/config/azureProfile.json");
    std::fs::create_dir_all(profile.parent().expect("a folder")).expect("az's folder");
    let entry = |id: &str, name: &str, default: bool| {
        json!({"id": id, "name": name, "state": "Enabled", "isDefault": default, "tenantId": id,
               "environmentName": "AzureCloud", "user": {"name": "ada@example.com", "type": "user"}})
    };
    let second = "22222222-0000-0000-0000-000000000000";
    let subscriptions =
        json!([entry("11111111-0000-0000-0000-000000000000", "One", true), entry(second, "Two", false)]);
    std::fs::write(&profile, format!("\u{feff}{}", json!({"subscriptions": subscriptions})))
        .expect("the profile is written");
    let mut azure = azure;
    azure.set("AZURE_SUBSCRIPTION_ID", "");
    assert_eq!(azure.json("account list --query [].name"), json!(["One", "Two"]));
    assert_eq!(azure.json("account show --query name"), json!("One"));
    azure.ok("account set -s Two");
    assert_eq!(azure.json("account show --query id"), json!(second));
    azure.run("account set -s Three").error(1);
    assert_eq!(azure.json("account show --query name"), json!("Two"));
}

#[test]
fn a_resource_group_is_shown() {
    let azure = Azure::start();
    let group = azure.json("group show --name myResourceGroup");
    assert_eq!((&group["name"], &group["location"]), (&json!("myResourceGroup"), &json!("eastus")));
    azure.run("group show -n nowhere").error(3);
    assert_eq!(azure.ok("group exists -n myResourceGroup").text(), "true");
    assert_eq!(azure.ok("group exists -n nowhere").text(), "false");
    assert_eq!(azure.json("group list --query [].name"), json!(["myResourceGroup"]));
    let table = azure.ok("group list -o table");
    assert!(table.stdout().starts_with("Name             Location    Status\n"), "{table}");
}

#[test]
fn any_request_can_be_sent() {
    let azure = Azure::start();
    let group = "/subscriptions/{subscriptionId}/resourceGroups/myResourceGroup";
    let center = format!("{group}/providers/Microsoft.ApiCenter/services/myAPICenter");
    let shown = azure.json(format!("rest --method get --uri {center}"));
    assert_eq!(
        shown["properties"]["provisioningState"], "Succeeded",
        "the properties are not flattened: {shown}"
    );
    assert!(shown.get("resourceGroup").is_none(), "az adds no member: {shown}");
    azure.write("body.json", r#"{"properties": {"title": "T", "kind": "rest"}}"#);
    let api = format!("{center}/workspaces/default/apis/by-hand");
    let created = azure.json(format!("rest -m PUT -u {api}?api-version=2024-03-01 --body @body.json"));
    assert_eq!(created["name"], "by-hand");
    assert_eq!(azure.json(format!("apic api show {CENTER} --api-id by-hand --query title")), "T");
    assert!(azure.ok(format!("rest -m head -u {api}")).stdout_bytes.is_empty());
    assert!(azure.ok(format!("rest -m delete -u {api}")).stdout_bytes.is_empty());
    azure.run(format!("rest -u {api}")).error(1);
    azure.run(format!("rest -m put -u {api} -b nonsense")).error(1);
    let run = azure.run("rest -u https://elsewhere.example/subscriptions");
    assert!(run.error(1).contains("elsewhere.example"), "{run}");
}

#[test]
fn a_paged_response_is_merged() {
    let azure = Azure::start_with("--apis 250");
    let uri = format!("{APIM_ID}/apis");
    let first = azure.json(format!("rest -u {uri}"));
    assert_eq!(first["value"].as_array().map(Vec::len), Some(100));
    assert!(first["nextLink"].is_string());
    let all = azure.json(format!("rest -u {uri} --paginate"));
    let names: std::collections::BTreeSet<&str> =
        all["value"].as_array().expect("a list").iter().filter_map(|api| api["name"].as_str()).collect();
    assert!(
        names.len() > 250 && names.contains("api-00001") && names.contains("api-00250"),
        "{}",
        names.len()
    );
    assert_eq!((all["value"].as_array().map(Vec::len), &all["nextLink"]), (Some(names.len()), &Value::Null));
    let listed = azure.json("apim api list -g myResourceGroup -n myAPIManagement --query [].name");
    assert_eq!(strings(&listed).len(), names.len());
}

#[test]
fn role_definitions_are_listed_by_name_and_guid() {
    let azure = InProcessAzure::new();
    let roles = azure.json(format!("role definition list -n '{READER}'"));
    assert_eq!(roles[0]["roleName"], READER);
    assert_eq!(
        (&roles[0]["roleType"], &roles[0]["type"]),
        (&json!("BuiltInRole"), &json!("Microsoft.Authorization/roleDefinitions"))
    );
    let guid = roles[0]["name"].as_str().expect("a GUID");
    assert_eq!(azure.json(format!("role definition list -n {guid}")), roles);
    assert_eq!(azure.json("role definition list -n nothing"), json!([]));
    assert_eq!(azure.json("role definition list --custom-role-only"), json!([]));
    let all = azure.json(format!("role definition list --scope {APIM_ID} --query [].roleName"));
    assert!(strings(&all).contains(&READER), "{all}");
}

#[test]
fn an_identity_is_updated() {
    let azure = InProcessAzure::new();
    let options = "-g myResourceGroup -n myIdentity";
    let created = azure.json(format!("identity create {options} --tags a=b"));
    let updated = azure.json(format!("identity update {options} --tags c=d"));
    assert_eq!(
        (&updated["tags"], &updated["principalId"]),
        (&json!({"a": "b", "c": "d"}), &created["principalId"])
    );
    let updated = azure
        .json(format!("identity update --ids {} --set tags.e=f", created["id"].as_str().expect("an id")));
    assert_eq!(updated["tags"], json!({"a": "b", "c": "d", "e": "f"}));
    let updated = azure.json(format!("identity update {options} --isolation-scope Regional"));
    assert_eq!(
        (&updated["isolationScope"], &updated["tags"]["e"], &updated["principalId"]),
        (&json!("Regional"), &json!("f"), &created["principalId"])
    );
    let updated = azure.json(format!("identity update {options} --remove tags.a"));
    assert_eq!(
        (&updated["tags"], &updated["isolationScope"]),
        (&json!({"c": "d", "e": "f"}), &json!("Regional"))
    );
}

#[test]
fn rest_without_a_token_reaches_any_server() {
    let azure = Azure::start();
    let uri = "/subscriptions?api-version=2022-12-01";
    azure.ok(format!("rest --uri {uri}"));
    let refused = azure.run(format!("rest --uri {uri} --skip-authorization-header"));
    assert!(refused.error(1).contains("AuthenticationFailed"), "{refused}");
    let other = Azure::start();
    // What the emulator answers without a token.
    let url = format!("{}/metadata/endpoints?api-version=2022-09-01", other.endpoint());
    assert_eq!(azure.run(format!("rest --uri {url}")).code, Some(1));
    let answer = azure.json(format!("rest --uri {url} --skip-authorization-header"));
    assert_eq!(answer["resourceManager"], json!(other.endpoint()));
}

#[test]
fn rest_leaves_what_is_not_json_as_it_is() {
    let azure = Azure::start();
    let export = format!("{APIM_ID}/apis/my-api?export=true&format=openapi-link&api-version=2022-08-01");
    let export_url = |export: &str| {
        azure.ok(format!("rest --uri {export} --query properties.value.link -o tsv")).text().to_owned()
    };
    let yaml = export_url(&export);
    let document = download(&yaml);
    let line = format!("rest --uri {yaml} --skip-authorization-header");
    let printed = azure.ok(&line);
    assert_eq!(printed.stdout().as_bytes(), document);
    assert!(printed.stderr.contains("is not JSON"), "{printed}");
    assert_eq!(azure.ok(format!("{line} --output-file a.yaml")).stderr, "");
    assert_eq!(azure.read("a.yaml"), document);
    // JSON is written as the service formats it, too.
    let json = export_url(&export.replace("openapi-link", "openapi%2Bjson-link"));
    azure.ok(format!("rest --uri {json} --skip-authorization-header --output-file a.json"));
    assert_eq!(azure.read("a.json"), download(&json));
}

#[test]
fn rest_sends_the_body_as_it_is_written() {
    let azure = Azure::start();
    let server = StaticServer::start(200, "x", "");
    let line = format!("rest -m put --uri {} --skip-authorization-header --body @body", server.url);
    azure.write("body", "<policies />");
    let refused = azure.run(&line);
    assert!(refused.error(1).contains("--body is not valid JSON"), "{refused}");
    assert!(refused.stderr.contains("--headers Content-Type="), "{refused}");
    azure.ok(format!("{line} --headers Content-Type=application/xml"));
    azure.write("body", r#"{"a":  1.0}"#);
    azure.ok(&line);
    let requests = server.requests().into_iter().map(|request| request.to_ascii_lowercase());
    for (request, (media_type, length)) in requests.zip([("application/xml", 12), ("application/json", 11)]) {
        assert!(request.contains(&format!("content-type: {media_type}\r\n")), "{request}");
        assert!(request.contains(&format!("content-length: {length}\r\n")), "{request}");
    }
    assert_eq!(server.requests().len(), 2);
}
