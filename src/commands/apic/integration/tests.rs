//! The requests that integrations, and the import from a gateway, come down to.

use super::super::import_aws;
use super::*;
use crate::commands::tree::{Action as Does, Leaf};
use azr_arm::plan::{Action, Job};
use azr_core::context::{Context, Environment, Terminal};
use serde_json::json;

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g";

/// The one job that a command line comes down to.
fn job(leaf: Leaf, line: &str) -> Result<Job> {
    let subscription = ("AZURE_SUBSCRIPTION_ID", "00000000-0000-0000-0000-000000000001");
    let context = Context::new(Environment::for_test("/nowhere", [subscription]), Terminal::default());
    let words = ["azr"].into_iter().chain(line.split(' '));
    let matches = clap::Command::new("azr").args((leaf.args)()).try_get_matches_from(words).expect("parsed");
    let Does::Plan(planner) = leaf.action else { panic!("not planned") };
    let mut plan = planner(&Session::new(context, None), &matches)?;
    assert_eq!(plan.jobs.len(), 1);
    Ok(plan.jobs.remove(0))
}

fn body(job: &Job) -> Value {
    match &job.action {
        Action::Put { body: Some(body), .. } | Action::Post { body: Some(body), .. } => body.clone(),
        other => panic!("{other:?} has no body"),
    }
}

fn apim(line: &str) -> Result<Job> {
    job(verbs::create(&APIM, CREATE_APIM), &format!("-g g -n center -i sync {line}"))
}

#[test]
fn a_name_is_a_service_in_the_same_group_and_an_id_stays() {
    let named = apim("--azure-apim apim1").expect("planned");
    let want = json!({"properties": {
        "apiSourceType": "AzureApiManagement",
        "azureApiManagementSource": {
            "resourceId": format!("{GROUP}/providers/Microsoft.ApiManagement/service/apim1")},
        "importSpecification": "always"}});
    assert_eq!(body(&named), want);
    let path = "providers/Microsoft.ApiCenter/services/center/workspaces/default/apiSources/sync";
    assert_eq!(named.target.path, format!("{GROUP}/{path}"));
    assert_eq!(named.target.api_version, "2024-06-01-preview");

    let id = "/subscriptions/s/resourceGroups/Other/providers/Microsoft.ApiManagement/service/a";
    let line = format!(
        "--azure-apim {id} --msi-resource-id /m --import-specification Never --target-lifecycle-stage design \
         --target-environment-id /workspaces/default/environments/prod"
    );
    let want = json!({"properties": {
        "apiSourceType": "AzureApiManagement",
        "azureApiManagementSource": {"msiResourceId": "/m", "resourceId": id},
        "importSpecification": "never",
        "targetEnvironmentId": "/workspaces/default/environments/prod",
        "targetLifecycleStage": "design"}});
    assert_eq!(body(&apim(&line).expect("planned")), want);
}

#[test]
fn what_is_no_service_is_refused() {
    let api = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a/apis/x";
    for given in [api, "a:b"] {
        let error = apim(&format!("--azure-apim {given}")).expect_err(given);
        assert!(error.to_string().starts_with("--azure-apim"), "{error}");
    }
}

const KEYS: &str = "-g g -n center -a https://kv/secrets/a -s https://kv/secrets/b -r us-east-2";

#[test]
fn a_gateway_is_imported_with_what_an_integration_holds_of_it() {
    let linked = job(verbs::create(&AWS, CREATE_AWS), &format!("{KEYS} -i sync")).expect("planned");
    let once = job(import_aws::command(), KEYS).expect("planned");
    let want = json!({
        "amazonApiGatewaySource": {
            "accessKey": "https://kv/secrets/a", "regionName": "us-east-2", "secretAccessKey": "https://kv/secrets/b"},
        "apiSourceType": "AmazonApiGateway",
        "importSpecification": "always"});
    assert_eq!(body(&linked)["properties"], want);
    assert_eq!(body(&once), want);
    assert!(once.target.path.ends_with("/services/center/workspaces/default/importApiSource"));
}

#[test]
fn a_key_in_the_place_of_a_reference_is_refused_without_being_repeated() {
    let line = KEYS.replace("https://kv/secrets/b", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let error = job(import_aws::command(), &line).expect_err("refused");
    assert!(!error.to_string().contains("EXAMPLE"), "{error}");
    assert!(is_aws_key("AKIAIOSFODNN7EXAMPLE"));
    assert!(!is_aws_key("https://kv.vault.azure.net/secrets/s1"));
}
