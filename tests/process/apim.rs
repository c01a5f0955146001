//! `apim` and `apim api`: services and APIs of API Management.

use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, strings};

#[test]
fn a_service_is_shown_and_listed() {
    let azure = Azure::start();
    let shown = azure.json("apim show --name myAPIManagement --resource-group myResourceGroup");
    assert_eq!((&shown["id"], &shown["resourceGroup"]), (&json!(APIM_ID), &json!("myResourceGroup")));
    let id = azure.ok(format!("apim show {APIM} --query id --output tsv"));
    assert_eq!(id.stdout(), format!("{APIM_ID}\n"));
    for list in ["apim list", "apim list -g myResourceGroup"] {
        assert_eq!(azure.json(list), json!([shown.clone()]), "{list}");
    }
    azure.run("apim show -g myResourceGroup -n nobody").error(3);
    azure.run("apim list -g nowhere").error(3);
}

#[test]
fn an_api_is_created_updated_and_deleted() {
    let azure = Azure::start();
    let notes = format!("{APIM} --api-id notes");
    let created = azure.json(format!(
        "apim api create {notes} --display-name 'Notes — ü' --path notes --service-url https://notes.example --protocols https http"
    ));
    assert_eq!((&created["displayName"], &created["path"]), (&json!("Notes — ü"), &json!("notes")));
    assert_eq!(created["protocols"], json!(["https", "http"]));
    assert_eq!(created["apiRevisionDescription"], json!(null), "az shows absent members of its model");
    assert_eq!(azure.json(format!("apim api show {notes}")), created);
    let names = azure.json(format!("apim api list {APIM} --query [].name"));
    assert!(strings(&names).contains(&"notes") && strings(&names).contains(&"my-api"), "{names}");
    let filtered =
        azure.json(format!("apim api list {APIM} --filter-display-name 'Notes — ü' --query [].name"));
    assert_eq!(filtered, json!(["notes"]));
    let updated = azure.json(format!("apim api update {notes} --description 'Two words.'"));
    assert_eq!(
        (&updated["description"], &updated["displayName"]),
        (&json!("Two words."), &json!("Notes — ü"))
    );
    azure.run(format!("apim api delete {notes}")).error(1);
    azure.ok(format!("apim api delete {notes} --delete-revisions true --yes"));
    azure.run(format!("apim api show {notes}")).error(3);
}

#[test]
fn a_document_becomes_an_api() {
    let azure = Azure::start();
    let import = format!(
        "apim api import {APIM} --api-id orders-by-hand --path by-hand --specification-format OpenApi"
    );
    for (name, title) in
        [("openapi30-flow.yaml", "Flow Style"), ("openapi30-handwritten.yaml", "Café Orders — Bestellungen")]
    {
        let spec = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/specs").to_owned() + "/" + name;
        std::fs::copy(&spec, azure.folder().join(name)).unwrap_or_else(|e| panic!("{spec}: {e}"));
        let created = azure.json(format!("{import} --specification-path {name}"));
        assert_eq!((&created["name"], &created["displayName"]), (&json!("orders-by-hand"), &json!(title)));
    }
    let list = format!("apim api operation list {APIM} --api-id orders-by-hand --query [].urlTemplate");
    assert!(!strings(&azure.json(list)).is_empty(), "the document's operations are there");
    azure.run(format!("{import} --specification-path missing.yaml")).error(1);
}

#[test]
fn the_table_of_services_has_azs_columns() {
    let azure = Azure::start();
    let table = azure.ok(format!("apim show {APIM} -o table"));
    let columns: Vec<&str> = table.stdout().lines().next().expect("a header").split_whitespace().collect();
    assert_eq!(columns[..4], ["NAME", "RESOURCE", "GROUP", "LOCATION"], "{table}");
}
