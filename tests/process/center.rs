//! `apic create|show|list|update|delete` on API centers, also spelt `apic service …`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, InProcessAzure, strings};

#[test]
fn a_center_is_created_updated_and_deleted_in_both_spellings() {
    let azure = Azure::start();
    for (group, name) in [("apic", "secondCenter"), ("apic service", "thirdCenter")] {
        let options = format!("-g myResourceGroup -n {name}");
        let created = azure.json(format!("{group} create {options} -l westeurope --tags a=1 'b=two words'"));
        assert_eq!(created["tags"], json!({"a": "1", "b": "two words"}), "{group}");
        assert_eq!(created["location"], "westeurope");
        assert_eq!(created["resourceGroup"], "myResourceGroup");
        assert!(created.get("properties").is_none(), "az flattens the properties: {created}");
        assert_eq!(azure.json(format!("{group} show {options}")), created);
        for list in ["list -g myResourceGroup", "list"] {
            let names = azure.json(format!("{group} {list} --query [].name"));
            let mut names = strings(&names);
            names.sort_unstable();
            assert_eq!(names, ["myAPICenter", name], "{group} {list}");
        }
        let id = created["id"].as_str().expect("an id");
        let updated = azure.json(format!("{group} update --ids {id} --set tags.c=3 --remove tags.a"));
        assert_eq!(updated["tags"], json!({"b": "two words", "c": "3"}));
        assert!(azure.ok(format!("{group} delete {options} --yes")).stdout_bytes.is_empty());
        azure.run(format!("{group} show {options}")).error(3);
        let again = azure.run(format!("{group} delete {options} -y"));
        assert_eq!(again.code, Some(0), "{again}");
    }
}

#[test]
fn the_name_of_a_deleted_center_can_be_used_again_once_it_is_purged() {
    let azure = Azure::start();
    let options = "-g myResourceGroup -n oldCenter";
    azure.ok(format!("apic create {options} -l westeurope"));
    azure.ok(format!("apic delete {options} -y"));
    let refused = azure.run(format!("apic create {options} -l westeurope"));
    refused.error(1);
    assert!(refused.stderr.contains("Hint: A deleted API center keeps its name"), "{refused}");
    let deleted = "/subscriptions/{subscriptionId}/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/deletedServices";
    let version = "api-version=2024-06-01-preview";
    let names = azure.json(format!("rest --url {deleted}?{version} --query value[].name"));
    assert_eq!(names, json!(["oldCenter"]));
    azure.ok(format!("rest --method delete --url {deleted}/oldCenter?{version}"));
    azure.ok(format!("apic create {options} -l westeurope"));
}

#[test]
fn the_location_comes_from_the_group_and_older_options_name_the_center() {
    let azure = Azure::start();
    let created = azure.json("apic service create --resource-group myResourceGroup --name third-center");
    assert_eq!(created["location"], "eastus");
    let shown = azure.json("apic service show --resource-group myResourceGroup --service-name third-center");
    assert_eq!(shown, created);
    assert_eq!(azure.json("apic show -g myResourceGroup -s third-center"), created);
}

#[test]
fn an_identity_is_given_as_json_as_shorthand_and_as_a_file() {
    let azure = Azure::start();
    azure.write("identity.json", "{\n    \"type\": \"SystemAssigned\"\n}\n");
    let update = "apic service update --name myAPICenter --resource-group myResourceGroup --identity";
    let mut principals = BTreeSet::new();
    for form in [
        r#"{"type": "SystemAssigned"}"#,
        "type=SystemAssigned",
        "{type:SystemAssigned}",
        "@identity.json",
        "{'type': 'SystemAssigned'}",
    ] {
        let words: Vec<String> = update.split(' ').chain([form]).map(str::to_owned).collect();
        let identity = azure.run_args(&words).expect_success().json()["identity"].clone();
        assert_eq!(identity["type"], "SystemAssigned", "{form}");
        let shown = azure.ok(format!("apic show {CENTER} --query identity.principalId -o tsv"));
        assert_eq!(Some(shown.text()), identity["principalId"].as_str(), "{form}");
        principals.insert(shown.text().to_owned());
    }
    assert_eq!(
        principals.iter().map(String::len).collect::<Vec<_>>(),
        [36],
        "one that stays the same: {principals:?}"
    );
    let removed = azure.json(format!("apic update {CENTER} --identity type=None"));
    assert_eq!(removed["identity"]["principalId"], Value::Null, "{removed}");
}

#[test]
fn a_user_assigned_identity_is_given_as_in_the_how_to() {
    let azure = InProcessAzure::new();
    let identity = azure.json("identity create --resource-group myResourceGroup --name myIdentity");
    let id = identity["id"].as_str().expect("an id");
    assert!(id.ends_with("/providers/Microsoft.ManagedIdentity/userAssignedIdentities/myIdentity"), "{id}");
    azure.write(
        "identity.json",
        json!({"type": "UserAssigned", "userAssignedIdentities": {id: {}}}).to_string(),
    );
    let center = azure.json(format!("apic update {CENTER} --identity @identity.json"));
    let users = center["identity"]["userAssignedIdentities"].as_object().expect("users").clone();
    let [(key, user)] = &users.iter().collect::<Vec<_>>()[..] else { panic!("one user: {users:?}") };
    assert!(key.eq_ignore_ascii_case(id), "{key}");
    assert_eq!(user["principalId"], identity["principalId"]);
}
